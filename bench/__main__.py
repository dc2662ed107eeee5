"""The command line: `python -m bench`."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from . import compare, machine, markdown, peers, plot, report
from .results import Group, Result, Unavailable
from .rows import (
    bulk,
    calls,
    cluster,
    creations,
    datasets,
    files,
    imports,
    jobs,
    memory,
    nets,
    ops,
    running,
    session_values,
    sizes,
    store,
    training,
    views,
)
from .sampling import FULL, QUICK, Effort, WrongResult


def groups(tf: Any, arguments: argparse.Namespace) -> dict[str, Callable[[], Group]]:
    """The groups in the order of the output; each is made when its turn comes.

    Args:
      tf: The package under test.
      arguments: The parsed command line.

    Returns:
      A function that makes the group, by the group's name.
    """
    quick: bool = arguments.quick
    some_sizes = arguments.sizes or (sizes.QUICK_SIZES if quick else sizes.SIZES)
    job = 10_000 if quick else 100_000
    made: dict[str, Callable[[], Group]] = {
        "calls": lambda: Group("calls", "One call", calls.rows(tf)),
        "creations": lambda: Group("creations", "One creation", creations.rows(tf)),
        "ops": lambda: Group("ops", "One op with arguments", ops.rows(tf)),
        "jobs": lambda: Group("jobs", "Whole job", jobs.rows(tf, job)),
        "bulk": lambda: Group("bulk", "Arrays of names", bulk.rows(tf)),
        "store": lambda: Group("store", "Store", store.rows(tf)),
        "session": lambda: Group("session", "Session.run", running.rows(tf)),
        "values": lambda: Group("values", "A session's values", session_values.rows(tf, job)),
        "training": lambda: Group("training", "Training", (*training.rows(tf), *nets.rows(tf))),
        "input": lambda: Group("input", "Input", datasets.rows(tf)),
        "sizes": lambda: Group("sizes", "With much already there", sizes.rows(tf, some_sizes)),
        "memory": lambda: Group("memory", "Resident memory of one", memory.rows()),
        "files": lambda: Group("files", "Checkpoints", files.rows(tf, quick)),
        "views": lambda: Group("views", "Pictures, models, functions", views.rows(tf)),
        "cluster": lambda: Group("cluster", "Variables on a cluster", cluster.rows(tf, quick)),
        "import": lambda: Group("import", "Import", imports.rows()),
    }
    if arguments.peers:
        made["peers"] = lambda: Group("peers", "Peers", peers.rows(arguments.peer_python))
    return made


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line.

    Args:
      arguments: What follows `python -m bench`.

    Returns:
      The parsed arguments.
    """
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="What this package costs relative to bare Python (or NumPy), in one interleaved run.",
        epilog="Also: python -m bench compare A.json B.json; python -m bench plot RESULTS.json FOLDER; "
        "python -m bench markdown RESULTS.json [--write PAGE.md ...].",
    )
    parser.add_argument("--quick", action="store_true", help="few rounds, small sizes: a smoke test")
    parser.add_argument("--only", metavar="PATTERN", help="rows whose key or group contains PATTERN")
    parser.add_argument(
        "--sizes", metavar="N", type=int, nargs="+", help="for the flat rows, from small to large"
    )
    parser.add_argument("--peers", action="store_true", help="measure other libraries too, where installed")
    parser.add_argument(
        "--peer-python",
        metavar="PYTHON",
        action="append",
        default=[],
        help="another interpreter to look for peers in (may be repeated; implies --peers)",
    )
    parser.add_argument("--seconds", type=float, help=f"for each row (default {FULL.seconds:g})")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the results there")
    parser.add_argument("--plot", metavar="FOLDER", type=Path, help="write pictures there (matplotlib)")
    parsed = parser.parse_args(arguments)
    parsed.peers = parsed.peers or bool(parsed.peer_python)
    return parsed


def run(arguments: argparse.Namespace) -> int:
    """Measures the rows, prints them and writes the files asked for.

    Args:
      arguments: The parsed command line.

    Returns:
      0, or 1 when a result was wrong or a row failed. Missing a target is not an error: machines differ.
    """
    tf = importlib.import_module("scopetrie")
    effort = QUICK if arguments.quick else FULL
    if arguments.seconds is not None:
        effort = Effort(arguments.seconds, effort.least, effort.most, effort.quick)
    about = machine.describe(tf.__version__)
    print(machine.summary(about))
    measured: list[tuple[str, Result]] = []
    skipped: dict[str, str] = {}
    wrong = 0
    for name, make in groups(tf, arguments).items():
        group = make()
        headed = False
        for row in group.rows:
            if arguments.only and arguments.only not in row.key and arguments.only not in name:
                continue
            try:
                result = row.measure(effort)
            except Unavailable as error:
                skipped[row.key] = str(error)
                continue
            except WrongResult as error:
                wrong += 1
                print(f"WRONG {row.key}: {error}")
                continue
            except Exception as error:  # a row that fails must not stop the others
                wrong += 1
                print(f"FAILED {row.key}: {type(error).__name__}: {str(error).splitlines()[0]}")
                continue
            measured.append((name, result))
            if not headed:
                print(report.heading(group.heading, result.against))
                headed = True
            print(report.line(result), flush=True)
    if skipped:
        print()
        for why in dict.fromkeys(skipped.values()):
            keys = ", ".join(key for key, reason in skipped.items() if reason == why)
            print(f"skipped {keys}: {why}")
    document = report.as_document(about, measured, skipped)
    if arguments.json:
        report.write(arguments.json, document)
    if arguments.plot:
        try:
            plot.save(json.loads(json.dumps(document)), arguments.plot)
        except Unavailable as error:
            print(f"skipped plots: {error}")
    missed = [result.key for _, result in measured if result.verdict == "missed"]
    print(
        f"\n{len(measured)} rows, {sum(r.target is not None for _, r in measured)} with a target, "
        f"{len(missed)} of them missed{': ' + ', '.join(missed) if missed else ''}"
    )
    return 1 if wrong else 0


def main(arguments: Sequence[str]) -> int:
    """Dispatches to measuring (the default), `compare`, `plot` or `markdown`.

    Args:
      arguments: What follows `python -m bench`.

    Returns:
      The exit code.
    """
    if arguments[:1] == ["compare"]:
        return compare.main(list(arguments[1:]))
    if arguments[:1] == ["plot"]:
        return plot.main(list(arguments[1:]))
    if arguments[:1] == ["markdown"]:
        return markdown.main(list(arguments[1:]))
    return run(parse(arguments))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
