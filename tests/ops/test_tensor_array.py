"""TensorArray: values, shapes and errors; tests/layers/rnn_programs.py has its nodes and its use in loops."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import scopetrie as tf
from scopetrie.derivatives.declare import gradient_of

TA = tf.TensorArray


@pytest.fixture(autouse=True)
def graph() -> Iterator[tf.Graph]:
    with tf.Graph().as_default() as graph:
        yield graph


def run(fetches: Any) -> Any:
    with tf.Session() as session:
        return [session.run(fetches) for _ in range(3)][-1]


def uneven() -> Any:
    return TA(tf.float32, 2, infer_shape=False).write(0, [1.0, 2.0]).write(1, [1.0])


# What TensorFlow 2.21 was seen to do, but for what is said beside it.
VALUES: list[tuple[Callable[[], Any], Any]] = [
    (lambda: TA(tf.float32, 3, element_shape=[2]).read(0), [0, 0]),
    (lambda: TA(tf.float32, 3, element_shape=[2]).stack(), [[0, 0]] * 3),
    (lambda: TA(tf.float32, 0, element_shape=[2]).stack(), np.zeros([0, 2])),
    (lambda: TA(tf.float32, 3).write(0, 1.0).stack(), [1, 0, 0]),
    (lambda: TA(tf.float32, 3).write(0, 1).read(0), 1),
    (lambda: TA(tf.float32, 3, dynamic_size=True).write(3, 1.0).size(), 4),
    (lambda: TA(tf.float32, 3, dynamic_size=True).write(3, 1.0).stack(), [0, 0, 0, 1]),
    (lambda: TA(tf.float32, 4).unstack([1.0, 2.0, 3.0]).stack(), [1, 2, 3, 0]),
    (lambda: TA(tf.float32, 2, dynamic_size=True).unstack([1.0, 2.0, 3.0]).stack(), [1, 2, 3]),
    (lambda: TA(tf.float32, 3).unstack([1.0, 2.0, 3.0]).gather([2, 0]), [3, 1]),
    (lambda: uneven().concat(), [1, 2, 1]),
    (lambda: TA(tf.float32, 2, infer_shape=False).split([1.0, 2.0, 3.0], [1, 2]).read(1), [2, 3]),
    # TensorFlow clears what was read, and its branches give the rows of the first whichever is chosen.
    (lambda: [TA(tf.float32, 1).write(0, 1.0).read(0)] * 2, [1, 1]),
    (
        lambda: tf.cond(
            tf.placeholder_with_default(False, []),
            lambda: TA(tf.float32, 2).unstack([1.0, 2.0]),
            lambda: TA(tf.float32, 2).unstack([3.0, 4.0]),
        ).stack(),
        [3, 4],
    ),
]


@pytest.mark.parametrize("number", range(len(VALUES)))
def test_values(number: int) -> None:
    make, wanted = VALUES[number]
    np.testing.assert_array_equal(run(make()), wanted)


INVALID: list[tuple[Callable[[], Any], str]] = [
    (
        lambda: TA(tf.float32, 3).read(0),
        "Could not read from TensorArray index 0.  Furthermore, the element shape",
    ),
    (
        lambda: TA(tf.float32, 3).write(0, 1.0).write(0, 1.0).read(0),
        "index 0 because it has already been written to.",
    ),
    (lambda: TA(tf.float32, 3).write(3, 1.0).size(), ""),
    (
        lambda: TA(tf.float32, 3).write(3, 1.0).read(0),
        "write to index 3 but array is not resizeable and size is: 3",
    ),
    (
        lambda: TA(tf.float32, 3).write(-1, 1.0).read(0),
        "write to index -1 but array is not resizeable and size is: 3",
    ),
    (lambda: TA(tf.float32, 3, element_shape=[2]).read(5), "Tried to read from index 5 but array size is: 3"),
    (lambda: TA(tf.float32, 3).write(0, 1.0).gather([5]), "Tried to read from index 5 but array size is: 3"),
    (
        lambda: TA(tf.float32, 2).unstack([1.0, 2.0, 3.0]).stack(),
        "Max scatter index must be < array size (2 vs. 2)",
    ),
    (lambda: uneven().stack(), "inconsistent shapes.  Index 0 has shape: [2] but index 1 has shape: [1]"),
    (
        lambda: TA(tf.float32, 2, infer_shape=False).split([1.0, 2.0, 3.0], [1, 1]).read(1),
        "sum of lengths is 2 and value's shape is: [3]",
    ),
    (
        lambda: (
            TA(tf.float32, 3, element_shape=[2]).write(0, tf.placeholder_with_default([1.0], [None])).read(0)
        ),
        "the value shape is [1] which is incompatible with the TensorArray's inferred element shape: [2]",
    ),
    (
        lambda: TA(tf.float32, 2, infer_shape=False).write(0, 1.0).write(1, [1.0]).concat(),
        "Concat saw a scalar shape at index 0",
    ),
]
INVALID = [each for each in INVALID if each[1]]


@pytest.mark.parametrize("number", range(len(INVALID)))
def test_errors_of_runs(number: int) -> None:
    make, text = INVALID[number]
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        run(make())
    assert text in str(caught.value)
    assert "TensorArray" in str(caught.value).split("[[node")[1]


def test_an_empty_array_of_unknown_shape_cannot_be_stacked() -> None:
    with pytest.raises(tf.errors.UnimplementedError, match="size zero, but element shape <unknown>"):
        run(TA(tf.float32, 0).stack())


def test_errors_of_building() -> None:
    with pytest.raises(ValueError, match="Argument `size` must be provided if handle is not provided"):
        TA(tf.float32)
    with pytest.raises(ValueError, match=r"Inconsistent shapes: saw \(1,\) but expected \(\)"):
        TA(tf.float32, 3).write(0, 1.0).write(1, [1.0])
    with pytest.raises(TypeError, match="TensorArray dtype is float32 but Op is trying to write dtype int32"):
        TA(tf.float32, 3).write(0, tf.constant(1))


def test_a_write_leaves_the_array_before_as_it_was() -> None:
    first = TA(tf.float32, 2, element_shape=[]).write(0, 1.0)
    second = first.write(1, 2.0)
    other = first.write(1, 3.0)
    for found, wanted in zip(
        run([first.stack(), second.stack(), other.stack()]), ([1, 0], [1, 2], [1, 3]), strict=True
    ):
        assert found.tolist() == wanted


def test_rows_are_not_written_over_by_what_follows() -> None:
    """Sessions write results into the memory of dead values; what an array holds is not dead."""
    x = tf.placeholder_with_default(np.ones([4], np.float32), [4])
    row = tf.exp(x * 0.0)
    array = TA(tf.float32, 3)
    _, array, last = tf.while_loop(
        lambda i, array, row: i < 3,
        lambda i, array, row: (i + 1, array.write(i, row * 2.0), tf.sqrt((row * 2.0) * 2.0)),
        (0, array, row),
    )
    rows, last = run([array.stack(), last])
    wanted = np.ones([4])
    for found in rows:
        np.testing.assert_allclose(found, wanted * 2)
        wanted = np.sqrt(wanted * 4)
    np.testing.assert_allclose(last, wanted, rtol=1e-6)
    np.testing.assert_array_equal(run(TA(tf.float32, 1).write(0, row).stack() + row * 0.0), [[1.0] * 4])


def flow_of(op_type: str) -> tf.Operation:
    """The operation of a type, of which there is one."""
    (found,) = [op for op in tf.get_default_graph().get_operations() if op.type == op_type]
    return found


def back(op: tf.Operation, grad: Any) -> list[Any]:
    found = gradient_of(op.type)
    assert found is not None and found.function is not None
    made = found.function(op, grad)
    return made if isinstance(made, list) else [made]


ONES = np.ones([2, 3], np.float32)


def test_gradients_of_rows() -> None:
    """From what is read to what was written, operation by operation."""
    x = tf.placeholder_with_default(np.arange(6, dtype=np.float32).reshape(2, 3), [2, 3])
    array = TA(tf.float32, 3, element_shape=[3]).scatter([0, 2], x)
    array = array.write(1, x[0])
    array.read(2)
    array.gather([2, 2, 0])
    array.concat()
    by_read = back(flow_of("TensorArrayRead"), tf.constant([1.0, 2.0, 3.0]))[1]
    by_rows = back(flow_of("TensorArrayGather"), tf.constant(np.arange(9, dtype=np.float32).reshape(3, 3)))[1]
    by_pieces = back(flow_of("TensorArrayConcat"), tf.constant(np.arange(9, dtype=np.float32)))[0]
    total = tf.add_n([by_read, by_rows, by_pieces])
    place, written, before = back(flow_of("TensorArrayWrite"), total)
    places, scattered, first = back(flow_of("TensorArrayScatter"), before)
    assert place is None is places and back(flow_of("TensorArray"), first) == [None]
    rows = np.arange(9, dtype=np.float32).reshape(3, 3)
    found = run([written, scattered])
    np.testing.assert_array_equal(found[0], rows[1])
    np.testing.assert_array_equal(found[1], [rows[2] + rows[0], [1, 2, 3] + rows[0] + rows[1] + rows[2]])


def test_gradients_of_rows_that_nothing_depends_on() -> None:
    x = tf.constant(ONES)
    TA(tf.float32, 2).unstack(x)
    nothing = tf.zeros([])
    np.testing.assert_array_equal(run(back(flow_of("TensorArrayScatter"), nothing)[1]), 0 * ONES)
    TA(tf.float32, 2, infer_shape=False).split(tf.ones([3]), [1, 2]).read(1)
    by_read = back(flow_of("TensorArrayRead"), tf.constant([5.0, 6.0]))[1]
    np.testing.assert_array_equal(run(back(flow_of("TensorArraySplit"), by_read)[0]), [0, 5, 6])


def test_a_variable_that_is_made_in_a_loop_is_read_outside() -> None:
    def step(i: Any, x: Any) -> Any:
        return i + 1, x * tf.get_variable("w", initializer=2.0)

    tf.while_loop(lambda i, x: i < 3, step, (0, 1.0))
    assert "w/read:0" in [each.name for each in flow_of("While").inputs]
