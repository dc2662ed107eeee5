"""Assertions, Python functions, branches and loops at run time; recorded/op_nodes.json has their nodes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import scopetrie as tf
from hypothesis import given
from hypothesis import strategies as st
from scopetrie import errors
from scopetrie.ops.registry import node_attributes


@pytest.fixture(autouse=True)
def graph() -> Iterator[tf.Graph]:
    with tf.Graph().as_default() as graph:
        yield graph


def run(fetches: Any, feeds: Any = None) -> Any:
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(fetches, feeds)


def switch(value: bool) -> tf.Tensor:
    """A condition that cannot be constant-folded."""
    return tf.placeholder_with_default(value, [])


def test_print_shows_its_data_each_time(capsys: pytest.CaptureFixture[str]) -> None:
    x = tf.Print(tf.constant([1.0, 2.0]), [tf.constant([[1, 2], [3, 4]]), "text", True], "seen: ")
    assert run(x).tolist() == [1, 2]
    assert capsys.readouterr().err == "seen: [[1 2][3...]...][text][1]\n"
    y = tf.Print(tf.constant(1.5), [0.25], first_n=2, summarize=1)
    with tf.Session() as session:
        for _ in range(4):
            session.run(y)
    assert capsys.readouterr().err == "[0.25]\n[0.25]\n"


PRINTED = {  # by TensorFlow
    "0.1 1e+10 1e-05": np.array([0.1, 1e10, 1e-5], np.float32),
    "0.1 0.33333333333333331 1e+22 123456789.5": np.array([0.1, 1 / 3, 1e22, 123456789.5]),
    "1 123456.789 1234567.12 3e-07": np.array([1, 123456.789, 1234567.125, 3e-7], np.float32),
    "0.0999755859": np.array([0.1], np.float16),
    "nan inf -inf": np.array([np.nan, np.inf, -np.inf], np.float32),
    "?": np.array(1 + 2j),
    "a b": np.array([b"a", b"b"], object),
    "": np.zeros([2, 0], np.float32),
    "[[0 1][2 3][4 5]][[6...]]...": np.arange(12).reshape(2, 3, 2),
}


@pytest.mark.parametrize("shown", PRINTED)
def test_print_shows_what_tensorflow_does(shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(tf.Print(tf.constant(1), [tf.constant(PRINTED[shown])], summarize=7))
    assert capsys.readouterr().err == f"[{shown}]\n"


@pytest.mark.parametrize(
    ("data", "summarize", "shown"),
    [
        (["bad", [1.5, 2.0, 3.0, 4.0]], None, "[bad] [1.5 2 3...]"),
        (["bad", [1, 2, 3, 4]], 2, "[bad] [1 2...]"),
        ([[True, False]], -1, "[1 0]"),
    ],
)
def test_assert_fails_with_its_data(data: list[Any], summarize: int | None, shown: str) -> None:
    check = tf.Assert(switch(False), [tf.constant(each) for each in data], summarize=summarize)
    with pytest.raises(errors.InvalidArgumentError) as caught:
        run(check)
    assert str(caught.value).split("\n")[0] == f"assertion failed: {shown}"


def test_assert_holds_and_is_waited_for() -> None:
    x = tf.placeholder(tf.float32, [])
    with tf.control_dependencies([tf.Assert(x > 0, [x])]):
        y = tf.sqrt(x)
    assert run(y, {x: 4.0}) == 2
    with pytest.raises(errors.InvalidArgumentError, match=r"assertion failed: \[-4\]"):
        run(y, {x: -4.0})


def test_names_of_assertions() -> None:
    """As in v1, except that v1's branch around the check is one node here."""
    assert tf.Assert(True, [tf.zeros([2])]).name == "Assert/AssertGuard/Merge"
    assert tf.Assert(switch(True), [tf.zeros([2])], name="check").name == "check/AssertGuard/Merge"
    assert tf.Assert(switch(True), ["text"]).name == "Assert_1/Assert"


def test_python_functions() -> None:
    calls = []

    def halves(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        calls.append(x)
        x[0] = 0  # its own copy
        return x[:1], x[1:]

    x = tf.constant([1.0, 2.0, 3.0])
    first, rest = tf.py_func(halves, [x], [tf.float32, tf.float32])
    assert [each.tolist() for each in run([first, rest, x])] == [[0], [2, 3], [1, 2, 3]]
    assert len(calls) == 1
    done = tf.py_func(lambda: calls.append(None), [], [])
    assert isinstance(done, tf.Operation)
    run(done)
    assert len(calls) == 2
    assert run(tf.py_func(lambda x: x.decode() + "!", [tf.constant("text")], tf.string)) in (
        b"text!",
        "text!",
    )


@pytest.mark.parametrize(
    ("function", "kinds", "error", "message"),
    [
        (
            lambda x: x.astype(np.float64),
            tf.float32,
            errors.InvalidArgumentError,
            "is float64, but expects",
        ),
        (lambda x: (x, x), [tf.float32], errors.InvalidArgumentError, "pyfunc returns 2 values, but expects"),
        (lambda x: 1 / 0, tf.float32, errors.UnknownError, "ZeroDivisionError: division by zero"),
    ],
)
def test_python_functions_that_fail(function: Any, kinds: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        run(tf.py_func(function, [tf.ones([2])], kinds))


def test_only_the_chosen_branch_runs() -> None:
    v = tf.Variable(1.0)
    p = tf.placeholder(tf.bool, [])
    made = tf.cond(p, lambda: tf.assign_add(v, 10.0), lambda: tf.assign(v, -v))
    with tf.Session() as session:
        session.run(v.initializer)
        assert session.run(made, {p: True}) == 11
        assert session.run(made, {p: False}) == -11
        assert session.run(v) == -11


def test_branches_of_operations() -> None:
    v = tf.Variable(0)
    step = tf.cond(switch(True), lambda: tf.assign_add(v, 1).op, lambda: tf.no_op())
    with tf.Session() as session:
        session.run(v.initializer)
        session.run(step)
        assert session.run(v) == 1


@given(
    values=st.lists(st.booleans(), min_size=1, max_size=4),
    with_default=st.booleans(),
    exclusive=st.booleans(),
)
def test_case(values: list[bool], with_default: bool, exclusive: bool) -> None:
    with tf.Graph().as_default():
        pairs = [(switch(value), lambda i=i: tf.constant(i)) for i, value in enumerate(values)]
        made = tf.case(
            pairs, default=(lambda: tf.constant(-1)) if with_default else None, exclusive=exclusive
        )
        if exclusive and sum(values) > 1:
            message = "More than one condition evaluated as True"
        elif not any(values) and not with_default:
            message = "None of conditions evaluated as True"
        else:
            assert run(made) == (values.index(True) if any(values) else -1)
            return
        # A branch that returns a constant does not depend on the condition; v1 does not check then, either.
        if len(values) == 1:
            return
        with pytest.raises(errors.InvalidArgumentError, match=message):
            run(made)


@given(n=st.integers(0, 12), limit=st.integers(0, 12) | st.none())
def test_loops_against_python(n: int, limit: int | None) -> None:
    with tf.Graph().as_default():
        stop = tf.placeholder_with_default(n, [])
        i, (total, seen) = tf.while_loop(
            lambda i, _: i < stop,
            lambda i, parts: (i + 1, (parts[0] + tf.cast(i, tf.float32), tf.concat([parts[1], [i]], 0))),
            (0, (0.0, tf.zeros([0], tf.int32))),
            shape_invariants=(tf.TensorShape([]), (tf.TensorShape([]), tf.TensorShape([None]))),
            maximum_iterations=limit,
        )
        count = n if limit is None else min(n, limit)
        found = run([i, total, seen])
        assert found[0] == count
        assert found[1] == sum(range(count))
        assert found[2].tolist() == list(range(count))


def test_loops_change_variables() -> None:
    v = tf.Variable(1.0)
    made = tf.while_loop(lambda x: x < 100.0, lambda x: tf.assign(v, x * 2.0) + 0.0, [tf.constant(1.0)])
    with tf.Session() as session:
        session.run(v.initializer)
        assert session.run(made) == 128
        assert session.run(v) == 128


def test_attributes_of_an_assignment_that_the_core_made() -> None:
    """It stores no attributes; the defaults are returned."""
    tf.get_variable("v", [2])
    op = tf.get_default_graph().get_operation_by_name("v/Assign")
    assert node_attributes(op)[1:] == [("use_locking", True), ("validate_shape", True)]


def test_an_operation_in_one_branch_stands_for_a_boolean():
    # Asked of TensorFlow 2.21: the value is that of the predicate where the operation ran.
    with tf.Graph().as_default(), tf.Session() as session:
        yes, v = tf.placeholder(tf.bool, []), tf.get_variable("v", initializer=0.0)
        made = [
            tf.cond(yes, lambda: tf.constant(True), lambda: tf.assign_add(v, 1.0).op),
            tf.cond(yes, lambda: tf.assign_add(v, 1.0).op, lambda: tf.constant(True)),
            tf.cond(yes, lambda: [tf.constant(True)], tf.no_op),
            tf.cond(yes, tf.no_op, lambda: tf.constant(False)),
        ]
        session.run(tf.global_variables_initializer())
        found = [[bool(session.run(each, {yes: value})) for value in (True, False)] for each in made]
        assert found == [[True, False], [True, True], [True, False], [True, False]]
        assert session.run(v) == 2.0
        with pytest.raises(ValueError, match=r"same type\(s\)\. Received float32 from .* and bool from"):
            tf.cond(yes, lambda: tf.constant(1.0), tf.no_op)
