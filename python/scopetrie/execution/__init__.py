"""Execution of graphs: sessions, their options and state."""

from __future__ import annotations

from ..graph import set_runner
from .config import ConfigProto, GPUOptions, GraphOptions, OptimizerOptions, RunOptions
from .default import get_default_session
from .evaluation import eval_tensor, load_variable, run_operation
from .interactive import InteractiveSession
from .lowering import LoweredFunction, lower
from .session import BaseSession, Session
from .trace import RunMetadata, Timeline

__all__ = [
    "BaseSession",
    "ConfigProto",
    "GPUOptions",
    "GraphOptions",
    "InteractiveSession",
    "LoweredFunction",
    "OptimizerOptions",
    "RunMetadata",
    "RunOptions",
    "Session",
    "Timeline",
    "eval_tensor",
    "get_default_session",
    "lower",
    "run_operation",
]

# Tensor.eval, Operation.run and Variable.load are defined floors below.
set_runner(eval_tensor, run_operation, load_variable)
