"""TensorFlow in v1 mode, timed with the same rows as this package."""

from __future__ import annotations

import importlib
import os

from bench.results import Row
from bench.rows import calls, nets, running, training


def row(name: str, key: str) -> Row:
    """The row with TensorFlow in this package's place.

    Args:
      name: "tensorflow".
      key: The row's key.

    Returns:
      The row.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    tf = importlib.import_module("tensorflow").compat.v1
    tf.disable_v2_behavior()
    known = (*calls.rows(tf), *running.rows(tf), *training.rows(tf), *nets.rows(tf))
    return next(made for made in known if made.key == key)
