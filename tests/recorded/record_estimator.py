"""Records what the programs of tests/estimator_programs.py do in TensorFlow 2.15, the last with tf.estimator.

    python tests/recorded/record_estimator.py

In an environment with `tensorflow-cpu==2.15.*`.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))


def main() -> None:
    import estimator_programs as programs
    import tensorflow.compat.v1 as tf

    tf.disable_v2_behavior()
    found = {}
    for each in programs.everything():
        with tempfile.TemporaryDirectory() as folder:
            found[each.__name__] = programs.run(tf, each, folder)
    (HERE / "estimator.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
