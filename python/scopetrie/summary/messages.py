"""v1's messages: `tf.Summary`, `tf.GraphDef` and others, of the package tensorboard."""

from __future__ import annotations

from typing import Any, NoReturn

from ..public import v1
from .protos import proto


class MissingMessage:
    """Stands for a message where the package tensorboard is not installed."""

    def __init__(self, error: ImportError) -> None:
        self._error = error

    def __call__(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: D102
        raise self._error

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        raise self._error


def _message(module: str, name: str) -> Any:
    try:
        return getattr(proto(module), name)
    except ImportError as error:
        return MissingMessage(error)


AttrValue = _message("attr_value", "AttrValue")
Event = _message("event", "Event")
GraphDef = _message("graph", "GraphDef")
HistogramProto = _message("histogram", "HistogramProto")
LogMessage = _message("event", "LogMessage")
MetaGraphDef = _message("meta_graph", "MetaGraphDef")
NameAttrList = _message("attr_value", "NameAttrList")
NodeDef = _message("node_def", "NodeDef")
SessionLog = _message("event", "SessionLog")
Summary = _message("summary", "Summary")
SummaryMetadata = _message("summary", "SummaryMetadata")
TensorInfo = _message("meta_graph", "TensorInfo")

v1("AttrValue")(AttrValue)
v1("Event")(Event)
v1("GraphDef")(GraphDef)
v1("HistogramProto")(HistogramProto)
v1("LogMessage")(LogMessage)
v1("MetaGraphDef")(MetaGraphDef)
v1("NameAttrList")(NameAttrList)
v1("NodeDef")(NodeDef)
v1("SessionLog")(SessionLog)
v1("Summary")(Summary)
v1("SummaryMetadata")(SummaryMetadata)
v1("TensorInfo")(TensorInfo)
