"""What programs import of v1's modules of cells (rnn_cell_impl, core_rnn_cell) beside the public cells."""

from __future__ import annotations

from typing import Any, Final

from ..rnn.cell import RNNCell
from ..rnn.cell import zero_state as _zero_state_tensors
from ..rnn.linear import Linear as _Linear
from ..rnn.linear import linear as _linear
from ..rnn.steps import require_cell

__all__ = [
    "_BIAS_VARIABLE_NAME",
    "_WEIGHTS_VARIABLE_NAME",
    "LayerRNNCell",
    "_Linear",
    "_linear",
    "_zero_state_tensors",
    "assert_like_rnncell",
]

_WEIGHTS_VARIABLE_NAME: Final = "kernel"
_BIAS_VARIABLE_NAME: Final = "bias"


class LayerRNNCell(RNNCell):
    """A cell that is a layer: `build` makes its variables with `add_variable`."""

    _opens_again = False


def assert_like_rnncell(cell_name: str, cell: Any) -> None:
    """Refuses what is no cell.

    Args:
        cell_name: What the error calls it.
        cell: The cell.
    """
    require_cell(cell, cell_name)
