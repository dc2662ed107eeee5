"""Graphs for others to see, and functions with named parameters, relative to the same by hand."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..results import Row, Unavailable, paired_row
from ..sampling import REPEATED, Names, Work, require

LAYERS, SIZE = 100, 16


def layered(tf: Any) -> tuple[Any, Any, Any]:
    """A graph of dense layers, the fetch of the last one, and a session with its variables."""
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, SIZE], name="x")
        for number in range(LAYERS):
            with tf.variable_scope(f"layer_{number}"):
                w = tf.get_variable("w", [SIZE, SIZE])
                b = tf.get_variable("b", [SIZE])
                x = tf.nn.relu(tf.matmul(x, w) + b)
        session = tf.Session()
        session.run(tf.global_variables_initializer())
    return graph, x, session


def names_by_hand(rows: list[tuple[str, str, list[str]]]) -> str:
    """What a reader of a graph needs at least: its operations in nested dicts by scope, as JSON."""
    root: dict[str, Any] = {}
    for name, kind, inputs in rows:
        place = root
        *scopes, last = name.split("/")
        for scope in scopes:
            place = place.setdefault(scope, {})
        place.setdefault(last, {})[""] = [kind, inputs]
    return json.dumps(root)


def model_by_hand(ir: Any, values: list[tuple[str, Any, Any]]) -> Any:
    """The same model, its nodes made one after the other."""
    x = first = ir.Input("x", ir.Shape([None, SIZE]), ir.TensorType(ir.DataType.FLOAT))
    nodes, initializers = [], []
    for name, w, b in values:
        given = [
            ir.Value(name=f"{name}/{end}", const_value=ir.tensor(array))
            for end, array in (("w", w), ("b", b))
        ]
        initializers += given
        for kind, inputs in (("MatMul", given[:1]), ("Add", given[1:]), ("Relu", [])):
            node = ir.node(kind, [x, *inputs], name=f"{name}/{kind}")
            nodes.append(node)
            (x,) = node.outputs
    graph = ir.Graph([first], [x], nodes=nodes, initializers=initializers, opset_imports={"": 20})
    return ir.Model(graph, ir_version=10)


def rows(tf: Any) -> tuple[Row, ...]:
    """The rows.

    Args:
      tf: The package under test.
    """

    @contextmanager
    def graphs(calls: int) -> Iterator[Names]:
        graph, fetch, session = layered(tf)
        with session:
            operations = [
                (op.name, op.type, [each.name for each in op.inputs]) for op in graph.get_operations()
            ]
            yield {
                "graph": graph,
                "fetch": fetch,
                "session": session,
                "export": tf.onnx.export,
                "operations": operations,
                "names_by_hand": names_by_hand,
                "model_by_hand": model_by_hand,
            }

    @contextmanager
    def models(calls: int) -> Iterator[Names]:
        try:
            ir = importlib.import_module("onnx_ir")
        except ImportError as error:
            raise Unavailable("needs onnx-ir") from error
        with graphs(calls) as names:
            w, b = np.ones((SIZE, SIZE), np.float32), np.ones(SIZE, np.float32)
            values = [(f"layer_{number}", w, b) for number in range(LAYERS)]
            yield names | {"ir": ir, "values": values}

    def network(x: Any) -> Any:
        for number in range(LAYERS):
            with tf.parameter_scope(f"layer_{number}"):
                w = tf.get_parameter("w", (SIZE, SIZE))
                x = np.maximum(x @ w + tf.get_parameter("b", (SIZE,)), 0)
        return x

    def network_by_hand(parameters: dict[str, Any], x: Any) -> Any:
        for number in range(LAYERS):
            x = np.maximum(x @ parameters[f"layer_{number}/w"] + parameters[f"layer_{number}/b"], 0)
        return x

    @contextmanager
    def functions(calls: int) -> Iterator[Names]:
        init, apply = tf.transform(network)
        x = np.ones((1, SIZE), np.float32)
        parameters = init(0, x)
        arrays = {path: variable.array for path, variable in parameters.items()}
        require(np.array_equal(apply(parameters, x), network_by_hand(arrays, x)), "the functions differ")
        yield {
            "apply": apply,
            "parameters": parameters,
            "arrays": arrays,
            "x": x,
            "network_by_hand": network_by_hand,
        }

    def row(key: str, title: str, prepare: Any, ours: str, theirs: str, against: str, calls: int) -> Row:
        contenders = (Work(statement, prepare, over=REPEATED) for statement in (ours, theirs))
        return paired_row(
            key, title, *contenders, against=against, calls=calls, quick_calls=max(1, calls // 10)
        )

    return (
        row(
            "views.show", f"Graph.show().html() of {LAYERS} layers", graphs, "graph.show().html()",
            "names_by_hand(operations)", "JSON of the names", 10,
        ),
        row(
            "views.onnx", f"onnx.export of {LAYERS} layers", models, "export(graph, fetch, values=session)",
            "model_by_hand(ir, values)", "onnx-ir by hand", 10,
        ),
        row(
            "views.transform", f"apply of a transformed function of {LAYERS} layers", functions,
            "apply(parameters, x)", "network_by_hand(arrays, x)", "a dict of arrays", 100,
        ),
    )  # fmt: skip
