"""What TensorFlow keeps under `tensorflow.python.client`: the view of a run's times."""

from __future__ import annotations

from . import timeline

__all__ = ["timeline"]
