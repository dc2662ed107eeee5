"""IndexedSlices: some rows of a tensor, with their indices."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..dtypes import DType, DTypeLike, as_dtype
from ..graph import Graph, Operation, Tensor
from ..public import v1, whole
from ..shapes import TensorShape
from .constant import convert_to_tensor, register_tensor_conversion_function
from .elementwise.unary import negative
from .folding import constant_value
from .math.segment import unsorted_segment_sum


class IndexedSlicesValue(NamedTuple):
    """The value of IndexedSlices: what `Session.run` gives for it."""

    values: Any
    indices: Any
    dense_shape: Any


@v1("IndexedSlices")
class IndexedSlices:
    """Rows of a tensor along its first dimension, as used by `Variable.scatter_add` and related methods.

    Args:
        values: The rows, `[n, ...]`.
        indices: Their indices, `[n]`.
        dense_shape: The shape of the whole, if known; required for using the rows as a tensor.

    >>> import scopetrie as tf
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     v = tf.Variable([1.0, 2.0, 3.0])
    ...     session.run(v.initializer)
    ...     rows = tf.IndexedSlices(tf.constant([10.0]), tf.constant([1]))
    ...     print(session.run(v.scatter_add(rows)))
    [ 1. 12.  3.]
    """

    def __init__(self, values: Any, indices: Any, dense_shape: Any = None) -> None:
        self._values = values
        self._indices = indices
        self._dense_shape = dense_shape

    @property
    def values(self) -> Any:
        """The rows."""
        return self._values

    @property
    def indices(self) -> Any:
        """The indices of the rows."""
        return self._indices

    @property
    def dense_shape(self) -> Any:
        """The shape of the whole as given, or None."""
        return self._dense_shape

    @property
    def shape(self) -> TensorShape:
        """The shape of the whole, as far as it is known."""
        known = None if self._dense_shape is None else constant_value(self._dense_shape)
        return TensorShape(None if known is None else known.tolist())

    @property
    def name(self) -> str:
        """The name of the rows' tensor."""
        name: str = self._values.name
        return name

    @property
    def device(self) -> str:
        """The device of the rows' tensor."""
        device: str = self._values.device
        return device

    @property
    def op(self) -> Operation:
        """The operation that gives the rows."""
        op: Operation = self._values.op
        return op

    @property
    def dtype(self) -> DType:
        """The rows' dtype."""
        dtype: DType = self._values.dtype
        return dtype

    @property
    def graph(self) -> Graph:
        """The graph of the rows' tensor."""
        graph: Graph = self._values.graph
        return graph

    def consumers(self) -> list[Operation]:
        """Returns the operations that use the rows."""
        found: list[Operation] = self._values.consumers()
        return found

    def _components(self) -> IndexedSlicesValue:
        """Its tensors, as a session fetches them, and as the bodies of control flow pass them on."""
        return IndexedSlicesValue(self._values, self._indices, self._dense_shape)

    @staticmethod
    def _with_components(components: IndexedSlicesValue) -> IndexedSlices:
        return IndexedSlices(*components)

    @whole
    def __neg__(self) -> IndexedSlices:
        return IndexedSlices(negative(self._values), self._indices, self._dense_shape)

    def __str__(self) -> str:
        whole = "" if self._dense_shape is None else f", dense_shape={self._dense_shape}"
        return f"IndexedSlices(indices={self._indices}, values={self._values}{whole})"


@v1("convert_to_tensor_or_indexed_slices")
def convert_to_tensor_or_indexed_slices(
    value: Any, dtype: DTypeLike = None, name: str | None = None
) -> Tensor | IndexedSlices:
    """Makes a tensor of a value, unless it is IndexedSlices.

    Args:
        value: IndexedSlices, which are returned as they are, or what `convert_to_tensor` takes.
        dtype: The dtype.
        name: The name of a tensor that is made.

    Returns:
        A tensor or IndexedSlices.

    Raises:
        ValueError: If IndexedSlices have another dtype.
    """
    if not isinstance(value, IndexedSlices):
        return convert_to_tensor(value, dtype=dtype, name=name)
    if dtype is not None and not as_dtype(dtype).is_compatible_with(value.dtype):
        raise ValueError(
            f"Incompatible tensor conversion requested to `dtype` {as_dtype(dtype).name} for `value` "
            f"({value}) with dtype {value.dtype.name}"
        )
    return value


def _as_tensor(
    value: IndexedSlices, dtype: DType | None = None, name: str | None = None, as_ref: bool = False
) -> Tensor:
    if dtype is not None and not dtype.is_compatible_with(value.dtype):
        raise ValueError(
            f"Tensor conversion requested dtype {dtype.name} for IndexedSlices with dtype {value.dtype.name}"
        )
    if value.dense_shape is None:
        raise ValueError(
            f"Tensor conversion requested for IndexedSlices for argument `value` without dense_shape: {value}"
        )
    made: Tensor = unsorted_segment_sum(value.values, value.indices, value.dense_shape[0], name=name)
    return made


register_tensor_conversion_function(IndexedSlices, _as_tensor)
