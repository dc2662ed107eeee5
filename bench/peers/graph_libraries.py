"""onnx-ir, rustworkx, networkx: a node with two inputs, and onnx-ir's initializers."""

from __future__ import annotations

import importlib
from collections.abc import Callable

import numpy as np

from bench.results import Row
from bench.sampling import Names, Work

from .pairs import fresh, paired


def row(name: str, key: str) -> Row:
    """The row of a peer.

    Args:
      name: "onnx-ir", "rustworkx" or "networkx".
      key: The row's key.

    Returns:
      The row.
    """
    libraries: dict[str, Callable[[str], Row]] = {
        "onnx-ir": _onnx_ir,
        "rustworkx": _rustworkx,
        "networkx": _networkx,
    }
    return libraries[name](key)


def _onnx_ir(key: str) -> Row:
    ir = importlib.import_module("onnx_ir")

    def make(calls: int) -> Names:
        x, y = ir.Value(name="x"), ir.Value(name="y")
        graph = ir.Graph([x, y], [], nodes=[], name="g")
        return {
            "graph": graph,
            "append": graph.append,
            "Node": ir.Node,
            "x": x,
            "y": y,
            "register": graph.register_initializer,
            "Value": ir.Value,
            "tensor": ir.tensor,
            "zeros": np.zeros,
            "float32": np.float32,
            "names": [f"scope/w{i}" for i in range(calls)],
        }

    if key == "node.add":
        done = fresh(
            make, lambda names, calls: len(names["graph"]) == calls and bool(names["graph"][-1].name)
        )
        return paired(key, Work("append(Node('', 'Add', [x, y]))", **done))
    done = fresh(make, lambda names, calls: len(names["graph"].initializers) == calls)
    statement = "register(Value(name=name, const_value=tensor(zeros(3, float32), name=name)))"
    return paired(key, Work(statement, over="name in names", **done))


def _rustworkx(key: str) -> Row:
    rustworkx = importlib.import_module("rustworkx")

    def make(calls: int) -> Names:
        graph = rustworkx.PyDiGraph()
        x, y = graph.add_node("x"), graph.add_node("y")
        return {"graph": graph, "add_child": graph.add_child, "add_edge": graph.add_edge, "x": x, "y": y}

    def done(names: Names, calls: int) -> bool:
        return bool(names["graph"].num_nodes() == calls + 2 and names["graph"].num_edges() == 2 * calls)

    return paired(key, Work("add_edge(y, add_child(x, 'AddV2', 0), 1)", **fresh(make, done)))


def _networkx(key: str) -> Row:
    networkx = importlib.import_module("networkx")

    def make(calls: int) -> Names:
        graph = networkx.MultiDiGraph()
        graph.add_node("x")
        graph.add_node("y")
        return {
            "graph": graph,
            "add_node": graph.add_node,
            "add_edge": graph.add_edge,
            "names": list(range(calls)),
        }

    def done(names: Names, calls: int) -> bool:
        graph = names["graph"]
        return bool(graph.number_of_nodes() == calls + 2 and graph.number_of_edges() == 2 * calls)

    statement = "add_node(name, type='AddV2')\nadd_edge('x', name)\nadd_edge('y', name)"
    return paired(key, Work(statement, over="name in names", **fresh(make, done)))
