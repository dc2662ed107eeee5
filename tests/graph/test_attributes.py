"""Attributes that programs set on handles and scopes."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from typing import Any

import pytest
import scopetrie as tf


@pytest.fixture(autouse=True)
def graph() -> Iterator[tf.Graph]:
    with tf.Graph().as_default() as graph:
        yield graph


def handles() -> dict[str, Any]:
    v = tf.get_variable("v", [2])
    return {"Variable": v, "Tensor": v + 1.0, "Operation": (v * 2.0).op}


@pytest.mark.parametrize("kind", ["Variable", "Tensor", "Operation"])
def test_a_handle_keeps_what_is_set(kind: str) -> None:
    handle = handles()[kind]
    handle.param, handle.shape_of_mine = True, (1, 2)
    assert handle.param is True and handle.shape_of_mine == (1, 2)
    handle.param = False
    assert handle.param is False and not hasattr(handle, "other")
    del handle.param
    with pytest.raises(AttributeError, match=f"'{kind}' object has no attribute 'param'"):
        _ = handle.param
    with pytest.raises(AttributeError):
        del handle.param
    with pytest.raises(AttributeError):
        handle.name = "members stay as they are"


def test_every_handle_of_a_tensor_has_it(graph: tf.Graph) -> None:
    x = tf.placeholder(tf.float32, [2], name="x")
    x.tag = "seen"
    assert graph.get_tensor_by_name("x:0").tag == "seen" == x.op.outputs[0].tag
    assert not hasattr(x.op, "tag") and not hasattr(x + 1.0, "tag")
    v = tf.get_variable("v", [2])
    v.tag = x
    assert tf.global_variables()[0].tag == x
    with tf.Graph().as_default():
        assert not hasattr(tf.placeholder(tf.float32, [2], name="x"), "tag")


def test_they_go_back_with_the_graph(graph: tf.Graph) -> None:
    x = tf.placeholder(tf.float32, [2])
    x.tag = 1
    with graph.transaction() as attempt:
        x.tag = 2
        y = x + 1.0
        y.tag = 3
        attempt.rollback()
    assert x.tag == 1
    assert not hasattr(x + 1.0, "tag")  # which has the number that y had


def test_they_do_not_keep_the_graph() -> None:
    with tf.Graph().as_default() as other:
        x = tf.placeholder(tf.float32, [2])
        x.made_of = x + 1.0
        x.made_of.op.source = x
    reference = weakref.ref(other)
    del other, x
    gc.collect()
    assert reference() is None


def test_scopes() -> None:
    with tf.variable_scope("a") as scope:
        scope.depth = 3
        scope.itself = scope
        assert tf.get_variable_scope().depth == 3
    with tf.variable_scope("b") as other:
        assert not hasattr(other, "depth")
    assert (
        scope.depth == 3 and vars(scope) == {"depth": 3, "itself": scope}
        if hasattr(scope, "__dict__")
        else True
    )
