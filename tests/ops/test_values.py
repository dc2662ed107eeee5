"""Values of ops that the recorded expressions do not run, against NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scopetrie as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

RNG = np.random.default_rng(7)
X = RNG.normal(size=(3, 4)).astype(np.float32)
Z = (RNG.normal(size=(4, 6)) + 1j * RNG.normal(size=(4, 6))).astype(np.complex64)
CUBE = (RNG.normal(size=(2, 3, 4)) + 1j * RNG.normal(size=(2, 3, 4))).astype(np.complex64)
BITS = np.array([0, 1, 7, 128, 255], dtype=np.uint8)
FLAGS = np.array([True, False, True])


def run(tensor: Any, *first: Any) -> Any:
    with tf.Session() as session:
        for each in first:
            session.run(each)
        return session.run(tensor)


CASES: dict[str, tuple[Callable[[], Any], Any]] = {
    "acosh": (lambda: tf.acosh(np.abs(X) + 1), np.arccosh(np.abs(X) + 1)),
    "bitwise_or": (lambda: tf.bitwise.bitwise_or(BITS, np.uint8(6)), BITS | 6),
    "broadcast_dynamic_shape": (
        lambda: tf.broadcast_dynamic_shape(tf.constant([3, 1]), tf.constant([4])),
        [3, 4],
    ),
    "check_numerics": (lambda: tf.check_numerics(X, "x"), X),
    "adjoint": (lambda: tf.linalg.adjoint(Z), Z.conj().T),
    "transpose, conjugate": (lambda: tf.transpose(Z, conjugate=True), Z.conj().T),
    "ensure_shape": (lambda: tf.ensure_shape(tf.placeholder_with_default(X, None), [None, 4]), X),
    "fft": (lambda: tf.fft(Z), np.fft.fft(Z)),
    "fft2d": (lambda: tf.fft2d(Z), np.fft.fft2(Z)),
    "fft3d": (lambda: tf.fft3d(CUBE), np.fft.fftn(CUBE)),
    "ifft": (lambda: tf.ifft(Z), np.fft.ifft(Z)),
    "ifft2d": (lambda: tf.ifft2d(Z), np.fft.ifft2(Z)),
    "ifft3d": (lambda: tf.ifft3d(CUBE), np.fft.ifftn(CUBE)),
    "real": (lambda: tf.real(Z), Z.real),
    "imag": (lambda: tf.imag(Z), Z.imag),
    "logical_not": (lambda: tf.logical_not(FLAGS), ~FLAGS),
    "logical_or": (lambda: tf.logical_or(FLAGS, [False, False, True]), FLAGS | [False, False, True]),
    "multiply_no_nan": (
        lambda: tf.math.multiply_no_nan([np.nan, np.inf, 2.0], [0.0, 0.0, 3.0]),
        [0.0, 0.0, 6.0],
    ),
    "nextafter": (lambda: tf.math.nextafter(X, X + 1), np.nextafter(X, X + 1)),
    "ones_like": (lambda: tf.ones_like(tf.placeholder_with_default(X, None)), np.ones_like(X)),
    "zeros_like": (lambda: tf.zeros_like(tf.placeholder_with_default(X, None)), np.zeros_like(X)),
    "py_func, stateless": (lambda: tf.py_func(np.sinh, [X], tf.float32, stateful=False), np.sinh(X)),
    "shape_n": (lambda: tf.shape_n([tf.placeholder_with_default(X, None), X[0]])[0], [3, 4]),
    "tensor_scatter_max": (
        lambda: tf.tensor_scatter_nd_max([1, 5, 3], [[0], [1]], [4, 4]),
        [4, 5, 3],
    ),
    "tensor_scatter_min": (lambda: tf.tensor_scatter_nd_min([1, 5, 3], [[0], [1]], [4, 4]), [1, 4, 3]),
    "tensor_scatter_sub": (lambda: tf.tensor_scatter_nd_sub([1, 5, 3], [[0], [0]], [4, 4]), [-7, 5, 3]),
    "unravel_index": (
        lambda: tf.unravel_index(np.array([5, 11], np.int32), np.array([3, 4], np.int32)),
        np.stack(np.unravel_index([5, 11], (3, 4))),
    ),
    "xlog1py": (lambda: tf.math.xlog1py([0.0, 2.0], [-1.0, 0.5]), [0.0, 2 * np.log1p(0.5)]),
}


@pytest.mark.parametrize("name", CASES)
def test_value(name: str) -> None:
    make, expected = CASES[name]
    value = run(make())
    expected = np.asarray(expected)
    assert value.shape == expected.shape
    np.testing.assert_allclose(value, expected, rtol=2e-5, atol=1e-5)


def test_check_numerics_refuses_what_is_no_number() -> None:
    for bad in (np.nan, np.inf):
        checked = tf.check_numerics(tf.constant([1.0, bad]), "the weights")
        with pytest.raises(tf.errors.InvalidArgumentError, match="the weights"):
            run(checked)


def test_ensure_shape_refuses_another_shape() -> None:
    checked = tf.ensure_shape(tf.placeholder_with_default(X, None), [None, 5])
    with pytest.raises(tf.errors.InvalidArgumentError):
        run(checked)


def test_count_up_to_stops_at_the_limit() -> None:
    counter = tf.Variable(0, name="counter")
    count = tf.count_up_to(counter, 3)
    with tf.Session() as session:
        session.run(counter.initializer)
        assert [session.run(count) for _ in range(3)] == [0, 1, 2]
        with pytest.raises(tf.errors.OutOfRangeError):
            session.run(count)
        assert session.run(counter) == 3


UPDATES: dict[str, Callable[[Any, Any], Any]] = {
    "update": lambda old, new: new,
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "min": np.minimum,
    "max": np.maximum,
}


@pytest.mark.parametrize("kind", UPDATES)
@given(
    rows=hnp.arrays(np.float32, (4, 2), elements=st.floats(-8, 8, width=32)),
    indices=st.lists(st.integers(0, 3), min_size=1, max_size=5),
    data=st.data(),
)
@settings(deadline=None, max_examples=15)
def test_scatter_changes_rows_one_after_another(kind: str, rows: Any, indices: list[int], data: Any) -> None:
    updates = data.draw(hnp.arrays(np.float32, (len(indices), 2), elements=st.floats(1, 4, width=32)))
    expected = rows.copy()
    for at, update in zip(indices, updates, strict=True):
        expected[at] = UPDATES[kind](expected[at], update)
    with tf.Graph().as_default():
        variable = tf.Variable(rows)
        scattered = getattr(tf, f"scatter_{kind}")(variable, indices, updates)
        value = run(scattered, variable.initializer)
    np.testing.assert_allclose(value, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("kind", "expected"), [("update", [9, 2, 8]), ("add", [10, 2, 11]), ("sub", [-8, 2, -5])]
)
def test_scatter_nd_changes_elements(kind: str, expected: list[int]) -> None:
    variable = tf.Variable([1, 2, 3])
    scattered = getattr(tf, f"scatter_nd_{kind}")(variable, [[0], [2]], [9, 8])
    assert run(scattered, variable.initializer).tolist() == expected


def test_a_slice_of_a_variable_is_assigned() -> None:
    variable = tf.Variable([[1, 2, 3], [4, 5, 6]])
    changed = variable[:, 1:].assign([[7, 8], [9, 10]])
    assert run(changed, variable.initializer).tolist() == [[1, 7, 8], [4, 9, 10]]


def test_a_placeholder_with_a_default_can_be_fed() -> None:
    x = tf.placeholder_with_default([1.0, 2.0], [2])
    with tf.Session() as session:
        assert session.run(x * 2).tolist() == [2.0, 4.0]
        assert session.run(x * 2, {x: [5.0, 6.0]}).tolist() == [10.0, 12.0]


@pytest.mark.parametrize("rows", [1, 700])
def test_cross_entropies_of_many_classes_are_those_of_each_row(rows: int) -> None:
    """Large logits are gone through a part at a time."""
    random = np.random.default_rng(0)
    logits = random.normal(size=(rows, 1000)).astype(np.float32) * 5
    labels = random.integers(0, 1000, rows)
    low = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)
    log_shares = low - np.log(np.exp(low).sum(axis=1, keepdims=True))
    wanted = -log_shares[np.arange(rows), labels]
    slopes = np.exp(log_shares) - np.eye(1000)[labels]
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.constant(logits)
        for losses in (
            tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=x),
            tf.nn.softmax_cross_entropy_with_logits_v2(labels=np.eye(1000)[labels], logits=x),
        ):
            found, by_x = session.run([losses, *tf.gradients(losses, x)])
            np.testing.assert_allclose(found, wanted, rtol=1e-5)
            np.testing.assert_allclose(by_x, slopes, atol=1e-6)


@pytest.mark.parametrize("positions", [3, 100, 5000])
def test_rows_of_one_position_are_all_added(positions: int) -> None:
    """Many rows of a position, a few, and mostly one."""
    random = np.random.default_rng(positions)
    at, rows = random.integers(0, positions, 300), random.normal(size=(300, 4)).astype(np.float32)
    wanted = np.zeros((positions, 4))
    np.subtract.at(wanted, at, rows)
    with tf.Graph().as_default(), tf.Session() as session:
        table = tf.get_variable("table", [positions, 4], initializer=tf.zeros_initializer())
        session.run(table.initializer)
        found = session.run(tf.scatter_sub(table, at, rows))
    np.testing.assert_allclose(found, wanted, atol=1e-5)
