"""Sums of gradients that reach one tensor on several ways."""

from __future__ import annotations

from typing import Any, TypeAlias

from ..graph import Tensor
from ..ops.array.join import concat
from ..ops.constant import convert_to_tensor
from ..ops.indexed_slices import IndexedSlices
from ..ops.math.sum import add_n
from ..public import v1

Grad: TypeAlias = Tensor | IndexedSlices


@v1("AggregationMethod", note="supported: all sum by one AddN")
class AggregationMethod:
    """How gradients are summed; accepted for v1's sake: all are summed by one AddN.

    Attributes:
        ADD_N: By one AddN.
        DEFAULT: The same.
        EXPERIMENTAL_TREE: The same.
        EXPERIMENTAL_ACCUMULATE_N: The same.
    """

    ADD_N = 0
    DEFAULT = ADD_N
    EXPERIMENTAL_TREE = 1
    EXPERIMENTAL_ACCUMULATE_N = 2


def total(grads: list[Any]) -> Grad | None:
    """The sum of gradients.

    Args:
        grads: Tensors and IndexedSlices, at least one.

    Returns:
        A tensor; IndexedSlices if all are.
    """
    if len(grads) == 1:
        only: Grad = grads[0]
        return only
    if any(isinstance(each, Tensor) for each in grads):
        return add_n([convert_to_tensor(each) for each in grads])
    return IndexedSlices(
        concat([each.values for each in grads], 0),
        concat([each.indices for each in grads], 0),
        grads[0].dense_shape,
    )
