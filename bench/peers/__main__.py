"""One peer's process: times the peer and bare Python in turns and prints the samples as JSON."""

from __future__ import annotations

import importlib
import json
import sys

from bench.sampling import QUICK, Effort, WrongResult

from . import PEERS

MODULES = {
    "tensorflow": "tensorflow_v1",
    "torch": "torch_modules",
    "haiku": "jax_family",
    "nnx": "jax_family",
    "jax": "jax_family",
    "onnx-ir": "graph_libraries",
    "rustworkx": "graph_libraries",
    "networkx": "graph_libraries",
}


def main(name: str, effort: Effort) -> int:
    """Times every row of a peer.

    Args:
      name: A key of PEERS.
      effort: How long.

    Returns:
      0, or 3 when a result of the peer was wrong.
    """
    module = importlib.import_module(f".{MODULES[name]}", __package__)
    measured: dict[str, dict[str, list[float]]] = {}
    for key in PEERS[name].rows:
        try:
            result = module.row(name, key).measure(effort)
        except WrongResult as error:
            print(f"{key}: {error}", file=sys.stderr)
            return 3
        measured[key] = {"peer": list(result.ours.values), "ratio": list(result.ratio.values)}
    print(json.dumps(measured))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], QUICK if sys.argv[2] == "quick" else Effort(seconds=1.5, least=5, most=101)))
