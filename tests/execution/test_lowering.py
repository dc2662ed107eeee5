"""Graphs as pure functions of arrays: NumPy, array-api-strict, and JAX and PyTorch if installed."""

import array_api_strict
import numpy as np
import pytest
import scopetrie as tf
from scopetrie import lower


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


class Classifier:
    """A small network with a loss, and values for its variables and feeds."""

    def __init__(self):
        self.x = tf.placeholder(tf.float32, [None, 4], name="x")
        self.labels = tf.placeholder(tf.int32, [None], name="labels")
        self.w = tf.get_variable("w", [4, 3])
        self.b = tf.get_variable("b", [3])
        self.logits = tf.nn.relu(tf.matmul(self.x, self.w) + self.b)
        # A shape known only at run time.
        count = tf.size(self.logits)
        flat = tf.reshape(self.logits, tf.stack([count]))
        entropy = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=self.labels, logits=self.logits)
        self.loss = tf.reduce_mean(entropy) + tf.reduce_sum(flat * 0.1)
        random = np.random.default_rng(0)
        self.variables = {
            "w": random.normal(size=(4, 3)).astype(np.float32),
            "b": random.normal(size=3).astype(np.float32),
        }
        self.feeds = [random.random((5, 4)).astype(np.float32), np.array([0, 1, 2, 1, 0], np.int32)]
        self.function = lower(self.loss, [self.x, self.labels])

    def expected(self):
        with tf.Session() as session:
            for variable in (self.w, self.b):
                session.run(variable.initializer, {variable.initial_value: self.variables[variable.op.name]})
            return session.run(self.loss, dict(zip([self.x, self.labels], self.feeds, strict=True)))

    def slope(self):
        """The derivative of the loss by w[0, 0], by finite difference."""
        losses = []
        for step in (0.01, -0.01):
            w = self.variables["w"].copy()
            w[0, 0] += step
            losses.append(self.function({**self.variables, "w": w}, self.feeds))
        return (losses[0] - losses[1]) / 0.02


def test_it_computes_what_a_session_does():
    net = Classifier()
    for _ in range(3):
        assert np.isclose(net.function(net.variables, net.feeds), net.expected())


def test_structures():
    x, y = tf.placeholder(tf.float32), tf.placeholder(tf.float32)
    w, v = tf.get_variable("w", []), tf.get_variable("v", [])
    one = np.float32(1)
    nothing = tf.no_op()
    f = lower({"sum": [x + w, nothing], "product": (y * v,)}, {"x": x, "why": y}, {"a": w, "b": "v:0"})
    found = f({"b": one * 2, "a": one * 3}, {"why": one * 4, "x": one * 5})
    assert found == {"sum": [8, None], "product": (8,)}
    g = lower([x + w], [x], [w, v])
    assert g([one, one], [one])[0] == 2
    assert lower(x + 1.0, [x])(feeds=[one]) == 2
    with pytest.raises(KeyError):
        g([], [one])
    with pytest.raises(TypeError, match=r"^feeds and variables are lists or dicts, not "):
        lower(x, x)
    with pytest.raises(TypeError, match="Can not convert a int into a Tensor"):
        lower(x, [3])


def test_it_changes_nothing():
    x = tf.placeholder(tf.float32, [2])
    w = tf.get_variable("w", [2])
    add = tf.assign_add(w, x)
    with tf.control_dependencies([add]):
        after = tf.identity(w) * 2.0
    f = lower([add, after], [x], [w])
    values = np.ones(2, np.float32)
    for _ in range(3):
        assert [found.tolist() for found in f([values], [values])] == [[2, 2], [4, 4]]
        assert values.tolist() == [1, 1]


def test_random_numbers_are_the_same_in_each_call():
    x = tf.placeholder(tf.float32, [3])
    f = lower(x + tf.random_uniform([3], seed=4), [x])
    zeros = np.zeros(3, np.float32)
    first = f(feeds=[zeros])
    assert first.any()
    assert f(feeds=[zeros]).tolist() == first.tolist()


def test_a_variable_without_a_value():
    f = lower(tf.get_variable("w", []) * tf.placeholder(tf.float32, name="x"), ["x:0"], [])
    with pytest.raises(
        tf.errors.FailedPreconditionError, match=r"^Attempting to use uninitialized value w\n"
    ):
        f([], [np.float32(1)])


@pytest.mark.parametrize("device", [None, array_api_strict.Device("device1")], ids=["cpu", "device1"])
def test_strict_arrays_stay_where_they_are(device):
    net = Classifier()

    def placed(value):
        return array_api_strict.asarray(
            value.tolist(), dtype=getattr(array_api_strict, value.dtype.name), device=device
        )

    variables = {name: placed(value) for name, value in net.variables.items()}
    total = tf.reduce_sum(tf.square(net.logits) * 0.5)
    f = lower([total, net.logits], [net.x])
    found, logits = f(variables, [placed(net.feeds[0])])
    assert found.device == logits.device == variables["w"].device
    wanted, _ = f(net.variables, net.feeds[:1])
    assert np.isclose(float(found), wanted, rtol=1e-5)


def test_jax():
    jax = pytest.importorskip("jax", reason="JAX is not installed")
    net = Classifier()
    variables = {name: jax.numpy.asarray(value) for name, value in net.variables.items()}
    feeds = [jax.numpy.asarray(value) for value in net.feeds]
    assert np.isclose(net.function(variables, feeds), net.expected(), rtol=1e-5)
    compiled = jax.jit(net.function)
    for _ in range(2):
        assert np.isclose(compiled(variables, feeds), net.expected(), rtol=1e-5)
    for gradient in (jax.grad(net.function), jax.jit(jax.grad(net.function))):
        found = gradient(variables, feeds)
        assert {name: value.shape for name, value in found.items()} == {"w": (4, 3), "b": (3,)}
        assert np.isclose(found["w"][0, 0], net.slope(), rtol=1e-2)
    # Tracing has left nothing behind.
    assert np.isclose(net.function(net.variables, net.feeds), net.expected())


def test_branches_under_jit():
    jax = pytest.importorskip("jax", reason="JAX is not installed")
    x, y = tf.placeholder(tf.float32, [3]), tf.placeholder(tf.float32, [])

    def inner(value):
        return tf.cond(y > 2.0, lambda: tf.sin(value), lambda: value * y)

    made = tf.cond(tf.reduce_sum(x) > 1.0, lambda: inner(x * x), lambda: tf.exp(x))
    grads = tf.gradients(tf.reduce_sum(tf.square(made)), [x, y])
    again = tf.gradients(tf.reduce_sum(grads[0]), x)
    function = jax.jit(lower([made, *grads, *again], [x, y]))
    by_jax = jax.jit(jax.grad(lambda *feeds: (lower(made, [x, y])([], list(feeds)) ** 2).sum()))
    with tf.Session() as session:
        for given in (np.array([1.0, 2.0, 0.5]), np.array([-1.0, 0.25, 0.5])):
            for at in (1.0, 3.0):
                feeds = [given.astype(np.float32), np.float32(at)]
                expected = session.run([made, *grads, *again], dict(zip([x, y], feeds, strict=True)))
                for one, other in zip(function([], feeds), expected, strict=True):
                    np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)
                np.testing.assert_allclose(by_jax(*feeds), expected[1], rtol=1e-5, atol=1e-6)


def test_branches_that_both_cannot_run_are_refused_under_jit():
    jax = pytest.importorskip("jax", reason="JAX is not installed")
    x = tf.placeholder(tf.float32, [3])
    w = tf.get_variable("w", initializer=[1.0, 2.0, 3.0])
    shapes = tf.cond(tf.reduce_sum(x) > 1.0, lambda: x, lambda: x[:2])
    with pytest.raises(
        tf.errors.InvalidArgumentError, match=r"give shapes \[3\] and \[2\], and its predicate"
    ):
        jax.jit(lower(shapes, [x]))([], [np.ones(3, np.float32)])
    drawn = tf.cond(tf.reduce_sum(x) > 1.0, lambda: tf.random_uniform([3]), lambda: x)
    written = tf.cond(tf.reduce_sum(x) > 1.0, lambda: tf.identity(w.assign(x)), lambda: x)
    for made in (drawn, written):
        with pytest.raises(tf.errors.InvalidArgumentError, match="TracerBoolConversionError"):
            jax.jit(lower(made, [x], [w]))([np.ones(3, np.float32)], [np.ones(3, np.float32)])


def test_torch():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    net = Classifier()
    variables = {name: torch.asarray(value) for name, value in net.variables.items()}
    feeds = [torch.asarray(value) for value in net.feeds]
    assert np.isclose(net.function(variables, feeds), net.expected(), rtol=1e-5)
    found = torch.func.grad(net.function)(variables, feeds)
    assert {name: tuple(value.shape) for name, value in found.items()} == {"w": (4, 3), "b": (3,)}
    assert np.isclose(found["w"][0, 0], net.slope(), rtol=1e-2)
    assert np.isclose(net.function(net.variables, net.feeds), net.expected())
