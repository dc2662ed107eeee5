"""Records how TensorFlow's optimizers train, its schedules of learning rates, and values of gradients.

Usage, with a Python that has TensorFlow:

    python tests/recorded/record_training.py
"""

import json
import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
os.environ["TF_USE_LEGACY_KERAS"] = "1"
sys.path.insert(0, str(Path(__file__).parent.parent))

import gradient_values
import numpy as np
import tensorflow
import training_cases as cases

tf = tensorflow.compat.v1
tf.disable_v2_behavior()

trained = {
    name: cases.train(tf, name, "float32" if name in cases.NARROW else "float64") for name in cases.OPTIMIZERS
}
arrays = {f"optimizer {name}": made["values"] for name, made in trained.items()}
arrays["float32 adam"] = cases.train(tf, "adam", "float32")["values"].astype(np.float32)
arrays |= {f"schedule {name}": cases.schedule(tf, name).astype(np.float32) for name in cases.SCHEDULES}
names = json.dumps({name: made["names"] for name, made in trained.items()})
np.savez_compressed(cases.FOLDER / "training.npz", names=names, **arrays)
print(f"{len(trained)} optimizers, {len(cases.SCHEDULES)} schedules, TensorFlow {tensorflow.__version__}")

outcomes = {name: gradient_values.outcome(tf, name) for name in gradient_values.GRADIENTS}
arrays = {
    f"{at} {i}": each for at, (_, found) in enumerate(outcomes.values()) for i, each in enumerate(found)
}
index = json.dumps([[name, made, len(found)] for name, (made, found) in outcomes.items()])
np.savez_compressed(cases.FOLDER / "gradients.npz", index=index, **arrays)
print(f"{len(outcomes)} gradients")
