"""Other libraries (peers) doing the same work, each in a process of its own.

A peer's process (`python -m bench.peers NAME`) times the peer and bare Python (or NumPy) in turns; this
process does the same for this package. The figure shown is the quotient of the two ratios, so another
interpreter or a drift of the clock between the processes does not count. A peer that is not installed is
listed as skipped.

What a peer does for a row is the nearest thing in its public API; `note` in PEERS says where it does less (no
names) or more (it makes an array).
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from bench import machine
from bench.results import Result, Row, Unavailable
from bench.rows import calls, running, training
from bench.sampling import Effort, Samples, WrongResult


@dataclass(frozen=True)
class Peer:
    """A library to compare with.

    Attributes:
      module: What is imported.
      distribution: What is installed.
      rows: Keys of the rows in calls.py, running.py and training.py for which it has an equivalent.
      note: How its work differs.
    """

    module: str
    distribution: str
    rows: tuple[str, ...]
    note: str


PEERS = {
    "tensorflow": Peer(
        "tensorflow",
        "tensorflow",
        (
            "hit.name",
            "hit.full",
            "create",
            "scope.name",
            "scope.captured",
            "scope.op",
            "unique",
            "node.add",
            "node.plus",
            "node.times",
            "node.negative",
            "run.scalar",
            "run.chain",
            "run.tanh",
            "run.assign",
            "run.fetch",
            "run.conv",
            "train.mlp",
            "train.rows",
            "train.lenet",
            "train.lstm",
        ),
        "v1 mode",
    ),
    "torch": Peer("torch", "torch", ("hit.name", "create", "node.add"), "Module, fx"),
    "haiku": Peer("haiku", "dm-haiku", ("hit.full", "create", "scope.op"), "transformed"),
    "nnx": Peer("flax.nnx", "flax", ("create",), "Param on a Module"),
    "jax": Peer("jax", "jax", ("scope.op", "node.add"), "tracing"),
    "onnx-ir": Peer("onnx_ir", "onnx-ir", ("create", "node.add"), "named by its graph"),
    "rustworkx": Peer("rustworkx", "rustworkx", ("node.add",), "no names"),
    "networkx": Peer("networkx", "networkx", ("node.add",), "nodes are integers"),
}


TARGETS = {
    ("tensorflow", "run.conv"): 2.5,
    ("tensorflow", "train.mlp"): 1.0,
    ("tensorflow", "train.rows"): 0.7,
    ("tensorflow", "train.lenet"): 1.5,
    ("tensorflow", "train.lstm"): 1.0,
}
"""The most that our time may be, relative to a peer's, by (peer, row key)."""


def _interpreter(peer: Peer, pythons: Sequence[str]) -> str:
    probe = f"import importlib.util as u, sys; sys.exit(u.find_spec({peer.module.split('.')[0]!r}) is None)"
    for python in (sys.executable, *pythons):
        if subprocess.run([python, "-c", probe], capture_output=True, check=False).returncode == 0:
            return python
    raise Unavailable(f"{peer.distribution} is not installed")


def _measured_by(python: str, name: str, effort: Effort) -> dict[str, dict[str, list[float]]]:
    command = [python, "-m", "bench.peers", name, "quick" if effort.quick else "full"]
    ran = subprocess.run(command, cwd=machine.ROOT, capture_output=True, text=True, check=False)
    if ran.returncode == 3:
        raise WrongResult(ran.stderr.strip().splitlines()[-1])
    if ran.returncode:
        raise Unavailable((ran.stderr.strip().splitlines() or [f"exit {ran.returncode}"])[-1])
    got: dict[str, dict[str, list[float]]] = json.loads(ran.stdout.splitlines()[-1])
    return got


def rows(pythons: Sequence[str] = ()) -> tuple[Row, ...]:
    """A row for each peer and call.

    Args:
      pythons: Further interpreters to look for peers in.

    Returns:
      The rows; those of one peer share its process.
    """
    tf = importlib.import_module("scopetrie")
    own = {row.key: row for row in (*calls.rows(tf), *running.rows(tf), *training.rows(tf))}
    got: dict[str, dict[str, dict[str, list[float]]]] = {}
    missing: dict[str, Unavailable] = {}
    ours: dict[str, Result] = {}

    def row(name: str, peer: Peer, key: str) -> Row:
        title = f"{name} ({peer.note}): {own[key].title}"

        def measure(effort: Effort) -> Result:
            if name in missing:
                raise missing[name]
            if name not in got:
                try:
                    got[name] = _measured_by(_interpreter(peer, pythons), name, effort)
                except Unavailable as error:
                    missing[name] = error
                    raise
            if key not in ours:
                ours[key] = own[key].measure(effort)
            mine, theirs = ours[key], got[name][key]
            assert mine.ratio is not None
            quotient = Samples((mine.ratio.median / Samples(tuple(theirs["ratio"])).median,))
            return Result(
                f"peers.{name}.{key}",
                title,
                "ns",
                mine.ours,
                Samples(tuple(theirs["peer"])),
                name,
                quotient,
                TARGETS.get((name, key)),
                calls=mine.calls,
            )

        return Row(f"peers.{name}.{key}", title, measure)

    return tuple(row(name, peer, key) for name, peer in PEERS.items() for key in peer.rows)
