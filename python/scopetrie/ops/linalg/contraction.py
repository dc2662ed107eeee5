"""Products of tensors over chosen dimensions: tensordot, einsum."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import dtypes
from ..._core import name_scope
from ...graph import Tensor
from ...public import v1
from ..array.gather import gather
from ..array.join import concat, stack
from ..array.shape import known_size, rank, reshape, shape, transpose
from ..array.unique import setdiff1d
from ..constant import convert_to_tensor
from ..declare import attr, tensors
from ..elementwise.compare import greater_equal, where
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
        over_x, over_y = _contracted(x, axes)
        left, free_x, sizes_x = _as_matrix(x, over_x, first=False)
        right, free_y, sizes_y = _as_matrix(y, over_y, first=True)
        product = matmul(left, right)
        if isinstance(free_x, list) and isinstance(free_y, list):
            sizes = [*free_x, *free_y]
            return product if product._dims == tuple(sizes) else reshape(product, sizes, name=scope)
        parts = [convert_to_tensor(each, dtype=dtypes.int32) for each in (free_x, free_y)]
        made = reshape(product, concat(parts, 0), name=scope)
        if sizes_x is not None and sizes_y is not None:
            made.set_shape([*sizes_x, *sizes_y])
        return made


def _contracted(x: Tensor, axes: Any) -> tuple[Any, Any]:
    """The summed dimensions of both tensors: lists of ints, or tensors where they are not known."""
    if isinstance(axes, (int, np.integer)):
        count = int(axes)
        if count < 0:
            raise ValueError(f"`axes` must be at least 0. Received: {axes}.")
        if x._dims is None:
            last = rank(x)
            return range_(last - count, last, dtype=dtypes.int32), range_(count, dtype=dtypes.int32)
        if count > len(x._dims):
            raise ValueError(
                f"`axes` must not be larger than the number of dimensions of tensor {x!r}.  "
                f"Received {axes}, vs tensor dimensions {len(x._dims)}."
            )
        return list(range(len(x._dims) - count, len(x._dims))), list(range(count))
    if not isinstance(axes, (list, tuple)):
        both = convert_to_tensor(axes, name="axes", dtype=dtypes.int32)
        return both[0], both[1]
    if len(axes) != 2:
        raise ValueError(f"`axes` must be an integer or have length 2. Received {axes}.")
    first, second = ([each] if isinstance(each, (int, np.integer)) else each for each in axes)
    if len(first) != len(second):
        raise ValueError(f"Different number of contraction axes `a` and `b`, {len(first)} != {len(second)}.")
    return first, second


def _as_matrix(x: Tensor, over: Any, first: bool) -> tuple[Tensor, Any, list[int | None] | None]:
    """A tensor as a matrix with the summed dimensions first, or last; and its free sizes.

    Returns:
        The matrix; the free sizes, as a list if all sizes are known, else as a tensor; and what is known of
        them.
    """
    dims, count = x._dims, len(x._dims or ())
    listed = isinstance(over, (list, tuple))
    known: list[int | None] | None = None
    if dims is not None and listed:
        summed = [i + count if i < 0 else i for i in over]
        if any(not 0 <= i < count for i in summed):
            raise ValueError(f"tensordot: axes {list(over)} are out of range for a tensor of rank {count}")
        free = [i for i in range(count) if i not in summed]
        known = [dims[i] for i in free]
        if None not in dims:
            perm = summed + free if first else free + summed
            sizes = [known_size(tuple(dims[i] for i in part)) for part in (summed, free)]
            wanted = sizes if first else sizes[::-1]
            if perm != list(range(count)):
                x = transpose(x, perm)
            return (x if list(x._dims or ()) == wanted else reshape(x, wanted)), known, known
        at = convert_to_tensor(summed, dtype=dtypes.int32, name="axes")
        rest = convert_to_tensor(free, dtype=dtypes.int32, name="free")
        every = shape(x)
    else:
        every, last = shape(x), rank(x)
        at = convert_to_tensor(over, dtype=dtypes.int32, name="axes")
        at = where(greater_equal(at, 0), at, at + last)
        rest = setdiff1d(range_(last), at)[0]
    free_sizes, summed_sizes = gather(every, rest), gather(every, at)
    outer, inner = reduce_prod(free_sizes), reduce_prod(summed_sizes)
    order, rows = ([at, rest], [inner, outer]) if first else ([rest, at], [outer, inner])
    return reshape(transpose(x, concat(order, 0)), stack(rows)), free_sizes, known


def einsum_terms(equation: str, count: int) -> tuple[list[str], str]:
    """The terms of an equation's inputs and of its output, which follows from those where it is left out."""
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
        return lambda *arrays: xp.einsum(equation, *arrays)
    return lambda *arrays: _einsum_by_products(xp, equation, arrays)


def _einsum_by_products(xp: Any, equation: str, arrays: Any) -> Any:
    """Einsum by way of one large product: for namespaces that have nothing better."""
    terms, out = einsum_terms(equation, len(arrays))
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
        text = equation.replace(" ", "")
        if len(inputs) < 3 or "..." in text:
            return _einsum(list(inputs), equation=text)
        return _by_pairs(text, [convert_to_tensor(each) for each in inputs])


def _by_pairs(equation: str, operands: list[Tensor]) -> Tensor:
    """Einsum of many tensors: of two at a time, in an order that keeps what is between them small."""
    terms, out = einsum_terms(equation, len(operands))
    # Sizes that are not known count as one of middling size.
    arrays = [
        np.broadcast_to(np.float32(0), [8 if n is None else max(n, 1) for n in x._dims])
        if x._dims is not None and len(x._dims) == len(term)
        else np.broadcast_to(np.float32(0), [8] * len(term))
        for x, term in zip(operands, terms, strict=True)
    ]
    try:
        order: Any = np.einsum_path(equation, *arrays, optimize="greedy")[0][1:]
    except ValueError:  # sizes that do not go together: the nodes' rule says which
        order = [(0, 1)] * (len(operands) - 1)
    for places in order:
        picked = sorted(places, reverse=True)
        group, own = [operands.pop(i) for i in picked], [terms.pop(i) for i in picked]
        kept = set("".join(terms)) | set(out)
        letters = "".join(sorted(set("".join(own)) & kept)) if terms else out
        operands.append(_einsum(group, equation=f"{','.join(own)}->{letters}"))
        terms.append(letters)
    return operands[0]
