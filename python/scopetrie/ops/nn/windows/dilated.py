"""Windows with holes, in v1's nodes: the holes are moved into the batch, and back behind the operation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...._core import own_items
from ....graph import Tensor
from ...array.join import concat, stack
from ...array.shape import shape
from ...array.space import batch_to_space_nd, required_space_to_batch_paddings, space_to_batch_nd
from ...constant import constant, convert_to_tensor
from ...folding import constant_value
from .window import convert_padding


def with_holes(
    x: Tensor,
    rate: Sequence[int],
    padding: Any,
    op: Callable[[Tensor, Any], Tensor],
    window: Any = None,
    axes: Sequence[int] | None = None,
    data_format: str | None = None,
) -> Tensor:
    """Applies an operation with sliding windows that have holes.

    Args:
        x: The tensor.
        rate: Distances between the windows' entries, for each spatial dimension.
        padding: "SAME", "VALID", or pairs for each dimension.
        op: `op(tensor, padding)`, the operation with windows without holes.
        window: Sizes of the window, needed for "SAME": a tensor, a shape, or ints.
        axes: The spatial dimensions; by default those of the data format.
        data_format: The order of the dimensions; channels last by default.

    Returns:
        A tensor.

    Raises:
        ValueError: If a distance is not positive.
    """
    count = len(rate)
    first = 2 if data_format is not None and data_format.startswith("NC") else 1
    spatial = list(range(first, first + count)) if axes is None else list(axes)
    gaps = np.asarray(own_items(rate), np.int32)
    if (gaps < 1).any():
        raise ValueError(f"`dilation_rate` must be positive. Received: dilation_rate={list(rate)}")
    if (gaps == 1).all():
        return op(x, padding)
    x.shape.with_rank_at_least(spatial[-1] + (1 if first == 1 else 0))
    kind, pairs = convert_padding(padding)
    base: Any = np.zeros((count, 2), np.int32)
    if kind == "SAME":
        base = _borders(window, gaps)
    elif kind == "EXPLICIT":
        base = np.asarray(own_items(pairs), np.int32).reshape(-1, 2)[first : first + count]
    dims = None if x._dims is None else [x._dims[axis] for axis in spatial]
    sizes: Any = dims
    if dims is None or None in dims:
        own = shape(x)
        sizes = stack([own[axis] for axis in spatial])
    paddings, crops = required_space_to_batch_paddings(sizes, gaps, base)
    blocks, paddings, crops = (
        _spread(each, fill, spatial) for each, fill in ((constant(gaps), 1), (paddings, 0), (crops, 0))
    )
    made = op(space_to_batch_nd(x, blocks, paddings), "VALID")
    return batch_to_space_nd(made, blocks, crops)


def _borders(window: Any, gaps: np.ndarray[Any, Any]) -> Any:
    """The pairs of paddings for "SAME", of a window with holes."""
    sizes: Any = convert_to_tensor(window, name="filter_shape")
    known = constant_value(sizes)
    count = len(gaps)
    extra = ((sizes if known is None else known)[:count] - 1) * gaps
    before = extra // 2
    behind = extra - before
    if known is not None:
        return np.stack([before, behind], axis=1).astype(np.int32)
    return stack([[before[i], behind[i]] for i in range(count)])


def _spread(each: Tensor, fill: int, spatial: Sequence[int]) -> Any:
    """What is given for the spatial dimensions (blocks, or pairs of 0), for all behind the first."""
    if spatial[0] == 1:
        return each
    lead: Any = np.full((spatial[0] - 1, *([2] if fill == 0 else [])), fill, np.int32)
    known = constant_value(each)
    return concat([lead, each], 0) if known is None else np.concatenate([lead, known])
