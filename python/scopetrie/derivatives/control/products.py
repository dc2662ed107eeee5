"""Products of matrices in loops: what rounds share is done once.

The gradient by a matrix that each round multiplies with is a sum of products, one of each round. Mostly these
are thin, as in a recurrent net: a few rows give a matrix as large as the weights, to be added to the sum. The
factors of many rounds, one below the other, give the sum of their products at once.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final, NamedTuple

import numpy as np

from ... import dtypes
from ...graph import Graph, Operation, Tensor
from ...ops.array.indices import readable
from ...ops.control.trace import Body
from .rows import no_gradient

# Rows to multiply at a time, at least.
_ROWS: Final = 256


class Product(NamedTuple):
    """How two matrices are multiplied.

    Attributes:
        transpose_a: Whether the first is transposed.
        transpose_b: Whether the second is.
    """

    transpose_a: bool
    transpose_b: bool


class Factors(NamedTuple):
    """A product, and the tensors that are multiplied."""

    product: Product
    a: Tensor
    b: Tensor


def factors_of(value: Tensor, body: Body) -> Factors | None:
    """The factors of an output of a body that is a product of matrices, made in the body; else None."""
    op = value.op
    while op.type == "Identity" and _is_inside(op, body):
        op = op.inputs[0].op
    if op.type != "MatMul" or not _is_inside(op, body) or value.dtype not in (dtypes.float32, dtypes.float64):
        return None
    product = Product(*_transposes(op._attrs))
    return Factors(product, *op.inputs)


def _is_inside(op: Operation, body: Body) -> bool:
    return op._id >= body.first and not op.control_inputs and op.outputs[0]._id not in body.feeds


def _transposes(attrs: Any) -> tuple[bool, bool]:
    given = attrs or {}
    return bool(given.get("transpose_a")), bool(given.get("transpose_b"))


def only_transposed(graph: Graph, body: Body, values: Collection[int]) -> set[int]:
    """Which of the values that are fed to a body it only takes as a factor that is to be transposed."""
    uses: dict[int, set[bool]] = {}
    for _, op_def, _, _, inputs, attrs in graph.prune(body.outputs, (), body.feeds):
        for at, each in enumerate(inputs):
            if each in values:
                is_product = op_def is not None and op_def.type == "MatMul"
                uses.setdefault(each, set()).add(is_product and _transposes(attrs)[at])
    return {each for each, found in uses.items() if found == {True} and each not in body.outputs}


def laid_out_transposed(matrix: Any) -> Any:
    """A matrix of NumPy with its columns one after the other in memory; others as they are.

    Its transpose is multiplied fast: BLAS would otherwise copy it to this order for each product.
    """
    return np.asfortranarray(matrix) if isinstance(matrix, np.ndarray) and matrix.ndim == 2 else matrix


class Total:
    """A sum of arrays.

    Args:
        xp: The array namespace.
        like: An array of the sum's dtype and shape.
    """

    def __init__(self, xp: Any, like: Any) -> None:
        self._total = no_gradient(xp, like)
        self._in_place = readable(self._total)

    def add(self, part: Any) -> None:
        """Adds an array."""
        if self._in_place:
            self._total += part
        else:
            self._total = self._total + part

    def result(self) -> Any:
        """Returns the sum."""
        return self._total


class ProductTotal(Total):
    """A sum of products of matrices; see above.

    Args:
        xp: The array namespace.
        like: A matrix of the sum's dtype and shape.
        product: How they are multiplied.
    """

    def __init__(self, xp: Any, like: Any, product: Product) -> None:
        super().__init__(xp, like)
        self._xp = xp
        self._product = product
        # Where the rows are that the products sum over.
        self._axes = 0 if product.transpose_a else 1, 1 if product.transpose_b else 0
        self._factors: list[tuple[Any, Any]] = []
        self._rows = 0
        height, width = like.shape
        # The factors that wait take no more memory than the sum.
        self._most = max(_ROWS, height * width // max(1, height + width))

    def add_product(self, a: Any, b: Any) -> None:
        """Adds the product of two matrices."""
        self._factors.append((a, b))
        self._rows += a.shape[self._axes[0]]
        if self._rows >= self._most:
            self._multiply()

    def result(self) -> Any:
        """Returns the sum."""
        if self._factors:
            self._multiply()
        return self._total

    def _multiply(self) -> None:
        xp = self._xp
        a, b = (
            parts[0] if len(parts) == 1 else xp.concat(parts, axis=axis)
            for parts, axis in zip(zip(*self._factors, strict=True), self._axes, strict=True)
        )
        self._factors.clear()
        self._rows = 0
        flip = xp.matrix_transpose
        product = self._product
        self.add(xp.matmul(flip(a) if product.transpose_a else a, flip(b) if product.transpose_b else b))
