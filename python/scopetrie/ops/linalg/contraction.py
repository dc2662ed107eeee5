"""Products of tensors over chosen dimensions: tensordot, einsum."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._core import name_scope
from ...graph import Tensor
from ...public import v1
from ..array.gather import gather
from ..array.join import concat, stack
from ..array.shape import known_size, rank, reshape, shape, transpose
from ..array.unique import setdiff1d
from ..constant import constant, convert_to_tensor
from ..declare import attr, tensors
from ..math.elementwise import floormod, subtract
from ..math.reduce import reduce_prod
from ..math.sequence import range_
from ..registry import define_op
from .products import matmul


@v1("tensordot", "linalg.tensordot")
def tensordot(a: Any, b: Any, axes: Any, name: str | None = None) -> Tensor:
    """Sums products of elements over chosen dimensions of two tensors.

    Args:
        a: A tensor of floats.
        b: A tensor of the same dtype.
        axes: A number of dimensions, the last of `a` and the first of `b`; or two lists of dimensions.
        name: The operation's name.

    Returns:
        A tensor with the free dimensions of `a`, then those of `b`.

    Raises:
        ValueError: If the axes are not two lists of one length, or a rank is not known.
    """
    with name_scope(name, "Tensordot", [a, b, axes]) as scope:
        x, y = convert_to_tensor(a, name="a"), convert_to_tensor(b, name="b")
        if x._dims is None or y._dims is None:
            return _unranked_tensordot(x, y, axes, scope)
        over_x, over_y = _contracted(x, axes)
        left, free_x, is_x = _as_matrix(x, over_x, first=False)
        right, free_y, is_y = _as_matrix(y, over_y, first=True)
        product = matmul(left, right)
        if is_x and is_y:
            return product
        free = [*free_x, *free_y]
        if sum(size is None for size in free) <= 1:
            return reshape(product, [-1 if size is None else size for size in free], name=scope)
        sizes = [shape(x)[i] for i in _free(x, over_x)] + [shape(y)[i] for i in _free(y, over_y)]
        return reshape(product, sizes, name=scope)


def _unranked_tensordot(x: Tensor, y: Tensor, axes: Any, scope: str) -> Tensor:
    """`tensordot` of tensors of which one has a rank that is known only when run."""
    if isinstance(axes, (int, np.integer)):
        if axes < 0:
            raise ValueError("`axes` must be at least 0.")
        over_x = range_(subtract(rank(x), int(axes), name="sub"), rank(x))
        over_y = range_(0, int(axes))
    else:
        first, second = _contracted(x, axes)
        over_x, over_y = (constant(np.asarray(each, np.int32)) for each in (first, second))
    left, free_x = _unranked_matrix(x, over_x, first=False)
    right, free_y = _unranked_matrix(y, over_y, first=True)
    return reshape(matmul(left, right), concat([free_x, free_y], 0), name=scope)


def _unranked_matrix(x: Tensor, over: Tensor, first: bool) -> tuple[Tensor, Tensor]:
    """As `_as_matrix`, with axes and sizes that are known when run."""
    sizes, last = shape(x), rank(x)
    over = floormod(over, last, name="mod")
    free = setdiff1d(range_(0, last), over)[0]
    free_sizes, summed = gather(sizes, free), gather(sizes, over)
    inner, outer = reduce_prod(summed), reduce_prod(free_sizes)
    perm, rows = ([over, free], [inner, outer]) if first else ([free, over], [outer, inner])
    return reshape(transpose(x, concat(perm, 0)), stack(rows)), free_sizes


def _contracted(x: Tensor, axes: Any) -> tuple[list[int], list[int]]:
    if isinstance(axes, (int, np.integer)):
        count = len(x._dims or ())
        if axes < 0:
            raise ValueError("`axes` must be at least 0.")
        if axes > count:
            raise ValueError(f"`axes` must not be larger than the number of dimensions of tensor {x!r}.")
        return list(range(count - axes, count)), list(range(axes))
    if len(axes) != 2:
        raise ValueError("`axes` must be an integer or have length 2.")
    first, second = ([int(i) for i in np.atleast_1d(each)] for each in axes)
    if len(first) != len(second):
        raise ValueError(f"Different number of contraction axes `a` and `b`, {len(first)} != {len(second)}.")
    return first, second


def _free(x: Tensor, over: list[int]) -> list[int]:
    count = len(x._dims or ())
    taken = {i % count for i in over}
    return [i for i in range(count) if i not in taken]


def _as_matrix(x: Tensor, over: list[int], first: bool) -> tuple[Tensor, list[int | None], bool]:
    """The tensor as a matrix with the summed dimensions first or last, its free sizes, and if it was one."""
    dims = x._dims or ()
    free = _free(x, over)
    summed = [i % len(dims) for i in over]
    perm = summed + free if first else free + summed
    sizes = [dims[i] for i in free]
    if len(dims) == 2 and len(free) == 1 and perm == [0, 1]:
        return x, sizes, True
    if perm != list(range(len(dims))):
        x = transpose(x, perm)
    inner = known_size(tuple(dims[i] for i in summed))
    outer = known_size(tuple(sizes))
    if inner is None and outer is None:
        each = shape(x)
        parts = (
            [each[: len(summed)], each[len(summed) :]] if first else [each[len(free) :], each[: len(free)]]
        )
        both = [reduce_prod(part) for part in parts]
        return reshape(x, both if first else both[::-1]), sizes, len(free) == 1
    rows: list[int] = [-1 if inner is None else inner, -1 if outer is None else outer]
    if -1 not in rows and None in dims:
        rows[1] = -1
    return reshape(x, rows if first else rows[::-1]), sizes, len(free) == 1


def _einsum_terms(equation: str, count: int) -> tuple[list[str], str]:
    text = equation.replace(" ", "")
    left, arrow, right = text.partition("->")
    terms = left.split(",")
    if len(terms) != count:
        raise ValueError(f"Expected {len(terms)} inputs for equation {equation!r}, but got {count}")
    if not arrow:
        letters = left.replace(",", "").replace("...", "")
        right = ("..." if "..." in left else "") + "".join(
            sorted(c for c in set(letters) if letters.count(c) == 1)
        )
    return terms, right


def _einsum_kernel(xp: Any, equation: str) -> Any:
    if hasattr(xp, "einsum"):  # not in the standard, but most libraries have it
        options = {"optimize": True} if equation.count(",") and "numpy" in xp.__name__ else {}
        return lambda *arrays: xp.einsum(equation, *arrays, **options)
    return lambda *arrays: _einsum_by_products(xp, equation, arrays)


def _einsum_by_products(xp: Any, equation: str, arrays: Any) -> Any:
    """Einsum by way of one large product: for namespaces that have nothing better."""
    terms, out = _einsum_terms(equation, len(arrays))
    if "..." in equation:
        raise NotImplementedError("einsum with an ellipsis needs a library with its own einsum")
    letters = out + "".join(sorted(set("".join(terms)) - set(out)))
    product = None
    for term, x in zip(terms, arrays, strict=True):
        if len(set(term)) != len(term):
            raise NotImplementedError("einsum with a repeated letter needs a library with its own einsum")
        places = [letters.index(letter) for letter in term]
        order = sorted(range(len(term)), key=places.__getitem__)
        x = xp.permute_dims(x, tuple(order))
        wide = iter(x.shape)
        x = xp.reshape(x, tuple(next(wide) if c in term else 1 for c in letters))
        product = x if product is None else product * x
    over = tuple(range(len(out), len(letters)))
    return xp.sum(product, axis=over, dtype=arrays[0].dtype) if over else product


_einsum = define_op(
    "Einsum", tensors("inputs"), kernel=_einsum_kernel,
    attributes=(attr("equation", str),),
)  # fmt: skip


@v1("einsum", "linalg.einsum")
def einsum(equation: str, *inputs: Any, **kwargs: Any) -> Tensor:
    """Sums products of elements, as an equation of index letters says.

    Args:
        equation: E.g. `"ij,jk->ik"`, the product of matrices.
        *inputs: The tensors, one for each term.
        **kwargs: `name`; `optimize` is accepted for v1's sake.

    Returns:
        A tensor.

    Raises:
        TypeError: If there is another keyword.
        ValueError: If the equation does not fit the inputs.

    >>> import scopetrie as tf
    >>> tf.einsum("ij,jk->ik", tf.ones([2, 3]), tf.ones([3, 4])).shape.as_list()
    [2, 4]
    """
    name = kwargs.pop("name", None)
    kwargs.pop("optimize", None)
    if kwargs:
        raise TypeError(f"Invalid keyword arguments for this function: {', '.join(kwargs)}.")
    with name_scope(name, "einsum", [equation, *inputs]):
        return _einsum(list(inputs), equation=equation.replace(" ", ""))
