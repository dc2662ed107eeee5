"""Calls of linear algebra: products, diagonals, decompositions, Fourier transforms."""

from __future__ import annotations

from collections.abc import Iterator

from differential.draw import ALL, Draw, Json, count
from differential.families.elementwise import Accepts

EXACT = "float32 float32 float64 complex64 complex128 float16 int32".split()


def calls(draw: Draw, accepts: Accepts) -> Iterator[Json]:
    """The family's calls."""
    for dtype in [*ALL, *["float32", "float64", "complex64", "int32"] * 3]:
        for _ in range(8):
            yield _product(draw, dtype)
        for _ in range(3):
            yield from _contractions(draw, dtype)
            yield from _diagonals(draw, dtype)
            yield from _norms(draw, dtype)
    for dtype in EXACT * 6:
        yield from _solutions(draw, dtype)
    for dtype in ["complex64", "complex128", "float32", "complex64"] * 6:
        for name in ("fft", "ifft", "fft2d", "ifft2d", "fft3d", "ifft3d"):
            shape = draw.shape(3 if "3d" in name else 2 if "2d" in name else 1, 4)
            yield [name, [draw.tensor(dtype, shape)], {}]


def _product(draw: Draw, dtype: str) -> Json:
    rows, inner, columns = (draw.size() for _ in range(3))
    batch = draw.shape(0, 2) if draw.chance() < 0.4 else []
    kwargs = {}
    a, b = [rows, inner], [inner, columns]
    for key, shape in (("a", a), ("b", b)):
        if draw.chance() < 0.25:
            kwargs[draw.pick(["transpose_", "adjoint_"]) + key] = True
            shape.reverse()
    if draw.chance() < 0.06:
        a = [*a[:-1], a[-1] + 1]
    other = batch if draw.chance() < 0.6 else draw.broadcasting(batch)
    kind = draw.pick(["plain", "plain", "plain", "mixed"])
    return [
        "matmul",
        [draw.tensor(dtype, [*batch, *a], kind), draw.tensor(dtype, [*other, *b], kind)],
        kwargs,
    ]


def _contractions(draw: Draw, dtype: str) -> Iterator[Json]:
    i, j, k, b = (draw.size() for _ in range(4))
    sizes = {"i": i, "j": j, "k": k, "b": b}
    equation = draw.pick([
        "ij,jk->ik", "ij,jk", "ij->ji", "ij->", "ij->i", "i,i->", "i,j->ij", "bij,bjk->bik", "ii->i", "ii->",
        "ijk->kji", "bij->bj", "ij,ij->ij", "...ij,...jk->...ik", "ij,jk,k->i",
    ])  # fmt: skip
    inputs = [
        draw.tensor(dtype, [sizes[letter] for letter in term.replace("...", "b")])
        for term in equation.split("->")[0].split(",")
    ]
    yield ["einsum", [equation, *inputs], {}]
    yield ["tensordot", [draw.tensor(dtype, [i, j]), draw.tensor(dtype, [j, k]), 1], {}]
    yield ["tensordot", [draw.tensor(dtype, [i, j]), draw.tensor(dtype, [k, i]), [[0], [1]]], {}]
    yield ["tensordot", [draw.tensor(dtype, [i, j]), draw.tensor(dtype, [k]), draw.pick([0, 2, -1])], {}]
    yield ["linalg.matvec", [draw.tensor(dtype, [i, j]), draw.tensor(dtype, [j])], {}]
    shape = [*draw.shape(0, 1), 3 if draw.chance() < 0.9 else 2]
    yield ["cross", [draw.tensor(dtype, shape), draw.tensor(dtype, shape)], {}]


def _diagonals(draw: Draw, dtype: str) -> Iterator[Json]:
    matrix = draw.shape(1 if draw.chance() < 0.07 else 2, 3)
    x = draw.tensor(dtype, matrix)
    k = draw.int(-2, 2)
    for name in ("matrix_diag_part", "linalg.diag_part"):
        kwargs: Json = {} if draw.chance() < 0.4 else {"k": k}
        if kwargs and draw.chance() < 0.4:
            kwargs = {"k": {"t": [min(k, 0), max(k, 0)]}, "align": draw.pick(["LEFT_RIGHT", "RIGHT_LEFT"])}
        yield [name, [x], kwargs]
    diagonal = draw.shape(1, 2)
    kwargs = {} if draw.chance() < 0.5 else {"k": k}
    yield ["matrix_diag", [draw.tensor(dtype, diagonal)], kwargs]
    rows, columns = draw.int(1, 3), draw.int(1, 3)
    part = draw.tensor(dtype, [min(rows, columns)] if draw.chance() < 0.93 else [5])
    yield ["matrix_set_diag", [draw.tensor(dtype, [rows, columns]), part], {}]
    yield [
        "matrix_band_part",
        [x, draw.scalar(draw.int(-1, 2), "int32"), draw.scalar(draw.int(-1, 4), "int32")],
        {},
    ]
    yield ["diag", [draw.tensor(dtype, draw.shape(0, 2))], {}]
    half = draw.shape(0, 2)
    yield ["diag_part", [draw.tensor(dtype, half * 2 if draw.chance() < 0.9 else matrix)], {}]
    yield ["trace", [x], {}]
    yield ["linalg.adjoint", [x], {}]


def _norms(draw: Draw, dtype: str) -> Iterator[Json]:
    shape = draw.shape(0, 3)
    kwargs: Json = {"axis": draw.axis(len(shape))} if draw.chance() < 0.6 else {}
    if draw.chance() < 0.5:
        kwargs["ord"] = draw.pick([1, 2, 3, float("inf"), "fro", "euclidean", 0, -1])
    if draw.chance() < 0.3:
        kwargs["keepdims"] = True
    yield ["norm", [draw.tensor(dtype, shape, draw.pick(["plain", "mixed"]))], kwargs]
    yield ["nn.l2_normalize", [draw.tensor(dtype, shape)], {"axis": draw.axis(len(shape), 0.05)}]


def _square(draw: Draw, dtype: str, good: bool = True) -> Json:
    number = draw.int(1, 3)
    batch = draw.shape(0, 1) if draw.chance() < 0.4 else []
    shape = [*batch, number, number]
    values = draw.values(dtype, count(shape))
    if good:  # well conditioned: a large diagonal
        step = 2 if dtype.startswith("complex") else 1
        for at in range(count(shape)):
            if at % (number * number) % (number + 1) == 0:
                values[at * step] = 9 if dtype != "int32" else 3
    if draw.chance() < 0.05:
        return draw.tensor(dtype, [*batch, number, number + 1])
    return draw.tensor(dtype, shape, values=values)


def _solutions(draw: Draw, dtype: str) -> Iterator[Json]:
    def shape_of(tensor: Json) -> list[int]:
        return list(next(iter(tensor.values()))[1])

    yield ["matrix_determinant", [_square(draw, dtype, False)], {}]
    yield ["linalg.slogdet", [_square(draw, dtype)], {}]
    yield ["linalg.logdet", [_square(draw, dtype)], {}]
    yield ["matrix_inverse", [_square(draw, dtype)], {"adjoint": True} if draw.chance() < 0.3 else {}]
    singular = draw.tensor(dtype, [2, 2], values=[1] * (8 if dtype.startswith("complex") else 4))
    yield [draw.pick(["matrix_inverse", "cholesky", "matrix_determinant"]), [singular], {}]
    yield ["matrix_inverse", [draw.tensor(dtype, draw.pick([[0, 0], [0, 2, 2], [2, 0, 0]]))], {}]
    yield ["matrix_determinant", [draw.tensor(dtype, draw.pick([[0, 0], [0, 2, 2], [2, 0, 0]]))], {}]
    matrix = _square(draw, dtype)
    right = [*shape_of(matrix)[:-1], draw.int(0, 2)]
    if draw.chance() < 0.06:
        right = right[:-1]
    rhs = draw.tensor(dtype, right)
    kwargs = {"adjoint": True} if draw.chance() < 0.3 else {}
    yield ["matrix_solve", [matrix, rhs], kwargs]
    yield ["matrix_triangular_solve", [matrix, rhs], {**kwargs, "lower": draw.chance() < 0.5}]
    yield ["matrix_solve_ls", [draw.tensor(dtype, [3, 2], "positive"), draw.tensor(dtype, [3, 1])], {}]
    symmetric = [9, 1, 2, 1, 8, -1, 2, -1, 7]
    if dtype.startswith("complex"):
        symmetric = [at for each in symmetric for at in (each, 0)]
    positive = draw.tensor(dtype, [3, 3], values=symmetric)
    yield ["cholesky", [positive], {}]
    yield ["cholesky", [draw.tensor(dtype, draw.pick([[0, 0], [0, 2, 2], [2, 3]]))], {}]
    yield ["cholesky_solve", [positive, draw.tensor(dtype, [3, 2])], {}]
    yield ["self_adjoint_eigvals", [positive], {}]
    yield ["self_adjoint_eig", [positive], {}, "abs"]
    x = draw.tensor(dtype, draw.shape(2, 3))
    yield ["svd", [x], {"compute_uv": False}]
    full = {"full_matrices": draw.chance() < 0.5}
    yield ["svd", [draw.tensor(dtype, [2, 3])], full, "shape"]
    yield ["qr", [draw.tensor(dtype, draw.pick([[3, 2], [2, 3], [2, 2, 2], [0, 2], [2, 0]]))], full, "abs"]
    yield ["linalg.pinv", [draw.tensor(dtype, [2, 3])], {}]
    yield ["linalg.matrix_rank", [x], {}]
