"""A text that is no UTF-8, as `os.listdir` gives, is a ValueError that names the call and the text."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest
import scopetrie as tf
from hostile import attacks
from hostile.actors import World
from hostile.test_nothing_left import state

TEXT = "a\udc80b"


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda graph: tf.get_variable(TEXT, [2]), "get_variable"),
        (lambda graph: tf.Variable(1.0, name=TEXT), "Variable"),
        (lambda graph: tf.variable_scope(TEXT), "variable_scope"),
        (lambda graph: tf.variable_scope(None, TEXT), "variable_scope"),
        (lambda graph: tf.name_scope(TEXT).__enter__(), "name_scope"),
        (lambda graph: tf.VariableScope(False, TEXT), "VariableScope"),
        (lambda graph: graph.unique_name(TEXT), "Graph.unique_name"),
        (lambda graph: tf.constant(1.0, name=TEXT), "constant"),
        (lambda graph: tf.concat([[1.0]], 0, name=TEXT), "concat"),
        (lambda graph: tf.negative(1.0, name=TEXT), "Neg"),
        (lambda graph: tf.add_to_collection(TEXT, 1), "add_to_collection"),
        (lambda graph: tf.get_collection(TEXT), "get_collection"),
        (lambda graph: graph.get_tensor_by_name(TEXT + ":0"), "get_tensor_by_name"),
        (lambda graph: graph.get_operation_by_name(TEXT), "get_operation_by_name"),
        (lambda graph: tf.Names().unique_name(TEXT), "Names.unique_name"),
    ],
)
def test_the_error_names_the_call_and_the_text(call: Callable[[Any], Any], named: str) -> None:
    with tf.Graph().as_default() as graph, pytest.raises(ValueError) as raised:
        call(graph)
    assert str(raised.value).startswith(f"{named}: 'a\\udc80b")


def names_of(function: Any) -> list[str]:
    """The parameters of a function that may be a name."""
    try:
        parameters = inspect.signature(function).parameters
        return [name for name in parameters if ("name" in name or name == "key") and name != "filename"]
    except (TypeError, ValueError):
        return []


def test_no_call_says_something_else_or_leaves_something() -> None:
    seen = 0
    for name, get in attacks.functions():
        if name in attacks.LEFT_OUT or name.startswith("summary."):
            continue
        for parameter in names_of(get(World())):
            world = World()
            function = get(world)
            before = state(world.graph)
            try:
                function(*[world.x] * attacks._parameters(function).count(0), **{parameter: TEXT})
            except SystemError as error:
                pytest.fail(f"{name}: {error!r}")
            except Exception as error:
                assert state(world.graph) == before, f"{name}: {error!r}"
                assert not isinstance(error, UnicodeEncodeError), f"{name}: {error!r}"
                seen += "lone surrogate" in str(error)
            finally:
                world.leave()
    assert seen > 100
