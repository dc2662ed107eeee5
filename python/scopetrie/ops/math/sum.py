"""Sums of many tensors, and multiples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ... import dtypes
from ...dtypes import as_dtype
from ...graph import Tensor
from ...public import v1
from ...shapes import TensorShape, as_shape
from ..constant import convert_to_tensor
from ..declare import NUMBERS, tensors
from ..direct import Only, direct
from ..elementwise.arithmetic import multiply
from ..elementwise.cast import as_tensor
from ..promises import makes_new
from ..registry import define_op


def _add_n_kernel(xp: Any) -> Any:
    @makes_new  # there are two at least
    def added(first: Any, *rest: Any) -> Any:
        total: Any = None
        for each in rest:
            if each.shape != first.shape:
                raise ValueError(
                    f"Inputs to AddN must have the same size and shape. Input 0: {list(first.shape)} != "
                    f"input: {list(each.shape)}"
                )
            if total is None or not hasattr(each, "dtype"):
                so_far = first if total is None else total
                # Operators: gradients of a TensorArray are objects of ours.
                total = so_far + each if hasattr(each, "dtype") else each + so_far
            else:
                total += each  # in place where that is possible
        return total

    return added


_add_n = define_op(
    "AddN", tensors("inputs", (*NUMBERS, dtypes.variant)),
    kernel=_add_n_kernel,
)  # fmt: skip


@v1("add_n", "math.add_n")
@direct(_add_n, only=Only.SEVERAL)
def add_n(inputs: Any, name: str | None = None) -> Tensor:
    """Adds tensors of one shape.

    Args:
        inputs: The tensors, at least one.
        name: The operation's name.

    Returns:
        A tensor; the only input itself if there is just one.

    Raises:
        ValueError: If there is none, or the shapes differ.
        TypeError: If the dtypes differ.
    """
    if not isinstance(inputs, (list, tuple)) or not inputs:
        raise ValueError(
            "Inputs must be an iterable of at least one Tensor/IndexedSlices with the same dtype and shape."
        )
    tensors = [convert_to_tensor(each) for each in inputs]
    if len(tensors) == 1:
        return tensors[0] if not name else add_n_identity(tensors[0], name)
    return _add_n(tensors, name=name)


def add_n_identity(tensor: Tensor, name: str) -> Tensor:
    """The only tensor of a sum, under the requested name."""
    from ..registry import OPS

    identity: Callable[..., Tensor] | None = OPS["Identity"].function
    assert identity is not None
    return identity(tensor, name=name)


@v1("accumulate_n", "math.accumulate_n")
def accumulate_n(inputs: Any, shape: Any = None, tensor_dtype: Any = None, name: str | None = None) -> Tensor:
    """Adds tensors of one shape; see `add_n`.

    Args:
        inputs: The tensors, at least one.
        shape: The shape that they have, as far as it is known.
        tensor_dtype: The dtype that they have.
        name: The operation's name.

    Returns:
        A tensor.

    Raises:
        ValueError: If there is none, or the shapes or the dtypes differ.
        TypeError: If `tensor_dtype` is another dtype.
    """
    fault = ValueError("inputs must be a list of at least one Tensor with the same dtype and shape")
    if not inputs or not isinstance(inputs, (list, tuple)):
        raise fault
    tensors = [as_tensor(each) for each in inputs]
    own = tensors[0].dtype
    if any(each.dtype is not own for each in tensors):
        raise fault
    merged = TensorShape(None) if shape is None else as_shape(shape)
    for each in tensors:
        merged = merged.merge_with(each.shape)
    if tensor_dtype is not None and as_dtype(tensor_dtype) is not own:
        raise TypeError(
            f"The `tensor_dtype` argument is {tensor_dtype}, but `input` is of type {own}. These must be "
            "equal. Try casting the input to the desired type."
        )
    return add_n(tensors, name=name)


@v1("scalar_mul", "math.scalar_mul")
def scalar_mul(scalar: Any, x: Any, name: str | None = None) -> Tensor:
    """Multiplies a tensor by a scalar.

    Args:
        scalar: The scalar, of the tensor's dtype.
        x: The tensor.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `x`.

    Raises:
        ValueError: If `scalar` is not a scalar.
    """
    tensor = as_tensor(x)
    factor = convert_to_tensor(scalar, tensor.dtype.base_dtype, name="scalar")
    if factor._dims != ():
        raise ValueError(f"The input scalar must be a 0-D value. Received shape {factor.shape}.")
    return multiply(factor, tensor, name=name)
