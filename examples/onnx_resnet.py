"""An ONNX model of a ResNet-50, named and stored by scopetrie.

The network is a graph of operations, whose variables are in a Store that a session runs over: 53
convolutions, each with its batch normalization, and a dense layer. The scopes that name the operations and
variables name the nodes and initializers of the model. ONNX's checker reads it, and onnxruntime, where it is
installed, computes by it what the session does.

    python examples/onnx_resnet.py [SIZE [MODEL]]

SIZE is that of the images, 64 by default; 224 is the usual one. MODEL is a file to write, for Netron.
It needs the extra `onnx`.
"""

from __future__ import annotations

import importlib.util
import sys

import numpy as np
import onnx
import onnx_ir
import scopetrie as tf

# Stages: how many blocks, the width inside (outside it is four times that), the stride of the first block.
STAGES = [(3, 64, 1), (4, 128, 2), (6, 256, 2), (3, 512, 2)]


def conv(x: tf.Tensor, width: int, window: int, stride: int = 1) -> tf.Tensor:
    """A convolution, normalized with the averages that training has left."""
    x = tf.layers.conv2d(x, width, window, stride, padding="same", use_bias=False, name="conv")
    return tf.layers.batch_normalization(x, name="norm")


def block(x: tf.Tensor, width: int, stride: int) -> tf.Tensor:
    """Three convolutions beside a shortcut."""
    with tf.variable_scope("narrow"):
        y = tf.nn.relu(conv(x, width, 1))
    with tf.variable_scope("window"):
        y = tf.nn.relu(conv(y, width, 3, stride))
    with tf.variable_scope("wide"):
        y = conv(y, 4 * width, 1)
    if x.shape[-1] != 4 * width:
        with tf.variable_scope("shortcut"):
            x = conv(x, 4 * width, 1, stride)
    return tf.nn.relu(x + y)


def resnet(images: tf.Tensor, classes: int) -> tf.Tensor:
    """Logits `[N, classes]` of images `[N, H, W, 3]`."""
    with tf.variable_scope("resnet", initializer=tf.variance_scaling_initializer(2.0)):
        with tf.variable_scope("stem"):
            x = tf.nn.relu(conv(images, 64, 7, 2))
            x = tf.layers.max_pooling2d(x, 3, 2, padding="same")
        for stage, (blocks, width, stride) in enumerate(STAGES):
            for number in range(blocks):
                with tf.variable_scope(f"stage_{stage}/block_{number}"):
                    x = block(x, width, stride if number == 0 else 1)
        return tf.layers.dense(tf.reduce_mean(x, [1, 2]), classes, name="head")


def main(size: int = 64, path: str | None = None) -> None:
    store = tf.Store(seed=0)
    with tf.Graph().as_default() as graph, tf.Session(store=store) as session:
        images = tf.placeholder(tf.float32, [None, size, size, 3], name="images")
        logits = resnet(images, classes=1000)
        session.run(tf.global_variables_initializer())
        print(store["resnet/stage_0"])
        given = np.random.default_rng(0).normal(size=(1, size, size, 3)).astype(np.float32)
        wanted = session.run(logits, {images: given})

    model = tf.onnx.export(graph, {"logits": logits}, values=store)
    kinds = [node.op_type for node in model.graph]
    assert kinds.count("Conv") == 53 and kinds.count("Transpose") == 1
    weights = sum(each.const_value.nbytes for each in model.graph.initializers.values())
    print(f"{len(kinds)} nodes, {len(model.graph.initializers)} initializers, {weights / 2**20:.0f} MiB")
    print("the last node is", model.graph[-1].name, "and gives", model.graph.outputs[0].name)

    proto = onnx_ir.to_proto(model)
    onnx.checker.check_model(proto, full_check=True)
    if path is not None:
        onnx_ir.save(model, path)
    if importlib.util.find_spec("onnxruntime"):
        import onnxruntime

        runtime = onnxruntime.InferenceSession(proto.SerializeToString(), providers=["CPUExecutionProvider"])
        (found,) = runtime.run(["logits"], {"images": given})
        difference = float(np.abs(found - wanted).max() / np.abs(wanted).max())
        print(f"onnxruntime and Session differ by {difference:.1e} of the largest logit")
        assert difference < 1e-4


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]), *sys.argv[2:3])
