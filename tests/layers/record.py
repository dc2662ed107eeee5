"""Records what TensorFlow 2.21's v1 mode builds and computes for the programs of this folder.

Usage, with a Python that has TensorFlow and tf-keras:

    TF_USE_LEGACY_KERAS=1 python tests/layers/record.py [layers ...]
"""

import importlib
import json
import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
os.environ["TF_USE_LEGACY_KERAS"] = "1"
sys.path.insert(0, str(Path(__file__).parent))

import observing
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.ERROR)
HERE = Path(__file__).parent
names = sys.argv[1:] or sorted(path.stem.removesuffix("_programs") for path in HERE.glob("[!t]*_programs.py"))
for name in names:
    programs = importlib.import_module(f"{name}_programs").PROGRAMS
    made = {title: observing.observe(function, tf) for title, function in programs.items()}
    lines = [f"{json.dumps(title)}: {json.dumps(seen)}" for title, seen in made.items()]
    (HERE / f"{name}_recorded.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
    print(name, len(made), "programs")
