"""Records what TensorFlow computes: `python tests/distributions/record.py`, with TensorFlow."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import tensorflow.compat.v1 as tf
from distribution_programs import PROGRAMS

HERE = Path(__file__).parent


def main() -> None:
    """Writes recorded.json."""
    tf.disable_v2_behavior()
    found = {}
    for program in PROGRAMS:
        with tf.Graph().as_default(), tf.Session() as session:
            values = session.run(program(tf))
            found[program.__name__] = [np.round(np.asarray(each, float), 7).tolist() for each in values]
    text = json.dumps(found, allow_nan=True)
    (HERE / "recorded.json").write_text(text.replace("]], [", "]],\n[") + "\n", "utf-8")


if __name__ == "__main__":
    main()
