"""Sparse tensors made of two or more: sums, extremes, concatenation; and the parts of one."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import dtypes
from ..._core import OpFunction
from ...graph import Tensor
from ...public import v1
from ...shapes import TensorShape, broadcast_static_shape
from ..array.dims import renamed
from ..array.join import concat
from ..array.shape import reshape
from ..constant import constant, convert_to_tensor
from ..declare import NUMBERS, REALS, attr, index, mixed, tensor
from ..elementwise.sparse import check_parts, of_parts
from ..math.reduce import reduce_max
from ..registry import Spec, define_op
from ..sparse_tensor import SparseTensor, SparseTensorValue, as_sparse
from .dense import sparse_tensor_dense_add
from .places import (
    LONG,
    MOST,
    Array,
    check_places,
    count_of,
    in_order,
    known_shape,
    ordinals,
    parts,
    rank_of,
    vector,
)

__all__ = ["sparse_add", "sparse_concat", "sparse_maximum", "sparse_minimum", "sparse_split"]


def _united(a: Array, b: Array, sizes: Array, sizes_b: Array) -> tuple[Array, Array, Array]:
    """The places of both, in order, and for each of `a` and of `b` where it is among them."""
    if sizes.shape != sizes_b.shape or (sizes != sizes_b).any():
        raise ValueError(f"Operands' shapes do not match: got {sizes.tolist()} and {sizes_b.tolist()}")
    check_places(a, sizes)
    check_places(b, sizes)
    at, inverse = np.unique(ordinals(np.concatenate([a, b]), sizes), return_inverse=True)
    return at, inverse[: len(a)], inverse[len(a) :]


def _places(at: Array, first: Array, second: Array, a: Array, b: Array) -> Array:
    made = np.empty((len(at), a.shape[1]), np.int64)
    made[first], made[second] = a, b
    return made


def _as_they_come(a: Array, x: Array, b: Array, y: Array, threshold: Any) -> tuple[Array, Array]:
    """The sum of elements whose places are out of order, twice there or out of range: as v1, two by two."""
    places: list[Any] = []
    values: list[Any] = []
    at, other = 0, 0
    while at < len(a) or other < len(b):
        one = a[at].tolist() if at < len(a) else None
        two = b[other].tolist() if other < len(b) else None
        if one == two:
            total = x[at] + y[other]
            if abs(total) >= threshold:
                places.append(one)
                values.append(total)
            at, other = at + 1, other + 1
        elif two is None or (one is not None and one < two):
            places.append(one)
            values.append(x[at])
            at += 1
        else:
            places.append(two)
            values.append(y[other])
            other += 1
    return np.array(places, np.int64).reshape(-1, a.shape[1]), np.array(values, x.dtype)


def _is_in_order(indices: Array, sizes: Array) -> bool:
    try:
        check_places(indices, sizes)
    except ValueError:
        return False
    return True


def _add_kernel(xp: Any) -> Any:
    def add(a: Any, x: Any, sizes: Any, b: Any, y: Any, sizes_b: Any, threshold: Any) -> Any:
        alike = sizes.shape == sizes_b.shape and not (sizes != sizes_b).any()
        if alike and not (_is_in_order(a, sizes) and _is_in_order(b, sizes)):
            return (*_as_they_come(a, x, b, y, threshold), sizes)
        at, first, second = _united(a, b, sizes, sizes_b)
        total = np.zeros(len(at), x.dtype)
        total[first] = x
        total[second] += y
        # As v1: an element that only one of the two has stays, however small it is.
        keep = (np.abs(total) >= threshold) | (np.bincount(np.concatenate([first, second])) < 2)
        return _places(at, first, second, a, b)[keep], total[keep], sizes

    return add


_add: OpFunction[list[Tensor]] = define_op(
    "SparseAdd", *parts("a_", NUMBERS), *parts("b_", NUMBERS), tensor("thresh", REALS, "Treal", host=True),
    rule=lambda a, x, sizes, b, y, sizes_b, threshold: [
        (dtypes.int64, (None, *vector(sizes))), (x.dtype.base_dtype, (None,)),
        (dtypes.int64, vector(sizes)),
    ],
    kernel=of_parts(_add_kernel, 0, 3), host_outputs=True,
)  # fmt: skip


@v1("sparse_add", "sparse.add")
def sparse_add(a: Any, b: Any, threshold: Any = None, thresh: Any = None) -> SparseTensor | Tensor:
    """Adds two tensors, of which one at least is sparse.

    Args:
        a: A SparseTensor or a tensor.
        b: The other one, of the same shape.
        threshold: Elements of a sparse sum whose size is below it are left out; 0 by default: none.
        thresh: Another name of `threshold`.

    Returns:
        A SparseTensor if both are sparse, otherwise a tensor.

    Raises:
        TypeError: If neither is sparse.

    >>> import scopetrie as tf
    >>> a = tf.SparseTensor([[0, 1]], [1.0], [2, 2])
    >>> b = tf.SparseTensor([[0, 1], [1, 0]], [2.0, 3.0], [2, 2])
    >>> with tf.Session() as session:
    ...     print(session.run(tf.sparse_add(a, b)).values)
    [3. 3.]
    """
    kinds = (SparseTensor, SparseTensorValue)
    if not isinstance(a, kinds) and not isinstance(b, kinds):
        raise TypeError("At least one input should be SparseTensor; do you mean to use tf.add()?")
    least = renamed(threshold, "threshold", thresh, "thresh")
    if isinstance(a, kinds) and isinstance(b, kinds):
        x, y = as_sparse(a), as_sparse(b)
        made = x.dtype.base_dtype
        limit = convert_to_tensor(0 if least is None else least, made.real_dtype, name="threshold")
        x.shape.assert_is_compatible_with(y.shape)
        static = TensorShape(None)
        if x.shape.rank is not None and y.shape.rank is not None:  # as v1, which asks how they broadcast
            static = broadcast_static_shape(x.shape, y.shape)
        indices, values, sizes = _add(*x._components(), *y._components(), limit)
        return SparseTensor(indices, values, known_shape(static, sizes))
    if isinstance(b, kinds):
        a, b = b, a
    return sparse_tensor_dense_add(*as_sparse(a)._components(), b)


def _extreme_kernel(largest: bool) -> Any:
    def kernel(xp: Any) -> Any:
        apply = np.maximum if largest else np.minimum

        def choose(a: Any, x: Any, sizes: Any, b: Any, y: Any, sizes_b: Any) -> Any:
            at, first, second = _united(a, b, sizes, sizes_b)
            made, other = np.zeros(len(at), x.dtype), np.zeros(len(at), x.dtype)
            made[first], other[second] = x, y
            return _places(at, first, second, a, b), apply(made, other)

        return choose

    return kernel


def _extreme(type: str, largest: bool) -> OpFunction[list[Tensor]]:
    types = REALS if largest else NUMBERS
    return define_op(
        type, *parts("a_", types), *parts("b_", types),
        rule=lambda a, x, *rest: [(dtypes.int64, (None, None)), (x.dtype.base_dtype, (None,))],
        kernel=of_parts(_extreme_kernel(largest), 0, 3), host_outputs=True,
    )  # fmt: skip


_maximum = _extreme("SparseSparseMaximum", True)
_minimum = _extreme("SparseSparseMinimum", False)


@v1("sparse_maximum", "sparse.maximum")
def sparse_maximum(sp_a: Any, sp_b: Any, name: str | None = None) -> SparseTensor:
    """Gives the larger of two sparse tensors' elements; one that only one of them has is compared with 0.

    Args:
        sp_a: A SparseTensor.
        sp_b: Another one, of the same shape.
        name: The operation's name.

    Returns:
        A SparseTensor with elements wherever one of the two has one.
    """
    a, b = as_sparse(sp_a), as_sparse(sp_b)
    indices, values = _maximum(*a._components(), *b._components(), name=name)
    return SparseTensor(indices, values, a.dense_shape)


@v1("sparse_minimum", "sparse.minimum")
def sparse_minimum(sp_a: Any, sp_b: Any, name: str | None = None) -> SparseTensor:
    """Gives the smaller of two sparse tensors' elements; one that only one of them has is compared with 0.

    Args:
        sp_a: A SparseTensor.
        sp_b: Another one, of the same shape.
        name: The operation's name.

    Returns:
        A SparseTensor with elements wherever one of the two has one.
    """
    a, b = as_sparse(sp_a), as_sparse(sp_b)
    indices, values = _minimum(*a._components(), *b._components(), name=name)
    return SparseTensor(indices, values, a.dense_shape)


def _concat_kernel(xp: Any, concat_dim: int) -> Any:
    def join(*given: Any) -> Any:
        arrays = [np.asarray(each) for each in given]
        count = len(arrays) // 3
        indices, values = arrays[:count], arrays[count : 2 * count]
        sizes = [np.asarray(each) for each in arrays[2 * count :]]
        for three in zip(indices, values, sizes, strict=True):
            check_parts(*three)
        rank = len(sizes[0])
        along = concat_dim % rank if -rank <= concat_dim < rank else -1
        if along < 0:
            raise ValueError(f"Concat dimension must be in range [{-rank}, {rank}), got {concat_dim}")
        whole, begin, moved = np.array(sizes[0]), 0, []
        for at, (places, each) in enumerate(zip(indices, sizes, strict=True)):
            if len(each) != rank:
                raise ValueError(
                    f"Ranks of all input tensors must match: expected {rank} but got {len(each)} at "
                    f"position {at}"
                )
            for axis in range(rank):
                if axis != along and each[axis] != whole[axis]:
                    raise ValueError(
                        f"Input shapes must match: expected {whole[axis]} for dimension {axis} but got "
                        f"{each[axis]} at position {at}"
                    )
            shifted = np.array(places)
            shifted[:, along] += begin
            begin += int(each[along])
            moved.append(shifted)
        whole[along] = begin
        together, elements = np.concatenate(moved), np.concatenate(values)
        order = in_order(together, whole)
        return together[order], elements[order], whole

    return join


def _concat_rule(inputs: list[Tensor], concat_dim: int) -> list[Spec]:
    count = len(inputs) // 3
    indices, values, shapes = inputs[:count], inputs[count : 2 * count], inputs[2 * count :]
    ranks = [rank_of(each, sizes) for each, sizes in zip(indices, shapes, strict=True)]
    rank = next((each for each in ranks if each is not None), None)
    length = next((each._dims[0] for each in shapes if each._dims and each._dims[0] is not None), None)
    counts = [count_of(each, kept) for each, kept in zip(indices, values, strict=True)]
    total = None if None in counts else sum(each for each in counts if each is not None)
    made = values[0].dtype.base_dtype
    return [(dtypes.int64, (total, rank)), (made, (total,)), (dtypes.int64, (length,))]


# Places, as many vectors of elements, as many shapes: one list.
_concat: OpFunction[list[Tensor]] = define_op(
    "SparseConcat", mixed("indices", attr="T")._replace(host=True), rule=_concat_rule, kernel=_concat_kernel,
    attributes=(attr("concat_dim", int),), host_outputs=True,
)  # fmt: skip


@v1("sparse_concat", "sparse.concat")
def sparse_concat(
    axis: Any, sp_inputs: Any, name: str | None = None, expand_nonconcat_dim: bool = False,
    concat_dim: Any = None, expand_nonconcat_dims: bool | None = None,
) -> SparseTensor:  # fmt: skip
    """Joins sparse tensors along an axis.

    Args:
        axis: The axis, an int.
        sp_inputs: SparseTensors of one rank, whose other sizes agree.
        name: The operation's name.
        expand_nonconcat_dim: Whether other sizes may differ: the largest ones count.
        concat_dim: Another name of `axis`.
        expand_nonconcat_dims: Another name of `expand_nonconcat_dim`.

    Returns:
        A SparseTensor; the one itself, if there is but one.

    Raises:
        TypeError: If the inputs are no SparseTensors in a list or tuple.
        ValueError: If there are none.
    """
    if expand_nonconcat_dims is not None:
        expand_nonconcat_dim = expand_nonconcat_dims
    along = int(renamed(axis, "axis", concat_dim, "concat_dim"))
    if not isinstance(sp_inputs, (list, tuple)):
        raise TypeError("Inputs must be a list or tuple.")
    if not all(isinstance(each, (SparseTensor, SparseTensorValue)) for each in sp_inputs):
        raise TypeError("All inputs must be SparseTensors.")
    if not sp_inputs:
        raise ValueError(
            "List argument 'indices' to 'SparseConcat' Op with length 0 shorter than minimum length 2."
        )
    inputs = [as_sparse(each) for each in sp_inputs]
    if len(inputs) == 1:
        return inputs[0]
    shapes = [each.dense_shape for each in inputs]
    if expand_nonconcat_dim:
        largest = reduce_max(concat([reshape(each, [1, -1]) for each in shapes], 0), 0)
        shapes = [
            concat(
                [largest[:along], each[-1:] if along == -1 else each[along : along + 1],
                 largest[:0] if along == -1 else largest[along + 1 :]],
                0,
            )
            for each in shapes
        ]  # fmt: skip
    indices, values, sizes = _concat(
        [*(each.indices for each in inputs), *(each.values for each in inputs), *shapes], concat_dim=along,
        name=name,
    )  # fmt: skip
    static = [each.shape for each in inputs]
    if all(each.is_fully_defined() for each in static):
        dims = [each.as_list() for each in static]
        whole = [max(column) for column in zip(*dims, strict=True)] if expand_nonconcat_dim else dims[0]
        if -len(whole) <= along < len(whole):
            whole[along] = length = sum(int(each[along] or 0) for each in dims)
            if length > MOST:
                raise ValueError(f"{length} elements along axis {along} are more than an int64 counts")
            sizes = constant(np.array(whole, np.int64))
    return SparseTensor(indices, values, sizes)


def _split_kernel(xp: Any, num_split: int) -> Any:
    def cut(split_dim: Any, indices: Any, values: Any, sizes: Any) -> Any:
        rank, along = len(sizes), int(split_dim.item())
        if not -rank <= along < rank:
            raise ValueError(f"Input split_dim should be between 0 and rank ({rank}), got {along}")
        along %= rank
        check_places(indices, sizes, ordered=False)
        whole = int(sizes[along])
        if num_split < 1 or num_split > whole:
            raise ValueError(
                f"Input num_split should be between 1 and the splitting dimension size ({whole}), got "
                f"{num_split}"
            )
        small, more = divmod(whole, num_split)
        lengths = [small + (at < more) for at in range(num_split)]
        places, elements, shapes, begin = [], [], [], 0
        for length in lengths:
            chosen = (indices[:, along] >= begin) & (indices[:, along] < begin + length)
            moved = indices[chosen]
            moved[:, along] -= begin
            own = np.array(sizes)
            own[along] = length
            places.append(moved)
            elements.append(values[chosen])
            shapes.append(own)
            begin += length
        return (*places, *elements, *shapes)

    return cut


def _split_rule(
    split_dim: Tensor, indices: Tensor, values: Tensor, sizes: Tensor, num_split: int
) -> list[Spec]:
    made: list[Spec] = [(dtypes.int64, (None, *vector(sizes)))] * num_split
    made += [(values.dtype.base_dtype, (None,))] * num_split
    return made + [(dtypes.int64, sizes._dims)] * num_split


_split: OpFunction[list[Tensor]] = define_op(
    "SparseSplit", index("split_dim", LONG, None), *parts(""), rule=_split_rule,
    kernel=of_parts(_split_kernel, 1), attributes=(attr("num_split", int),), host_outputs=True,
)  # fmt: skip


@v1("sparse_split", "sparse.split")
def sparse_split(
    keyword_required: Any = None, sp_input: Any = None, num_split: Any = None, axis: Any = None,
    name: str | None = None, split_dim: Any = None,
) -> list[SparseTensor]:  # fmt: skip
    """Cuts a sparse tensor into parts along an axis.

    Args:
        keyword_required: Nothing: the arguments are given by keyword.
        sp_input: A SparseTensor.
        num_split: How many parts; the first ones are longer by one where the size is no multiple of it.
        axis: The axis.
        name: The operation's name.
        split_dim: Another name of `axis`.

    Returns:
        A list of SparseTensors.

    Raises:
        ValueError: If an argument is missing, or one was given by position.
        TypeError: If the input is no SparseTensor.
    """
    if keyword_required is not None:
        raise ValueError("Keyword arguments are required for this function.")
    if sp_input is None:
        raise ValueError("sp_input is required")
    if num_split is None:
        raise ValueError("num_split is required")
    along = renamed(axis, "axis", split_dim, "split_dim")
    if along is None:
        raise ValueError("axis is required")
    sparse = as_sparse(sp_input)
    count = int(num_split)
    if not isinstance(along, Tensor):
        along = np.array(along, np.int64)
    made = _split(along, *sparse._components(), num_split=count, name=name)
    return [SparseTensor(made[at], made[at + count], made[at + 2 * count]) for at in range(count)]
