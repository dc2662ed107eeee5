"""Branches and loops in GraphDefs: this package's own, and TensorFlow's of both kinds."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scopetrie as tf

sys.path.insert(0, str(Path(__file__).parent))

from control_flow import GRAPHS, recorded

pytest.importorskip("tensorboard")
RECORDED = recorded()


@pytest.fixture(autouse=True)
def graph() -> Iterator[tf.Graph]:
    with tf.Graph().as_default() as graph:
        yield graph


def parsed(kind: Any, data: bytes) -> Any:
    message = kind()
    message.ParseFromString(data)
    return message


def meta_graph(data: bytes) -> Any:
    from tensorboard.compat.proto.meta_graph_pb2 import MetaGraphDef

    return parsed(MetaGraphDef, data)


def initializers() -> list[tf.Operation]:
    """What sets the variables, among them those that are no longer known as such."""
    return [
        op
        for op in tf.get_default_graph().get_operations()
        if op.name.endswith(("w/Assign", "k/Assign", "kernel/Assign", "bias/Assign"))
    ]


def check_values(case: dict[str, Any], prefix: str = "") -> None:
    """The values of "y" are those that TensorFlow's graph has given."""
    with tf.Session() as session:
        session.run(initializers())
        for fed, wanted in zip(case["feeds"], case["values"], strict=True):
            found = session.run(f"{prefix}y:0", {f"{prefix}x:0": np.array(fed, np.float32)})
            np.testing.assert_allclose(found, wanted, rtol=1e-5)


def check_gradient(feeds: Any) -> None:
    """The gradient of "y" by "x" is that which differences say."""
    graph = tf.get_default_graph()
    x, y = graph.get_tensor_by_name("x:0"), graph.get_tensor_by_name("y:0")
    total = tf.reduce_sum(y)
    (grad,) = tf.gradients(total, [x])
    fed = np.array(feeds, np.float32)
    towards = np.random.default_rng(0).normal(size=fed.shape).astype(np.float32)
    with tf.Session() as session:
        session.run(initializers())
        found = np.sum(session.run(grad, {x: fed}) * towards)
        ends = []
        for sign in (1, -1):
            session.run(initializers())
            ends.append(session.run(total, {x: fed + sign * 1e-2 * towards}))
    np.testing.assert_allclose(found, (ends[0] - ends[1]) / 2e-2, rtol=1e-2, atol=1e-2)


@pytest.mark.parametrize("name", RECORDED)
def test_graphs_of_tensorflow(name: str) -> None:
    case = RECORDED[name]
    tf.import_graph_def(parsed(tf.GraphDef, case["graph"]), name="")
    check_values(case)
    check_gradient(case["feeds"][0])


@pytest.mark.parametrize("name", RECORDED)
def test_meta_graphs_of_tensorflow(name: str) -> None:
    case = RECORDED[name]
    tf.train.import_meta_graph(meta_graph(case["meta"]), import_scope="deep/er")
    check_values(case, "deep/er/")
    assert not {"cond_context", "while_context"} & set(tf.get_default_graph().get_all_collection_keys())


@pytest.mark.parametrize("name", GRAPHS)
def test_graphs_of_this_package_come_back(graph: tf.Graph, name: str) -> None:
    case = RECORDED[name]
    with tf.Graph().as_default() as first:
        tf.identity(GRAPHS[name][0](tf), name="y")
        check_values(case)
    definition = first.as_graph_def()
    tf.import_graph_def(parsed(tf.GraphDef, definition.SerializeToString()), name="")
    assert graph.as_graph_def() == definition
    check_values(case)
    check_gradient(case["feeds"][0])
    with tf.Graph().as_default():
        tf.import_graph_def(definition, name="p/q")
        check_values(case, "p/q/")
    # What was trained is written whole: the nodes that compute gradients have bodies, too.
    trained = graph.as_graph_def()
    with tf.Graph().as_default() as third:
        tf.import_graph_def(trained, name="")
        assert third.as_graph_def() == trained
        check_values(case)


def test_the_part_of_a_graph_that_a_branch_needs(graph: tf.Graph) -> None:
    with tf.Graph().as_default() as first, tf.Session() as session:
        x = tf.placeholder(tf.float32, [2], name="x")
        w = tf.get_variable("w", initializer=[1.0, 2.0])
        tf.negative(x, name="else")
        y = tf.cond(x[0] > 0, lambda: tf.identity(x * w), lambda: x)
        tf.while_loop(lambda a: a[0] < 9, lambda a: a + w + 1, [y], name="loop")
        tf.identity(first.get_tensor_by_name("loop/Exit:0"), name="y")
        session.run(w.initializer)
        frozen = tf.graph_util.convert_variables_to_constants(session, first.as_graph_def(), ["y"])
    assert "else" not in {node.name for node in frozen.node}
    for definition in (frozen, tf.graph_util.remove_training_nodes(frozen, ["y"])):
        with tf.Graph().as_default(), tf.Session() as session:
            (y,) = tf.import_graph_def(definition, return_elements=["y:0"], name="")
            assert session.run(y, {"x:0": [2, 3]}).tolist() == [10, 18]
            assert session.run(y, {"x:0": [-1, 3]}).tolist() == [9, 18]


def test_inputs_of_branches_are_mapped(graph: tf.Graph) -> None:
    case = RECORDED["branches"]
    x = tf.constant([[1.0, 2.0]], name="mine")
    (y,) = tf.import_graph_def(parsed(tf.GraphDef, case["graph"]), {"x:0": x}, ["y:0"])
    assert y.shape.as_list() == [1, 2]
    with tf.Session() as session:
        session.run(initializers())
        assert session.run(y).tolist() == case["values"][0]
    with tf.Graph().as_default() as first:
        a = tf.placeholder(tf.float32, [2], name="a")
        tf.identity(tf.while_loop(lambda a: a[0] < 9, lambda a: a * a, [a]), name="b")
    (b,) = tf.import_graph_def(first.as_graph_def(), {"a": [2.0, 3.0, 4.0]}, ["b:0"])
    with tf.Session() as session:
        assert session.run(b).tolist() == [16, 81, 256]


def changed(name: str, change: Callable[[Any], Any]) -> Any:
    """A recorded GraphDef with a change."""
    definition = parsed(tf.GraphDef, RECORDED[name]["graph"])
    nodes = {node.name: node for node in definition.node}
    change(nodes)
    return definition


@pytest.mark.parametrize(
    "name, change, kind, message",
    [
        (
            "pairs",
            lambda nodes: nodes["stack"].input.__setitem__(0, "cond/Merge:1"),
            ValueError,
            r"^Node 'cond/Merge' of type Merge: which of its inputs it took",
        ),
        (
            "pairs",
            lambda nodes: nodes["cond/Merge"].input.__setitem__(0, "x"),
            ValueError,
            r"^Node 'cond/Merge' of type Merge joins no two branches of one condition",
        ),
        (
            "loop",
            lambda nodes: setattr(nodes["while/Exit_1"], "op", "RefExit"),
            ValueError,
            r"^Node 'while/Exit_1' of type RefExit: .* variable's own memory",
        ),
        (
            "loop_v2",
            lambda nodes: nodes["while"].attr["body"].func.__setattr__("name", "gone"),
            ValueError,
            r"^Node 'while': the GraphDef's library has no function 'gone'$",
        ),
        (
            "rows",
            lambda nodes: setattr(nodes["map/TensorArray"], "op", "StackV2"),
            tf.errors.NotFoundError,
            r"^Op type not registered 'StackV2' \(node 'map/TensorArray'\)",
        ),
    ],
)  # fmt: skip
def test_what_is_refused(
    graph: tf.Graph, name: str, change: Callable[[Any], Any], kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind, match=message):
        tf.import_graph_def(changed(name, change))
    assert graph.get_operations() == []


def test_bodies_that_are_not_all_there(graph: tf.Graph) -> None:
    with tf.Graph().as_default() as first:
        tf.cond(tf.constant(True), lambda: tf.constant(1), lambda: tf.constant(2))
    definition = first.as_graph_def()
    node = next(each for each in definition.node if each.op == "If")
    node.attr["then"].func.attr["outputs"].list.s[0] = b"gone:0"
    with pytest.raises(ValueError, match=r"^Node 'cond/If': Unknown node 'gone' in a body$"):
        tf.import_graph_def(definition)
    node.ClearField("attr")
    with pytest.raises(
        ValueError, match=r"^Node 'cond/If' of type If has bodies of branches or loops, which"
    ):
        tf.import_graph_def(definition)
    assert graph.get_operations() == []
