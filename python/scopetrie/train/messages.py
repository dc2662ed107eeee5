"""v1's messages of `tf.train`, of the package protobuf: `Example`, `CheckpointState` and others."""

from __future__ import annotations

from typing import Any

from ..bundles import MissingMessage, message
from ..public import v1


def _message(name: str) -> Any:
    try:
        return message(name)
    except ImportError as error:
        return MissingMessage(error)


BytesList = _message("BytesList")
CheckpointState = _message("CheckpointState")
Example = _message("Example")
Feature = _message("Feature")
FeatureList = _message("FeatureList")
FeatureLists = _message("FeatureLists")
Features = _message("Features")
FloatList = _message("FloatList")
Int64List = _message("Int64List")
SaverDef = _message("SaverDef")
SequenceExample = _message("SequenceExample")

v1("train.BytesList")(BytesList)
v1("train.CheckpointState")(CheckpointState)
v1("train.Example")(Example)
v1("train.Feature")(Feature)
v1("train.FeatureList")(FeatureList)
v1("train.FeatureLists")(FeatureLists)
v1("train.Features")(Features)
v1("train.FloatList")(FloatList)
v1("train.Int64List")(Int64List)
v1("train.SaverDef")(SaverDef)
v1("train.SequenceExample")(SequenceExample)
