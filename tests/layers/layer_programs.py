"""Programs of tf.layers, one line each; each is a function of (tf, x), where x makes placeholders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Program = Callable[[Any, Any], Any]


def scoped(tf: Any, x: Any) -> Any:
    with tf.variable_scope("s"):
        first = [tf.layers.dense(x(2, 3), 4), tf.layers.dense(x(2, 3), 4)]
    with tf.variable_scope("s", reuse=True):
        return [*first, tf.layers.dense(x(2, 3), 4), tf.layers.dense(x(2, 3), 4)]


def of_auto_reuse(tf: Any, x: Any) -> Any:
    made = []
    for _ in range(2):
        with tf.variable_scope("q", reuse=tf.AUTO_REUSE):
            made += [tf.layers.dense(x(2, 3), 4), tf.layers.conv1d(x(2, 5, 3), 4, 3, name="n")]
    return made


def one_object(tf: Any, x: Any) -> Any:
    layer = tf.layers.Dense(4, name="d")
    made = [layer(x(2, 3)), layer.apply(x(2, 3))]
    with tf.variable_scope("q"):
        made.append(layer(x(2, 3)))
    with tf.name_scope("z"):
        made.append(layer(x(2, 3)))
    return [
        *made,
        layer.name,
        layer.scope_name,
        layer.built,
        layer.count_params(),
        tf.as_dtype(layer.dtype).name,
    ]


def named_by_class(tf: Any, x: Any) -> Any:
    layers = [tf.layers.Dense(4), tf.layers.Conv2DTranspose(2, 3), tf.layers.Dense(4)]
    with tf.variable_scope("q"):
        made = layers[0](x(2, 3))
    return [made, layers[2](x(2, 3)), *(each.name for each in layers), layers[0].scope_name]


def own_layer(tf: Any, x: Any) -> Any:
    class My(tf.layers.Layer):
        def __init__(self, units: int, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.units = units

        def build(self, shape: Any) -> None:
            self.w = self.add_variable("w", [int(shape[-1]), self.units], initializer=tf.ones_initializer())
            self.v = self.add_weight("v", shape=[self.units], trainable=False)
            self.built = True

        def call(self, inputs: Any, times: float = 1.0) -> Any:
            self.add_loss(tf.reduce_sum(self.w, name="penalty"))
            return tf.matmul(inputs, self.w) + self.v * times

    layer = My(4)
    made = [layer(x(2, 3)), layer.apply(x(2, 3), times=2.0)]
    return [
        *made, *(each.name for each in layer.trainable_weights), *(each.name for each in layer.variables),
        *(each.name for each in layer.losses),
    ]  # fmt: skip


def in_a_given_scope(tf: Any, x: Any) -> Any:
    with tf.variable_scope("k") as scope:
        pass
    return [tf.layers.Dense(3, _scope=scope, name="zz")(x(2, 3)), tf.layers.Dense(3)(x(2, 4), scope="m")]


def regularized_scope(tf: Any, x: Any) -> Any:
    with tf.variable_scope(
        "s", regularizer=lambda w: tf.reduce_sum(w, name="r"), initializer=tf.constant_initializer(3.0)
    ):
        first = tf.layers.dense(x(2, 3), 4, name="d")
    with tf.variable_scope("s", reuse=True):
        return first, tf.layers.dense(x(2, 3), 4, name="d", kernel_regularizer=lambda w: tf.reduce_sum(w))


def partitioned(tf: Any, x: Any) -> Any:
    with tf.variable_scope("s", partitioner=tf.fixed_size_partitioner(2)):
        return tf.layers.batch_normalization(tf.layers.dense(x(2, 4), 4, name="d"), training=True)


def cnn(tf: Any, x: Any) -> Any:
    net = x(2, 8, 8, 1)
    flag = x.flag(True)
    for number, filters in enumerate([4, 8]):
        with tf.variable_scope(f"block{number}"):
            net = tf.layers.conv2d(net, filters, 3, padding="same", use_bias=False, name="conv")
            net = tf.nn.relu(tf.layers.batch_normalization(net, training=flag, name="bn"))
            net = tf.layers.max_pooling2d(net, 2, 2)
    net = tf.layers.dropout(tf.layers.flatten(net), training=False)
    return tf.layers.dense(net, 10, name="logits")


def made_again(tf: Any, x: Any) -> Any:
    return tf.layers.dense(x(2, 3), 4, name="a"), tf.layers.dense(x(2, 3), 4, name="a")


def of_another_size(tf: Any, x: Any) -> Any:
    layer = tf.layers.Dense(4)
    return layer(x(2, 3)), layer(x(2, 5))


def shapes(tf: Any, x: Any) -> Any:
    layers = tf.layers
    listed = [
        layers.Conv2D(4, 3), layers.MaxPooling2D(2, 2), layers.Flatten(), layers.SeparableConv2D(4, 3),
        layers.Conv2DTranspose(4, 3, strides=2, padding="same"), layers.AveragePooling2D(3, 2, "same"),
    ]  # fmt: skip
    return [str(each.compute_output_shape((2, 8, 8, 3))) for each in listed] + [
        str(layers.Dense(4).compute_output_shape([2, 3])),
        str(layers.Conv1D(4, 3, 2).compute_output_shape([2, 9, 3])),
    ]  # fmt: skip


PROGRAMS: dict[str, Program] = {
    each.__name__: each
    for each in (
        scoped, of_auto_reuse, one_object, named_by_class, own_layer, in_a_given_scope, regularized_scope,
        partitioned, cnn, made_again, of_another_size, shapes,
    )
}  # fmt: skip


def _calls(prefix: str, lines: str) -> None:
    """Adds a program for each line: a call in the module `prefix`, written with X for the placeholders."""
    for line in lines.strip().splitlines():
        text = line.strip()
        code = compile(f"lambda tf, X: tf.{prefix}.{text}", text, "eval")
        PROGRAMS[text] = eval(code)


_calls("layers", """
    dense(X(2, 3), 4)
    dense(X(2, 3), 4, activation=tf.nn.relu)
    dense(X(2, 3), 4, activation="tanh", kernel_initializer="zeros")
    dense(X(2, 3), 4, tf.sigmoid, False, name="fc")
    dense(X(2, 5, 3, unknown=(0,)), 4)
    dense(X(2, 5, 3, unknown=(0, 1)), 4, activation=tf.tanh)
    dense(X(2, 3, dtype="float64"), 4)
    dense(X(2, 3), 4, name="a/b")
    dense(X(2, 3), 4, kernel_regularizer=tf.reduce_sum, activity_regularizer=tf.nn.l2_loss)
    dense(X(2, 3), 4, trainable=False)
    dense(X(2, 3, dtype="int32"), 4)
    dense(X(3), 4)
    dense(X(2, 3, unknown=(1,)), 4)
    dense(X(2, 3), 4, name="n", reuse=True)
    dense(X(2, 3), 4, reuse=True)
    dense(X(2, 3), 4, activation=3)
    dense(X(2, 3), "a")
    Dense(3, foo=1)
    Dense(3).scope_name
    conv1d(X(2, 8, 3), 4, 3, padding="same")
    conv1d(X(2, 8, 3), 4, 3, dilation_rate=2)
    Conv1D(4, 3, padding="causal")(X(2, 8, 3))
    conv2d(X(2, 8, 8, 3), 4, 3, padding="same", activation=tf.nn.relu)
    conv2d(X(2, 8, 8, 3), 4, (3, 2), strides=(2, 1), use_bias=False, name="c")
    conv2d(X(2, 8, 8, 3), 4, [3, 3], dilation_rate=2)
    conv2d(X(2, 8, 8, 3), 4, [3, 3], dilation_rate=2, padding="same")
    conv3d(X(2, 5, 5, 5, 3), 4, 3)
    conv3d(X(2, 5, 5, 5, 3), 4, 3, strides=2, padding="SAME")
    conv2d(X(2, 3), 4, 3)
    conv2d(X(2, 3, 3, 2, unknown=(3,)), 4, 3)
    conv2d(X(2, 8, 8, 3), 4, (3, 3, 3))
    conv2d(X(2, 8, 8, 3), 4, 3.0)
    conv2d(X(2, 8, 8, 3), 4, 0)
    conv2d(X(2, 8, 8, 3), 0, 3)
    conv2d(X(2, 8, 8, 3), 4, 3, padding="foo")
    conv2d(X(2, 8, 8, 3), 4, 3, data_format="NHWC")
    conv2d(X(2, 8, 8, 3), 4, 3, strides=2, dilation_rate=2)
    separable_conv2d(X(2, 8, 8, 3), 4, 3, padding="same", depth_multiplier=2)
    separable_conv2d(X(2, 8, 8, 3), 4, 3, strides=2)
    separable_conv2d(X(2, 8, 8, 3), 4, 3, dilation_rate=2)
    separable_conv1d(X(2, 8, 3), 4, 3, padding="same", activation=tf.nn.elu)
    conv2d_transpose(X(2, 8, 8, 3), 4, 3, strides=2, padding="same")
    conv2d_transpose(X(2, 8, 8, 3, unknown=(0,)), 4, 5, strides=2, activation=tf.nn.relu)
    conv2d_transpose(X(2, 8, 8, 3, unknown=(0, 1, 2)), 4, 5, strides=2)
    conv2d_transpose(X(2, 4, 4, 3), 4, 2, strides=3)
    conv3d_transpose(X(1, 3, 3, 3, 2), 4, 3, strides=2, padding="same")
    max_pooling1d(X(2, 8, 3), 2, 2)
    average_pooling1d(X(2, 8, 3), 3, 2, padding="same", name="p")
    max_pooling2d(X(2, 8, 8, 3), 2, 2)
    max_pooling2d(X(2, 8, 8, 3), [3, 2], [2, 1], padding="same", name="p")
    average_pooling2d(X(2, 8, 8, 3), 2, 2)
    max_pooling3d(X(2, 8, 8, 8, 3), 2, 2)
    average_pooling3d(X(2, 8, 8, 8, 3), 2, 2)
    max_pooling3d(X(2, 3, 8, 8, 8), 2, 2, data_format="channels_first")
    max_pooling2d(X(2, 3), 2, 2)
    max_pooling2d(X(2, 3, 4, 4), (2, 2, 2), 2)
    max_pooling2d(X(2, 3, 4, 4), 2, None)
    max_pooling2d(X(2, 3, 4, 4), 2, 2, padding="x")
    dropout(X(2, 8))
    dropout(X(2, 8), training=X.flag(False))
    dropout(X(2, 8), rate=1.5)
    flatten(X(2, 8, 3, unknown=(0,)))
    flatten(X(2, 8, 3))
    flatten(X(2, 8, 3, unknown=(0, 1)))
    flatten(X(2, 8, 3, unknown=(1,)))
    flatten(X(5, unknown=(0,)))
    flatten(X(2, 3, 4, 5), data_format="channels_first")
    batch_normalization(X(6, 3), training=True)
    batch_normalization(X(6, 3))
    batch_normalization(X(6, 3), training=X.flag(True))
    batch_normalization(X(6, 3), training=X.flag(False))
    batch_normalization(X(6, 3), training=True, scale=False, center=False)
    batch_normalization(X(6, 3), training=True, trainable=False)
    batch_normalization(X(2, 4, 4, 3), training=True, momentum=0.9, epsilon=1e-5)
    batch_normalization(X(2, 4, 4, 3))
    batch_normalization(X(2, 4, 4, 3), training=X.flag(True))
    batch_normalization(X(2, 4, 4, 3), training=X.flag(False))
    batch_normalization(X(2, 4, 4, 3), training=True, fused=False)
    batch_normalization(X(2, 4, 4, 3), training=True, scale=False, center=False)
    batch_normalization(X(2, 3, 4, 4), axis=1, training=True, fused=False)
    batch_normalization(X(4, 5, 3), axis=[1, 2], training=True)
    batch_normalization(X(2, 4, 4, 3), training=1, gamma_regularizer=lambda w: tf.reduce_sum(w))
    batch_normalization(X(2, 8, 8, 3), axis=7)
    batch_normalization(X(2, 8, 8, 3), axis=[1, 1])
    batch_normalization(X(2, 8, 8, 3, unknown=(3,)))
    batch_normalization(X(2, 8, 8, 3), axis="a")
""")  # fmt: skip
