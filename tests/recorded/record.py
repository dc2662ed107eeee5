"""Records TensorFlow's results for the expressions of a file of this folder.

Usage, with a Python that has TensorFlow:

    python tests/recorded/record.py tests/recorded/shapes.json ...

Each file maps expressions to their outcome in TensorFlow's v1 mode; to add one, add its key with the value
null. The tests evaluate the same expressions with scopetrie as `tf` (see recorded_cases.py). For a file whose
name ends in _nodes.json, the nodes of the graph are recorded.
"""

import json
import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
sys.path.insert(0, str(Path(__file__).parent.parent))

import recorded_cases
import tensorflow
from tensorflow.python.ops import init_ops, variable_scope

tf = tensorflow.compat.v1
tf.disable_v2_behavior()
# Not public in TensorFlow 2's v1 mode: PartitionInfo, passed to initializers, and what v1 had in contrib.
tf.PartitionInfo = variable_scope._PartitionInfo
for name in vars(init_ops):
    if name.startswith("convolutional_"):
        setattr(tf.initializers, name, getattr(init_ops, name))

for argument in sys.argv[1:]:
    path = Path(argument)
    record = recorded_cases.nodes if path.stem.endswith("_nodes") else recorded_cases.outcome
    cases = {expression: record(expression, tf) for expression in json.loads(path.read_text())}
    lines = [f"{json.dumps(expression)}: {json.dumps(cases[expression])}" for expression in cases]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(f"{path}: {len(cases)} expressions, TensorFlow {tensorflow.__version__}")
