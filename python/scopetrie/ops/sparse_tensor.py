"""SparseTensor: the elements of a tensor that are not zero, with their places."""

from __future__ import annotations

from typing import Any, Final, NamedTuple, Self

import numpy as np

from .. import dtypes
from .._core import name_scope
from ..dtypes import DType, DTypeLike, as_dtype
from ..graph import Graph, Operation, Tensor
from ..public import v1, whole
from ..shapes import TensorShape
from .constant import convert_to_tensor
from .elementwise.cast import cast
from .elementwise.sparse import sparse_dense_divide, sparse_dense_multiply
from .folding import dims_from
from .placeholder import placeholder, placeholder_with_default

# As in v1, quotients of ints are floats.
_WHOLE: Final = {
    each: dtypes.float64 if each.size > 2 else dtypes.float32
    for each in (dtypes.int8, dtypes.uint8, dtypes.int16, dtypes.uint16, dtypes.int32, dtypes.int64)
}


@v1("SparseTensorValue")
class SparseTensorValue(NamedTuple):
    """The value of a SparseTensor: what `Session.run` gives for it, and takes as its feed.

    >>> import scopetrie as tf
    >>> tf.SparseTensorValue([[0, 1]], [2.0], [2, 2]).values
    [2.0]
    """

    indices: Any
    values: Any
    dense_shape: Any


@v1("SparseTensor", "sparse.SparseTensor")
class SparseTensor:
    """A tensor of which only some elements are kept, in three tensors; the others are 0 (or empty, or False).

    Args:
        indices: The places of the elements, int64, `[n, rank]`; most functions want them in row-major order:
            see `sparse_reorder`.
        values: The elements, `[n]`.
        dense_shape: The shape of the whole, int64, `[rank]`.

    Raises:
        ValueError: If the shapes of the three do not go together.

    `sparse * dense`, `dense * sparse` and `sparse / dense` work on the elements that are kept.

    >>> import scopetrie as tf
    >>> x = tf.SparseTensor([[0, 0], [1, 2]], [1.0, 2.0], [2, 3])
    >>> with tf.Session() as session:
    ...     print(session.run(tf.sparse_tensor_to_dense(x * 2.0)))
    [[2. 0. 0.]
     [0. 0. 4.]]
    """

    __array_priority__ = 100  # NumPy's arrays leave `array * sparse` to this class

    def __init__(self, indices: Any, values: Any, dense_shape: Any) -> None:
        with name_scope(None, "SparseTensor", [indices, values, dense_shape]):
            at = convert_to_tensor(indices, dtypes.int64, name="indices")
            kept = convert_to_tensor(values, name="values")
            whole = convert_to_tensor(dense_shape, dtypes.int64, name="dense_shape")
        places = at.shape.with_rank(2)
        count = kept.shape.with_rank(1)
        rank = whole.shape.with_rank(1)
        places[0].assert_is_compatible_with(count[0])
        places[1].assert_is_compatible_with(rank[0])
        self._indices, self._values, self._dense_shape = at, kept, whole
        self._static: TensorShape | None = None  # of a placeholder, whose shape may be fed

    @property
    def indices(self) -> Tensor:
        """The places of the elements, `[n, rank]`."""
        return self._indices

    @property
    def values(self) -> Tensor:
        """The elements, `[n]`."""
        return self._values

    @property
    def dense_shape(self) -> Tensor:
        """The shape of the whole, `[rank]`."""
        return self._dense_shape

    @property
    def shape(self) -> TensorShape:
        """The shape of the whole, as far as it is known."""
        return TensorShape(dims_from(self._dense_shape)) if self._static is None else self._static

    def get_shape(self) -> TensorShape:
        """Returns `shape`."""
        return self.shape

    @property
    def dtype(self) -> DType:
        """The elements' dtype."""
        return self._values.dtype

    @property
    def op(self) -> Operation:
        """The operation that gives the elements."""
        return self._values.op

    @property
    def graph(self) -> Graph:
        """The graph of the three tensors."""
        return self._indices.graph

    def consumers(self) -> list[Operation]:
        """Returns the operations that use the elements."""
        return self._values.consumers()

    def with_values(self, new_values: Any) -> Self:
        """Returns a SparseTensor with other elements in the same places.

        Args:
            new_values: The elements, `[n]`.
        """
        return type(self)(self._indices, new_values, self._dense_shape)

    def eval(self, feed_dict: Any = None, session: Any = None) -> SparseTensorValue:
        """Runs the three tensors in a session, and returns their values.

        Args:
            feed_dict: What `Session.run` takes.
            session: The session; the default one if left out.
        """
        parts = [self._indices, self._values, self._dense_shape]
        if session is None:
            return SparseTensorValue(*(each.eval(feed_dict) for each in parts))
        return SparseTensorValue(*session.run(parts, feed_dict))

    @classmethod
    def from_value(cls, sparse_tensor_value: Any) -> SparseTensor:
        """Returns a SparseTensor of a SparseTensorValue, or the very SparseTensor.

        Args:
            sparse_tensor_value: One of the two.

        Raises:
            TypeError: If it is neither.
        """
        if isinstance(sparse_tensor_value, SparseTensor):
            return sparse_tensor_value
        if not isinstance(sparse_tensor_value, SparseTensorValue):
            raise TypeError(
                f"Argument sparse_tensor_value={sparse_tensor_value} is neither a SparseTensor nor "
                "SparseTensorValue."
            )
        return cls(*sparse_tensor_value)

    def _components(self) -> SparseTensorValue:
        """Its tensors, as a session takes them: for fetches, feeds and the bodies of control flow."""
        return SparseTensorValue(self._indices, self._values, self._dense_shape)

    @staticmethod
    def _with_components(components: SparseTensorValue) -> SparseTensor:
        """A SparseTensor of other tensors; a SparseTensorValue of what are none."""
        tensors: Any = all(isinstance(each, Tensor) for each in components)
        made: Any = unchecked(*components) if tensors else components
        whole: SparseTensor = made
        return whole

    @whole
    def __mul__(self, y: Any) -> SparseTensor:
        return self._with(sparse_dense_multiply, y, "mul")

    __rmul__ = __mul__

    @whole
    def __truediv__(self, y: Any) -> SparseTensor:
        whole = _WHOLE.get(self.dtype.base_dtype)
        return self._with(sparse_dense_divide, y, "truediv", whole)

    __div__ = __truediv__

    def _with(self, op: Any, y: Any, name: str, made: DType | None = None) -> SparseTensor:
        with name_scope(None, name, [self._values, y]) as scope:
            dense = convert_to_tensor(y, self.dtype.base_dtype, name="y")
            values = self._values
            if made is not None:
                values, dense = cast(values, made), cast(dense, made)
            values = op(self._indices, values, self._dense_shape, dense, name=scope)
        return unchecked(self._indices, values, self._dense_shape, self._static)

    def __str__(self) -> str:
        return (
            f"SparseTensor(indices={self._indices}, values={self._values}, dense_shape={self._dense_shape})"
        )

    __repr__ = __str__


def unchecked(
    indices: Tensor, values: Tensor, dense_shape: Tensor, static: TensorShape | None = None
) -> SparseTensor:
    """A SparseTensor of three tensors that go together; `static` is its shape, where one may be fed."""
    with name_scope(None, "SparseTensor", [indices]):  # v1 takes the name
        made = SparseTensor.__new__(SparseTensor)
    made._indices, made._values, made._dense_shape, made._static = indices, values, dense_shape, static
    return made


def as_sparse(value: Any) -> SparseTensor:
    """A SparseTensor, or the value of one as a SparseTensor.

    Raises:
        TypeError: If it is none.
    """
    if isinstance(value, SparseTensorValue):
        return SparseTensor.from_value(value)
    if not isinstance(value, SparseTensor):
        raise TypeError("Input must be a SparseTensor.")
    return value


@v1("convert_to_tensor_or_sparse_tensor")
def convert_to_tensor_or_sparse_tensor(
    value: Any, dtype: DTypeLike = None, name: str | None = None
) -> Tensor | SparseTensor:
    """Makes a tensor of a value, or a SparseTensor of the value of one.

    Args:
        value: A SparseTensor, which is returned as it is, a SparseTensorValue, or what `convert_to_tensor`
            takes.
        dtype: The dtype.
        name: The name of a tensor that is made.

    Returns:
        A tensor or a SparseTensor.

    Raises:
        RuntimeError: If a SparseTensor has another dtype.
    """
    wanted = None if dtype is None else as_dtype(dtype)
    if isinstance(value, SparseTensorValue):
        value = SparseTensor.from_value(value)
    if isinstance(value, SparseTensor):
        if wanted is not None and not wanted.is_compatible_with(value.dtype):
            raise RuntimeError(
                f"Sparse dtype mismatch. Requested: {wanted.name},  Actual: {value.dtype.name}"
            )
        return value
    return convert_to_tensor(value, dtype=wanted, name=name)


@v1("sparse_placeholder", "sparse.placeholder")
def sparse_placeholder(dtype: DTypeLike, shape: Any = None, name: str | None = None) -> SparseTensor:
    """Makes a SparseTensor that every run is fed a value for: a SparseTensorValue, or a tuple of the three.

    Args:
        dtype: The dtype of the elements.
        shape: The shape of the whole, None for sizes that vary; of any shape if left out.
        name: The names of the operations begin with it.

    Returns:
        A SparseTensor.

    >>> import scopetrie as tf
    >>> x = tf.sparse_placeholder(tf.float32, [2, 3])
    >>> with tf.Session() as session:
    ...     print(session.run(tf.sparse_reduce_sum(x), {x: ([[0, 1], [1, 2]], [1.0, 2.0], [2, 3])}))
    3.0
    """

    def named(part: str) -> str | None:
        return None if name is None else f"{name}/{part}"

    if shape is None:
        whole, rank, static = placeholder(dtypes.int64, [None], name=named("shape")), None, None
    else:
        if not isinstance(shape, Tensor):
            static = TensorShape(shape)
            sizes = static.as_list()
            rank = len(sizes)
            default = np.array([-1 if size is None else size for size in sizes], np.int64)
            shape = convert_to_tensor(default, name=named("shape_default"))
        else:
            static, rank = None, shape.shape[0].value if shape.shape.rank == 1 else None
            shape = convert_to_tensor(shape, dtypes.int64)
        whole = placeholder_with_default(shape, shape.shape, name=named("shape"))
    values = placeholder(dtype, [None], name=named("values"))
    indices = placeholder(dtypes.int64, [None, rank], name=named("indices"))
    return unchecked(indices, values, whole, static)
