"""TensorArray: tensors by index, written in one place of a graph and read in another."""

from __future__ import annotations

from typing import Any

from ..._core import Variable, name_scope
from ...dtypes import DType, DTypeLike, as_dtype
from ...graph import Tensor
from ...public import v1, whole
from ...shapes import TensorShape, as_dims
from ..array.fill import identity
from ..array.shape import shape
from ..constant import constant, convert_to_tensor, register_tensor_conversion_function
from ..folding import constant_value
from ..math.sequence import range_
from ..node_text import Dims
from .flow import no_op
from .rows import (
    concat_rows,
    make_rows,
    pick_rows,
    put_rows,
    read_row,
    row_count,
    split_rows,
    write_row,
)

__all__ = ["TensorArray"]


@v1("TensorArray")
class TensorArray:
    """Tensors of one dtype by index; what a loop collects, or takes step by step.

    A TensorArray is a value: `write` and the like return another one, and leave the first as it was. Each
    place can be written once.

    Args:
        dtype: The dtype of the tensors.
        size: How many places there are.
        dynamic_size: Whether writing beyond the end makes it longer.
        clear_after_read: Accepted for v1's sake: what was read can be read again.
        tensor_array_name: What errors call it.
        handle: Must be None.
        flow: Another TensorArray's `flow`, which this one has then as well.
        infer_shape: Whether all tensors have one shape, that of the first one.
        element_shape: That shape, as far as it is known; places that were never written then hold zeros.
        colocate_with_first_write_call: Accepted for v1's sake.
        name: The operation's name.

    Raises:
        ValueError: If there is neither `size` nor `flow`, or both.

    >>> import scopetrie as tf
    >>> squares = tf.TensorArray(tf.int32, size=4)
    >>> _, squares = tf.while_loop(
    ...     lambda i, squares: i < 4, lambda i, squares: (i + 1, squares.write(i, i * i)), (0, squares)
    ... )
    >>> with tf.Session() as session:
    ...     print(session.run(squares.stack()))
    [0 1 4 9]
    """

    __slots__ = ("_dims", "_dtype", "_dynamic", "_flow", "_infer", "_size")

    def __init__(
        self, dtype: DTypeLike, size: Any = None, dynamic_size: bool | None = None,
        clear_after_read: bool | None = None, tensor_array_name: str | None = None, handle: Any = None,
        flow: Tensor | None = None, infer_shape: bool = True, element_shape: Any = None,
        colocate_with_first_write_call: bool = True, name: str | None = None,
    ) -> None:  # fmt: skip
        if handle is not None:
            raise ValueError("TensorArray(handle=...): there are no handles here; give `flow`.")
        if flow is not None and size is not None:
            raise ValueError("Cannot provide both a handle and size arguments at the same time.")
        if flow is None and size is None:
            raise ValueError("Argument `size` must be provided if handle is not provided.")
        self._dtype = as_dtype(dtype).base_dtype
        self._dynamic = bool(dynamic_size)
        self._infer = infer_shape or element_shape is not None
        # In a list that all TensorArrays made of this one share: a write says what is read elsewhere.
        self._dims: list[Dims] = [as_dims(element_shape)]
        self._size: int | None = None  # if it is known, and stays
        if flow is not None:
            self._flow = flow
            return
        with name_scope(name, "TensorArray", [size, flow]) as scope:
            self._flow = make_rows(
                size, dtype=self._dtype, dynamic_size=self._dynamic,
                element_shape=self._dims[0] if self._infer else None,
                tensor_array_name=tensor_array_name or "", name=scope,
            )  # fmt: skip
        known = None if self._dynamic else constant_value(self._flow.op.inputs[0])
        self._size = None if known is None else int(known)

    def _with_flow(self, flow: Tensor) -> TensorArray:
        """The same with other rows."""
        other = object.__new__(TensorArray)
        other._dtype, other._dynamic, other._infer = self._dtype, self._dynamic, self._infer
        other._dims, other._size, other._flow = self._dims, self._size, flow
        return other

    def _saw(self, dims: Dims) -> None:
        """Notes the shape of a tensor that is written.

        Raises:
            ValueError: If the others have another one.
        """
        if not self._infer or dims is None:
            return
        known = self._dims[0]
        if known is None:
            self._dims[0] = dims
            return
        if not TensorShape(known).is_compatible_with(TensorShape(dims)):
            raise ValueError(f"Inconsistent shapes: saw {dims} but expected {known} ")
        self._dims[0] = tuple(b if a is None else a for a, b in zip(known, dims, strict=True))

    @property
    def dtype(self) -> DType:
        """The dtype of the tensors."""
        return self._dtype

    @property
    def flow(self) -> Tensor:
        """The tensor that stands for the rows, and is handed from operation to operation."""
        return self._flow

    @property
    def handle(self) -> Tensor:
        """The same as `flow`."""
        return self._flow

    @property
    def dynamic_size(self) -> bool:
        """Whether writing beyond the end makes it longer."""
        return self._dynamic

    @property
    def element_shape(self) -> TensorShape:
        """The shape of the tensors, as far as it is known."""
        return TensorShape(self._dims[0])

    @whole
    def identity(self) -> TensorArray:
        """Returns a TensorArray with the same rows, as another operation."""
        return self._with_flow(identity(self._flow))

    def grad(self, source: str, flow: Tensor | None = None, name: str | None = None) -> TensorArray:
        """Refused: gradients go through the operations of a TensorArray by themselves.

        Args:
            source: What asks.
            flow: The rows.
            name: The operation's name.

        Raises:
            NotImplementedError: Always.
        """
        raise NotImplementedError("TensorArray.grad is not offered: tf.gradients does not need it.")

    def read(self, index: Any, name: str | None = None) -> Tensor:
        """Returns the tensor of a place.

        Args:
            index: The place, an int32 scalar.
            name: The operation's name.
        """
        return read_row(index, self._flow, dtype=self._dtype, element_shape=self._dims[0], name=name)

    @whole
    def write(self, index: Any, value: Any, name: str | None = None) -> TensorArray:
        """Writes a tensor into a place that is empty.

        Args:
            index: The place, an int32 scalar.
            value: The tensor.
            name: The operation's scope.

        Returns:
            A TensorArray with it.

        Raises:
            ValueError: If its shape is another than that of the others.
            TypeError: If its dtype is.
        """
        with name_scope(name, "TensorArrayWrite", [self._flow, index, value]):
            row = self._converted(value)
            self._saw(row._dims)
            return self._with_flow(write_row(index, row, self._flow))

    def _converted(self, value: Any) -> Tensor:
        row = convert_to_tensor(
            value, None if isinstance(value, (Tensor, Variable)) else self._dtype, name="value"
        )
        if row.dtype.base_dtype is not self._dtype:
            raise TypeError(
                f"TensorArray dtype is {self._dtype.name} but Op is trying to write dtype "
                f"{row.dtype.base_dtype.name}."
            )
        return row

    @whole
    def stack(self, name: str | None = None) -> Tensor:
        """Returns all tensors as one.

        Args:
            name: The operations' scope.

        Returns:
            A tensor `[size, ...]`.
        """
        with name_scope(name, "TensorArrayStack", [self._flow]):
            count: Any = row_count(self._flow) if self._size is None else self._size
            rows = self.gather(range_(0, count))
            if self._dims[0] is not None:
                rows.set_shape([self._size, *self._dims[0]])
            return rows

    def gather(self, indices: Any, name: str | None = None) -> Tensor:
        """Returns the tensors of some places as one.

        Args:
            indices: The places, an int32 vector.
            name: The operation's name.

        Returns:
            A tensor `[places, ...]`.
        """
        return pick_rows(indices, self._flow, dtype=self._dtype, element_shape=self._dims[0], name=name)

    @whole
    def concat(self, name: str | None = None) -> Tensor:
        """Returns all tensors one after the other along their first dimension.

        Args:
            name: The operation's name.

        Returns:
            A tensor `[sum of sizes, ...]`.
        """
        made = concat_rows(self._flow, dtype=self._dtype, element_shape=self._dims[0], name=name)
        if self._size is not None and self._dims[0] and self._dims[0][0] is not None:
            made.set_shape([self._size * self._dims[0][0], *self._dims[0][1:]])
        return made

    @whole
    def unstack(self, value: Any, name: str | None = None) -> TensorArray:
        """Writes a tensor's rows, each into its place.

        Args:
            value: A tensor `[size, ...]`.
            name: The operations' scope.

        Returns:
            A TensorArray with them.

        Raises:
            ValueError: If the rows are of another shape than it has.
        """
        with name_scope(name, "TensorArrayUnstack", [self._flow, value]):
            rows = convert_to_tensor(value, dtype=self._dtype, name="value")
            size = shape(rows)[0] if rows._dims is None or rows._dims[0] is None else rows._dims[0]
            return self.scatter(range_(0, size), rows)

    @whole
    def scatter(self, indices: Any, value: Any, name: str | None = None) -> TensorArray:
        """Writes a tensor's rows into some places.

        Args:
            indices: The places, an int32 vector.
            value: A tensor with a row for each.
            name: The operations' scope.

        Returns:
            A TensorArray with them.

        Raises:
            ValueError: If the rows are of another shape than it has.
        """
        with name_scope(name, "TensorArrayScatter", [self._flow, value, indices]):
            rows = self._converted(value)
            self._saw(None if rows._dims is None else rows._dims[1:])
            return self._with_flow(put_rows(indices, rows, self._flow))

    @whole
    def split(self, value: Any, lengths: Any, name: str | None = None) -> TensorArray:
        """Cuts a tensor along its first dimension, and writes each piece into its place.

        Args:
            value: The tensor.
            lengths: How long each piece is, a vector of ints.
            name: The operations' scope.

        Returns:
            A TensorArray with them.

        Raises:
            ValueError: If the pieces are of another shape than it has.
        """
        with name_scope(name, "TensorArraySplit", [self._flow, value, lengths]):
            rows = self._converted(value)
            known = constant_value(convert_to_tensor(lengths))
            if rows._dims is not None:
                same = known is not None and len(set(known.tolist())) == 1
                self._saw((int(known[0]) if same and known is not None else None, *rows._dims[1:]))
            return self._with_flow(split_rows(rows, lengths, self._flow))

    def size(self, name: str | None = None) -> Tensor:
        """Returns how many places there are, an int32 scalar.

        Args:
            name: The operation's name.
        """
        return row_count(self._flow, name=name) if self._size is None else constant(self._size, name=name)

    def close(self, name: str | None = None) -> Any:
        """Does nothing: rows are freed with their last user.

        Args:
            name: The operation's name.
        """
        return no_op(name=name)


def _as_flow(value: Any, dtype: Any = None, name: str | None = None, as_ref: bool = False) -> Any:
    return value.flow


register_tensor_conversion_function(TensorArray, _as_flow)
