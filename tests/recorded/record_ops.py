"""Records TensorFlow's nodes and values for the expressions of ops.

Usage, with a Python that has TensorFlow:

    python tests/recorded/record_ops.py

op_nodes.json maps expressions to the nodes that they make; op_values.npz has the values of others. To add
one, put it into op_nodes.json with the value null, or name it as an argument to have its values recorded.
"""

import json
import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
import op_expressions
import tensorflow

tf = tensorflow.compat.v1
tf.disable_v2_behavior()

made = {expression: op_expressions.nodes(expression, tf) for expression in op_expressions.recorded_nodes()}
lines = [f"{json.dumps(expression)}: {json.dumps(outcome)}" for expression, outcome in made.items()]
(op_expressions.FOLDER / "op_nodes.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")

stored = op_expressions.FOLDER / "op_values.npz"
known = list(op_expressions.recorded_values()) if stored.exists() else []
computed = {each: op_expressions.values(each, tf) for each in dict.fromkeys([*known, *sys.argv[1:]])}
arrays = {f"{at}_{i}": array for at, each in enumerate(computed) for i, array in enumerate(computed[each])}
index = json.dumps([[expression, len(found)] for expression, found in computed.items()])
np.savez_compressed(stored, expressions=index, **arrays)
print(f"{len(made)} expressions for nodes, {len(computed)} for values, TensorFlow {tensorflow.__version__}")
