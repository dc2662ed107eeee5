"""Writes tests/saved_graphs/saved_model: a SavedModel of TensorFlow's, and loads what this package wrote.

    python tests/saved_graphs/record_saved_model.py           writes it, with a Python that has TensorFlow
    python tests/saved_graphs/record_saved_model.py FOLDER    loads the one in FOLDER, and prints results

The graph reads a vocabulary, which is an asset, and has a variable in a scope.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
FOLDER = Path(__file__).resolve().parent / "saved_model"


def write() -> None:
    """Writes the model."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    with tempfile.TemporaryDirectory() as place:
        os.chdir(place)
        Path("words.txt").write_text("one\ntwo\n")
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        path = tf.constant("words.txt", name="words")
        tf.add_to_collection(tf.GraphKeys.ASSET_FILEPATHS, path)
        with tf.variable_scope("net"):
            w = tf.get_variable("w", initializer=[[1.0, 2.0], [3.0, 4.0]])
            text = tf.get_variable("text", initializer="", trainable=False)
        y = tf.nn.relu(tf.matmul(x, w), name="y")
        read = tf.assign(text, tf.read_file(path), name="read")
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(tf.assign_add(w, [[0.5, 0.5], [0.5, 0.5]]))
            tf.saved_model.simple_save(session, str(FOLDER), {"x": x}, {"y": y}, legacy_init_op=read.op)


def load(folder: str) -> None:
    """Loads a model, and prints what it gives."""
    with tf.Session() as session:
        model = tf.saved_model.loader.load(session, ["serve"], folder)
        signature = model.signature_def["serving_default"]
        x, y = signature.inputs["x"].name, signature.outputs["y"].name
        print(session.run(y, {x: [[1.0, 1.0]]}).tolist(), session.run("net/text:0"))


if __name__ == "__main__":
    load(sys.argv[1]) if len(sys.argv) > 1 else write()
