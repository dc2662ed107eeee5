"""Scopes: state after an error, error messages, the cost of entering, what keeps a graph alive.

That names, modes and first lines of errors are v1's is tested in tests/conformance.
"""

from __future__ import annotations

import contextlib
import time
from typing import Any

import pytest
import scopetrie as tf
from graph_states import contents, is_freed_at_once


@pytest.fixture(autouse=True)
def graph() -> Any:
    with tf.Graph().as_default() as graph:
        yield graph


class Broken(Exception):
    pass


def _here() -> tuple[Any, ...]:
    scope = tf.get_variable_scope()
    return scope.name, scope.reuse, scope.dtype, scope.initializer, tf.get_default_graph().get_name_scope()


@pytest.mark.parametrize(
    "enter",
    [
        lambda: tf.variable_scope("a", reuse=True, dtype=tf.int32, initializer=tf.zeros_initializer()),
        lambda: tf.variable_scope(None, "a"),
        lambda: tf.variable_scope(tf.get_variable_scope(), reuse=tf.AUTO_REUSE),
        lambda: tf.variable_scope("a", auxiliary_name_scope=False),
        lambda: tf.name_scope("a"),
        lambda: tf.name_scope(None),
        lambda: tf.get_default_graph().name_scope("a"),
    ],
)
def test_an_error_inside_ends_the_scope(enter: Any) -> None:
    with tf.variable_scope("outer"):
        before = _here()
        with pytest.raises(Broken), enter():
            assert _here() != before
            raise Broken
        assert _here() == before


@pytest.mark.parametrize(
    ("enter", "error"),
    [
        (lambda: tf.variable_scope("a b"), ValueError),
        (lambda: tf.variable_scope(3), TypeError),
        (lambda: tf.variable_scope(None, "a", reuse=True), ValueError),
        (lambda: tf.variable_scope("a", dtype="nonesuch"), TypeError),
        (lambda: tf.name_scope("a b"), ValueError),
        (lambda: tf.name_scope(3), TypeError),
    ],
)
def test_a_scope_that_is_refused_is_not_entered(enter: Any, error: type[Exception]) -> None:
    with tf.variable_scope("outer"):
        before, there = _here(), contents()
        with pytest.raises(error), enter():
            raise AssertionError("entered")
        assert _here() == before and contents() == there


def test_what_a_failing_getter_asked_for_stays() -> None:
    def getter(getter: Any, name: str, **kwargs: Any) -> Any:
        getter(name, **kwargs)
        raise Broken

    with tf.variable_scope("s", custom_getter=getter), pytest.raises(Broken):
        tf.get_variable("w", [2])
    assert [v.name for v in tf.global_variables()] == ["s/w:0"]
    assert _here()[0] == ""


def test_already_exists_tells_both_places() -> None:
    with tf.variable_scope("layer"):
        tf.get_variable("weights", [2])  # here first
    with (
        tf.variable_scope("layer"),
        pytest.raises(ValueError, match="Variable layer/weights already exists") as caught,
    ):
        tf.get_variable("weights", [2])  # and here again
    text = str(caught.value)
    assert text.count(__file__) == 2
    assert text.index("here first") < text.index("Made again at") < text.index("and here again")


def test_does_not_exist_tells_what_is_near() -> None:
    for name in ("layer/weights", "layer/biases", "other/weights"):
        tf.get_variable(name, [2])
    with tf.variable_scope("layer", reuse=True), pytest.raises(ValueError, match="does not exist") as caught:
        tf.get_variable("wieghts", [2])
    first, second = str(caught.value).splitlines()
    assert first.endswith("Did you mean to set reuse=tf.AUTO_REUSE in VarScope?")
    assert "layer/weights" in second


def test_entering_costs_the_same_after_many_scopes() -> None:
    """v1's cost grows with each scope opened before. Compares minima of several rounds, by a wide margin."""

    def round_of(count: int) -> float:
        start = time.perf_counter()
        for _ in range(count):
            with tf.variable_scope("s"):
                pass
        return time.perf_counter() - start

    round_of(100)
    first = min(round_of(100) for _ in range(10))
    with tf.variable_scope("outer"):
        for number in range(30_000):
            with tf.variable_scope(f"s{number}"):
                pass
        round_of(30_000)
    assert min(round_of(100) for _ in range(10)) < 5 * first


def test_the_deprecated_spelling_warns() -> None:
    x = tf.constant(1.0)
    with (
        pytest.warns(DeprecationWarning, match="tf.variable_op_scope"),
        tf.variable_op_scope([x], None, "layer") as scope,
    ):
        assert scope.name == "layer"
        assert tf.get_variable("w", [1]).name == "layer/w:0"


def test_a_scope_as_an_object() -> None:
    with tf.variable_scope("s", dtype=tf.float64) as scope:
        v = tf.get_variable("v", [2])
        tf.get_local_variable("l", [2])
    assert scope.get_variable(None, "v", [2], reuse=True) is v
    assert scope.get_variable(None, "w", [2]).dtype.base_dtype is tf.float64
    assert [v.name for v in scope.global_variables()] == ["s/v:0", "s/w:0"]
    assert [v.name for v in scope.trainable_variables()] == ["s/v:0", "s/w:0"]
    assert [v.name for v in scope.local_variables()] == ["s/l:0"]
    made = tf.VariableScope(False, "by_hand", initializer=tf.ones_initializer())
    with tf.variable_scope(made), tf.Session() as session:
        w = tf.get_variable("w", [2])
        session.run(w.initializer)
        assert w.name == "by_hand/w:0" and session.run(w).tolist() == [1.0, 1.0]


def test_a_scope_of_another_graph_brings_its_name_and_settings() -> None:
    with tf.variable_scope("s", dtype=tf.int32, reuse=tf.AUTO_REUSE) as scope:
        tf.get_variable("v", [2])
    with tf.Graph().as_default(), tf.variable_scope(scope) as again:
        v = tf.get_variable("v", [2])
        assert (again.name, again.reuse, v.name, v.dtype.base_dtype) == (
            "s",
            tf.AUTO_REUSE,
            "s/v:0",
            tf.int32,
        )


def test_a_getter_that_leaves_the_mode_out_shares() -> None:
    def getter(getter: Any, name: str, shape: Any = None, **_: Any) -> Any:
        return getter(name, shape)

    with tf.variable_scope("s", custom_getter=getter):
        assert tf.get_variable("v", [2]) is tf.get_variable("v", [2])


def test_names_of_a_values_trial_are_taken() -> None:
    """v1 makes a constant to find the dtype of a value, and leaves it in the graph."""
    tf.get_variable("v", initializer=[1.0, 2.0], dtype=tf.float32)
    assert [op.type for op in tf.get_default_graph().get_operations()].count("Const") == 1
    assert tf.constant(1.0).name == "Const_1:0"


def test_nothing_keeps_the_graph() -> None:
    def build() -> Any:
        v = tf.Variable(1.0)
        with tf.variable_scope(
            "s",
            custom_getter=lambda getter, *args, **kwargs: getter(*args, **kwargs) + v,
            initializer=lambda shape, dtype: tf.ones(shape, dtype) * v,
            regularizer=lambda w: tf.reduce_sum(w) * v,
            partitioner=tf.fixed_size_partitioner(1),
        ) as scope:
            pass
        with tf.variable_scope(scope, custom_getter=None), tf.name_scope("n", values=[v]) as name:
            tf.get_variable("w", [2], partitioner=None)
        return scope, name

    assert is_freed_at_once(build)


def test_an_error_keeps_no_graph() -> None:
    def build() -> None:
        with tf.variable_scope("s"):
            tf.get_variable("w", [2])
            with contextlib.suppress(ValueError):
                tf.get_variable("w", [2])

    assert is_freed_at_once(build)


def test_a_manager_entered_within_itself_leads_back() -> None:
    manager = tf.variable_scope("a")
    with pytest.raises(RuntimeError, match=r"Improper nesting of variable_scope\."), manager, manager:
        assert _here()[0] == "a/a"
    assert _here()[0] == _here()[-1] == ""
    with tf.variable_scope("b") as b:
        pass
    manager = tf.variable_scope(b)
    with manager, manager:
        assert _here()[0] == "b"
    assert _here()[0] == _here()[-1] == ""


def test_default_names_count_anew_in_each_scope_that_is_opened_again(graph: Any) -> None:
    """Three, so that the count has to start over and not only to go on from where it stood."""

    def opened() -> list[str]:
        with tf.variable_scope("outer"):
            names = []
            for _ in range(3):
                with tf.variable_scope(None, "a") as scope:
                    names.append(scope.name)
            return names

    assert opened() == opened() == ["outer/a", "outer/a_1", "outer/a_2"]


@pytest.mark.parametrize("between", [0, 3, 100])
def test_a_verbatim_name_at_the_end_of_its_scope(between):
    for wanted in ("s", "s_1", "outer/s"):
        with tf.name_scope("outer" if "/" in wanted else ""), tf.name_scope("s") as scope:
            for _ in range(between):
                tf.no_op()
            assert tf.no_op(name=scope).name == wanted
            with pytest.raises(ValueError, match=f"Duplicate node name in graph: '{wanted}'"):
                tf.no_op(name=scope)
    with tf.name_scope("t") as scope:
        tf.no_op(name="s/below")
        with pytest.raises(ValueError, match="Duplicate node name in graph: 's'"):
            tf.no_op(name="s/")
        assert tf.no_op(name="t/").name == "t"


def test_a_verbatim_name_after_an_undo():
    with tf.Graph().as_default() as graph:
        tf.no_op()
        with tf.name_scope("s") as scope:
            with graph.transaction() as attempt:
                tf.no_op(name=scope)
                attempt.rollback()
            assert tf.no_op(name=scope).name == "s"
            with pytest.raises(ValueError, match="Duplicate node name in graph: 's'"):
                tf.no_op(name=scope)
