"""Gradients of what broadcasting has repeated: they are summed over the repetitions."""

from __future__ import annotations

from typing import Any

from ..graph import Tensor
from ..ops.array.shape import shape
from ..ops.declare import Sizes, attr, index, tensor
from ..ops.math.reduce import summed_along
from ..ops.node_text import Dims
from ..ops.registry import define_op


def _sum_kernel(xp: Any, dims: Dims = None) -> Any:
    def sum_repeated(grad: Any, sizes: Any) -> Any:
        wanted = tuple(sizes.tolist())
        if grad.shape == wanted:
            return grad
        added = len(grad.shape) - len(wanted)
        along = [*range(added)]
        along += [at for at, size in enumerate(wanted, added) if size == 1 and grad.shape[at] != 1]
        total = summed_along(xp, grad, tuple(along), False) if along else grad
        return xp.reshape(total, wanted)

    return sum_repeated


# What v1 makes of BroadcastGradientArgs, Sum and Reshape, in one node, which does nothing where nothing was
# repeated.
sum_to_shape = define_op(
    "SumToShape", tensor("x"), index("shape"), rule=lambda x, shape, dims: (x.dtype.base_dtype, dims),
    kernel=_sum_kernel, attributes=(attr("dims", Sizes),), name="Reshape",
)  # fmt: skip


def summed_to(grad: Tensor, like: Tensor) -> Tensor:
    """A gradient summed over what broadcasting has repeated of `like`."""
    return sum_to_shape(grad, shape(like), dims=like._dims)


def summed(x: Tensor, y: Tensor, of_x: Tensor | None, of_y: Tensor | None) -> list[Tensor | None]:
    """The gradients of two tensors that broadcast, from those of what they were repeated to.

    Args:
        x: One.
        y: The other.
        of_x: The gradient by `x` where it was repeated; None is handed on.
        of_y: The same by `y`.

    Returns:
        The gradients, in the shapes of `x` and `y`.
    """
    dims, others = x._dims, y._dims
    if dims is None or others is None:
        x_repeats = y_repeats = True
    elif dims == others and None not in dims:
        return [of_x, of_y]
    else:
        x_repeats, y_repeats = _may_repeat(dims, others), _may_repeat(others, dims)
    if x_repeats and of_x is not None:
        of_x = summed_to(of_x, x)
    if y_repeats and of_y is not None:
        of_y = summed_to(of_y, y)
    return [of_x, of_y]


def _may_repeat(dims: tuple[int | None, ...], others: tuple[int | None, ...]) -> bool:
    """Whether a tensor of the shape `dims` may be repeated to go together with `others`."""
    missing = len(others) - len(dims)
    if missing > 0:
        return True
    for size, other in zip(dims[-missing:], others, strict=False):
        if (size is None or size == 1) and other != 1 and not size == other == 1:
            return True
    return False
