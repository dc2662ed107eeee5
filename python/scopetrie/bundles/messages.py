"""The protocol buffers of bundles, records and profiles, by the package protobuf, declared here."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any, Final, NoReturn

__all__ = ["MissingMessage", "message"]

# For each message its fields: number, type, name; "*" for a list. A type is one of protobuf's or a message.
_MESSAGES: Final[dict[str, str]] = {
    "VersionDef": "1 int32 producer, 2 int32 min_consumer, 3 int32* bad_consumers",
    "Dim": "1 int64 size, 2 string name",
    "TensorShapeProto": "2 Dim* dim, 3 bool unknown_rank",
    "Extent": "1 int64 start, 2 int64 length",
    "TensorSliceProto": "1 Extent* extent",
    # The enumerations (a byte order, a dtype) are numbers here.
    "BundleHeaderProto": "1 int32 num_shards, 2 int32 endianness, 3 VersionDef version",
    "BundleEntryProto": (
        "1 int32 dtype, 2 TensorShapeProto shape, 3 int32 shard_id, 4 int64 offset, 5 int64 size, "
        "6 fixed32 crc32c, 7 TensorSliceProto* slices"
    ),
    "CheckpointState": (
        "1 string model_checkpoint_path, 2 string* all_model_checkpoint_paths, "
        "3 double* all_model_checkpoint_timestamps, 4 double last_preserved_timestamp"
    ),
    "SaverDef": (
        "1 string filename_tensor_name, 2 string save_tensor_name, 3 string restore_op_name, "
        "4 int32 max_to_keep, 5 bool sharded, 6 float keep_checkpoint_every_n_hours, "
        "7 CheckpointFormatVersion version"
    ),
    # v1's records; a Feature holds one of its lists.
    "BytesList": "1 bytes* value",
    "FloatList": "1 float* value",
    "Int64List": "1 int64* value",
    "Feature": "1 BytesList bytes_list, 2 FloatList float_list, 3 Int64List int64_list",
    "Features": "1 map:Feature feature",
    "Example": "1 Features features",
    "FeatureList": "1 Feature* feature",
    "FeatureLists": "1 map:FeatureList feature_list",
    "SequenceExample": "1 Features context, 2 FeatureLists feature_lists",
    # What TensorBoard's Profile page reads; maps by numbers are lists of pairs, as protobuf writes them.
    "XSpace": "1 XPlane* planes, 4 string* hostnames",
    "XPlane": "1 int64 id, 2 string name, 3 XLine* lines, 4 XEventMetadataPair* event_metadata",
    "XLine": "1 int64 id, 2 string name, 3 int64 timestamp_ns, 4 XEvent* events, 9 int64 duration_ps",
    "XEvent": "1 int64 metadata_id, 2 int64 offset_ps, 3 int64 duration_ps",
    "XEventMetadataPair": "1 int64 key, 2 XEventMetadata value",
    "XEventMetadata": "1 int64 id, 2 string name, 4 string display_name",
}
_ENUMS: Final = {"CheckpointFormatVersion": ("SaverDef", "LEGACY V1 V2")}
_PACKAGE: Final = "scopetrie.bundles"


def message(name: str) -> Any:
    """Returns the class of a message.

    Args:
        name: v1's name of it, e.g. "BundleEntryProto".

    Raises:
        ImportError: If the package protobuf is not installed.
    """
    return _classes()[name]


@cache
def _classes() -> dict[str, Any]:
    try:
        descriptors: Any = import_module("google.protobuf.descriptor_pb2")
        pools: Any = import_module("google.protobuf.descriptor_pool")
        factory: Any = import_module("google.protobuf.message_factory")
    except ImportError:
        raise ImportError(
            "TensorFlow's checkpoints and records need the package protobuf: install it, or "
            "scopetrie[checkpoints]"
        ) from None
    file = descriptors.FileDescriptorProto(name=f"{_PACKAGE}.proto", package=_PACKAGE, syntax="proto3")
    for name, fields in _MESSAGES.items():
        declared = file.message_type.add(name=name)
        for field in fields.split(", "):
            number, kind, label = field.split()
            made = declared.field.add(name=label, number=int(number))
            made.label = made.LABEL_REPEATED if kind.endswith("*") else made.LABEL_OPTIONAL
            kind = kind.rstrip("*")
            if kind.startswith("map:"):  # by names: a list of pairs, as protobuf has it
                kind = kind[4:]
                pair = declared.nested_type.add(name=f"{label.title().replace('_', '')}Entry")
                pair.options.map_entry = True
                pair.field.add(name="key", number=1, type=made.TYPE_STRING, label=made.LABEL_OPTIONAL)
                value = pair.field.add(name="value", number=2, label=made.LABEL_OPTIONAL)
                value.type, value.type_name = made.TYPE_MESSAGE, f".{_PACKAGE}.{kind}"
                made.label, made.type = made.LABEL_REPEATED, made.TYPE_MESSAGE
                made.type_name = f".{_PACKAGE}.{name}.{pair.name}"
                continue
            if kind in _ENUMS:
                made.type, made.type_name = made.TYPE_ENUM, f".{_PACKAGE}.{name}.{kind}"
            elif kind in _MESSAGES:
                made.type, made.type_name = made.TYPE_MESSAGE, f".{_PACKAGE}.{kind}"
            else:
                made.type = getattr(made, f"TYPE_{kind.upper()}")
        if name == "Feature":
            declared.oneof_decl.add(name="kind")
            for field_ in declared.field:
                field_.oneof_index = 0
        if name == "Extent":  # a length of 0 differs from none: the whole axis
            declared.oneof_decl.add(name="has_length")
            declared.field[1].oneof_index = 0
    for kind, (owner, values) in _ENUMS.items():
        (declared,) = [each for each in file.message_type if each.name == owner]
        enum = declared.enum_type.add(name=kind)
        for at, value in enumerate(values.split()):
            enum.value.add(name=value, number=at)
    pool = pools.DescriptorPool()
    pool.Add(file)
    return {
        name: factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.{name}")) for name in _MESSAGES
    }


class MissingMessage:
    """Stands for a message where the package that has it is not installed."""

    def __init__(self, error: ImportError) -> None:
        self._error = error

    def __call__(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: D102
        raise self._error

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        raise self._error
