"""v1's messages: `tf.Summary`, `tf.GraphDef` and others, of the package tensorboard."""

from __future__ import annotations

from typing import Any

from ..bundles import MissingMessage
from ..public import v1
from .protos import proto


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
SummaryDescription = _message("summary", "SummaryDescription")
SummaryMetadata = _message("summary", "SummaryMetadata")
TaggedRunMetadata = _message("event", "TaggedRunMetadata")
TensorInfo = _message("meta_graph", "TensorInfo")

v1("AttrValue")(AttrValue)
v1("Event", "summary.Event")(Event)
v1("GraphDef")(GraphDef)
v1("HistogramProto")(HistogramProto)
v1("LogMessage")(LogMessage)
v1("MetaGraphDef")(MetaGraphDef)
v1("NameAttrList")(NameAttrList)
v1("NodeDef")(NodeDef)
v1("SessionLog", "summary.SessionLog")(SessionLog)
v1("Summary", "summary.Summary")(Summary)
v1("summary.SummaryDescription")(SummaryDescription)
v1("SummaryMetadata")(SummaryMetadata)
v1("summary.TaggedRunMetadata")(TaggedRunMetadata)
v1("TensorInfo")(TensorInfo)
