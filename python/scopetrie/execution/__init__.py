"""Execution of graphs: sessions, their options and state."""

from __future__ import annotations

from .failure import of_program
from .lowering import LoweredFunction, lower
from .sessions.config import ConfigProto, GPUOptions, GraphOptions, OptimizerOptions, RunOptions
from .sessions.default import InteractiveSession, Session, get_default_session
from .sessions.session import BaseSession
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
    "get_default_session",
    "lower",
    "of_program",
]
