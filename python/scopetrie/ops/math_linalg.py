"""Products and decompositions of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from .._core import OpFunction, name_scope
from ..dtypes import DType
from ..graph import Tensor
from ..shapes import broadcast_dims
from .array_shape import expand_dims, known_size, reshape, shape, squeeze, transpose
from .constant import convert_to_tensor
from .math_elementwise import abs, conj, multiply, pow, sqrt
from .math_reduce import reduce_max, reduce_min, reduce_sum
from .registry import REALS, Dims, ShapeError, Spec, define_op

_MATRIX = "f8 f4 f2 c8 c16"


def _product_dims(a: Dims, b: Dims, transpose_a: bool, transpose_b: bool) -> tuple[int | None, int | None]:
    """Rows and columns of a product; checks the inner sizes."""
    rows, inner_a = (a[-2], a[-1]) if a is not None else (None, None)
    inner_b, columns = (b[-2], b[-1]) if b is not None else (None, None)
    if transpose_a:
        rows, inner_a = inner_a, rows
    if transpose_b:
        inner_b, columns = columns, inner_b
    if inner_a is not None and inner_b is not None and inner_a != inner_b:
        raise ShapeError(f"Dimensions must be equal, but are {inner_a} and {inner_b}")
    return rows, columns


def _matmul_rule(a: Tensor, b: Tensor, transpose_a: bool = False, transpose_b: bool = False) -> Spec:
    for each in (a, b):
        if each._dims is not None and len(each._dims) != 2:
            raise ShapeError(f"Shape must be rank 2 but is rank {len(each._dims)}")
    return a.dtype.base_dtype, _product_dims(a._dims, b._dims, transpose_a, transpose_b)


def _matmul_kernel(xp: Any, transpose_a: bool = False, transpose_b: bool = False) -> Any:
    if not transpose_a and not transpose_b:
        return xp.matmul
    flip = xp.matrix_transpose
    return lambda a, b: xp.matmul(flip(a) if transpose_a else a, flip(b) if transpose_b else b)


_matmul = define_op(
    "MatMul",
    ("a", "b"),
    rule=_matmul_rule,
    kernel=_matmul_kernel,
    dtypes="bf f2 f4 f8 i4 i8 u1 u2 u4 u8 c8 c16",
    attributes="T grad_a=false grad_b=false transpose_a=false transpose_b=false",
)
_sparse_matmul = define_op(
    "SparseMatMul",
    ("a", "b"),
    rule=_matmul_rule,
    kernel=_matmul_kernel,
    dtypes="f4 bf",
    attributes="Ta Tb:1 a_is_sparse=false b_is_sparse=false transpose_a=false transpose_b=false",
    name="MatMul",
)


def _batch_rule(x: Tensor, y: Tensor, adj_x: bool = False, adj_y: bool = False) -> Spec:
    a, b = x._dims, y._dims
    for each in (a, b):
        if each is not None and len(each) < 2:
            raise ShapeError(f"Shape must be at least rank 2 but is rank {len(each)}")
    ends = _product_dims(a, b, adj_x, adj_y)
    if a is None or b is None:
        return x.dtype.base_dtype, None
    try:
        lead = broadcast_dims(a[:-2], b[:-2])
    except ValueError:
        pairs = zip(a[-3::-1], b[-3::-1], strict=False)
        one, other = next((m, n) for m, n in pairs if m != n and m not in (1, None) and n not in (1, None))
        raise ShapeError(f"Dimensions must be equal, but are {one} and {other}") from None
    return x.dtype.base_dtype, None if lead is None else (*lead, *ends)


def _batch_kernel(xp: Any, adj_x: bool = False, adj_y: bool = False) -> Any:
    if not adj_x and not adj_y:
        return xp.matmul

    def adjoint(x: Any) -> Any:
        flipped = xp.matrix_transpose(x)
        return xp.conj(flipped) if xp.isdtype(x.dtype, "complex floating") else flipped

    return lambda x, y: xp.matmul(adjoint(x) if adj_x else x, adjoint(y) if adj_y else y)


_batch_matmul = define_op(
    "BatchMatMulV2", ("x", "y"), name="MatMul", rule=_batch_rule, kernel=_batch_kernel,
    dtypes="bf f2 f4 f8 i2 i4 i8 u1 u2 u4 u8 c8 c16",
    attributes="T adj_x=false adj_y=false grad_x=false grad_y=false",
)  # fmt: skip


def matmul(
    a: Any, b: Any, transpose_a: bool = False, transpose_b: bool = False, adjoint_a: bool = False,
    adjoint_b: bool = False, a_is_sparse: bool = False, b_is_sparse: bool = False, output_type: Any = None,
    grad_a: bool = False, grad_b: bool = False, name: str | None = None,
) -> Tensor:  # fmt: skip
    """Multiplies matrices, or batches of matrices.

    Args:
        a: A tensor `[..., m, k]`.
        b: A tensor `[..., k, n]` of the same dtype; leading dimensions broadcast.
        transpose_a: Whether `a` is `[..., k, m]` and is to be transposed.
        transpose_b: Whether `b` is `[..., n, k]` and is to be transposed.
        adjoint_a: Whether `a` is to be transposed and conjugated.
        adjoint_b: Whether `b` is to be transposed and conjugated.
        a_is_sparse: Whether `a` is mostly zeros; it makes no difference to the result.
        b_is_sparse: The same for `b`.
        output_type: Must be None or the dtype of `a`.
        grad_a: Accepted for v1's sake.
        grad_b: Accepted for v1's sake.
        name: The operation's name.

    Returns:
        A tensor `[..., m, n]`.

    Raises:
        ValueError: If the shapes do not go together, or a matrix is to be both transposed and adjoint.
        TypeError: If the dtypes differ.

    >>> import scopetrie as tf
    >>> tf.matmul(tf.ones([2, 3]), tf.ones([4, 3]), transpose_b=True)
    <tf.Tensor 'MatMul:0' shape=(2, 4) dtype=float32>
    """
    if not (transpose_a or transpose_b or adjoint_a or adjoint_b or a_is_sparse or b_is_sparse):
        left = a._dims if isinstance(a, Tensor) else None
        right = b._dims if isinstance(b, Tensor) else None
        if left is not None and right is not None and len(left) <= 2 and len(right) <= 2:
            return _matmul(a, b, name=name)
    if transpose_a and adjoint_a:
        raise ValueError(
            "Only one of `transpose_a` and `adjoint_a` can be True. "
            f"Received `transpose_a`={transpose_a}, `adjoint_a`={adjoint_a}."
        )
    if transpose_b and adjoint_b:
        raise ValueError(
            "Only one of `transpose_b` and `adjoint_b` can be True. "
            f"Received `transpose_b`={transpose_b}, `adjoint_b`={adjoint_b}."
        )
    with name_scope(name, "MatMul", [a, b]) as scope:
        x = convert_to_tensor(a, name="a")
        y = convert_to_tensor(b, dtype=None if isinstance(b, Tensor) else x.dtype.base_dtype, name="b")
        if not (a_is_sparse or b_is_sparse) and any(
            each._dims is None or len(each._dims) > 2 for each in (x, y)
        ):
            if transpose_a and x.dtype.is_complex:
                x = conj(x)
            if transpose_b and y.dtype.is_complex:
                y = conj(y)
            return _batch_matmul(
                x, y, adj_x=transpose_a or adjoint_a, adj_y=transpose_b or adjoint_b, name=scope
            )
        x = conj(x) if adjoint_a else x
        y = conj(y) if adjoint_b else y
        sparse = (a_is_sparse or b_is_sparse) and x.dtype.base_dtype in (dtypes.float32, dtypes.bfloat16)
        op = _sparse_matmul if sparse else _matmul
        return op(
            x, y, transpose_a=transpose_a or adjoint_a, transpose_b=transpose_b or adjoint_b, name=scope
        )


def sparse_matmul(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    transpose_b: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    name: str | None = None,
) -> Tensor:
    """Multiplies matrices that may have many zeros; they are multiplied as any others are.

    Args:
        a: A matrix of float32 or bfloat16.
        b: A matrix of float32 or bfloat16.
        transpose_a: Whether `a` is transposed first.
        transpose_b: Whether `b` is.
        a_is_sparse: Accepted for v1's sake.
        b_is_sparse: Accepted for v1's sake.
        name: The operation's name.

    Returns:
        A matrix of float32.
    """
    return _sparse_matmul(a, b, transpose_a=transpose_a, transpose_b=transpose_b, name=name or "SparseMatMul")


def matvec(
    a: Any, b: Any, transpose_a: bool = False, adjoint_a: bool = False, a_is_sparse: bool = False,
    b_is_sparse: bool = False, name: str | None = None,
) -> Tensor:  # fmt: skip
    """Multiplies matrices by vectors.

    Args:
        a: A tensor `[..., m, k]`.
        b: A tensor `[..., k]` of the same dtype.
        transpose_a: Whether `a` is to be transposed.
        adjoint_a: Whether `a` is to be transposed and conjugated.
        a_is_sparse: Whether `a` is mostly zeros.
        b_is_sparse: Whether `b` is mostly zeros.
        name: The operation's name.

    Returns:
        A tensor `[..., m]`.
    """
    with name_scope(name, "MatVec", [a, b]):
        column = expand_dims(b, axis=-1)
        product = matmul(a, column, transpose_a=transpose_a, adjoint_a=adjoint_a)
        return squeeze(product, axis=-1)


def matrix_transpose(a: Any, name: str | None = "matrix_transpose", conjugate: bool = False) -> Tensor:
    """Exchanges the last two dimensions.

    Args:
        a: A tensor of at least rank 2.
        name: The operation's name.
        conjugate: Whether to conjugate complex elements as well.

    Returns:
        A tensor with the dtype of `a`.

    Raises:
        ValueError: If the rank is known to be less than 2, or is not known.
    """
    with name_scope(name, "matrix_transpose", [a]):
        tensor = convert_to_tensor(a, name="a")
        dims = tensor._dims
        if dims is None:
            raise ValueError("matrix_transpose: the rank of `a` must be known; use tf.transpose with a perm")
        if len(dims) < 2:
            raise ValueError(
                "Argument `a` should be a (batch) matrix with rank >= 2.  "
                f"Received `a` = {tensor!r} with shape: {tensor.shape}"
            )
        perm = [*range(len(dims) - 2), len(dims) - 1, len(dims) - 2]
        return transpose(tensor, perm=perm, conjugate=conjugate)


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
            raise ValueError("tensordot: the ranks of both tensors must be known")
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
        raise ValueError("tensordot: the sizes of the free or of the summed dimensions must be known")
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


def _einsum_rule(inputs: list[Tensor], equation: str) -> Spec:
    terms, out = _einsum_terms(equation, len(inputs))
    sizes: dict[str, int | None] = {}
    lead: Dims = ()
    for term, x in zip(terms, inputs, strict=True):
        dims = x._dims
        if dims is None:
            if "..." in term:
                lead = None
            continue
        before, dots, after = term.partition("...")
        if not dots and len(dims) != len(term):
            raise ShapeError(f"Shape must be rank {len(term)} but is rank {len(dims)}")
        if dots:
            if len(dims) < len(before) + len(after):
                raise ShapeError(
                    f"Shape must be at least rank {len(before) + len(after)} but is rank {len(dims)}"
                )
            lead = broadcast_dims(lead, dims[len(before) : len(dims) - len(after)])
        pairs = [*zip(before, dims, strict=False), *zip(after[::-1], dims[::-1], strict=False)]
        for letter, size in pairs:
            known = sizes.get(letter)
            if known is not None and size is not None and known != size and 1 not in (known, size):
                raise ShapeError(f"Dimensions must be equal, but are {known} and {size}")
            sizes[letter] = size if known in (None, 1) else known
    before, dots, after = out.partition("...")
    if dots and lead is None:
        return inputs[0].dtype.base_dtype, None
    found = [sizes.get(c) for c in before] + list(lead or () if dots else ()) + [sizes.get(c) for c in after]
    return inputs[0].dtype.base_dtype, tuple(found)


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
    "Einsum", ("inputs*",), rule=_einsum_rule, kernel=_einsum_kernel, attributes="N T equation"
)


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


def norm(
    tensor: Any,
    ord: Any = "euclidean",
    axis: Any = None,
    keepdims: bool | None = None,
    name: str | None = None,
    keep_dims: bool | None = None,
) -> Tensor:
    """The norm of vectors, or of matrices.

    Args:
        tensor: A tensor of floats.
        ord: "euclidean" ("fro"), 1, 2, `inf`, or another number for vectors.
        axis: A dimension for vectors, two for matrices; all elements as one vector if left out.
        keepdims: Whether these dimensions stay, with size 1.
        name: The operation's name.
        keep_dims: Deprecated name of `keepdims`.

    Returns:
        A tensor with the dtype of `tensor`.

    Raises:
        ValueError: If there is no such norm.
    """
    keep = bool(keepdims if keepdims is not None else keep_dims)
    is_matrix = isinstance(axis, (list, tuple)) and len(axis) == 2
    if (isinstance(ord, str) and ord not in ("euclidean", "fro")) or (
        is_matrix and ord not in ("euclidean", "fro", 1, np.inf)
    ):
        known = ["fro", "euclidean", 1, 2, np.inf] if is_matrix else ["euclidean", 1, 2, np.inf]
        raise ValueError(
            f"'ord' must be a supported {'matrix' if is_matrix else 'vector'} norm in {known}, got {ord}"
        )
    with name_scope(name, "norm", [tensor]):
        x = convert_to_tensor(tensor)
        if ord in ("fro", "euclidean") or (ord == 2 and not is_matrix):
            result = sqrt(reduce_sum(multiply(x, conj(x), name="mul"), axis, keepdims=True))
        elif is_matrix:
            sums = reduce_sum(abs(x), axis[0] if ord == 1 else axis[1], keepdims=True)
            result = reduce_max(sums, axis, keepdims=True)
        elif ord == np.inf:
            result = reduce_max(abs(x), axis, keepdims=True)
        elif ord == -np.inf:
            result = reduce_min(abs(x), axis, keepdims=True)
        elif ord == 1:
            result = reduce_sum(abs(x), axis, keepdims=True)
        else:
            result = pow(reduce_sum(pow(abs(x), ord), axis, keepdims=True), 1.0 / ord)
        if keep:
            return result
        if axis is None:
            return squeeze(result)
        return squeeze(result, axis)


def _square_rule(input: Tensor) -> Spec:
    _need_square(input)
    return input.dtype.base_dtype, input._dims


def _need_square(x: Tensor) -> None:
    dims = x._dims
    if dims is None:
        return
    if len(dims) < 2:
        raise ShapeError(f"Shape must be at least rank 2 but is rank {len(dims)}")
    if None not in dims[-2:] and dims[-1] != dims[-2]:
        raise ShapeError(f"Dimensions must be equal, but are {dims[-2]} and {dims[-1]}")


def _adjoint(xp: Any, x: Any) -> Any:
    flipped = xp.matrix_transpose(x)
    return xp.conj(flipped) if xp.isdtype(x.dtype, "complex floating") else flipped


_inverse = define_op(
    "MatrixInverse", ("input",), rule=lambda input, adjoint=False: _square_rule(input), dtypes=_MATRIX,
    kernel=lambda xp, adjoint=False: lambda x: xp.linalg.inv(_adjoint(xp, x) if adjoint else x),
    attributes="T adjoint",
)  # fmt: skip


def matrix_inverse(input: Any, adjoint: bool = False, name: str | None = None) -> Tensor:
    """The inverse of square matrices.

    Args:
        input: A tensor `[..., m, m]`.
        adjoint: Whether to invert the adjoint.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `input`.
    """
    return _inverse(input, adjoint=bool(adjoint), name=name)


def _determinant_rule(input: Tensor) -> Spec:
    _need_square(input)
    return input.dtype.base_dtype, None if input._dims is None else input._dims[:-2]


matrix_determinant = define_op(
    "MatrixDeterminant", ("input",), rule=_determinant_rule, kernel=lambda xp: xp.linalg.det, dtypes=_MATRIX,
    doc="""The determinant of square matrices.

    Args:
        input: A tensor `[..., m, m]`.
        name: The operation's name.

    Returns:
        A tensor `[...]`.
    """,
)  # fmt: skip
_log_determinant: OpFunction[list[Tensor]] = define_op(
    "LogMatrixDeterminant", ("input",), rule=lambda input: [_determinant_rule(input)] * 2, dtypes=_MATRIX,
    kernel=lambda xp: lambda x: tuple(xp.linalg.slogdet(x)),
)  # fmt: skip


def slogdet(input: Any, name: str | None = None) -> list[Tensor]:
    """The sign and the logarithm of the size of square matrices' determinants.

    Args:
        input: A tensor `[..., m, m]`.
        name: The operation's name.

    Returns:
        A list of two tensors `[...]`.
    """
    return _log_determinant(input, name=name)


cholesky = define_op(
    "Cholesky", ("input",), rule=_square_rule, kernel=lambda xp: xp.linalg.cholesky, dtypes=_MATRIX,
    doc="""The lower triangular L with L L^H = `input`, for symmetric positive definite matrices.

    Args:
        input: A tensor `[..., m, m]`.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `input`.
    """,
)  # fmt: skip


def _solve_rule(matrix: Tensor, rhs: Tensor, adjoint: bool = False, lower: bool = True) -> Spec:
    _need_square(matrix)
    a, b = matrix._dims, rhs._dims
    if a is not None and b is not None and None not in (a[-1], b[-2]) and a[-1] != b[-2]:
        raise ShapeError(f"Dimensions must be equal, but are {a[-1]} and {b[-2]}")
    return matrix.dtype.base_dtype, b


def _triangular_kernel(xp: Any, lower: bool = True, adjoint: bool = False) -> Any:
    keep = xp.tril if lower else xp.triu

    def solve(matrix: Any, rhs: Any) -> Any:
        part = keep(matrix)
        return xp.linalg.solve(_adjoint(xp, part) if adjoint else part, rhs)

    return solve


_solve = define_op(
    "MatrixSolve", ("matrix", "rhs"), rule=_solve_rule, dtypes=_MATRIX, attributes="T adjoint",
    kernel=lambda xp, adjoint=False: lambda a, b: xp.linalg.solve(_adjoint(xp, a) if adjoint else a, b),
)  # fmt: skip
_triangular_solve = define_op(
    "MatrixTriangularSolve",
    ("matrix", "rhs"),
    rule=_solve_rule,
    kernel=_triangular_kernel,
    dtypes="bf " + _MATRIX,
    attributes="T adjoint lower",
)


def matrix_solve(matrix: Any, rhs: Any, adjoint: bool = False, name: str | None = None) -> Tensor:
    """Solves systems of linear equations.

    Args:
        matrix: A tensor `[..., m, m]`.
        rhs: A tensor `[..., m, k]` of the same dtype.
        adjoint: Whether to solve with the adjoint of `matrix`.
        name: The operation's name.

    Returns:
        A tensor `[..., m, k]`.
    """
    return _solve(matrix, rhs, adjoint=bool(adjoint), name=name)


def matrix_triangular_solve(
    matrix: Any, rhs: Any, lower: bool = True, adjoint: bool = False, name: str | None = None
) -> Tensor:
    """Solves systems of linear equations with triangular matrices.

    Args:
        matrix: A tensor `[..., m, m]`, of which one triangle is used.
        rhs: A tensor `[..., m, k]` of the same dtype.
        lower: Whether it is the lower triangle.
        adjoint: Whether to solve with the adjoint of `matrix`.
        name: The operation's name.

    Returns:
        A tensor `[..., m, k]`.
    """
    return _triangular_solve(matrix, rhs, lower=bool(lower), adjoint=bool(adjoint), name=name)


cross = define_op(
    "Cross",
    ("a", "b"),
    rule="same",
    dtypes=REALS,
    kernel=lambda xp: lambda a, b: xp.linalg.cross(a, b, axis=-1),
    doc="""The cross product of vectors.

    Args:
        a: A tensor `[..., 3]`.
        b: A tensor of the same dtype and shape.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `a`.
    """,
)


def _ends(x: Tensor) -> tuple[Dims, int | None, int | None]:
    dims = x._dims
    return (None, None, None) if dims is None else (dims[:-2], dims[-2], dims[-1])


def _smaller(m: int | None, n: int | None) -> int | None:
    return None if m is None or n is None else min(m, n)


def _shaped(dtype: DType, lead: Dims, *sizes: int | None) -> Spec:
    return dtype, None if lead is None else (*lead, *sizes)


def _svd_rule(input: Tensor, compute_uv: bool = True, full_matrices: bool = False) -> list[Spec]:
    dtype, (lead, m, n) = input.dtype.base_dtype, _ends(input)
    p = _smaller(m, n)
    u, v = ((m, m), (n, n)) if full_matrices else ((m, p), (n, p))
    if not compute_uv:
        return [_shaped(dtype, lead, p), (dtype, (0,)), (dtype, (0,))]
    return [_shaped(dtype, lead, p), _shaped(dtype, lead, *u), _shaped(dtype, lead, *v)]


def _svd_kernel(xp: Any, compute_uv: bool = True, full_matrices: bool = False) -> Any:
    def decompose(x: Any) -> Any:
        if not compute_uv:
            nothing = xp.zeros((0,), dtype=x.dtype)
            return xp.astype(xp.linalg.svdvals(x), x.dtype), nothing, nothing
        u, s, vh = xp.linalg.svd(x, full_matrices=full_matrices)
        return xp.astype(s, x.dtype), u, _adjoint(xp, vh)

    return decompose


_svd: OpFunction[list[Tensor]] = define_op(
    "Svd",
    ("input",),
    rule=_svd_rule,
    kernel=_svd_kernel,
    dtypes=_MATRIX,
    attributes="T compute_uv full_matrices",
)


def svd(tensor: Any, full_matrices: bool = False, compute_uv: bool = True, name: str | None = None) -> Any:
    """Singular value decompositions: `tensor` = u diag(s) v^H.

    Args:
        tensor: A tensor `[..., m, n]`.
        full_matrices: Whether u and v are square.
        compute_uv: Whether u and v are wanted.
        name: The operation's name.

    Returns:
        s `[..., p]`, u and v; s alone if those are not wanted.
    """
    s, u, v = _svd(tensor, compute_uv=compute_uv, full_matrices=full_matrices, name=name)
    return (s, u, v) if compute_uv else s


def _qr_rule(input: Tensor, full_matrices: bool = False) -> list[Spec]:
    dtype, (lead, m, n) = input.dtype.base_dtype, _ends(input)
    p = m if full_matrices else _smaller(m, n)
    return [_shaped(dtype, lead, m, p), _shaped(dtype, lead, p, n)]


_qr: OpFunction[list[Tensor]] = define_op(
    "Qr", ("input",), rule=_qr_rule, dtypes=_MATRIX, attributes="T full_matrices",
    kernel=lambda xp, full_matrices=False: lambda x: tuple(
        xp.linalg.qr(x, mode="complete" if full_matrices else "reduced")
    ),
)  # fmt: skip


def qr(input: Any, full_matrices: bool = False, name: str | None = None) -> list[Tensor]:
    """QR decompositions: `input` = q r with r upper triangular.

    Args:
        input: A tensor `[..., m, n]`.
        full_matrices: Whether q is square.
        name: The operation's name.

    Returns:
        A list of q and r.
    """
    return _qr(input, full_matrices=bool(full_matrices), name=name)


def _eigh_rule(input: Tensor, compute_v: bool = True) -> list[Spec]:
    _need_square(input)
    dtype, (lead, m, _) = input.dtype.base_dtype, _ends(input)
    return [_shaped(dtype, lead, m), (dtype, input._dims if compute_v else (0,))]


def _eigh_kernel(xp: Any, compute_v: bool = True) -> Any:
    def decompose(x: Any) -> Any:
        if compute_v:
            values, vectors = xp.linalg.eigh(x)
            return xp.astype(values, x.dtype), vectors
        return xp.astype(xp.linalg.eigvalsh(x), x.dtype), xp.zeros((0,), dtype=x.dtype)

    return decompose


_eigh: OpFunction[list[Tensor]] = define_op(
    "SelfAdjointEigV2",
    ("input",),
    rule=_eigh_rule,
    kernel=_eigh_kernel,
    dtypes=_MATRIX,
    attributes="T compute_v",
)


def self_adjoint_eig(tensor: Any, name: str | None = None) -> list[Tensor]:
    """Eigenvalues, ascending, and eigenvectors of self-adjoint matrices.

    Args:
        tensor: A tensor `[..., m, m]`.
        name: The operation's name.

    Returns:
        A list of the values `[..., m]` and the vectors, the columns of `[..., m, m]`.
    """
    return _eigh(tensor, compute_v=True, name=name)


def self_adjoint_eigvals(tensor: Any, name: str | None = None) -> Tensor:
    """Eigenvalues, ascending, of self-adjoint matrices.

    Args:
        tensor: A tensor `[..., m, m]`.
        name: The operation's name.

    Returns:
        A tensor `[..., m]`.
    """
    return _eigh(tensor, compute_v=False, name=name)[0]
