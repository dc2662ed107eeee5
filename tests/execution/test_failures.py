"""Errors inside kernels: v1's classes and texts, and where in the program the operation was built."""

import _thread
import signal
import threading

import numpy as np
import pytest
import scopetrie as tf
from scopetrie import errors


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def failing(error):
    """An operation whose kernel raises an error."""

    def kernel(xp):
        def fail(x):
            raise error

        return fail

    return kernel


def run_with(kernel, times=1):
    """Runs an operation with a kernel `times` times; returns the last error."""
    op = tf.register_op(f"Fails{id(kernel)}", kernel)
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    y = op(x, name="bad")
    with tf.Session() as session:
        for _ in range(times):
            with pytest.raises(Exception) as caught:
                session.run(y, {x: np.ones((3, 2))})
    return caught.value


KINDS = [
    (ValueError("no good"), errors.InvalidArgumentError, "no good"),
    (TypeError("no good"), errors.InvalidArgumentError, "TypeError: no good"),
    (IndexError("no good"), errors.InvalidArgumentError, "IndexError: no good"),
    (ZeroDivisionError("no good"), errors.InvalidArgumentError, "ZeroDivisionError: no good"),
    (MemoryError("no good"), errors.ResourceExhaustedError, "OOM when computing bad: no good"),
    (NotImplementedError("no good"), errors.UnimplementedError, "no good"),
    (KeyError("no good"), errors.UnknownError, "KeyError: 'no good'"),
    (errors.OutOfRangeError(None, None, "no good"), errors.OutOfRangeError, "no good"),
]


@pytest.mark.parametrize("times", [1, 3], ids=["looped", "generated"])
@pytest.mark.parametrize(("error", "kind", "text"), KINDS, ids=[type(kind[0]).__name__ for kind in KINDS])
def test_class_and_place(error, kind, text, times):
    found = run_with(failing(error), times)
    assert type(found) is kind
    first, node, inputs = found.message.splitlines()
    assert first == text
    assert node.startswith("\t [[node bad (of type Fails")
    assert f"{__file__}:" in node
    assert "in run_with" in node
    assert inputs == "\t Inputs: x:0 float32 [3,2]"
    assert found.op.name == "bad"
    assert found.__cause__ is error


def test_interrupts_and_exits_pass_through():
    for error in (KeyboardInterrupt, SystemExit):
        op = tf.register_op(f"Stops{error.__name__}", failing(error()))
        x = tf.placeholder(tf.float32)
        with tf.Session() as session, pytest.raises(error):
            session.run(op(x), {x: 1.0})


@pytest.mark.parametrize("times", [1, 3], ids=["looped", "generated"])
def test_shapes_that_do_not_broadcast(times):
    x, y = tf.placeholder(tf.float32), tf.placeholder(tf.float32)
    z = tf.add(tf.exp(x), y, name="ad")
    with tf.Session() as session:
        for _ in range(times):
            with pytest.raises(errors.InvalidArgumentError) as caught:
                session.run(z, {x: [1, 2], y: [1, 2, 3]})
            assert caught.value.message.startswith(
                "Incompatible shapes: [2] vs. [3]\n\t [[node ad (of type AddV2)"
            )
        assert session.run(z, {x: [0, 0], y: [1, 2]}).tolist() == [2, 3]


def test_the_failing_step_is_told_from_those_around_it():
    x = tf.placeholder(tf.float32)
    y = x
    for number in range(20):
        y = tf.negative(tf.reshape(y, [2] if number == 13 else [-1], name=f"r{number}"))
    with tf.Session() as session:
        for _ in range(3):
            assert session.run(y, {x: [1, 2]}).tolist() == [1, 2]
            with pytest.raises(errors.InvalidArgumentError) as caught:
                session.run(y, {x: [1, 2, 3]})
            assert caught.value.op.name == "r13"


def test_an_interrupt_leaves_variables_whole_and_the_session_usable():
    stop = []

    def kernel(xp):
        def interrupted(x):
            if stop:
                raise KeyboardInterrupt
            return x

        return interrupted

    op = tf.register_op("Interrupted", kernel)
    x = tf.placeholder(tf.float32, [2])
    w = tf.get_variable("w", initializer=[1.0, 1.0])
    add = tf.assign_add(w, op(x))
    with tf.Session() as session:
        session.run(w.initializer)
        for count in range(2, 6):
            session.run(add, {x: [1.0, 1.0]})
            stop.append(True)
            with pytest.raises(KeyboardInterrupt):
                session.run(add, {x: [1.0, 1.0]})
            stop.clear()
            assert session.run(w).tolist() == [count, count]


@pytest.fixture
def _interruptible():
    """SIGINT raises KeyboardInterrupt, also where the process was started with the signal ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_interruptible")
def test_a_signal_leaves_variables_whole_and_the_session_usable():
    variables = [tf.get_variable(f"w{i}", [64], initializer=tf.zeros_initializer()) for i in range(500)]
    add = tf.group(*[tf.assign_add(each, tf.ones([64])) for each in variables])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for delay in (0.001, 0.003, 0.01):
            session.run(add)
            timer = threading.Timer(delay, _thread.interrupt_main)
            with pytest.raises(KeyboardInterrupt):
                timer.start()
                while True:
                    session.run(add)
            timer.join()
            values = np.array(session.run(variables))
            assert (values == values[:, :1]).all()
            assert values[0, 0] - values[-1, 0] in (0, 1)  # the run that was interrupted
            session.run(tf.global_variables_initializer())
