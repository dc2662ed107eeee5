"""Random ops: nodes and seeds as in TensorFlow; numbers by distribution, step and session."""

from types import SimpleNamespace

import array_api_strict
import numpy as np
import pytest
import recorded_cases
import scopetrie as tf
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scopetrie import errors
from scopetrie.backends import Backend
from scopetrie.ops.random.choice import categorical

TF = SimpleNamespace(**{name: getattr(tf, name) for name in dir(tf) if not name.startswith("_")})
TF.random = SimpleNamespace(categorical=categorical)

COUNT = 20_000


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


@pytest.mark.parametrize(("expression", "expected"), recorded_cases.recorded("random_nodes.json"))
def test_nodes_as_recorded_from_tensorflow(expression, expected):
    assert recorded_cases.nodes(expression, TF) == expected


@pytest.mark.parametrize(("expression", "expected"), recorded_cases.recorded("seeds.json"))
def test_seeds_as_recorded_from_tensorflow(expression, expected):
    assert recorded_cases.outcome(expression, tf) == expected


@pytest.mark.parametrize("seed", ["x", b"x"])
def test_seeds_are_numbers(seed):
    with pytest.raises(TypeError, match="random seed must be an integer or None"):
        tf.get_seed(seed)


@given(st.integers(), st.integers())
def test_two_seeds_never_ask_for_no_seeds(graph_seed, op_seed):
    with tf.Graph().as_default():
        tf.set_random_seed(graph_seed)
        first, second = tf.get_seed(op_seed)
    assert (first, second) != (0, 0)
    assert 0 <= first < 2**31
    assert 0 <= second < 2**31


MAKERS = {
    "random_uniform": lambda **k: tf.random_uniform([COUNT], -1.0, 3.0, **k),
    "random_normal": lambda **k: tf.random_normal([COUNT], 1.0, 2.0, **k),
    "truncated_normal": lambda **k: tf.truncated_normal([COUNT], 1.0, 2.0, **k),
}
DISTRIBUTIONS = {
    "random_uniform": stats.uniform(-1, 4),
    "random_normal": stats.norm(1, 2),
    "truncated_normal": stats.truncnorm(-2, 2, 1, 2),
}


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("name", MAKERS)
def test_distribution(name, dtype):
    tensor = MAKERS[name](dtype=dtype, seed=3)
    with tf.Session() as session:
        values = session.run(tensor)
    assert values.dtype == dtype
    # Spread the rounding steps of half precision, which the test would detect.
    spread = np.random.default_rng(0).uniform(-0.5, 0.5, COUNT) * 2**-8 if dtype == "float16" else 0
    assert stats.kstest(values.astype("float64") + spread, DISTRIBUTIONS[name].cdf).pvalue > 1e-3


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_uniform_numbers_stay_below_one(dtype):
    with tf.Session() as session:
        values = session.run(tf.random_uniform([1_000_000], dtype=dtype, seed=1))
    assert values.min() >= 0
    assert values.max() < 1


@pytest.mark.parametrize("dtype", ["int32", "int64"])
def test_integers(dtype):
    with tf.Session() as session:
        values = session.run(tf.random_uniform([COUNT], -3, 4, dtype=dtype, seed=1))
    assert values.dtype == dtype
    assert stats.chisquare(np.bincount(values + 3, minlength=7)).pvalue > 1e-3


def test_each_run_draws_on_and_a_new_session_starts_over():
    first, second = tf.random_uniform([4], seed=1), tf.random_uniform([4], seed=1)
    with tf.Session() as session:
        runs = [session.run([first, second]) for _ in range(3)]
        alone = session.run(first)
    for a, b in runs:
        assert a.tolist() == b.tolist()  # the same seed gives the same numbers; each op counts its own steps
    assert len({tuple(a.tolist()) for a, _ in runs} | {tuple(alone.tolist())}) == 4
    with tf.Session() as session:
        again = [session.run(first) for _ in range(4)]
    assert [a.tolist() for a, _ in runs] + [alone.tolist()] == [a.tolist() for a in again]


def test_the_same_seed_and_graph_give_the_same_numbers():
    def build():
        with tf.Graph().as_default() as graph:
            tf.set_random_seed(7)
            tensors = [make() for make in MAKERS.values()]
            tensors += [tf.random_shuffle(np.arange(50)), tf.multinomial(np.zeros([2, 9]), 20)]
        with tf.Session(graph=graph) as session:
            return [value.tolist() for value in session.run(tensors)]

    assert build() == build()


def test_without_a_seed_each_session_differs():
    tensor = tf.random_uniform([4])
    values = []
    for _ in range(2):
        with tf.Session() as session:
            values.append(session.run(tensor).tolist())
    assert values[0] != values[1]


def test_unseeded_ops_of_a_seeded_graph_differ():
    tf.set_random_seed(1)
    with tf.Session() as session:
        a, b = session.run([tf.random_uniform([4]), tf.random_uniform([4])])
    assert a.tolist() != b.tolist()


# Changing these changes the results of programs with a seed.
def test_recorded_values():
    tf.set_random_seed(1234)
    uniform, normal = tf.random_uniform([2]), tf.random_normal([2])
    truncated, integer = tf.truncated_normal([2]), tf.random_uniform([2], maxval=1000, dtype=tf.int32)
    shuffled, drawn = tf.random_shuffle([0, 1, 2, 3, 4]), tf.multinomial([[0.0, 1.0, 2.0]], 6)
    with tf.Session() as session:
        found = [
            value.tolist() for value in session.run([uniform, normal, truncated, integer, shuffled, drawn])
        ]
    assert found == RECORDED


RECORDED = [
    [0.32540464401245117, 0.5282496213912964],
    [0.16903097927570343, 1.4485801458358765],
    [-0.9600709080696106, 1.9120259284973145],
    [759, 621],
    [4, 2, 1, 3, 0],
    [[1, 2, 2, 2, 2, 2]],
]


def run_with(tensor, feed):
    with tf.Session() as session:
        return session.run(tensor, feed)


@pytest.mark.parametrize("make", [tf.random_uniform, tf.random_normal, tf.truncated_normal])
def test_shapes_are_checked_when_run(make):
    shape = tf.placeholder(tf.int32)
    tensor = make(shape)
    assert tensor.shape.ndims is None
    assert run_with(tensor, {shape: [2, 0, 3]}).shape == (2, 0, 3)
    assert run_with(tensor, {shape: []}).shape == ()
    with pytest.raises(errors.InvalidArgumentError, match="Dimension -1 must be >= 0"):
        run_with(tensor, {shape: [2, -1]})
    with pytest.raises(
        errors.InvalidArgumentError, match=r"shape must be a vector of {int32,int64}, got shape \[\]"
    ):
        run_with(tensor, {shape: 3})


def test_empty_ranges_are_refused_when_numbers_are_wanted():
    shape = tf.placeholder(tf.int32, [1])
    tensor = tf.random_uniform(shape, 5, 5, dtype=tf.int32)
    assert run_with(tensor, {shape: [0]}).tolist() == []
    with pytest.raises(errors.InvalidArgumentError, match="Need minval < maxval, got 5 >= 5"):
        run_with(tensor, {shape: [1]})


def test_bounds_broadcast():
    low = tf.constant([[0.0], [100.0]])
    values = run_with(tf.random_uniform([2, 500], low, low + 1.0, seed=1), {})
    assert (np.floor(values) == [[0.0], [100.0]]).mean() > 0.99  # 100 + u may round up to 101


@given(st.integers(0, 60), st.integers(0, 5))
def test_shuffling_keeps_the_rows(count, seed):
    rows = np.arange(count * 2).reshape(count, 2)
    with tf.Graph().as_default(), tf.Session() as session:
        shuffled = session.run(tf.random_shuffle(rows, seed=seed))
    assert sorted(shuffled.tolist()) == rows.tolist()


def test_shuffling_is_uniform():
    tensor = tf.random_shuffle([0, 1, 2], seed=5)
    counts = {}
    with tf.Session() as session:
        for _ in range(3000):
            key = tuple(session.run(tensor).tolist())
            counts[key] = counts.get(key, 0) + 1
    assert len(counts) == 6
    assert stats.chisquare(list(counts.values())).pvalue > 1e-3


def test_shuffling_scalars_and_strings():
    with tf.Session() as session:
        assert session.run(tf.random_shuffle(3)) == 3
        assert sorted(session.run(tf.random_shuffle(["a", "b"]))) == [b"a", b"b"]


def test_multinomial_draws_by_weight():
    logits = np.log([[1.0, 2.0, 3.0, 4.0], [4.0, 3.0, 2.0, 1.0]])
    with tf.Session() as session:
        values = session.run(tf.multinomial(logits, COUNT, seed=2))
    assert values.dtype == np.int64
    for row, weights in zip(values, np.exp(logits), strict=True):
        expected = weights / weights.sum() * COUNT
        assert stats.chisquare(np.bincount(row, minlength=4), expected).pvalue > 1e-3


@pytest.mark.parametrize(
    ("logits", "expected"),
    [([1.0, np.nan], 0), ([np.inf, 1.0], 1), ([-np.inf, 0.0], 1), ([-np.inf, -np.inf], 2), ([1e30, 0.0], 0)],
)
def test_multinomial_with_odd_logits_as_tensorflow(logits, expected):
    with tf.Session() as session:
        assert session.run(tf.multinomial([logits], 3)).tolist() == [[expected] * 3]


def test_multinomial_refuses_when_run():
    logits, count = tf.placeholder(tf.float32, [None, None]), tf.placeholder(tf.int32, [])
    tensor = tf.multinomial(logits, count, output_dtype=tf.int32)
    assert run_with(tensor, {logits: np.zeros((0, 3)), count: 2}).shape == (0, 2)
    assert run_with(tensor, {logits: np.zeros((2, 3)), count: 0}).dtype == np.int32
    with pytest.raises(errors.InvalidArgumentError, match="num_samples should be non-negative, got -1"):
        run_with(tensor, {logits: np.zeros((1, 2)), count: -1})
    with pytest.raises(errors.InvalidArgumentError, match="num_classes should be positive, got 0"):
        run_with(tensor, {logits: np.zeros((1, 0)), count: 2})


@pytest.mark.parametrize("device", [None, array_api_strict.Device("device1")], ids=["host", "device"])
def test_other_backends_draw_the_same_numbers(device):
    tf.set_random_seed(1)
    tensors = [
        tf.random_uniform([3]),
        tf.random_normal([2], dtype=tf.float64),
        tf.truncated_normal([2]),
        tf.random_uniform([2], maxval=5, dtype=tf.int64),
        tf.random_shuffle([[1, 2], [3, 4], [5, 6]]),
        tf.multinomial([[1.0, 2.0]], 3),
    ]
    with tf.Session() as session:
        expected = session.run(tensors)
    with tf.Session(backend=Backend("array_api_strict", array_api_strict, device)) as session:
        found = session.run(tensors)
    for a, b in zip(found, expected, strict=True):
        assert a.tolist() == b.tolist()
        assert a.dtype == b.dtype
