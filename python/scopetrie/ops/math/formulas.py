"""Functions made of others: polynomials, fractions, orders, and checks of values."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ... import dtypes
from ..._core import name_scope
from ...backends import host_view
from ...backends.deferred import defer
from ...graph import Tensor, control_dependencies
from ...public import v1
from ..array.fill import identity, zeros_like
from ..array.gather import gather
from ..array.shape import reshape, size
from ..checks import check_numerics
from ..constant import constant, convert_to_tensor, index_array
from ..declare import INDICES, tensor
from ..elementwise.arithmetic import add, div_no_nan_node, multiply, realdiv, subtract
from ..elementwise.cast import cast
from ..elementwise.compare import less, less_equal
from ..elementwise.division_kernels import truncated_quotient
from ..elementwise.special import lgamma, ndtri
from ..elementwise.unary import negative
from ..registry import define_op
from .reduce import count_nonzero, reduce_all, reduce_sum


@v1("lbeta", "math.lbeta")
def lbeta(x: Any, name: str | None = None) -> Tensor:
    """Log |beta(x)| of vectors: the sum of log gamma of the entries, less log gamma of their sum.

    Args:
        x: A tensor `[..., n]` of floats.
        name: The operations' scope.

    Returns:
        A tensor `[...]`.
    """
    with name_scope(name, "lbeta", [x]):
        tensor = convert_to_tensor(x, name="x")
        each = reduce_sum(lgamma(tensor), [-1])
        return subtract(each, lgamma(reduce_sum(tensor, [-1])), name="sub")


@v1("math.polyval")
def polyval(coeffs: Any, x: Any, name: str | None = None) -> Tensor:
    """A polynomial's values, by Horner's rule.

    Args:
        coeffs: A list of coefficients, the one of the highest power first.
        x: A tensor.
        name: The operations' scope.

    Returns:
        A tensor with the shape of `x`.

    Raises:
        ValueError: If `coeffs` is no list.
    """
    if not isinstance(coeffs, list):
        raise ValueError(f"Argument coeffs must be list type. Received type {type(coeffs)}.")
    with name_scope(name, "polyval", [*coeffs, x]):
        tensor = convert_to_tensor(x, name="x")
        if not coeffs:
            return zeros_like(tensor)
        kind = tensor.dtype.base_dtype
        made = [convert_to_tensor(each, kind, name=f"coeff_{i}") for i, each in enumerate(coeffs)]
        total = made[0]
        for each in made[1:]:
            total = add(each, multiply(total, tensor, name="mul"), name="add")
        return total


@v1("math.reciprocal_no_nan")
def reciprocal_no_nan(x: Any, name: str | None = None) -> Tensor:
    """1 / x, and 0 where x is 0.

    Args:
        x: A tensor of floats.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `x`.
    """
    with name_scope(name, "reciprocal_no_nan", [x]) as scope:
        tensor = convert_to_tensor(x, name="x")
        one = constant(np.asarray(1, tensor.dtype.base_dtype.as_numpy_dtype), name="one")
        return div_no_nan_node(one, tensor, name=scope)


@v1("math.erfcinv")
def erfcinv(x: Any, name: str | None = None) -> Tensor:
    """The number whose complementary error function is x, element by element.

    Args:
        x: A tensor of floats.
        name: The operations' scope.

    Returns:
        A tensor with the dtype and shape of `x`.
    """
    with name_scope(name, "erfcinv", [x]):
        tensor = convert_to_tensor(x, name="start")
        return multiply(negative(ndtri(multiply(tensor, 0.5, name="mul"))), np.sqrt(0.5), name="mul")


@v1("math.zero_fraction", "nn.zero_fraction")
def zero_fraction(value: Any, name: str | None = None) -> Tensor:
    """The fraction of a tensor's elements that are 0.

    Args:
        value: A tensor of numbers.
        name: The operations' scope.

    Returns:
        A float32 scalar.
    """
    with name_scope(name, "zero_fraction", [value]):
        tensor = convert_to_tensor(value, name="value")
        count = size(tensor, out_type=dtypes.int64)
        zeros = subtract(count, count_nonzero(tensor))
        found = realdiv(cast(zeros, dtypes.float32), cast(count, dtypes.float32), name="truediv")
        return identity(found, name="fraction")


def _ordered(python_name: str, holds: Callable[..., Tensor], says: str) -> Callable[..., Tensor]:
    def check(x: Any, name: str | None = None) -> Tensor:
        with name_scope(name, python_name, [x]):
            flat = reshape(x, [-1])
            return reduce_all(holds(flat[:-1], flat[1:]))

    check.__name__ = check.__qualname__ = python_name
    check.__doc__ = f"""Whether each element of a tensor, in row-major order, is {says} the next.

    Args:
        x: A tensor of numbers.
        name: The operations' scope.

    Returns:
        A boolean scalar.
    """
    return check


is_non_decreasing = _ordered("is_non_decreasing", less_equal, "at most")
is_strictly_increasing = _ordered("is_strictly_increasing", less, "less than")
is_non_decreasing = v1("is_non_decreasing", "math.is_non_decreasing", "debugging.is_non_decreasing")(
    is_non_decreasing
)
is_strictly_increasing = v1(
    "is_strictly_increasing", "math.is_strictly_increasing", "debugging.is_strictly_increasing"
)(is_strictly_increasing)


def _unravel_kernel(xp: Any) -> Any:
    def split(indices: Any, dims: Any) -> Any:
        # As v1: only the first index can be too large, and negative ones are divided towards zero.
        sizes = dims.tolist()
        if 0 in indices.shape or not sizes:
            raise ValueError("received empty tensor indices, or no dimensions")
        if 0 in sizes:
            raise ValueError("Input dims product is zero")
        count = math.prod(sizes)
        known = host_view(indices)
        if known is None:
            defer(indices, lambda array: (array >= count).any(), _refuse_index)
        elif (known >= count).any():
            _refuse_index(known)
        parts, rest = [], indices
        for length in reversed(sizes):
            quotient = truncated_quotient(xp, rest, xp.full_like(rest, length))
            parts.append(rest - quotient * length)
            rest = quotient
        return xp.stack(parts[::-1])

    return split


def _refuse_index(indices: Any) -> None:
    raise ValueError("index is out of bound as with dims")


_unravel = define_op(
    "UnravelIndex", tensor("indices", INDICES, attr="Tidx"),
    tensor("dims", attr="Tidx", host=True), kernel=_unravel_kernel,
)  # fmt: skip


@v1("unravel_index")
def unravel_index(indices: Any, dims: Any, name: str | None = None) -> Tensor:
    """Positions in a flattened tensor as tuples of indices.

    Args:
        indices: A tensor of positions, int32 or int64.
        dims: The tensor's shape.
        name: The operation's name.

    Returns:
        A tensor `[rank] + indices.shape`.
    """
    return _unravel(index_array(indices), index_array(dims), name=name)


@v1("batch_gather")
def batch_gather(params: Any, indices: Any, name: str | None = None) -> Tensor:
    """Picks entries along the last dimension of `indices`, whose leading dimensions `params` shares.

    Args:
        params: A tensor.
        indices: A tensor of int32 or int64.
        name: The operation's name.

    Returns:
        A tensor.
    """
    at = convert_to_tensor(index_array(indices))
    return gather(params, at, batch_dims=len(at._dims or ()) - 1, name=name)


@v1("verify_tensor_all_finite", "debugging.assert_all_finite")
def verify_tensor_all_finite(
    t: Any = None, msg: str | None = None, name: str | None = None, x: Any = None, message: str | None = None
) -> Tensor:
    """Hands a tensor on, and fails if an element is infinite or not a number.

    Args:
        t: A tensor of floats.
        msg: What the error begins with.
        name: The operations' scope.
        x: Another name of `t`.
        message: Another name of `msg`.

    Returns:
        A tensor with the value of `t`.
    """
    with name_scope(name, "VerifyFinite", [t, x]):
        tensor = convert_to_tensor(x if t is None else t, name="x")
        check = check_numerics(tensor, message=message or msg or "")
        with control_dependencies([check.op]):
            return identity(tensor, name="control_dependency")
