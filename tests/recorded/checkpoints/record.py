"""Writes the checkpoints of this folder, with TensorFlow 2.21: python tests/recorded/checkpoints/record.py"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import tensorflow.compat.v1 as tf
from tensorflow import Module, Variable
from tensorflow.train import Checkpoint

HERE = Path(__file__).parent
DTYPES = "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64".split()
DTYPES += ["complex128", "bfloat16"]


def objects() -> None:
    """What TensorFlow 2 calls a checkpoint."""
    module = Module()
    module.kernel = Variable([[1.0, 2.0]])
    module.bias = Variable([3.0, 4.0])
    Checkpoint(model=module).write(str(HERE / "objects"))


def model() -> None:
    """Every dtype, parts, odd shapes; in one file of elements and in two."""
    for name in DTYPES:
        kind = tf.as_dtype(name)
        tf.get_variable(
            f"types/{name}", initializer=tf.constant(np.arange(6).reshape(2, 3).astype(kind.as_numpy_dtype))
        )
    tf.get_variable("scalar", initializer=1.5)
    tf.get_variable("empty", [0, 3])
    tf.get_variable("text", initializer=tf.constant([["a", "bc"], ["", "x" * 300]]))
    rows = tf.reshape(tf.range(10.0), [5, 2])
    tf.get_variable("parts/rows", initializer=rows, partitioner=tf.fixed_size_partitioner(2))
    wide = tf.reshape(tf.range(140.0), [1, 140])
    tf.get_variable("parts/columns", initializer=wide, partitioner=tf.fixed_size_partitioner(2, axis=1))
    with tf.device("/cpu:1"):
        tf.get_variable("elsewhere", initializer=[5, 6])
    step = tf.train.create_global_step()
    config = tf.ConfigProto(device_count={"CPU": 2})
    with tf.Session(config=config) as session:
        session.run(tf.global_variables_initializer())
        session.run(step.assign(7))
        tf.train.Saver().save(session, str(HERE / "model"), write_meta_graph=False, write_state=False)
        sharded = tf.train.Saver(sharded=True)
        sharded.save(session, str(HERE / "sharded"), write_meta_graph=False, write_state=False)


if __name__ == "__main__":
    objects()
    tf.disable_v2_behavior()
    with tf.Graph().as_default():
        model()
