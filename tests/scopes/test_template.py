"""Templates: lifetimes, error messages, what remains after failures.

That their names are v1's is tested in tests/conformance.
"""

from __future__ import annotations

import traceback
from typing import Any

import pytest
import scopetrie as tf
from graph_states import contents, is_freed_at_once


@pytest.fixture(autouse=True)
def graph() -> Any:
    with tf.Graph().as_default() as graph:
        yield graph


def make_w() -> tf.Variable:
    return tf.get_variable("w", [2])


def test_calls_share_variables_and_their_values() -> None:
    def scale(x: Any) -> Any:
        return x * tf.get_variable("w", [2], initializer=tf.ones_initializer())

    template = tf.make_template("scale", scale)
    a, b = template(tf.constant([1.0, 2.0])), template(tf.constant([3.0, 4.0]))
    (w,) = template.variables
    with tf.Session() as session:
        session.run(w.initializer)
        session.run(w.assign([10.0, 100.0]))
        assert [value.tolist() for value in session.run([a, b])] == [[10.0, 200.0], [30.0, 400.0]]


def test_settings_of_the_scope_are_those_of_the_first_call() -> None:
    template = tf.make_template("t", make_w)
    with tf.variable_scope("s", dtype=tf.float64, initializer=tf.zeros_initializer()):
        v = template()
    assert v.dtype.base_dtype is tf.float64 and v.name == "s/t/w:0"
    with tf.variable_scope("other", reuse=True):
        assert template() is v


def test_a_scope_taken_at_once_is_the_templates() -> None:
    with tf.variable_scope("s"):
        template = tf.make_template("t", make_w, create_scope_now_=True)
        with tf.variable_scope(None, "t") as other:
            assert other.name == "s/t_1"
    assert contents()[0] == []  # a name, and nothing else
    assert template().name == "s/t/w:0"


def test_errors_keep_what_they_say_and_tell_where_the_template_was_made() -> None:
    def body() -> None:
        raise OSError(5, "two arguments")

    template = tf.make_template("t", body)
    with pytest.raises(OSError) as caught:
        template()
    assert caught.value.args == (5, "two arguments")
    text = "".join(traceback.format_exception(caught.value))
    assert "The template t was made at:" in text and f'File "{__file__}"' in text


def test_a_failing_first_call_can_be_made_again_elsewhere() -> None:
    """The scope stays taken, as in v1; a call that made no variable does not count as the first."""
    fails = [True]

    def body() -> Any:
        if fails.pop():
            raise LookupError
        return make_w()

    template = tf.make_template("t", body)
    with pytest.raises(LookupError):
        template()
    fails.append(False)
    assert template().name == "t/w:0"


def test_a_trainable_variable_of_a_later_call_is_refused() -> None:
    template = tf.make_template("t", lambda: tf.Variable(1.0, name="v"))
    template()
    with pytest.raises(
        ValueError, match="Trainable variable created when calling a template after the first time"
    ):
        template()
    frozen = tf.make_template("f", lambda: tf.Variable(1.0, name="v", trainable=False))
    assert [frozen().name, frozen().name] == ["f/v:0", "f_1/v:0"]


def test_arguments_given_when_it_is_made() -> None:
    template = tf.make_template("t", lambda a, b, c: (a, b, c), c=3)
    assert template(1, b=2) == (1, 2, 3)
    assert template(1, 2, c=4) == (1, 2, 4)


def test_nothing_keeps_the_graph() -> None:
    def build() -> Any:
        inner = tf.make_template("inner", make_w)
        outer = tf.make_template("outer", lambda: (inner(), tf.get_variable("v", [4])))
        outer(), outer()
        return outer, tf.make_template("now", make_w, create_scope_now_=True)

    assert is_freed_at_once(build)


def test_whether_variables_were_created_as_programs_ask_for_it() -> None:
    with tf.Graph().as_default():
        template = tf.make_template("t", lambda: tf.get_variable("w", [1]))
        assert not template._variables_created
        template()
        assert template._variables_created
