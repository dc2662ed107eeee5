"""The variables that count training steps and evaluations, found through their collections."""

from __future__ import annotations

import logging
from typing import Any

from ..dtypes import int64
from ..graph import Graph, GraphKeys, Tensor, get_default_graph
from ..initializers import zeros_initializer
from ..public import v1
from ..scopes import get_variable
from ..variables import Variable, VariableAggregation


@v1("train.get_global_step")
def get_global_step(graph: Graph | None = None) -> Variable | Tensor | None:
    """Returns the global step of a graph, or None.

    Args:
        graph: The graph; the default one if left out.

    Returns:
        The variable of GraphKeys.GLOBAL_STEP, or else the tensor "global_step:0". None if there is none, or
        several.

    Raises:
        TypeError: If it is not an integer scalar.
    """
    graph = graph or get_default_graph()
    found = graph.get_collection(GraphKeys.GLOBAL_STEP)
    if len(found) > 1:
        logging.getLogger("scopetrie").error("Multiple tensors in global_step collection.")
        return None
    if not found:
        try:
            found = [graph.get_tensor_by_name("global_step:0")]
        except KeyError:
            return None
    step: Variable | Tensor = found[0]
    assert_global_step(step)
    return step


@v1("train.create_global_step")
def create_global_step(graph: Graph | None = None) -> Variable:
    """Makes the global step of a graph: an int64 variable in the current variable scope, not trainable.

    Args:
        graph: The graph; the default one if left out.

    Raises:
        ValueError: If the graph has one.

    >>> import scopetrie as tf
    >>> with tf.Graph().as_default():
    ...     print(tf.train.create_global_step())
    <tf.Variable 'global_step:0' shape=() dtype=int64_ref>
    """
    graph = graph or get_default_graph()
    if get_global_step(graph) is not None:
        raise ValueError('"global_step" already exists.')
    with graph.as_default():
        return get_variable(
            GraphKeys.GLOBAL_STEP, shape=[], dtype=int64, initializer=zeros_initializer(), trainable=False,
            collections=[GraphKeys.GLOBAL_VARIABLES, GraphKeys.GLOBAL_STEP],
            aggregation=VariableAggregation.ONLY_FIRST_REPLICA,
        )  # fmt: skip


@v1("train.get_or_create_global_step")
def get_or_create_global_step(graph: Graph | None = None) -> Variable:
    """Returns the global step of a graph; creates it if there is none.

    Args:
        graph: The graph; the default one if left out.
    """
    graph = graph or get_default_graph()
    found: Any = get_global_step(graph)
    if found is None:
        try:
            return create_global_step(graph)
        except ValueError:
            # Another thread was first; its variable may not be in the collection yet.
            found = get_global_step(graph)
            if found is None:
                scope = graph._variable_scope().name
                found = graph._find_variable(f"{scope}/global_step" if scope else "global_step")
            if found is None:
                raise
    if isinstance(found, Tensor):  # as well: then its name is found before
        made = graph._find_variable("global_step") if graph._note_maker("global_step", 0) else None
        found = get_global_step(graph) if made is None else made
    step: Variable = found
    return step


@v1("train.assert_global_step")
def assert_global_step(global_step_tensor: Any) -> None:
    """Checks that something can be a global step.

    Args:
        global_step_tensor: A variable or tensor.

    Raises:
        TypeError: If it is neither, or not an integer scalar.
    """
    if not isinstance(global_step_tensor, (Variable, Tensor)):
        raise TypeError(f'Existing "global_step" must be a Variable or Tensor: {global_step_tensor}.')
    if not global_step_tensor.dtype.base_dtype.is_integer:
        raise TypeError(f'Existing "global_step" does not have integer type: {global_step_tensor.dtype}')
    shape = global_step_tensor.get_shape()
    if shape.ndims != 0 and shape.is_fully_defined():
        raise TypeError(f'Existing "global_step" is not scalar: {shape}')


@v1("train.global_step")
def global_step(sess: Any, global_step_tensor: Any) -> int:
    """Returns the value of a global step in a session.

    Args:
        sess: The session.
        global_step_tensor: The global step, or its name.
    """
    return int(sess.run(global_step_tensor))


@v1("contrib.training.get_or_create_eval_step")
def get_or_create_eval_step() -> Variable:
    """Returns the variable that counts evaluations; creates it if there is none.

    Returns:
        The only member of the collection `GraphKeys.EVAL_STEP`: a local variable `eval_step` of int64.

    Raises:
        ValueError: If the collection has several members.
    """
    found = get_default_graph().get_collection(GraphKeys.EVAL_STEP)
    if len(found) > 1:
        raise ValueError("Multiple tensors added to tf.GraphKeys.EVAL_STEP")
    if found:
        known: Variable = found[0]
        return known
    return get_variable(
        "eval_step", [], int64, zeros_initializer(), trainable=False,
        collections=[GraphKeys.LOCAL_VARIABLES, GraphKeys.EVAL_STEP],
    )  # fmt: skip
