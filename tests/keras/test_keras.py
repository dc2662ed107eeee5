"""Keras beside graph code: names and values are those of TensorFlow 2.21 with legacy Keras, in graph mode."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import scopetrie as tf
from scopetrie.refused import REFUSED

keras = tf.keras


@pytest.fixture(autouse=True)
def graph() -> Iterator[tf.Graph]:
    with tf.Graph().as_default() as graph:
        yield graph


def run(fetches: Any, feeds: Any = None) -> Any:
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(fetches, feeds)


def names(variables: Any) -> list[str]:
    return [each.op.name for each in variables]


def test_variables_are_named_by_name_scopes_and_not_shared() -> None:
    x = tf.zeros([2, 3])
    layer = keras.layers.Dense(4, activation="relu", kernel_regularizer=keras.regularizers.l2(0.1))
    assert [layer(x).name, layer(x).name] == ["dense/Relu:0", "dense_1/Relu:0"]
    assert keras.layers.Dense(4)(x).name == "dense_1_1/BiasAdd:0"
    with tf.variable_scope("foo"):
        assert keras.layers.Dense(4, name="fc")(x).name == "foo/fc/BiasAdd:0"
    with tf.variable_scope("foo", reuse=True):
        assert keras.layers.Dense(4, name="fc")(x).name == "foo_1/fc/BiasAdd:0"
    assert names(tf.trainable_variables()) == [
        f"{each}/{part}"
        for each in ("dense", "dense_1_1", "foo/fc", "foo_1/fc")
        for part in ("kernel", "bias")
    ]
    assert [each.name for each in layer.losses] == ["dense/kernel/Regularizer/mul:0"]
    assert layer.losses == layer.losses == layer.get_losses_for(None) and layer.get_losses_for(x) == []
    assert tf.losses.get_regularization_losses() == []


def test_build_alone() -> None:
    for _ in range(2):
        layer = keras.layers.Dense(4)
        layer.build([None, 3])
    assert names(layer.weights) == ["kernel_1", "bias_1"]
    assert keras.layers.Dense(2)(tf.zeros([1, 2])).name == "dense_2/BiasAdd:0"


def test_names_of_each_layer() -> None:
    x, rows, steps = tf.zeros([2, 8, 8, 3]), tf.zeros([2, 3]), tf.zeros([2, 8, 3])
    made = keras.layers
    for layer, value, name, shape in (
        (made.Conv2D(4, 3, padding="same"), x, "conv2d/BiasAdd", [2, 8, 8, 4]),
        (made.Conv1D(4, 3), steps, "conv1d/BiasAdd", [2, 6, 4]),
        (made.Conv2DTranspose(4, 3), x, "conv2d_transpose/BiasAdd", [2, 10, 10, 4]),
        (made.SeparableConv2D(4, 3), x, "separable_conv2d/BiasAdd", [2, 6, 6, 4]),
        (made.DepthwiseConv2D(3), x, "depthwise_conv2d/BiasAdd", [2, 6, 6, 3]),
        (made.MaxPooling2D(), x, "max_pooling2d/MaxPool", [2, 4, 4, 3]),
        (made.AvgPool2D(2, 1, "same"), x, "average_pooling2d/AvgPool", [2, 8, 8, 3]),
        (made.GlobalAveragePooling2D(), x, "global_average_pooling2d/Mean", [2, 3]),
        (made.GlobalMaxPool1D(), steps, "global_max_pooling1d/Max", [2, 3]),
        (made.Flatten(), x, "flatten/Reshape", [2, 192]),
        (made.Reshape([64, -1]), x, "reshape/Reshape", [2, 64, 3]),
        (made.Permute((2, 1, 3)), x, "permute/transpose", [2, 8, 8, 3]),
        (made.RepeatVector(3), rows, "repeat_vector/Tile", [2, 3, 3]),
        (made.ZeroPadding2D(((1, 2), 0)), x, "zero_padding2d/Pad", [2, 11, 8, 3]),
        (made.Cropping2D(1), x, "cropping2d/strided_slice", [2, 6, 6, 3]),
        (made.UpSampling1D(3), steps, None, [2, 24, 3]),
        (made.UpSampling2D(), x, None, [2, 16, 16, 3]),
        (made.Activation("relu"), x, "activation/Relu", [2, 8, 8, 3]),
        (made.LeakyReLU(0.1), x, "leaky_re_lu/LeakyRelu", [2, 8, 8, 3]),
        (made.ReLU(6.0), x, "re_lu/Relu6", [2, 8, 8, 3]),
        (made.ELU(), x, "elu/Elu", [2, 8, 8, 3]),
        (made.PReLU(), x, "p_re_lu/add", [2, 8, 8, 3]),
        (made.Softmax(), rows, "softmax/Softmax", [2, 3]),
        (made.Dropout(0.5), x, "dropout/cond/Merge", [2, 8, 8, 3]),
        (made.SpatialDropout2D(0.5), x, "spatial_dropout2d/cond/Merge", [2, 8, 8, 3]),
        (made.GaussianNoise(0.1), x, "gaussian_noise/cond/Merge", [2, 8, 8, 3]),
        (made.Embedding(10, 4), rows, "embedding/embedding_lookup/Identity", [2, 3, 4]),
        (made.BatchNormalization(), x, "batch_normalization/cond/Merge", [2, 8, 8, 3]),
        (made.LayerNormalization(), x, None, [2, 8, 8, 3]),
        (made.Lambda(lambda v: v + 1), x, "lambda/add", [2, 8, 8, 3]),
        (made.Concatenate(), [rows, rows], "concatenate/concat", [2, 6]),
        (made.Add(), [rows, rows], "add/add", [2, 3]),
        (made.Dot(1), [rows, rows], "dot/Squeeze", [2, 1]),
    ):
        output = layer(value)
        assert output.shape.as_list() == shape, layer
        assert name is None or output.op.name == name
        again = type(layer).from_config({**layer.get_config(), "name": "again"})
        assert again(value).shape.as_list() == shape
    assert made.concatenate([rows, rows]).op.name == "concatenate_1/concat"
    feeds = {keras.backend.learning_phase(): False}
    assert len(run([each for each in tf.trainable_variables() if "kernel" in each.name], feeds)) == 12


def test_values() -> None:
    x = tf.constant([[1.0, -2.0, 3.0]])
    layers = keras.layers
    np.testing.assert_allclose(
        run(layers.UpSampling1D(2)(tf.reshape(x, [1, 3, 1])))[0, :, 0], [1, 1, -2, -2, 3, 3]
    )
    images = tf.reshape(tf.range(4.0), [1, 2, 2, 1])
    np.testing.assert_allclose(
        run(layers.UpSampling2D()(images))[0, ..., 0], np.repeat(np.repeat([[0, 1], [2, 3]], 2, 0), 2, 1)
    )
    np.testing.assert_allclose(run(layers.PReLU(alpha_initializer="ones")(x)), [[1, -2, 3]])
    np.testing.assert_allclose(run(layers.ThresholdedReLU(2.0)(x)), [[0, 0, 3]])
    np.testing.assert_allclose(run(layers.Dot(1, normalize=True)([x, x])), [[1]], rtol=1e-6)
    values = np.random.RandomState(0).randn(2, 3, 4).astype("f")
    np.testing.assert_allclose(
        run(layers.LayerNormalization()(values))[0, 0],
        [0.58993095, -1.3345343, -0.5181529, 1.2627565],  # TensorFlow's
        rtol=1e-5,
    )


def test_the_learning_phase() -> None:
    x = tf.ones([2, 100])
    y = keras.layers.Dropout(0.5)(x)
    phase = keras.backend.learning_phase()
    assert phase.name == "keras_learning_phase:0" and run(y).sum() == 200 and 0 in run(y, {phase: True})
    assert keras.layers.Dropout(0.5)(x, training=True).op.name == "dropout_1/dropout/SelectV2"
    keras.backend.set_learning_phase(1)
    assert keras.layers.Dropout(0.5)(x).op.name == "dropout_2/dropout/SelectV2"


def test_updates_are_the_layer_s_own() -> None:
    layer = keras.layers.BatchNormalization(momentum=0.5)
    x = tf.constant([[1.0], [3.0]])
    layer(x, training=True)
    assert tf.get_collection(tf.GraphKeys.UPDATE_OPS) == [] and layer.get_updates_for(None) == []
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(layer.get_updates_for(x))
        np.testing.assert_allclose(session.run(layer.moving_mean), [1.0])


def test_weights_in_the_session() -> None:
    layer = keras.layers.Dense(4, kernel_initializer="ones")
    y = layer(tf.ones([2, 3]))
    assert [each.sum() for each in layer.get_weights()] == [12, 0]  # a session is made, and initializes
    with tf.Session() as session:
        layer.set_weights([np.zeros([3, 4]), np.ones(4)])
        assert session.run(y).tolist() == [[1.0] * 4] * 2
        with pytest.raises(ValueError, match="list of length 1, but the layer was expecting 2"):
            layer.set_weights([np.zeros([3, 4])])
        with pytest.raises(ValueError, match="not compatible with provided weight shape"):
            layer.set_weights([np.zeros([3, 4]), np.ones(5)])
    keras.backend.set_session(None)


def test_a_layer_of_your_own() -> None:
    class Two(keras.layers.Layer):  # type: ignore[misc]
        def __init__(self, size: int, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.size, self.inner = size, keras.layers.Dense(2)

        def build(self, input_shape: Any) -> None:
            self.matrix = self.add_weight("m", [int(input_shape[-1]), self.size], initializer="uniform")
            self.kept = self.add_weight(shape=[2], name="kept", trainable=False)
            super().build(input_shape)

        def call(self, inputs: Any) -> Any:
            return self.inner(tf.matmul(inputs, self.matrix))

    layer = Two(3)
    assert layer(tf.zeros([2, 5])).name == "two/dense/BiasAdd:0"
    assert names(layer.weights) == ["two/m", "two/dense/kernel", "two/dense/bias", "two/kept"]
    with pytest.raises(NotImplementedError, match="must override `get_config`"):
        layer.get_config()
    layer.trainable = False
    assert layer.trainable_weights == [] and len(layer.non_trainable_weights) == 4


def test_a_call_that_fails_leaves_nothing() -> None:
    with pytest.raises(ValueError, match="expected min_ndim=2"):
        keras.layers.Dense(3)(tf.zeros([3]))
    layer = keras.layers.Dense(3, activation=lambda x: tf.no_such_name)
    before = len(tf.get_default_graph().get_operations())
    for _ in range(2):
        with pytest.raises(AttributeError):
            layer(np.zeros([2, 3], "f"))
        assert len(tf.get_default_graph().get_operations()) == before and layer.weights == []


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (lambda: keras.layers.Dense(-1), "expected a positive integer"),
        (
            lambda: keras.layers.Concatenate()([tf.zeros([2, 3]), tf.zeros([3, 4])]),
            "requires inputs with match",
        ),
        (lambda: keras.layers.Concatenate()(tf.zeros([2])), "a list of at least 1 input"),
        (lambda: keras.layers.Add()([tf.zeros([2, 3]), tf.zeros([2, 4])]), "Inputs have incompatible shapes"),
        (lambda: keras.layers.Permute((0, 1)), "consecutive and start from 1"),
        (lambda: keras.layers.Embedding(0, 1), "should be positive"),
        (lambda: keras.layers.Embedding(3, 1, mask_zero=True), "sequence_mask"),
        (lambda: keras.layers.Reshape([5])(tf.zeros([2, 3])), "total size|Cannot reshape"),
        (lambda: keras.layers.LayerNormalization(axis=3)(tf.zeros([2, 3])), "Invalid value for `axis`"),
        (lambda: keras.initializers.get("nope"), "Unknown initializer: 'nope'"),
        (lambda: keras.initializers.get(3), "Could not interpret initializer identifier: 3"),
        (lambda: keras.regularizers.l2("x"), "not a valid regularization penalty number"),
        (lambda: keras.regularizers.l1_l2(float("nan")), "an infinite number or NaN"),
        (lambda: keras.activations.get("nope"), "Unknown activation function: 'nope'"),
    ],
)
def test_what_is_refused_as_in_v1(made: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        made()


def test_initializers_by_name() -> None:
    get, serialize = keras.initializers.get, keras.initializers.serialize
    assert serialize(get("he_normal")) == {"class_name": "HeNormal", "config": {"seed": None}}
    for name in ("uniform", "random_uniform", "RandomUniform"):
        assert get(name).get_config() == {"minval": -0.05, "maxval": 0.05, "seed": None, "dtype": "float32"}
    for name in ("glorot_uniform", "lecun_normal", "zero", "one", "orthogonal", "Identity", "normal"):
        again = keras.initializers.deserialize(serialize(get(name)))
        assert again.get_config() == get(name).get_config()
    assert keras.initializers.Zeros is tf.zeros_initializer
    kernel = run(tf.get_variable("w", [400, 50], initializer=keras.initializers.he_uniform(seed=1)))
    assert 0.95 < np.abs(kernel).max() / np.sqrt(6 / 400) <= 1


def test_regularizers_and_constraints() -> None:
    w = tf.constant([[3.0, -4.0], [0.3, 0.4]])
    assert run(keras.regularizers.l1(0.1)(w)).item() == pytest.approx(0.77)
    assert run(keras.regularizers.l2(0.1)(w)).item() == pytest.approx(2.525)
    assert run(keras.regularizers.l1_l2(0.1, 0.1)(w)).item() == pytest.approx(3.295)
    assert keras.regularizers.get("l1_l2").get_config() == {
        "l1": 0.009999999776482582,
        "l2": 0.009999999776482582,
    }
    bound = keras.constraints
    for made, wanted in (  # TensorFlow's
        (bound.max_norm(2.0), [[1.9900744, -1.9900743], [0.19900745, 0.19900744]]),
        (bound.MaxNorm(1.0, axis=1), [[0.6, -0.8], [0.3, 0.4]]),
        (bound.get("non_neg"), [[3.0, 0.0], [0.3, 0.4]]),
        (bound.unit_norm(), [[0.9950372, -0.9950371], [0.0995037, 0.0995037]]),
        (bound.min_max_norm(0.5, 1.0, rate=0.5), [[1.9975187, -2.4975185], [0.1997519, 0.249752]]),
    ):
        np.testing.assert_allclose(run(made(w)), wanted, rtol=1e-5)


def test_losses() -> None:
    y, p = tf.constant([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]), tf.constant([[0.1, 0.7, 0.2], [0.5, 0.2, 0.3]])
    for name, wanted in {  # TensorFlow's
        "binary_crossentropy": [0.22839285, 0.42432174], "categorical_crossentropy": [0.356675, 0.6931472],
        "categorical_hinge": [0.5, 0.8], "cosine_similarity": [-0.9525794, -0.81110716],
        "hinge": [0.86666673, 1.0], "kullback_leibler_divergence": [0.35667214, 0.69314426],
        "logcosh": [0.02306686, 0.06144108], "mae": [0.2, 0.33333334], "mape": [1.0e8, 1.6666669e8],
        "mse": [0.04666667, 0.12666667], "msle": [0.02291251, 0.06161234], "poisson": [0.45222494, 0.5643823],
        "squared_hinge": [0.91333342, 1.1266667],
    }.items():  # fmt: skip
        np.testing.assert_allclose(run(getattr(keras.losses, name)(y, p)), wanted, rtol=2e-5)
    logits = p * 4 - 1
    for loss, wanted in (
        (keras.losses.binary_crossentropy(y, logits, from_logits=True), [0.39620146, 0.56984645]),
        (keras.losses.categorical_crossentropy(y, tf.nn.softmax(logits)), [0.20380026, 0.5599147]),
        (
            keras.losses.sparse_categorical_crossentropy([1, 0], logits, from_logits=True),
            [0.20380026, 0.5599147],
        ),
    ):
        np.testing.assert_allclose(run(loss), wanted, rtol=1e-5)
    for kind, value in (
        ("MeanSquaredError", 0.086666666), ("BinaryCrossentropy", 0.3263573), ("Huber", 0.043333333),
        ("CategoricalCrossentropy", 0.52491105), ("Hinge", 0.9333334), ("KLDivergence", 0.5249082),
    ):  # fmt: skip
        assert run(getattr(keras.losses, kind)()(y, p)) == pytest.approx(value, rel=1e-5)
    assert run(keras.losses.MeanSquaredError("sum")(y, p, [1.0, 0.0])) == pytest.approx(0.04666667)
    assert tf.losses.get_losses() == []


def test_arrays() -> None:
    assert keras.utils.to_categorical([[1], [0]], num_classes=3).tolist() == [[0, 1, 0], [1, 0, 0]]
    pad = keras.preprocessing.sequence.pad_sequences
    assert pad([[1, 2, 3], [4]], padding="post").tolist() == [[1, 2, 3], [4, 0, 0]]
    assert pad([[1, 2, 3], []], maxlen=2, truncating="post", value=9).tolist() == [[1, 2], [9, 9]]


@pytest.mark.parametrize("name", [each for each in REFUSED if each.startswith("keras.")])
def test_refused_names_say_what_to_use(name: str) -> None:
    owner: Any = tf
    for part in name.split(".")[:-1]:
        owner = getattr(owner, part)
    with pytest.raises(AttributeError, match=r"scopetrie does not offer tf\.keras\..*: .*(Use|Write|Call) "):
        getattr(owner, name.rpartition(".")[2])
