"""Products of matrices, and parts of them."""

from __future__ import annotations

from typing import Any

from .step import Step, Value
from .table import converts


def _turned(step: Step, at: int, turn: Any) -> Value:
    """A matrix, or a stack of them, transposed if that is asked for."""
    if not turn:
        return step.input(at)
    rank = step.rank(at)
    order = [*range(rank - 2), rank - 1, rank - 2]
    name = step.conversion.names.unique_name(f"{step.op.name}/Transpose")
    return step.conversion.transposed(step.input(at), order, name)


@converts("MatMul", "SparseMatMul", to="Cast MatMul Transpose")
def _matmul(step: Step) -> Value:
    turns = step.attrs["transpose_a"], step.attrs["transpose_b"]
    factors = (step.cast(_turned(step, at, turn), step.out_dtype()) for at, turn in enumerate(turns))
    return step.emit("MatMul", *factors)


@converts("BatchMatMulV2", to="MatMul Transpose")
def _batch_matmul(step: Step) -> Value:
    left, right = step.attrs["adj_x"], step.attrs["adj_y"]
    return step.emit("MatMul", _turned(step, 0, left), _turned(step, 1, right))


@converts("Einsum", to="Einsum")
def _einsum(step: Step) -> Value:
    return step.emit("Einsum", *step.values(), equation=str(step.attrs["equation"]))


@converts("MatrixDeterminant", to="Det")
def _determinant(step: Step) -> Value:
    return step.emit("Det", step.input(0))


@converts("MatrixBandPart", to="Identity Trilu", note="Known bounds.")
def _band_part(step: Step) -> Value:
    (lower,), (upper,) = step.ints(1, "its bounds"), step.ints(2, "its bounds")
    value = step.emit("Identity", step.input(0)) if lower < 0 and upper < 0 else step.input(0)
    if upper >= 0:
        value = step.emit("Trilu", value, step.index(upper), upper=0)
    if lower >= 0:
        value = step.emit("Trilu", value, step.index(-lower), upper=1)
    return value


def _main_diagonal(step: Step, at: int) -> None:
    """Refuses other diagonals than the main one."""
    if any(step.ints(at, "which diagonal it is")):
        step.refuse("only the main diagonal is exported: use k=0.")


def _eye(step: Step, count: Value) -> Value:
    """Where the main diagonal of square matrices is, as booleans."""
    places = step.emit("Range", step.index(0), count, step.index(1))
    rows, columns = (step.emit("Unsqueeze", places, step.index([axis])) for axis in (1, 0))
    return step.emit("Equal", rows, columns)


@converts("MatrixDiagV3", to="Equal Gather Range Shape Unsqueeze Where", note="The main diagonal.")
def _matrix_diag(step: Step) -> Value:
    _main_diagonal(step, 1)
    if any(
        size not in (-1, (step.dims(0) or (None,))[-1]) for at in (2, 3) for size in step.ints(at, "its size")
    ):
        step.refuse("only square matrices are exported: leave out num_rows and num_cols.")
    diagonal = step.input(0)
    count = step.emit("Gather", step.emit("Shape", diagonal), step.index(-1))
    spread = step.emit("Unsqueeze", diagonal, step.index([-1]))
    return step.emit("Where", _eye(step, count), spread, step.input(4))


@converts("MatrixSetDiagV3", to="Equal Gather Range Shape Unsqueeze Where",
          note="The main diagonal of square matrices.")  # fmt: skip
def _matrix_set_diag(step: Step) -> Value:
    _main_diagonal(step, 2)
    _square(step)
    count = step.emit("Gather", step.emit("Shape", step.input(0)), step.index(-1))
    spread = step.emit("Unsqueeze", step.input(1), step.index([-1]))
    return step.emit("Where", _eye(step, count), spread, step.input(0))


def _square(step: Step) -> None:
    rows, columns = (step.dims(0) or (None, None))[-2:]
    if rows is None or rows != columns:
        step.refuse("only square matrices of known sizes are exported.")


@converts("MatrixDiagPartV3", to="Einsum", note="The main diagonal of square matrices.")
def _matrix_diag_part(step: Step) -> Value:
    _main_diagonal(step, 1)
    _square(step)
    return step.emit("Einsum", step.input(0), equation="...ii->...i")


@converts("Cross", to="Concat Mul Split Sub")
def _cross(step: Step) -> Value:
    a = step.emit_all("Split", [step.input(0), step.index([1, 1, 1])], 3, axis=-1)
    b = step.emit_all("Split", [step.input(1), step.index([1, 1, 1])], 3, axis=-1)
    parts = [
        step.emit("Sub", step.emit("Mul", a[i], b[j]), step.emit("Mul", a[j], b[i]))
        for i, j in ((1, 2), (2, 0), (0, 1))
    ]
    return step.emit("Concat", *parts, axis=-1)


@converts("Diag", to="Equal Range Shape Squeeze Unsqueeze Where", note="Of vectors.")
def _diag(step: Step) -> Value:
    if step.rank(0) != 1:
        step.refuse("only diagonals that are vectors are exported: use tf.matrix_diag.")
    count = step.emit("Squeeze", step.emit("Shape", step.input(0)))
    spread = step.emit("Unsqueeze", step.input(0), step.index([-1]))
    return step.emit("Where", _eye(step, count), spread, step.number(0))


@converts("DiagPart", to="Einsum", note="Of matrices.")
def _diag_part(step: Step) -> Value:
    if step.rank(0) != 2:
        step.refuse("only diagonals of matrices are exported: use tf.matrix_diag_part.")
    return step.emit("Einsum", step.input(0), equation="ii->i")
