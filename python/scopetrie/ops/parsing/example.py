"""Examples: read from strings."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ... import dtypes
from ..._core import OpFunction, name_scope
from ...bundles import message
from ...dtypes import DType
from ...graph import Tensor
from ...public import v1
from ...shapes import TensorShape
from ..constant import convert_to_tensor
from ..declare import attr, mixed, tensor
from ..registry import Spec, define_op, listed
from ..sparse.rows import sparse_merge
from ..sparse_tensor import SparseTensor
from .features import FixedLenFeature, FixedLenSequenceFeature, SparseFeature, VarLenFeature
from .values import KINDS, TEXT, WORDS, as_array, checked_type, default_of, keys_of

Array = np.ndarray[Any, Any]


def _values(features: Any, key: str, dtype: DType) -> Any:
    """The values of a feature; None if it is missing.

    Raises:
        ValueError: If it has another dtype.
    """
    if key not in features:
        return None
    feature = features[key]
    kind = feature.WhichOneof("kind")
    if kind is None:
        return None
    if kind != KINDS[dtype]:
        raise ValueError(
            f"Key: {key}.  Data types don't match. Data type: {WORDS[kind]} but expected type: "
            f"{WORDS[KINDS[dtype]]}"
        )
    return getattr(feature, kind).value


def _parse_kernel(xp: Any, num_sparse: int, sparse_types: Any, dense_types: Any, dense_shapes: Any) -> Any:
    def parse(
        serialized: Any, names: Any, sparse_keys: Any, dense_keys: Any, ragged: Any, *defaults: Any
    ) -> Any:
        texts = np.asarray(serialized, dtype=object)
        read = message("Example").FromString
        examples = []
        for at, text in enumerate(texts.ravel()):
            try:
                examples.append(read(text).features.feature)
            except Exception:
                raise ValueError(
                    f"Could not parse example input, value: {text[:80]!r} (index {at})"
                ) from None
        alone = texts.ndim == 0
        sparse = [
            _sparse(examples, key.decode(), dtype, alone)
            for key, dtype in zip(sparse_keys, sparse_types, strict=True)
        ]
        dense = [
            _dense(examples, key.decode(), dtype, dims, default, alone)
            for key, dtype, dims, default in zip(dense_keys, dense_types, dense_shapes, defaults, strict=True)
        ]
        return (*(part[0] for part in sparse), *(part[1] for part in sparse), *(part[2] for part in sparse),
                *dense)  # fmt: skip

    return parse


def _sparse(examples: Any, key: str, dtype: DType, alone: bool) -> tuple[Array, Array, Array]:
    rows = [_values(each, key, dtype) or () for each in examples]
    lengths = [len(row) for row in rows]
    columns = np.concatenate([np.arange(n) for n in lengths] or [np.zeros(0, int)]).astype(np.int64)
    values = as_array([value for row in rows for value in row], dtype)
    if alone:
        return columns[:, None], values, np.array(lengths, np.int64)
    places = np.stack([np.repeat(np.arange(len(rows)), lengths), columns], axis=1).astype(np.int64)
    return places, values, np.array([len(rows), max(lengths, default=0)], np.int64)


def _dense(examples: Any, key: str, dtype: DType, dims: Any, default: Any, alone: bool) -> Array:
    varies = bool(dims) and dims[0] is None
    inner = tuple(dims[1:] if varies else dims)
    size = int(np.prod(inner))
    rows = []
    for at, each in enumerate(examples):
        values = _values(each, key, dtype)
        if values is None and not varies:
            if not default.size and size:
                raise ValueError(
                    f"Name: <unknown>, Feature: {key} (data type: {WORDS[KINDS[dtype]]}) is required but "
                    "could not be found."
                )
            rows.append(np.broadcast_to(default, inner))
            continue
        row = as_array(() if values is None else values, dtype)
        if (row.size % size if varies and size else row.size != size) and not (varies and not size):
            raise ValueError(
                f"Key: {key}, Index: {at}.  Number of {WORDS[KINDS[dtype]]} values != expected.  values "
                f"size: {row.size} but output shape: [{','.join(map(str, inner))}]"
            )
        rows.append(row.reshape((-1, *inner) if varies else inner))
    if varies:
        longest = max((len(row) for row in rows), default=0)
        filler = default.item() if default.size else (b"" if dtype is dtypes.string else 0)
        kind = object if dtype is dtypes.string else dtype.as_numpy_dtype
        padded = np.full((len(rows), longest, *inner), filler, kind)
        for at, row in enumerate(rows):
            padded[at, : len(row)] = row
        return padded[0] if alone else padded
    if alone:
        return np.array(rows[0])
    made = np.empty((len(rows), *inner), object if dtype is dtypes.string else dtype.as_numpy_dtype)
    for at, row in enumerate(rows):
        made[at] = row
    return made


def _parse_rule(
    serialized: Tensor, names: Any, sparse_keys: Any, dense_keys: Any, ragged: Any, defaults: Any,
    num_sparse: int, sparse_types: Any, dense_types: Any, dense_shapes: Any,
) -> list[Spec]:  # fmt: skip
    lead = serialized._dims
    rank = None if lead is None else len(lead) + 1
    made: list[Spec] = [(dtypes.int64, (None, rank))] * num_sparse
    made += [(dtype, (None,)) for dtype in sparse_types]
    made += [(dtypes.int64, (rank,))] * num_sparse
    for dtype, dims in zip(dense_types, dense_shapes, strict=True):
        made.append((dtype, None if lead is None else (*lead, *dims)))
    return made


_parse: OpFunction[list[Tensor]] = define_op(
    "ParseExampleV2", tensor("serialized", TEXT, None, host=True), tensor("names", TEXT, None, host=True),
    tensor("sparse_keys", TEXT, None, host=True), tensor("dense_keys", TEXT, None, host=True),
    tensor("ragged_keys", TEXT, None, host=True), mixed("dense_defaults")._replace(host=True),
    rule=_parse_rule, kernel=_parse_kernel, host_outputs=True,
    attributes=(
        attr("num_sparse", int), attr("sparse_types", object), attr("dense_types", object),
        attr("dense_shapes", object),
    ),
)  # fmt: skip


class _Wanted(NamedTuple):
    """What is to be read: sparse features with their dtypes, and dense ones."""

    sparse: dict[str, DType]
    dense: dict[str, FixedLenFeature | FixedLenSequenceFeature]


def _sorted(features: Any) -> _Wanted:
    wanted = _Wanted({}, {})
    for key in sorted(features):
        feature = features[key]
        if isinstance(feature, VarLenFeature):
            wanted.sparse[key] = checked_type(feature.dtype)
        elif isinstance(feature, SparseFeature):
            indices = feature.index_key
            for each in [indices] if isinstance(indices, str) else sorted(indices):
                wanted.sparse[each] = dtypes.int64
            wanted.sparse[feature.value_key] = checked_type(feature.dtype)
        elif isinstance(feature, FixedLenFeature):
            if feature.shape is None:
                raise ValueError(f"Missing shape for feature {key}.")
            dims = TensorShape(feature.shape)
            if dims.rank and dims[0].value is None:
                raise ValueError(
                    f"First dimension of shape for feature {key} unknown. Consider using "
                    f"FixedLenSequenceFeature. Received feature={feature}."
                )
            wanted.dense[key] = feature
        elif isinstance(feature, FixedLenSequenceFeature):
            if not feature.allow_missing:
                raise ValueError("Unsupported: FixedLenSequenceFeature requires allow_missing to be True.")
            wanted.dense[key] = feature
        else:
            raise ValueError(f"Unsupported {type(feature).__name__} {feature} for key '{key}'")
    return wanted


def _read(serialized: Any, features: Any, name: str | None) -> dict[str, Any]:
    wanted = _sorted(features)
    with name_scope(name, "ParseExample", [serialized]):
        defaults, types, shapes = [], [], []
        for key, feature in wanted.dense.items():
            dtype = checked_type(feature.dtype)
            dims = tuple(TensorShape(feature.shape).as_list())
            defaults.append(default_of(key, feature, dtype, dims))
            types.append(dtype)
            shapes.append((None, *dims) if isinstance(feature, FixedLenSequenceFeature) else dims)
        made = listed(
            _parse(
                serialized, keys_of([]), keys_of(wanted.sparse), keys_of(wanted.dense), keys_of([]), defaults,
                num_sparse=len(wanted.sparse), sparse_types=tuple(wanted.sparse.values()),
                dense_types=tuple(types), dense_shapes=tuple(shapes), name=name or "ParseExampleV2",
            )
        )  # fmt: skip
        count = len(wanted.sparse)
        found: dict[str, Any] = {
            key: SparseTensor(made[at], made[at + count], made[at + 2 * count])
            for at, key in enumerate(wanted.sparse)
        }
        found |= dict(zip(wanted.dense, made[3 * count :], strict=True))
    return found


def _given(features: Any, found: dict[str, Any]) -> dict[str, Any]:
    """The features by their names: those of SparseFeature put together."""
    made = {}
    for key in sorted(features):
        feature = features[key]
        if isinstance(feature, SparseFeature):
            indices, sizes = feature.index_key, feature.size
            several = not isinstance(indices, str)
            ids: Any = [found[each] for each in indices] if several else found[indices]
            made[key] = sparse_merge(
                ids, found[feature.value_key], list(sizes) if several else sizes,
                already_sorted=feature.already_sorted,
            )  # fmt: skip
        else:
            made[key] = found[key]
    return made


@v1("parse_example", "io.parse_example")
def parse_example(
    serialized: Any, features: Any, name: str | None = None, example_names: Any = None
) -> dict[str, Any]:
    """Reads the features of Examples.

    Args:
        serialized: The Examples as strings, `[N]`.
        features: For each key a `FixedLenFeature`, `VarLenFeature`, `FixedLenSequenceFeature` or
            `SparseFeature`.
        name: The operation's name.
        example_names: Accepted for v1's sake.

    Returns:
        A dict of tensors `[N, ...]` and SparseTensors.

    Raises:
        ValueError: If there are no features, or one cannot be read.

    >>> import scopetrie as tf
    >>> values = tf.train.Feature(int64_list=tf.train.Int64List(value=[3]))
    >>> example = tf.train.Example(features=tf.train.Features(feature={"x": values}))
    >>> with tf.Session() as session:
    ...     data = example.SerializeToString()
    ...     parsed = tf.parse_example([data, data], {"x": tf.FixedLenFeature([], tf.int64)})
    ...     print(session.run(parsed))
    {'x': array([3, 3])}
    """
    if not features:
        raise ValueError(f"Argument `features` cannot be None or falsy. Got {features}")
    return _given(features, _read(serialized, features, name))


@v1("parse_single_example", "io.parse_single_example")
def parse_single_example(
    serialized: Any, features: Any, name: str | None = None, example_names: Any = None
) -> dict[str, Any]:
    """Reads the features of one Example.

    Args:
        serialized: The Example, a scalar string.
        features: As for `parse_example`.
        name: The operations' scope.
        example_names: Accepted for v1's sake.

    Returns:
        A dict of tensors and SparseTensors.

    Raises:
        ValueError: If there are no features, one cannot be read, or the string is no scalar.
    """
    if not features:
        raise ValueError(f"Invalid argument: features cannot be {'None' if features is None else 'empty'}.")
    with name_scope(name, "ParseSingleExample", [serialized]):
        text = convert_to_tensor(serialized, dtypes.string, name="serialized")
        if text._dims:
            raise ValueError("Input serialized must be a scalar")
        return _given(features, _read(text, features, None))
