"""Windows with ties, NaN and infinities, pooled, and where their gradients go.

With a Python that has TensorFlow, `python tests/recorded/pooling_cases.py` records in pooling_cases.json what
its own kernels say (those of oneDNN, which it takes for float32 where they are switched on, differ for NaN).
"""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path
from typing import Any

import numpy as np

RECORDED = Path(__file__).with_suffix(".json")
ROWS = (
    "1 nan 2 3", "nan 1 2 3", "1 2 3 nan", "nan nan 1 1", "nan nan nan nan", "-inf -inf -inf -inf", "2 2 2 1",
    "-inf nan -inf 5", "inf inf nan inf", "3 1 2 2", "1 2 nan 3", "-0.0 0.0 1.0 1.0",
)  # fmt: skip
# Size, stride and padding of a window along the row.
WINDOWS = ((2, 1, "SAME"), (4, 1, "SAME"), (2, 2, "VALID"), (3, 1, "VALID"), (3, 2, "SAME"), (1, 3, "VALID"))
DTYPES = ("float16", "float32", "float64")


def outcome(tf: Any, row: str, window: tuple[int, int, str], dtype: str) -> list[list[str]]:
    """The largest elements, the means, and the gradients of both, as text.

    Args:
        tf: The module.
        row: Numbers.
        window: The size, the stride and the padding.
        dtype: The name of a dtype.
    """
    size, stride, padding = window
    x = tf.constant(np.reshape([float(each) for each in row.split()], (1, 1, -1, 1)).astype(dtype))
    found = []
    for pool in (tf.nn.max_pool, tf.nn.avg_pool):
        pooled = pool(x, [1, 1, size, 1], [1, 1, stride, 1], padding)
        powers = np.power(8.0, np.arange(pooled.shape.as_list()[2])).reshape(1, 1, -1, 1)
        found += [pooled, tf.gradients(pooled, x, tf.constant(powers.astype(dtype)))[0]]
    with tf.Session() as session:
        return [[str(each) for each in array.ravel().astype(float)] for array in session.run(found)]


def cases() -> list[tuple[str, tuple[int, int, str], str]]:
    """All rows with all windows and dtypes."""
    return [*itertools.product(ROWS, WINDOWS, DTYPES)]


def key(row: str, window: tuple[int, int, str], dtype: str) -> str:
    """A case's name."""
    return f"{dtype} {window[0]}/{window[1]} {window[2]}: {row}"


def record() -> None:
    """Writes what TensorFlow says."""
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0"}
    import tensorflow

    tf = tensorflow.compat.v1
    tf.disable_v2_behavior()
    lines = []
    for case in cases():
        with tf.Graph().as_default():
            lines.append(f"{json.dumps(key(*case))}: {json.dumps(outcome(tf, *case))}")
    RECORDED.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(f"{RECORDED}: {len(lines)} cases, TensorFlow {tensorflow.__version__}")


if __name__ == "__main__":
    record()
