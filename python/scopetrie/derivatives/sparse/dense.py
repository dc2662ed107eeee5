"""Gradients of ops between sparse and dense tensors."""

from __future__ import annotations

import numpy as np

from ...graph import Operation, Tensor
from ...ops.array.dims import expand_dims
from ...ops.array.fill import ones, zeros_like
from ...ops.array.gather import gather, gather_nd
from ...ops.array.join import concat
from ...ops.array.shape import reshape, shape, size, transpose
from ...ops.array.slice import slice_
from ...ops.elementwise.arithmetic import floor_div, multiply, realdiv, subtract
from ...ops.elementwise.cast import cast
from ...ops.elementwise.sparse import sparse_dense_add
from ...ops.elementwise.unary import negative, square
from ...ops.math.reduce import reduce_sum
from ...ops.sparse.dense import sparse_tensor_dense_add
from ...ops.sparse.products import sparse_matrix_product
from ...ops.sparse.reduce import sparse_reduce_sum
from ...ops.sparse_tensor import unchecked
from ..declare import attributes, gradient
from ..elementwise.arithmetic import conjugate
from ..math.reduce import kept_shape

Grads = list[Tensor | None]


@gradient("SparseToDense")
def _to_dense(op: Operation, grad: Tensor) -> Grads:
    indices, _, values, _ = op.inputs
    if indices._dims is not None and len(indices._dims) == 1:
        indices = expand_dims(indices, -1)
    picked = gather_nd(grad, indices)
    rest = subtract(reduce_sum(grad), reduce_sum(picked), name="sub")
    if values._dims == () and picked._dims != ():
        picked = reduce_sum(picked)
    return [None, None, picked, rest]


@gradient("SparseTensorDenseAdd")
def _dense_add(op: Operation, grad: Tensor) -> Grads:
    return [None, gather_nd(grad, op.inputs[0]), None, grad]


@gradient("SparseTensorDenseMatMul")
def _matmul(op: Operation, grad: Tensor) -> Grads:
    indices, values, sizes, b = op.inputs
    attrs = attributes(op)
    adjoint_a, adjoint_b = attrs.get("adjoint_a", False), attrs.get("adjoint_b", False)
    by_b = sparse_matrix_product(indices, values, sizes, grad, adjoint_a=not adjoint_a, adjoint_b=False)
    rows, columns = indices[:, 0], indices[:, 1]
    if adjoint_a:
        rows, columns = columns, rows
    right = conjugate(gather(b, columns))
    if adjoint_b:
        by_b = transpose(by_b, conjugate=True)
        right = gather(transpose(b), columns)
    # v1 multiplies matrices of one row and one column each, which takes longer.
    by_values = reduce_sum(multiply(gather(grad, rows), right), 1)
    return [None, conjugate(by_values) if adjoint_a else by_values, None, by_b]


@gradient("SparseReduceSum")
def _reduce_sum(op: Operation, grad: Tensor) -> Grads:
    indices, _, sizes, axes = op.inputs
    whole = cast(sizes, "int32")
    kept = kept_shape(whole, axes)
    scale = cast(floor_div(whole, kept, name="floordiv"), "int64")
    return [None, gather_nd(reshape(grad, kept), floor_div(indices, scale, name="floordiv")), None, None]


@gradient("SparseDenseCwiseMul")
def _multiply(op: Operation, grad: Tensor) -> Grads:
    return _elementwise(op, grad, is_product=True)


@gradient("SparseDenseCwiseDiv")
def _divide(op: Operation, grad: Tensor) -> Grads:
    return _elementwise(op, grad, is_product=False)


@gradient("SparseDenseCwiseAdd")
def _add(op: Operation, grad: Tensor) -> Grads:
    indices, _, sizes, dense = op.inputs
    at, whole = _at(indices, sizes, dense)
    return [None, grad, None, sparse_tensor_dense_add(at, grad, whole, zeros_like(dense))]


def _at(indices: Tensor, sizes: Tensor, dense: Tensor) -> tuple[Tensor, Tensor]:
    """Where in the dense tensor, which was broadcast, the elements stand; and its shape."""
    whole = cast(shape(dense), "int64")
    lead = expand_dims(subtract(size(sizes), size(whole), name="sub"), 0)
    padded = concat([ones(lead, dtype="int64"), whole], 0)
    scaled = floor_div(indices, floor_div(sizes, padded, name="floordiv"), name="floordiv")
    begin = concat([np.array([0], np.int32), lead], 0)
    return slice_(scaled, begin, [-1, -1]), whole


def _elementwise(op: Operation, grad: Tensor, is_product: bool) -> Grads:
    indices, values, sizes, dense = op.inputs
    at, whole = _at(indices, sizes, dense)
    picked = gather_nd(dense, at)
    if is_product:
        by_values, by_picked = multiply(grad, picked, name="mul"), multiply(grad, values, name="mul")
    else:
        by_values = realdiv(grad, picked, name="truediv")
        by_picked = multiply(grad, realdiv(negative(values), square(picked), name="truediv"), name="mul")
    return [None, by_values, None, sparse_tensor_dense_add(at, by_picked, whole, zeros_like(dense))]


@gradient("SparseSoftmax")
def _softmax(op: Operation, grad: Tensor) -> Grads:
    indices, _, sizes = op.inputs
    (made,) = op.outputs
    weighted = unchecked(indices, multiply(made, grad, name="mul"), sizes)
    total = negative(sparse_reduce_sum(weighted, [-1], keepdims=True))
    return [None, multiply(sparse_dense_add(indices, grad, sizes, total), made, name="mul"), None]
