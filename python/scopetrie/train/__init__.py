"""v1's `tf.train`, as far as it goes without gradients."""

from __future__ import annotations

from .graph_io import write_graph
from .summary_writer import SummaryWriter

__all__ = ["SummaryWriter", "write_graph"]
