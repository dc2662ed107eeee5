"""The message of a SavedModel, which tensorboard's package lacks: a number, and MetaGraphDefs."""

from __future__ import annotations

import functools
from importlib import import_module
from typing import Any

from ..summary.protos import proto

__all__ = ["saved_model_class"]


@functools.cache
def saved_model_class() -> Any:
    """Returns the class of messages SavedModel.

    Raises:
        ImportError: If the extra `tensorboard` is not installed.
    """
    within = proto("meta_graph").MetaGraphDef.DESCRIPTOR
    descriptors: Any = import_module("google.protobuf.descriptor_pb2")
    factory: Any = import_module("google.protobuf.message_factory")
    pools: Any = import_module("google.protobuf.descriptor_pool")
    file = descriptors.FileDescriptorProto(
        name="scopetrie/saved_model.proto",
        package="scopetrie",
        syntax="proto3",
        dependency=[within.file.name],
    )
    made = file.message_type.add(name="SavedModel")
    made.field.add(name="saved_model_schema_version", number=1, type=3, label=1)
    made.field.add(name="meta_graphs", number=2, type=11, label=3, type_name=f".{within.full_name}")
    pool = pools.Default()
    pool.Add(file) if hasattr(pool, "Add") else pool.AddSerializedFile(file.SerializeToString())
    return factory.GetMessageClass(pool.FindMessageTypeByName("scopetrie.SavedModel"))
