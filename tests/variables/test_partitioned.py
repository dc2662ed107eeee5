"""Partitioned variables: their parts, sharing, and what remains after failures.

That their names, nodes and errors are v1's is tested in tests/conformance.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scopetrie as tf
from graph_states import contents, is_freed_at_once
from hypothesis import given
from hypothesis import strategies as st

TWO = tf.fixed_size_partitioner(2)


@pytest.fixture(autouse=True)
def graph() -> Any:
    with tf.Graph().as_default() as graph:
        yield graph


@given(size=st.integers(1, 12), parts=st.integers(1, 12), axis=st.integers(0, 1))
def test_the_parts_are_the_whole(size: int, parts: int, axis: int) -> None:
    whole = np.arange(size * 3, dtype=np.float32).reshape([size, 3] if axis == 0 else [3, size])
    with tf.Graph().as_default(), tf.Session() as session:
        partitioner = tf.fixed_size_partitioner(parts, axis=axis)
        w = tf.get_variable("w", initializer=tf.constant(whole), partitioner=partitioner)
        session.run(tf.global_variables_initializer())
        values = session.run(list(w))
        assert len(values) == len(w) == min(parts, size)
        assert np.array_equal(np.concatenate(values, axis=axis), whole)
        assert np.array_equal(session.run(w.as_tensor()), whole)
        lengths = [value.shape[axis] for value in values]
        assert lengths == sorted(lengths, reverse=True) and max(lengths) - min(lengths) <= 1


def test_initializers_see_the_whole() -> None:
    """The identity matrix in parts is the identity matrix."""
    w = tf.get_variable("w", [4, 3], initializer=tf.initializers.identity(), partitioner=TWO)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert np.array_equal(session.run(w.as_tensor()), np.eye(4, 3))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("assign", [4.0, 5.0, 6.0]),
        ("assign_add", [5.0, 6.0, 7.0]),
        ("assign_sub", [-3.0, -4.0, -5.0]),
    ],
)
def test_assigning_the_whole_the_parts_or_another(name: str, expected: list[float]) -> None:
    w = tf.get_variable("w", [3], initializer=tf.ones_initializer(), partitioner=TWO)
    whole = tf.constant([4.0, 5.0, 6.0])
    other = tf.get_variable("other", initializer=whole, partitioner=TWO)
    change = getattr(w, name)
    with tf.Session() as session:
        for value in (whole, [[4.0, 5.0], [6.0]], other):
            session.run(tf.global_variables_initializer())
            assert np.concatenate(session.run(change(value))).tolist() == expected
            session.run(tf.global_variables_initializer())
            operations = change(value, read_value=False)
            assert all(isinstance(each, tf.Operation) for each in operations)
            session.run(operations)
            assert session.run(w.as_tensor()).tolist() == expected


def test_values_for_other_parts_are_refused() -> None:
    w = tf.get_variable("w", [4], partitioner=TWO)
    with pytest.raises(AssertionError, match="one value for each of the 2 parts, but there are 3"):
        w.assign([[1.0], [2.0], [3.0]])
    with pytest.raises(ValueError, match="one value for each of the 2 parts, but there are 4"):
        w.assign(tf.get_variable("v", [4], partitioner=tf.fixed_size_partitioner(4)))


def test_ops_take_it_as_a_tensor_and_operators_do_not() -> None:
    w = tf.get_variable("w", [2, 2], initializer=tf.ones_initializer(), partitioner=TWO)
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run(tf.matmul(x, w)).tolist() == [[3.0, 3.0], [7.0, 7.0]]
        assert session.run(x + w).tolist() == [[2.0, 3.0], [4.0, 5.0]]
    with pytest.raises(TypeError, match="unsupported operand"):
        w + 1.0


def test_shared_without_being_held(graph: tf.Graph) -> None:
    """The graph shares the variable without keeping its object alive."""

    def make() -> list[str]:
        return [part.name for part in tf.get_variable("w", [4], partitioner=TWO)]

    names = make()
    with tf.variable_scope("", reuse=True):
        w = tf.get_variable("w", [4], partitioner=TWO)
        assert [part.name for part in w] == names
        assert tf.get_variable("w") is w
    assert len(tf.global_variables()) == 2


def test_a_variable_knows_its_place() -> None:
    parts = tf.create_partitioned_variables([2, 5], [1, 2], tf.zeros_initializer(), name="w")
    places = [part._get_save_slice_info() for part in parts]
    assert [place.spec for place in places] == ["2 5 0,2:0,3", "2 5 0,2:3,2"]
    assert [place.full_name for place in places] == ["w", "w"]
    assert isinstance(places[0], tf.Variable.SaveSliceInfo)
    assert tf.Variable(1.0)._get_save_slice_info() is None


def test_errors_name_where_it_was_made_and_what_is_near() -> None:
    tf.get_variable("layer/weights", [4], partitioner=TWO)
    with pytest.raises(ValueError, match="already exists") as caught:
        tf.get_variable("layer/weights", [4], partitioner=TWO)
    assert str(caught.value).count(__file__) == 2
    assert 'tf.get_variable("layer/weights", [4], partitioner=TWO)' in str(caught.value)
    with tf.variable_scope("", reuse=True), pytest.raises(ValueError, match="does not exist") as caught:
        tf.get_variable("layer/weight", [4], partitioner=TWO)
    assert "layer/weights" in str(caught.value).splitlines()[1]


class Broken(Exception):
    pass


def _fails_at(part: int) -> Any:
    def initializer(shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        if partition_info.var_offset[0] >= part:
            raise Broken
        return tf.zeros(shape, dtype)

    return initializer


def _broken(variable: Any) -> Any:
    tf.reduce_sum(variable)
    if "part_1" in variable.name:
        raise Broken


@pytest.mark.parametrize("arguments", [{"initializer": _fails_at(2)}, {"regularizer": _broken}])
def test_a_failure_leaves_nothing(arguments: Any) -> None:
    before = contents()
    with tf.variable_scope("s"):
        with pytest.raises(Broken):
            tf.get_variable("w", [4], partitioner=TWO, constraint=abs, **arguments)
        assert contents() == before
        w = tf.get_variable("w", [4], partitioner=TWO)
    assert [part.name for part in w] == ["s/w/part_0:0", "s/w/part_1:0"]
    assert [part.constraint for part in w] == [None, None]


def test_an_undone_variable_is_not_shared() -> None:
    """The rollback of an outer call removes the partitioned variable made within it."""

    def outer(shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        tf.get_variable("inner", [4], partitioner=TWO)
        raise Broken

    with pytest.raises(Broken):
        tf.get_variable("outer", [2], initializer=outer)
    with tf.variable_scope("", reuse=True), pytest.raises(ValueError, match="does not exist"):
        tf.get_variable("inner", [4], partitioner=TWO)
    assert len(tf.get_variable("inner", [6], partitioner=tf.fixed_size_partitioner(3))) == 3


def test_refused_constructions() -> None:
    w = tf.get_variable("w", [4], partitioner=TWO)
    kind = type(w)
    for arguments, error, text in [
        (("w", [4], tf.float32, 3, [2]), TypeError, "variable_list is not a list or tuple: 3"),
        (("w", [4], tf.float32, list(w), 2), TypeError, "partitions is not a list or tuple: 2"),
        (("w", [4], tf.float32, list(w), [0]), ValueError, "partition values must be positive"),
        (("w", [4], tf.float32, [], [2]), ValueError, "variable_list may not be empty"),
        (("w", [4], tf.float32, [tf.Variable(1.0)], [1]), ValueError, "save_slice_info available"),
        (("w", [5], tf.float32, list(w), [2]), ValueError, "full shapes must match shape"),
    ]:
        with pytest.raises(error, match=text):
            kind(*arguments)
    cut_twice = kind("w", [4], tf.float32, list(w), [2, 2])
    with pytest.raises(NotImplementedError, match="Cannot concatenate along more than one dimension"):
        cut_twice.as_tensor()
    with pytest.raises(NotImplementedError, match="Cannot do assign action along more than one dimension"):
        cut_twice.assign(tf.zeros([4]))


def test_nothing_keeps_the_graph() -> None:
    def build() -> Any:
        w = tf.get_variable("w", [4], partitioner=TWO, regularizer=tf.reduce_sum)
        w.assign(w.as_tensor())
        return w

    assert is_freed_at_once(build)
    assert is_freed_at_once(lambda: tf.create_partitioned_variables([4], [2], tf.zeros_initializer()))


@pytest.mark.parametrize("by_hand", [False, True])
def test_its_name_is_refused_for_a_plain_variable_whatever_ops_are_called(by_hand):
    if by_hand:
        with tf.variable_scope("w"):
            tf.get_variable("part_0", [2])
    else:
        tf.get_variable("w", [4], partitioner=tf.fixed_size_partitioner(2))
    for _ in range(2):
        with pytest.raises(ValueError, match="a partitioned version of the variable was found: w/part_0"):
            tf.get_variable("w", [4])
        tf.constant(1.0, name="w")
