"""SequenceExamples: read from strings."""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np

from ... import dtypes
from ..._core import OpFunction, get_default_graph, name_scope
from ...bundles import message
from ...dtypes import DType
from ...graph import Tensor
from ...public import v1
from ...shapes import TensorShape
from ..constant import convert_to_tensor
from ..declare import attr, mixed, tensor
from ..node_text import dims_text
from ..registry import Spec, define_op, listed
from ..sparse_tensor import SparseTensor
from .features import FixedLenFeature, FixedLenSequenceFeature, VarLenFeature
from .values import KINDS, TEXT, WORDS, as_array, checked_type, default_of, keys_of

Array = np.ndarray[Any, Any]


class _Texts(NamedTuple):
    """SequenceExamples that were read, and what errors call them."""

    context: list[Any]
    lists: list[Any]
    names: list[str]


def _read(serialized: Any, names: Any) -> _Texts:
    texts = np.asarray(serialized, dtype=object).ravel()
    given = [each.decode(errors="replace") for each in np.asarray(names, object).ravel()]
    said = given if len(given) == len(texts) else ["<unknown>"] * len(texts)
    read = message("SequenceExample").FromString
    found = []
    for text, name in zip(texts, said, strict=True):
        try:
            found.append(read(text))
        except Exception:
            raise ValueError(f"Invalid protocol message input, example id: {name}") from None
    return _Texts(
        [each.context.feature for each in found],
        [each.feature_lists.feature_list for each in found],
        said,
    )


def _values(feature: Any, dtype: DType, where: str) -> Any:
    """The values of a feature, of which it may have none."""
    kind = feature.WhichOneof("kind")
    if kind is None:
        return ()
    if kind != KINDS[dtype]:
        raise ValueError(f"{where}.  Data types don't match. Expected type: {WORDS[KINDS[dtype]]}")
    return getattr(feature, kind).value


def _context(read: _Texts, key: str, dtype: DType) -> list[Any]:
    """For each example the values of a feature, None where it is missing."""
    return [
        _values(features[key], dtype, f"Name: {name}, Context feature: {key}") if key in features else None
        for features, name in zip(read.context, read.names, strict=True)
    ]


def _frames(read: _Texts, key: str, dtype: DType) -> list[Any]:
    """For each example the values of each entry of a list, None where the list is missing."""
    return [
        [
            _values(each, dtype, f"Name: {name}, Feature list: {key}, Index: {at}")
            for at, each in enumerate(lists[key].feature)
        ]
        if key in lists
        else None
        for lists, name in zip(read.lists, read.names, strict=True)
    ]


def _sparse(rows: list[Any], depth: int, dtype: DType, alone: bool) -> tuple[Array, Array, Array]:
    """The indices, values and shape of rows that are nested so deep; of the only one if it is alone."""
    places: list[Any] = []
    values: list[Any] = []
    sizes = [len(rows)] + [0] * depth

    def add(each: Any, place: tuple[int, ...]) -> None:
        sizes[len(place)] = max(sizes[len(place)], len(each))
        for at, inner in enumerate(each):
            if len(place) < depth:
                add(inner, (*place, at))
            else:
                places.append((*place, at))
                values.append(inner)

    for at, row in enumerate(rows):
        add(row, (at,))
    indices = np.array(places, np.int64).reshape(len(places), depth + 1)
    cut = 1 if alone else 0
    return indices[:, cut:], as_array(values, dtype), np.array(sizes[cut:], np.int64)


def _dense(read: _Texts, key: str, dtype: DType, dims: tuple[int, ...], default: Any, alone: bool) -> Array:
    rows = _context(read, key, dtype)
    size = math.prod(dims)
    has_default = bool(default.size) or not size
    found = [0 if each is None else len(each) for each in rows if each is not None or not has_default]
    if found and max(found) != size:
        raise ValueError(
            f"Inconsistent max number of elements for feature {key}: expected {size}, but found {max(found)}"
        )
    made = _blank((len(rows), *dims), dtype)
    for at, (row, name) in enumerate(zip(rows, read.names, strict=True)):
        if row is None and has_default:
            made[at, ...] = default
        elif row is None or len(row) != size:
            raise ValueError(f"Unexpected number of elements in example {name}")
        else:
            made[at, ...] = as_array(row, dtype).reshape(dims)
    return np.asarray(made[0]) if alone else made


def _blank(shape: tuple[int, ...], dtype: DType) -> Array:
    if dtype is dtypes.string:
        return np.full(shape, b"", object)
    return np.zeros(shape, dtype.as_numpy_dtype)


def _dense_list(
    read: _Texts, key: str, dtype: DType, dims: tuple[int, ...], may_miss: bool, alone: bool
) -> tuple[Array, Array]:
    """The entries of a list, padded to the longest, and how many there are."""
    examples = _frames(read, key, dtype)
    for frames, name in zip(examples, read.names, strict=True):
        if frames is None and not may_miss:
            raise ValueError(
                f"Name: {name}, Feature list '{key}' is required but could not be found.  Did you mean to "
                "include it in feature_list_dense_missing_assumed_empty or feature_list_dense_defaults?"
            )
    lists = [frames or [] for frames in examples]
    size = math.prod(dims)
    for frames in lists:
        total = sum(map(len, frames))
        if total % size if size else total:
            raise ValueError(
                f"Feature list '{key}' has an unexpected number of values.  Total values size: {total} is "
                f"not consistent with output shape: {dims_text((None, *dims))}"
            )
    lengths = np.array([len(frames) for frames in lists], np.int64)
    made = _blank((len(lists), max(lengths, default=0), *dims), dtype)
    for row, (frames, name) in enumerate(zip(lists, read.names, strict=True)):
        for at, each in enumerate(frames):
            if len(each) != size:
                raise ValueError(
                    f"Name: {name}, Key: {key}, Index: {at}.  Number of values != expected.  values size: "
                    f"{len(each)} but output shape: [{','.join(map(str, dims))}]"
                )
            made[row, at, ...] = as_array(each, dtype).reshape(dims)
    return (made[0], lengths[0]) if alone else (made, lengths)


def _kernel(
    xp: Any, context_sparse_types: Any, context_dense_types: Any, context_dense_shapes: Any,
    sparse_types: Any, dense_types: Any, dense_shapes: Any,
) -> Any:  # fmt: skip
    def parse(
        serialized: Any, names: Any, context_sparse: Any, context_dense: Any, sparse: Any, dense: Any,
        may_miss: Any, *defaults: Any,
    ) -> Any:  # fmt: skip
        read, alone = _read(serialized, names), np.ndim(serialized) == 0

        def parts(keys: Any, types: Any, get: Any, depth: int) -> list[Any]:
            found = [
                _sparse([each or () for each in get(read, key.decode(), dtype)], depth, dtype, alone)
                for key, dtype in zip(keys, types, strict=True)
            ]
            return [each[part] for part in range(3) for each in found]

        made = parts(context_sparse, context_sparse_types, _context, 1)
        for key, dtype, dims, default in zip(
            context_dense, context_dense_types, context_dense_shapes, defaults, strict=True
        ):
            made.append(_dense(read, key.decode(), dtype, dims, default, alone))
        made += parts(sparse, sparse_types, _frames, 2)
        lists = [
            _dense_list(read, key.decode(), dtype, dims, bool(free), alone)
            for key, dtype, dims, free in zip(dense, dense_types, dense_shapes, may_miss, strict=True)
        ]
        return (*made, *(each for each, _ in lists), *(each for _, each in lists))

    return parse


def _rule(
    serialized: Tensor, names: Any, context_sparse: Any, context_dense: Any, sparse: Any, dense: Any,
    may_miss: Any, defaults: Any, context_sparse_types: Any, context_dense_types: Any,
    context_dense_shapes: Any, sparse_types: Any, dense_types: Any, dense_shapes: Any,
) -> list[Spec]:  # fmt: skip
    lead = serialized._dims

    def parts(types: Any, more: int) -> list[Spec]:
        rank = None if lead is None else len(lead) + more
        return [
            *([(dtypes.int64, (None, rank))] * len(types)),
            *((dtype, (None,)) for dtype in types),
            *([(dtypes.int64, (rank,))] * len(types)),
        ]

    made = parts(context_sparse_types, 1)
    for dtype, dims in zip(context_dense_types, context_dense_shapes, strict=True):
        made.append((dtype, None if lead is None else (*lead, *dims)))
    made += parts(sparse_types, 2)
    for dtype, dims in zip(dense_types, dense_shapes, strict=True):
        if dims is None or None in dims:
            raise ValueError(f"Shape {dims_text(dims)} is not fully defined")
        made.append((dtype, None if lead is None else (*lead, None, *dims)))
    return [*made, *([(dtypes.int64, lead)] * len(dense_types))]


_KEYS: Final = ("debug_name", "context_sparse_keys", "context_dense_keys", "feature_list_sparse_keys",
                "feature_list_dense_keys")  # fmt: skip
_parse: OpFunction[list[Tensor]] = define_op(
    "ParseSequenceExampleV2", tensor("serialized", TEXT, None, host=True),
    *(tensor(each, TEXT, None, host=True) for each in _KEYS),
    tensor("feature_list_dense_missing_assumed_empty", (dtypes.bool,), None, host=True),
    mixed("context_dense_defaults")._replace(host=True),
    rule=_rule, kernel=_kernel, host_outputs=True,
    attributes=tuple(
        attr(each, object) for each in (
            "context_sparse_types", "context_dense_types", "context_dense_shapes", "sparse_types",
            "dense_types", "dense_shapes",
        )
    ),
)  # fmt: skip


class _Wanted(NamedTuple):
    """Sparse features with their dtypes, and dense ones."""

    sparse: dict[str, DType]
    dense: dict[str, Any]


def _sorted(features: Any, kind: Any, parameter: str) -> _Wanted:
    wanted = _Wanted({}, {})
    for key in sorted(features or {}):
        feature = features[key]
        if isinstance(feature, VarLenFeature):
            wanted.sparse[key] = checked_type(feature.dtype, parameter)
        elif isinstance(feature, kind):
            if kind is FixedLenSequenceFeature and feature.default_value is not None:
                raise ValueError(f"Value feature_list.dense_defaults[{key}] must be None")
            wanted.dense[key] = feature
        else:
            raise ValueError(f"Unsupported {type(feature).__name__} {feature} for key '{key}'")
    return wanted


def _dims(features: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(tuple(TensorShape(each.shape).as_list()) for each in features.values())


def _types(features: dict[str, Any], parameter: str) -> tuple[DType, ...]:
    return tuple(checked_type(each.dtype, parameter) for each in features.values())


def _parsed(
    serialized: Any, context: Any, features: Any, names: Any, name: str | None
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    own = _sorted(context, FixedLenFeature, "context_dense_defaults")
    lists = _sorted(features, FixedLenSequenceFeature, "feature_list_dense_types")
    with name_scope(name, "ParseSequenceExample", [serialized]):
        types, shapes = _types(own.dense, "context_dense_defaults"), _dims(own.dense)
        defaults = [
            default_of(key, feature, dtype, dims)
            for (key, feature), dtype, dims in zip(own.dense.items(), types, shapes, strict=True)
        ]
        made = iter(listed(_parse(
            serialized, keys_of([]) if names is None else names, keys_of(own.sparse), keys_of(own.dense),
            keys_of(lists.sparse), keys_of(lists.dense),
            np.array([each.allow_missing for each in lists.dense.values()], bool), defaults,
            context_sparse_types=tuple(own.sparse.values()), context_dense_types=types,
            context_dense_shapes=shapes, sparse_types=tuple(lists.sparse.values()),
            dense_types=_types(lists.dense, "feature_list_dense_types"), dense_shapes=_dims(lists.dense),
            name=name or "ParseSequenceExampleV2",
        )))  # fmt: skip

        def take(count: int) -> list[Tensor]:
            return [next(made) for _ in range(count)]

        def sparse(keys: Any) -> dict[str, Any]:
            parts = [take(len(keys)) for _ in range(3)]
            return {key: SparseTensor(*each) for key, *each in zip(keys, *parts, strict=True)}

        found = sparse(own.sparse)
        found |= zip(own.dense, take(len(own.dense)), strict=True)
        found_lists = sparse(lists.sparse)
        found_lists |= zip(lists.dense, take(len(lists.dense)), strict=True)
        return found, found_lists, dict(zip(lists.dense, made, strict=True))


@v1("io.parse_sequence_example")
def parse_sequence_example(
    serialized: Any, context_features: Any = None, sequence_features: Any = None, example_names: Any = None,
    name: str | None = None,
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:  # fmt: skip
    """Reads the features of SequenceExamples: those of a whole sequence, and those of each of its entries.

    Args:
        serialized: The SequenceExamples as strings, `[N]`.
        context_features: For each key of a whole sequence a `FixedLenFeature` or `VarLenFeature`.
        sequence_features: For each key of lists a `FixedLenSequenceFeature` or `VarLenFeature`.
        example_names: What errors call them, `[N]`.
        name: The operations' scope.

    Returns:
        The features of sequences by their keys; the lists: tensors `[N, T, ...]`, padded with zeros or empty
        strings, and SparseTensors `[N, T, n]`; and how long the dense ones are, `[N]`.

    Raises:
        ValueError: If there are no features, or one cannot be read.
        TypeError: If features do not have a dtype.

    >>> import scopetrie as tf
    >>> def numbers(*values):
    ...     return tf.train.Feature(int64_list=tf.train.Int64List(value=values))
    >>> def example(*steps):
    ...     lists = {"x": tf.train.FeatureList(feature=[numbers(*each) for each in steps])}
    ...     made = tf.train.SequenceExample(feature_lists=tf.train.FeatureLists(feature_list=lists))
    ...     return made.SerializeToString()
    >>> with tf.Session() as session:
    ...     data = [example([1, 2], [3, 4]), example([5, 6])]
    ...     wanted = {"x": tf.FixedLenSequenceFeature([2], tf.int64)}
    ...     _, lists, lengths = tf.io.parse_sequence_example(data, sequence_features=wanted)
    ...     print(*session.run([lists["x"], lengths["x"]]))
    [[[1 2]
      [3 4]]
    <BLANKLINE>
     [[5 6]
      [0 0]]] [2 1]
    """
    if not (context_features or sequence_features):
        raise ValueError(
            "Both `context_features` and `sequence_features` argument are None, but at least one should have "
            "values."
        )
    with name_scope(name, "ParseSequenceExample", [serialized]):
        return _parsed(serialized, context_features, sequence_features, example_names, name)


@v1("parse_single_sequence_example", "io.parse_single_sequence_example")
def parse_single_sequence_example(
    serialized: Any, context_features: Any = None, sequence_features: Any = None, example_name: Any = None,
    name: str | None = None,
) -> tuple[dict[str, Any], dict[str, Any]]:  # fmt: skip
    """Reads the features of one SequenceExample.

    Args:
        serialized: The SequenceExample, a scalar string.
        context_features: As for `io.parse_sequence_example`.
        sequence_features: As there.
        example_name: What errors call it.
        name: The operations' scope.

    Returns:
        The features of the sequence by their keys; and the lists, tensors `[T, ...]` and SparseTensors
        `[T, n]`.

    Raises:
        ValueError: If there are no features, one cannot be read, or the string is no scalar.
        TypeError: If features do not have a dtype.
    """
    if not (context_features or sequence_features):
        raise ValueError(
            "Both context_features and sequence_features are None, but at least one should have values."
        )
    with name_scope(name, "ParseSingleSequenceExample", [serialized]):
        text = convert_to_tensor(serialized, dtypes.string, name="serialized")
        if text._dims:
            raise ValueError("Input serialized must be a scalar")
        if name is not None:
            get_default_graph().unique_name(name)  # v1 opens a scope of the name before
        return _parsed(text, context_features, sequence_features, example_name, name)[:2]
