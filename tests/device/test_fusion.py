"""Fused operations on the simulated CuPy, whose kernels really run: launches, values, order and errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import scopetrie as tf
from scopetrie.backends.cupy import CupyBackend
from simulated_cupy import COMPILER, NEEDS_COMPILER, counted, installed

pytestmark = pytest.mark.skipif(COMPILER is None, reason=NEEDS_COMPILER)


@pytest.fixture(autouse=True)
def _cupy() -> Iterator[None]:
    with installed(), tf.Graph().as_default():
        yield


def compared(
    fetches: Any, feeds: Any = None, before: Any = (), runs: int = 4, rtol: float = 0.0, fuse: bool = True
) -> int:
    """Runs a program fused and with NumPy, and compares all runs; gives the launches of the last one."""
    found = []
    launches = 0
    for backend in ("numpy", CupyBackend(fuse=fuse)):
        with tf.Session(backend=backend) as session:
            for each in before:
                session.run(each)
            values = []
            for _ in range(runs):
                with counted() as counts:
                    values.append(session.run(fetches, feeds))
                launches = counts.launches
            variables = tf.global_variables()
            found.append([*values, *(session.run(variables) if variables else ())])
    for one, other in zip(*found, strict=True):
        one, other = (
            [each] if isinstance(each, (np.ndarray, np.generic)) else each or () for each in (one, other)
        )
        for a, b in zip(one, other, strict=True):
            if a is not None:
                assert (np.asarray(a).dtype, np.shape(a)) == (np.asarray(b).dtype, np.shape(b))
                np.testing.assert_allclose(b, a, rtol=rtol, atol=rtol)
    return launches


def listed(value: Any) -> Any:
    """A value, or several, as a list."""
    return [value] if isinstance(value, (np.ndarray, np.generic)) else value or []


def kernels(session: tf.Session) -> list[str]:
    """The sources of the last program that was compiled."""
    sources: list[str] = next(reversed(session._programs.values())).plan.kernels()
    return sources


NUMBERS = np.random.default_rng(5).normal(size=(5, 3)).astype(np.float32)


# Launches ---------------------------------------------------------------------------------------------------


def test_a_chain_of_100_is_one_launch() -> None:
    x = y = tf.placeholder(tf.float32, [None, 3])
    for _ in range(50):
        y = (y + 1.0) * 0.75
    assert compared(y, {x: NUMBERS}) == 1
    assert compared(y, {x: NUMBERS}, fuse=False) == 100


def test_sizes_change_and_the_kernel_stays() -> None:
    x, bias = tf.placeholder(tf.float32, [None, 3]), tf.placeholder(tf.float32, [3])
    y = tf.nn.relu(x * 2.0 + bias)
    with tf.Session(backend="cupy") as session:
        for rows in (4, 1, 1, 2, 3, 0, 7):
            given = np.random.default_rng(rows).normal(size=(rows, 3)).astype(np.float32)
            found = session.run(y, {x: given, bias: [1, 2, 3]})
            np.testing.assert_array_equal(found, np.maximum(given * 2 + np.float32([1, 2, 3]), 0))
        assert len(kernels(session)) == 2  # with one row, nothing is broadcast


def test_all_updates_of_adam_and_those_of_its_powers_are_one_launch() -> None:
    for i in range(20):
        tf.get_variable(f"v{i}", initializer=NUMBERS[: i % 5 + 1] + i)
    given = [(tf.constant(NUMBERS[: i % 5 + 1]) * 3.0, v) for i, v in enumerate(tf.global_variables())]
    step = tf.train.AdamOptimizer(0.1).apply_gradients([(tf.stop_gradient(g), v) for g, v in given])
    assert compared(step, before=[tf.global_variables_initializer()], rtol=1e-6) == 1
    assert compared(step, before=[tf.global_variables_initializer()], rtol=1e-6, fuse=False) == 404


def test_updates_of_single_elements_come_after_all_that_reads_them() -> None:
    x, y = (tf.get_variable(name, initializer=NUMBERS) for name in "xy")
    once, both = tf.get_variable("once", initializer=2.0), tf.get_variable("both", initializer=0.5)
    change = [x.assign(x * once + both), y.assign_sub(y * y * once)]
    with tf.control_dependencies(change):
        step = tf.group(once.assign(once * 0.75), both.assign_add(tf.sqrt(both)))
    assert compared(step, before=[tf.global_variables_initializer()], rtol=1e-6) == 1


def test_a_single_element_that_is_computed_of_what_is_written_is_a_launch_of_its_own() -> None:
    x = tf.get_variable("x", initializer=NUMBERS)
    one, other = tf.get_variable("one", initializer=2.0), tf.get_variable("other", initializer=0.5)
    with tf.control_dependencies([x.assign(x * one + other)]):
        step = one.assign(one * 0.75)
    with tf.control_dependencies([step]):
        step = other.assign(other + one)
    assert compared(step, before=[tf.global_variables_initializer()], rtol=1e-6) <= 3


@pytest.mark.parametrize(
    ("make", "launches"),
    [
        (lambda: tf.train.GradientDescentOptimizer(0.1), 1),
        (lambda: tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True), 1),
        (lambda: tf.train.AdagradOptimizer(0.1), 1),
        (lambda: tf.train.RMSPropOptimizer(0.1, centered=True), 1),
        (lambda: tf.train.AdadeltaOptimizer(0.1), 1),
        (lambda: tf.train.FtrlOptimizer(0.1, l1_regularization_strength=0.01), 1),
        (lambda: tf.train.ProximalGradientDescentOptimizer(0.1, l1_regularization_strength=0.01), 1),
        (lambda: tf.train.ProximalAdagradOptimizer(0.1), 1),
    ],
)
def test_updates_of_all_optimizers_are_one_launch(make: Callable[[], Any], launches: int) -> None:
    for i in range(6):
        tf.get_variable(f"v{i}", initializer=NUMBERS[: i % 5 + 1] + 1)
    variables = tf.global_variables()
    x = tf.placeholder(tf.float32, [])
    step = make().apply_gradients([(tf.fill(v.shape, x), v) for v in variables])
    fills = len(variables)
    found = compared(step, {x: 0.5}, before=[tf.global_variables_initializer()], rtol=1e-6)
    assert found <= launches + fills


def test_a_cross_entropy_with_its_gradient_is_one_launch() -> None:
    x, labels = tf.placeholder(tf.float32, [5, 3]), tf.placeholder(tf.float32, [5, 3])
    loss = tf.nn.softmax_cross_entropy_with_logits_v2(labels=labels, logits=x)
    (slope,) = tf.gradients(loss, x)
    given = {x: NUMBERS, labels: np.eye(5, 3)}
    assert compared([loss, slope], given, rtol=1e-5) == 1
    assert compared([loss, slope], given, rtol=1e-5, fuse=False) == 11


# Order ------------------------------------------------------------------------------------------------------


def test_a_read_shows_what_was_assigned_before_it_is_used() -> None:
    w = tf.get_variable("w", initializer=NUMBERS)
    doubled = tf.identity(w) * 2.0 + 1.0
    with tf.control_dependencies([doubled]):
        changed = w.assign_add(w * 0.5)
    with tf.control_dependencies([changed]):
        after = w * 1.0 - 2.0
    compared([doubled, after], before=[tf.global_variables_initializer()])


def test_variables_that_are_made_of_each_other() -> None:
    v, w = tf.get_variable("v", initializer=NUMBERS), tf.get_variable("w", initializer=NUMBERS + 1)
    old_v, old_w = v * 1.0, w * 1.0
    with tf.control_dependencies([old_v, old_w]):
        step = tf.group(v.assign(old_w * 0.5), w.assign(old_v * 2.0))
    compared(step, before=[tf.global_variables_initializer()])


def test_a_variable_that_is_broadcast_into_its_own_update() -> None:
    row = tf.get_variable("row", initializer=NUMBERS[0])
    table = tf.get_variable("table", initializer=NUMBERS)
    step = tf.group(table.assign(table * row), row.assign(row + 1.0), table.assign_sub(table * 0.5))
    compared(step, before=[tf.global_variables_initializer()])


def test_updates_of_one_variable_one_after_the_other() -> None:
    w = tf.get_variable("w", initializer=NUMBERS)
    step = w.assign_add(w * 2.0)
    for i in range(3):
        with tf.control_dependencies([step]):
            step = w.assign_sub(tf.tanh(w) * float(i))
    compared(step.op, before=[tf.global_variables_initializer()], rtol=1e-6)


def test_a_view_of_a_variable_is_used_before_it_changes() -> None:
    w = tf.get_variable("w", initializer=NUMBERS)
    flat = tf.reshape(w, [3, 5])
    y = flat * 2.0 + 1.0
    with tf.control_dependencies([y]):
        step = w.assign_add(w * w)
    compared([y, step.op], before=[tf.global_variables_initializer()])


def test_transposed_arrays_and_columns() -> None:
    x, y = tf.placeholder(tf.float32, [5, 3]), tf.placeholder(tf.float32, [5, 1])
    t = tf.transpose(x)
    assert compared([tf.square(t) + 1.0, x * y - y, tf.transpose(y) / t], {x: NUMBERS, y: NUMBERS[:, :1]}) < 6


def test_numbers_and_variables_of_one_element_in_other_shapes() -> None:
    x, w = tf.placeholder(tf.float32, []), tf.get_variable("w", initializer=[[2.0]])
    made = tf.expand_dims(x * 2.0, 0) + tf.reshape(w, [1]) * 3.0
    with tf.control_dependencies([made]):
        step = w.assign_add(w * 0.5)
    assert compared([made, step.op], {x: 0.5}, before=[tf.global_variables_initializer()]) <= 3


def test_loops_and_branches() -> None:
    x = tf.placeholder(tf.float32, [5, 3])
    looped = tf.while_loop(lambda i, y: i < 5, lambda i, y: (i + 1, tf.square(y) * 0.5 + x), (0, x))[1]
    compared([looped, tf.gradients(looped, x)[0]], {x: NUMBERS}, rtol=1e-5)


def test_more_arrays_than_a_kernel_takes() -> None:
    x = tf.placeholder(tf.float32, [500, 3])
    rows = tf.unstack(x)
    y = rows[0]
    for each in rows[1:]:
        y = y + each
    compared(y, {x: np.ones((500, 3))}, runs=3)


# Errors -----------------------------------------------------------------------------------------------------


def test_a_division_by_zero_in_a_fused_kernel_names_its_operation() -> None:
    x, y = tf.placeholder(tf.int32, [3]), tf.placeholder(tf.int32, [3])
    made = (x + 1) // y * 2 + tf.floormod(x, y, name="rest")
    with tf.Session(backend="cupy") as session:
        for _ in range(3):
            assert session.run(made, {x: [5, -7, 9], y: [2, 2, -4]}).tolist() == [7, -5, -9]
        assert "floor" not in kernels(session)[0]
        assert "quotient_down" in kernels(session)[0]
        with pytest.raises(tf.errors.InvalidArgumentError, match="Integer division by zero") as caught:
            session.run(made, {x: [5, -7, 9], y: [2, 0, -4]})
        assert caught.value.op.type == "FloorDiv"


def test_a_full_device_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    import cupy

    v, w = (tf.get_variable(name, initializer=NUMBERS) for name in "vw")
    y = tf.reduce_sum(v * w, 1)
    step = tf.group(v.assign(v * 2.0), w.assign_add(v + 1.0))
    with tf.Session(backend=CupyBackend()) as session:
        session.run(tf.global_variables_initializer())
        for _ in range(2):
            session.run([y, step])
        plan = next(reversed(session._programs.values())).plan
        before = session.run([v, w])

        def full(*args: Any, **kwargs: Any) -> Any:
            raise cupy.cuda.memory.OutOfMemoryError(8, 0)

        for fused in (each.function for each in plan._fused.steps):
            if hasattr(fused, "_library"):
                monkeypatch.setattr(fused, "_library", fused._library._replace(empty=full))
                for form in fused._forms.values():
                    monkeypatch.setattr(form, "_library", fused._library)
        with pytest.raises(tf.errors.ResourceExhaustedError, match="OOM when computing"):
            session.run([y, step])
        np.testing.assert_array_equal(session.run([v, w]), before)


def test_a_shape_that_does_not_fit_is_v1s_error() -> None:
    x, y = tf.placeholder(tf.float32, [None]), tf.placeholder(tf.float32, [None])
    made = tf.sqrt(x * y + 1.0, name="root")
    with tf.Session(backend="cupy") as session:
        for _ in range(3):
            session.run(made, {x: [1, 2], y: [3, 4]})
        with pytest.raises(tf.errors.InvalidArgumentError, match="Incompatible shapes") as caught:
            session.run(made, {x: [1, 2, 3], y: [3, 4]})
        assert caught.value.op.type == "Mul"


def test_an_unset_variable_is_v1s_error() -> None:
    w = tf.get_variable("w", initializer=NUMBERS)
    step = w.assign_add(w * 2.0)
    with tf.Session(backend="cupy") as session:
        for _ in range(3):
            with pytest.raises(tf.errors.FailedPreconditionError, match="uninitialized value w"):
                session.run(step)


# What is not fused ------------------------------------------------------------------------------------------


def test_fusion_can_be_left_out() -> None:
    x = tf.placeholder(tf.float32, [3])
    with tf.Session(backend=CupyBackend(fuse=False)) as session:
        for _ in range(3):
            with counted() as counts:
                session.run(x * 2.0 + 1.0, {x: [1, 2, 3]})
        assert counts.launches == 2
        assert kernels(session) == []


def test_sessions_that_look_at_every_value_fuse_nothing() -> None:
    x = tf.placeholder(tf.float32, [3])
    with tf.Session(backend="cupy", config=tf.ConfigProto(check_values=True)) as session:
        for _ in range(3):
            session.run(x * 2.0 + 1.0, {x: [1, 2, 3]})
        assert kernels(session) == []
