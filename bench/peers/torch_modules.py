"""PyTorch: parameters of an nn.Module by name, nodes of a torch.fx graph."""

from __future__ import annotations

import importlib
import operator

from bench.results import Row
from bench.sampling import Names, Work

from .pairs import fresh, paired


def row(name: str, key: str) -> Row:
    """The row of a peer.

    Args:
      name: "torch".
      key: The row's key.

    Returns:
      The row.
    """
    torch = importlib.import_module("torch")

    def module(calls: int) -> Names:
        outer, inner = torch.nn.Module(), torch.nn.Module()
        outer.add_module("scope", inner)
        names = {"get_parameter": outer.get_parameter, "register": inner.register_parameter, "inner": inner}
        if key == "hit.name":
            inner.register_parameter("w", torch.nn.Parameter(torch.zeros(3)))
        return names | {
            "Parameter": torch.nn.Parameter,
            "zeros": torch.zeros,
            "names": [f"w{i}" for i in range(calls)],
        }

    def graph(calls: int) -> Names:
        made = torch.fx.Graph()
        names = {"call_function": made.call_function, "add": operator.add, "graph": made}
        return names | {"x": made.placeholder("x"), "y": made.placeholder("y")}

    if key == "hit.name":
        done = fresh(module, lambda names, calls: names["get_parameter"]("scope.w") is names["inner"].w)
        return paired(key, Work("get_parameter('scope.w')", **done))
    if key == "create":
        done = fresh(module, lambda names, calls: len(list(names["inner"].parameters())) == calls)
        return paired(key, Work("register(name, Parameter(zeros(3)))", over="name in names", **done))
    done = fresh(graph, lambda names, calls: len(names["graph"].nodes) == calls + 2)
    return paired(key, Work("call_function(add, (x, y))", **done))
