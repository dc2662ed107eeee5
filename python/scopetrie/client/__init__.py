"""The names of `tensorflow.python.client`: the timeline of a run."""

from __future__ import annotations

from . import timeline

__all__ = ["timeline"]
