"""Records the losses of the programs in examples/tf1 from TensorFlow 2.21."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

os.environ["TF_USE_LEGACY_KERAS"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import tensorflow.compat.v1 as tf
import tf1_programs

tf.disable_v2_behavior()
sys.modules["tensorflow"] = tf
names = sys.argv[1:] or tf1_programs.programs()
found = json.loads(tf1_programs.RECORDED.read_text()) if sys.argv[1:] else {}
for name in names:
    tf.set_random_seed(1)
    found[name] = [float(f"{each:.7g}") for each in tf1_programs.losses(tf, name)]
    print(name, found[name][0], found[name][-1])
tf1_programs.RECORDED.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
