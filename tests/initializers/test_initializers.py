"""Initializers: nodes, configurations and errors as in TensorFlow; values by their distribution."""

import math
from types import SimpleNamespace

import array_api_strict
import numpy as np
import pytest
import recorded_cases
import scopetrie as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scopetrie import initializers
from scopetrie.backends import Backend
from scopetrie.partitioners import PartitionInfo

TF = SimpleNamespace(
    **{name: getattr(tf, name) for name in dir(tf) if not name.startswith("_")}
    | {"initializers": initializers},
    PartitionInfo=PartitionInfo,
)


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def value_of(tensor):
    with tf.Session() as session:
        return session.run(tensor)


def made(initializer, shape, **keywords):
    with tf.Graph().as_default():
        return value_of(initializer(shape, **keywords))


@pytest.mark.parametrize(("expression", "expected"), recorded_cases.recorded("initializer_nodes.json"))
def test_nodes_as_recorded_from_tensorflow(expression, expected):
    assert recorded_cases.nodes(expression, TF) == expected


@pytest.mark.parametrize(("expression", "expected"), recorded_cases.recorded("initializers.json"))
def test_configurations_as_recorded_from_tensorflow(expression, expected):
    assert recorded_cases.outcome(expression, TF) == expected


def test_constants_fill_up_with_the_last_value():
    assert made(initializers.Constant([1, 2]), [2, 2]).tolist() == [[1, 2], [2, 2]]
    assert made(initializers.Constant([[1, 2], [3, 4]]), [4]).tolist() == [1, 2, 3, 4]
    assert made(initializers.Constant([]), [2]).tolist() == [0, 0]
    assert made(initializers.Constant("a"), [2], dtype=tf.string).tolist() == [b"a", b"a"]


@given(st.lists(st.integers(-5, 5), max_size=12), st.lists(st.integers(1, 3), max_size=3))
def test_constant_property(values, shape):
    size = math.prod(shape)
    if len(values) > size:
        with pytest.raises(ValueError, match=f"Takes at most {size}, but got {len(values)}"):
            made(initializers.Constant(values), shape)
        return
    found = made(initializers.Constant(values), shape)
    assert found.shape == tuple(shape)
    last = values[-1:] or [0]
    assert found.ravel().tolist() == values + last * (size - len(values))


# initializer, shape -> the standard deviation of its values, and what they are distributed as.
N = (60, 400)
FAN_IN, FAN_OUT = N
CASES = [
    (initializers.random_uniform(-1.0, 3.0, seed=1), stats.uniform(-1, 4)),
    (initializers.random_normal(1.0, 2.0, seed=1), stats.norm(1, 2)),
    (initializers.truncated_normal(1.0, 2.0, seed=1), stats.truncnorm(-2, 2, 1, 2)),
    (initializers.glorot_uniform(seed=1), stats.uniform(-math.sqrt(6 / 460), 2 * math.sqrt(6 / 460))),
    (initializers.he_uniform(seed=1), stats.uniform(-math.sqrt(6 / 60), 2 * math.sqrt(6 / 60))),
    (initializers.lecun_uniform(seed=1), stats.uniform(-math.sqrt(3 / 60), 2 * math.sqrt(3 / 60))),
    (initializers.uniform_unit_scaling(2.0, 1), stats.uniform(-2 * math.sqrt(3 / 60), 4 * math.sqrt(3 / 60))),
    (initializers.variance_scaling(3, "fan_out", "untruncated_normal", 1), stats.norm(0, math.sqrt(3 / 400))),
]  # fmt: skip


@pytest.mark.parametrize(("initializer", "distribution"), CASES, ids=[repr(case[0]) for case in CASES])
def test_distributions(initializer, distribution):
    values = made(initializer, N)
    assert values.dtype == np.float32
    assert stats.kstest(values.ravel().astype("float64"), distribution.cdf).pvalue > 1e-3


@pytest.mark.parametrize(
    ("initializer", "variance"),
    [
        (initializers.glorot_normal(seed=1), 2 / (FAN_IN + FAN_OUT)),
        (initializers.he_normal(seed=1), 2 / FAN_IN),
        (initializers.lecun_normal(seed=1), 1 / FAN_IN),
        (initializers.variance_scaling(0.5, "fan_avg", seed=1), 0.5 / ((FAN_IN + FAN_OUT) / 2)),
    ],
    ids=repr,
)
def test_truncated_values_have_the_variance_asked_for(initializer, variance):
    values = made(initializer, N)
    assert values.var() == pytest.approx(variance, rel=0.03)
    limit = 2 * math.sqrt(variance) / 0.87962566103423978
    assert np.abs(values).max() <= limit * (1 + 1e-6)
    assert stats.kstest(values.ravel() / limit * 2, stats.truncnorm(-2, 2).cdf).pvalue > 1e-3


def test_glorot_initializers_have_a_dtype():
    # In v1 the argument has no effect.
    for make in (initializers.GlorotUniform, initializers.GlorotNormal):
        assert make(dtype=tf.float64).get_config() == {"seed": None, "dtype": "float64"}
        assert made(make(dtype=tf.float64), [2, 3]).dtype == np.float64


def test_fans_of_convolution_kernels_count_positions():
    values = made(initializers.glorot_uniform(seed=1), [3, 3, 20, 30])
    limit = math.sqrt(6 / (9 * 20 + 9 * 30))
    assert limit * 0.99 < np.abs(values).max() < limit


def test_seeds_make_values_repeatable():
    for name in (
        "random_uniform",
        "random_normal",
        "truncated_normal",
        "glorot_uniform",
        "he_normal",
        "orthogonal",
    ):
        make = getattr(initializers, name)
        first, again, other = (made(make(seed=seed), [4, 3]) for seed in (1, 1, 2))
        assert first.tolist() == again.tolist()
        assert first.tolist() != other.tolist()


def test_identity_and_its_parts():
    whole = made(initializers.Identity(2.0), [4, 3])
    assert whole.tolist() == (2 * np.eye(4, 3)).tolist()
    part = made(initializers.Identity(2.0), [2, 3], partition_info=PartitionInfo([4, 3], [2, 0]))
    assert part.tolist() == whole[2:].tolist()


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 100))
@settings(max_examples=25)
def test_orthogonal_matrices(rows, columns, seed):
    matrix = made(initializers.Orthogonal(gain=3.0, seed=seed), [rows, columns], dtype=tf.float64) / 3
    gram = matrix.T @ matrix if rows >= columns else matrix @ matrix.T
    assert gram == pytest.approx(np.eye(min(rows, columns)), abs=1e-10)


def test_orthogonal_matrices_are_uniformly_distributed():
    # Each column of such a matrix is uniform on the sphere, whatever signs the decomposition picks.
    matrices = tf.stack([initializers.Orthogonal(seed=seed)([3, 3]) for seed in range(1, 301)])
    values = value_of(matrices)
    for row in range(3):
        for column in range(3):
            assert stats.kstest(values[:, row, column], stats.uniform(-1, 2).cdf).pvalue > 1e-3


def test_orthogonal_of_higher_rank():
    values = made(initializers.Orthogonal(seed=1), [2, 3, 4])
    flat = values.reshape(6, 4)
    assert flat.T @ flat == pytest.approx(np.eye(4), abs=1e-5)


def convolved(kernel, images):
    """The circular convolution of images [..., channels] with a kernel, by the definition."""
    axes = kernel.ndim - 2
    out = np.zeros((*images.shape[:-1], kernel.shape[-1]))
    for at in np.ndindex(kernel.shape[:-2]):
        shifted = np.roll(images, [-place for place in at], tuple(range(1, axes + 1)))
        out += shifted @ kernel[at]
    return out


KERNELS = [
    *((initializers.convolutional_orthogonal_1d, (size, 2, 3)) for size in (1, 2, 3, 4)),
    *((initializers.convolutional_orthogonal_2d, (size, size, 2, 3)) for size in (1, 2, 3, 4)),
    *((initializers.convolutional_orthogonal_3d, (size, size, size, 2, 3)) for size in (1, 2, 3)),
    *((initializers.convolutional_delta_orthogonal, (*(3, 4, 3)[:axes], 2, 3)) for axes in (1, 2, 3)),
]  # fmt: skip


@pytest.mark.parametrize(("make", "shape"), KERNELS, ids=lambda value: getattr(value, "__name__", str(value)))
def test_orthogonal_kernels_keep_the_norm(make, shape):
    kernel = made(make(gain=2.0, seed=1), shape).astype("float64")
    assert kernel.shape == shape
    images = np.random.default_rng(0).normal(size=(2, *[5] * (len(shape) - 2), shape[-2]))
    found = np.sqrt((convolved(kernel, images) ** 2).sum())
    assert found == pytest.approx(2 * np.sqrt((images**2).sum()), rel=1e-4)


def test_orthogonal_kernels_in_double_precision():
    kernel = made(initializers.convolutional_orthogonal_2d(seed=1), [3, 3, 2, 2], dtype=tf.float64)
    assert kernel.dtype == np.float64
    images = np.random.default_rng(0).normal(size=(1, 5, 5, 2))
    assert (convolved(kernel, images) ** 2).sum() == pytest.approx((images**2).sum(), rel=1e-12)


def test_a_second_orthogonal_kernel_of_a_seed_is_another_one():
    initializer = initializers.convolutional_orthogonal_1d(seed=1)
    assert made(initializer, [2, 2, 2]).tolist() != made(initializer, [2, 2, 2]).tolist()
    initializer = initializers.convolutional_delta_orthogonal(seed=1)
    assert made(initializer, [2, 2, 2]).tolist() == made(initializer, [2, 2, 2]).tolist()


@pytest.mark.parametrize(
    "initializer", [getattr(initializers, name)() for name in initializers.__all__ if name[0].isupper()
                    and name not in ("Initializer", "ConvolutionOrthogonal")], ids=lambda i: type(i).__name__
)  # fmt: skip
def test_configurations_make_the_same_initializer(initializer):
    again = type(initializer).from_config(initializer.get_config())
    assert again.get_config() == initializer.get_config()
    assert repr(again) == repr(initializer)


def test_looking_up_by_name():
    for name in ("zeros", "Zeros", "zeros_initializer"):
        assert isinstance(initializers.get(name), initializers.Zeros)
    assert isinstance(initializers.get(initializers.Ones), initializers.Ones)
    described = initializers.get({"class_name": "RandomNormal", "config": {"stddev": 2.0}})
    assert described.stddev == 2.0
    own = initializers.Ones()
    assert initializers.get(own) is own
    assert initializers.get(len) is len
    assert initializers.get(None) is None
    with pytest.raises(ValueError, match=r"Unknown initializer: 'foo'. There are: constant, "):
        initializers.get("foo")
    with pytest.raises(ValueError, match="Could not interpret initializer identifier: 3"):
        initializers.get(3)


def test_the_base_class_makes_nothing():
    with pytest.raises(NotImplementedError):
        initializers.Initializer()([2])
    assert initializers.Initializer().get_config() == {}


@pytest.mark.parametrize("device", [None, array_api_strict.Device("device1")], ids=["host", "device"])
def test_other_backends_make_the_same_values(device):
    shapes = {"convolutional_orthogonal_1d": [2, 2, 3], "convolutional_delta_orthogonal": [3, 2, 3]}
    shapes |= {"convolutional_orthogonal_2d": [2, 2, 2, 3], "convolutional_orthogonal_3d": [2, 2, 2, 2, 3]}
    tf.set_random_seed(1)
    others = {"get", "global_variables", "local_variables", "variables"}
    tensors = [
        getattr(initializers, name)()(shapes.get(name, [3, 2]))
        for name in initializers.__all__
        if name.islower() and name not in others and not name.endswith("_initializer")
    ]
    with tf.Session() as session:
        expected = session.run(tensors)
    with tf.Session(backend=Backend("array_api_strict", array_api_strict, device)) as session:
        found = session.run(tensors)
    for a, b in zip(found, expected, strict=True):
        assert a == pytest.approx(b, abs=1e-6)
