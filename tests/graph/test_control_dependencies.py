"""control_dependencies: which operations get control inputs, and which ones."""

import pytest
import scopetrie as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


@pytest.fixture
def a():
    return tf.constant(1.0, name="a")


@pytest.fixture
def b():
    return tf.constant(1.0, name="b")


def waits(made):
    """The names of the control inputs of an operation, or of a tensor's operation."""
    return [op.name for op in getattr(made, "op", made).control_inputs]


def test_inside_and_after(a):
    with tf.control_dependencies([a]):
        assert waits(tf.constant(1.0)) == ["a"]
    assert waits(tf.constant(1.0)) == []


def test_blocks_add_up_and_count_once(a, b):
    with tf.control_dependencies([a]):
        with tf.control_dependencies([b, a]):
            assert waits(tf.constant(1.0)) == ["a", "b"]
        with tf.control_dependencies([]):
            assert waits(tf.constant(1.0)) == ["a"]
        with tf.control_dependencies(None):
            assert waits(tf.constant(1.0)) == []
            with tf.control_dependencies([b]):
                assert waits(tf.constant(1.0)) == ["b"]
        assert waits(tf.constant(1.0)) == ["a"]


def test_what_waits_by_its_inputs_does_not_wait_twice(a, b):
    with tf.control_dependencies([a]):
        assert waits(tf.identity(a)) == []
        assert waits(tf.identity(b)) == ["a"]
        c = tf.identity(b)
        assert waits(tf.identity(c)) == []
        total = b + 1.0
        assert waits(total.op.inputs[1]) == ["a"]
        assert waits(total) == []


def test_what_is_waited_for_already_is_not_added(a, b):
    """As in v1, the call of control_dependencies drops what an enclosing block depends on already."""
    with tf.control_dependencies([a]):
        c = tf.identity(b)
        with tf.control_dependencies([a]):
            assert waits(tf.identity(c)) == []
        with tf.control_dependencies([a, b]):
            assert waits(tf.identity(c)) == ["b"]
        block = tf.control_dependencies([a])
    with block:
        assert waits(tf.constant(1.0)) == []


def test_what_may_be_given(a):
    v = tf.Variable(1.0, name="v")
    for given in ([a], [a.op], (a,), {a: 1}, ["a", "a:0"], [a, a.op]):
        with tf.control_dependencies(given):
            assert waits(tf.constant(1.0)) == ["a"]
    with tf.control_dependencies([v, v.initializer]):
        assert waits(tf.constant(1.0)) == ["v", "v/Assign"]


@pytest.mark.parametrize(
    ("given", "error", "text"),
    [
        ([3], TypeError, "Can not convert a int into a Tensor or Operation."),
        ([None], TypeError, "Can not convert a NoneType into a Tensor or Operation."),
        (["nope"], KeyError, "The name 'nope' refers to an Operation not in the graph."),
        (3, TypeError, "'int' object is not iterable"),
    ],
)
def test_refused_at_the_call(given, error, text):
    with pytest.raises(error, match=text):
        tf.control_dependencies(given)


def test_operations_of_another_graph_are_refused(a):
    with pytest.raises(ValueError, match="is not an element of this graph"):
        tf.Graph().control_dependencies([a])


def test_variables_do_not_wait(a):
    with tf.control_dependencies([a]):
        made = [
            tf.get_variable("v", [1]),
            tf.Variable(1.0),
            tf.get_variable("w", initializer=3.0),
            tf.Variable(lambda: tf.ones([2])),
        ]
        assert all(waits(v.read_value()) == ["a"] for v in made)
    for v in made:
        assert [waits(x) for x in (v.op, v.initializer, v.value(), v.initial_value)] == [[], [], [], []]


def test_a_block_may_be_entered_again(a):
    block = tf.control_dependencies([a])
    for _ in range(2):
        with block:
            assert waits(tf.constant(1.0)) == ["a"]
    with block, block:
        assert waits(tf.constant(1.0)) == ["a"]
    assert waits(tf.constant(1.0)) == []


def test_the_last_entered_is_left_first(a, b):
    outer, inner = tf.control_dependencies([a]), tf.control_dependencies([b])
    outer.__enter__()
    inner.__enter__()
    with pytest.raises(AssertionError, match="must be left first"):
        outer.__exit__(None, None, None)
    inner.__exit__(None, None, None)
    outer.__exit__(None, None, None)
    assert waits(tf.constant(1.0)) == []


def test_an_error_inside_ends_the_block(a):
    for given in ([a], None):
        with pytest.raises(ZeroDivisionError), tf.control_dependencies(given):
            raise ZeroDivisionError
    assert waits(tf.constant(1.0)) == []


def test_each_graph_has_its_own(a):
    other = tf.Graph()
    with tf.control_dependencies([a]), other.as_default():
        assert waits(tf.constant(1.0)) == []


def test_by_hand(a, b):
    c = tf.constant(1.0, name="c")
    c.op._add_control_input(a.op)
    c.op._add_control_inputs([a.op, b.op])
    assert waits(c) == ["a", "b"]
    with pytest.raises(ValueError, match="made before the one that waits"):
        a.op._add_control_input(c.op)


def test_a_run_keeps_to_them():
    v = tf.Variable(1.0)
    with tf.control_dependencies([v.assign(5.0)]):
        after = v.read_value()
        free = v.value()
    with tf.Session() as session:
        session.run(v.initializer)
        assert session.run(free) == 1.0
        assert session.run(after) == 5.0
