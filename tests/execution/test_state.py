"""The values of variables: where they are stored, when they change, and which fetches alias them."""

import array_api_strict
import numpy as np
import pytest
import scopetrie as tf
from scopetrie.backends import Backend, get_backend
from scopetrie.errors import FailedPreconditionError, InvalidArgumentError
from scopetrie.execution.cells import Cell, StoredValues


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def own_cell(dtype, dims):
    return Cell("w", get_backend("numpy"), np.dtype(dtype), dims)


def stored_cell(dtype, dims):
    return Cell("w", get_backend("numpy"), np.dtype(dtype), dims, StoredValues(tf.Store()))


@pytest.fixture(params=[own_cell, stored_cell])
def cell(request):
    return request.param(np.float32, (None, 2))


def test_cell_before_its_first_value(cell):
    assert not cell.initialized
    for use in (cell.read, lambda: cell.updater(np.add)(np.ones((1, 2), np.float32))):
        with pytest.raises(FailedPreconditionError, match=r"^Attempting to use uninitialized value w$"):
            use()


def test_cell_checks_shapes(cell):
    with pytest.raises(InvalidArgumentError) as caught:
        cell.assign(np.ones((2, 3), np.float32))
    text = "Assign requires shapes of both tensors to match. lhs shape= [?,2] rhs shape= [2,3]"
    assert str(caught.value) == text
    cell.assign(np.ones((3, 2), np.float32))
    with pytest.raises(InvalidArgumentError, match=r"lhs shape= \[3,2\] rhs shape= \[1,2\]$"):
        cell.assign(np.ones((1, 2), np.float32))
    with pytest.raises(InvalidArgumentError, match=r"^Parameters and update must be the same size$"):
        cell.updater(np.add)(np.ones((1, 2), np.float32))
    cell.assign(np.ones(5, np.float32), validate_shape=False)
    assert cell.read().shape == (5,)


def test_cell_keeps_its_memory(cell):
    given = np.ones((3, 2), np.float32)
    cell.assign(given)
    shown = cell.read()
    given[:] = 7
    assert shown.max() == 1
    cell.assign(np.full((3, 2), 2, np.float32))
    cell.updater(np.add)(np.ones((3, 2), np.float32))
    assert shown.tolist() == [[3, 3]] * 3
    assert cell.read() is shown
    with pytest.raises(ValueError, match="read-only"):
        shown[0] = 1


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int8, np.bool_, np.complex64])
@pytest.mark.parametrize("shape", [(), (1,), (7,), (3, 5)])
def test_memory_is_aligned(dtype, shape):
    cell = stored_cell(dtype, shape)
    cell.assign(np.ones(shape, dtype))
    assert cell.read().ctypes.data % 64 == 0
    assert cell.read().flags.c_contiguous


def test_empty_and_string_variables():
    empty = tf.get_variable("empty", [0, 3])
    words = tf.get_variable("words", initializer=["a", "b"])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run(empty).shape == (0, 3)
        assert session.run(words).tolist() == [b"a", b"b"]


def test_uninitialized_variables():
    w = tf.get_variable("w", [2])
    reads = [w, w.value(), w * 2.0, tf.assign_add(w, [1.0, 1.0]), [w], {"a": w}]
    with tf.Session() as session:
        for read in reads:
            for _ in range(2):
                with pytest.raises(FailedPreconditionError) as caught:
                    session.run(read)
                assert str(caught.value).splitlines()[0] == "Attempting to use uninitialized value w"
        session.run(w.initializer)
        for read in reads:
            session.run(read)


@pytest.mark.parametrize("backend", [None, Backend("array_api_strict", array_api_strict)])
def test_a_read_that_is_only_waited_for_needs_a_value_too(backend):
    w = tf.get_variable("w", [2])
    with tf.control_dependencies([w.value()]):
        c = tf.constant(3.0)
    with tf.control_dependencies([w]):
        free = tf.constant(4.0)
    with tf.Session(backend=backend) as session:
        for fetch in (c, tf.group(w.value()), w.value().op, tf.cond(c > 0.0, lambda: c + 1.0, lambda: c)):
            for _ in range(3):
                with pytest.raises(FailedPreconditionError, match="Attempting to use uninitialized value w"):
                    session.run(fetch)
        assert session.run(free) == 4.0
        assert session.run(w.op) is None
        session.run(w.initializer)
        assert [session.run(c) for _ in range(3)] == [3.0] * 3
        assert session.run([free, c]) == [4.0, 3.0]


def test_the_error_comes_back_after_the_plan_was_generated():
    w = tf.get_variable("w", [2], initializer=tf.zeros_initializer())
    y = tf.exp(w) + 1.0
    first, second = tf.Session(), tf.Session()
    first.run(w.initializer)
    for _ in range(3):
        first.run([w, y])
        with pytest.raises(FailedPreconditionError, match=r"^Attempting to use uninitialized value w\n"):
            second.run([w, y])


def test_fetching_a_variable_with_its_assignment_gives_the_new_value():
    # As TensorFlow does: a fetch of a variable shows its memory at the end of the run.
    w = tf.get_variable("w", [2], initializer=tf.zeros_initializer())
    add = tf.assign_add(w, [1.0, 1.0])
    with tf.Session() as session:
        session.run(w.initializer)
        for count in (1, 2, 3):
            found = session.run([w, add, w.value(), add.op])
            assert [None if value is None else value.tolist() for value in found] == [[count] * 2] * 3 + [
                None
            ]


def test_reads_show_later_assignments_as_in_v1():
    # In TensorFlow both variables end with v's value, since tf.identity does not copy.
    w = tf.get_variable("w", initializer=[0.0, 0.0])
    v = tf.get_variable("v", initializer=[1.0, 1.0])
    old_w, old_v = tf.identity(w), tf.identity(v)
    with tf.control_dependencies([old_w, old_v]):
        first = tf.assign(w, old_v)
        with tf.control_dependencies([first]):
            second = tf.assign(v, old_w)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run([first, second])
        assert session.run([w, v])[0].tolist() == session.run([w, v])[1].tolist() == [1, 1]


def test_assignments_can_be_chained():
    w = tf.get_variable("w", initializer=[1.0, 2.0])
    last = tf.assign_sub(tf.assign(tf.assign_add(w, [1.0, 1.0]), [5.0, 6.0]), [1.0, 1.0])
    doubled = last * 2.0
    with tf.Session() as session:
        session.run(w.initializer)
        assert session.run(last).tolist() == [4, 5]
        assert session.run(doubled).tolist() == [8, 10]
        assert session.run(w).tolist() == [4, 5]


def test_a_variable_of_changing_shape():
    x = tf.placeholder(tf.float32)
    w = tf.Variable(x, validate_shape=False)
    change = tf.assign(w, x, validate_shape=False)
    with tf.Session() as session:
        session.run(w.initializer, {x: [1.0, 2.0]})
        assert session.run(w).tolist() == [1, 2]
        assert session.run(change, {x: [[3.0]]}).tolist() == [[3]]
        assert session.run(w).tolist() == [[3]]
        with pytest.raises(
            InvalidArgumentError, match=r"^Assign requires shapes of both tensors to match\. lhs"
        ):
            session.run(w.assign([1.0, 2.0]))
