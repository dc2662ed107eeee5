"""Instructions per call, compared with a committed baseline. Unlike times, they do not drift.

    python -m bench.instructions check    fails when a call takes over 5% more instructions than committed,
                                          or a creation more than its share of one with zeros
    python -m bench.instructions record   writes the baseline for this interpreter and compiler
    python -m bench.instructions show     prints what `check` would compare

All calls run in one process under `valgrind --tool=callgrind`, which counts only between two client requests
around a loop of calls; the cost of an empty loop is subtracted. The counts depend on the interpreter and on
the compiler of the extension, so there is a baseline for each such pair. For a pair without a baseline the
counts are printed and nothing can fail.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import importlib
import itertools
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from . import machine
from .rows import calls, creations, ops, store, variables
from .sampling import Work, constant

BASELINE = Path(__file__).parent / "callgrind" / "baseline.json"
REQUESTS = Path(__file__).parent / "callgrind" / "requests.c"
TOLERANCE = 0.05
CALLS = 2000
NOTHING = "nothing"
# One op for each kind of argument: axes, a shape, a list of tensors, a key, values, no input.
OPS = ("op.reduce", "op.reshape", "op.concat", "op.item", "op.constant", "op.placeholder", "op.variable")

# A shape as a list, a path, and the arguments by keyword: what each of the other rows does differently.
STORE = (
    *("store.hit", "store.hit.list", "store.hit.path"),
    *("store.create", "store.create.list", "store.create.keywords", "store.create.path"),
)

# By key: what a creation with arguments is compared with, and how many times that it may cost at most.
ZEROS, ARRAY = "create.zeros", "create.array.allowed"
SHARES = {
    f"create.{key}": (ARRAY if key == "array" else ZEROS, creation.target)
    for key, creation in creations.CREATIONS.items()
}


class CannotCount(Exception):
    """Valgrind or a C compiler is missing; the message says which and how to get it."""


def contenders(tf: Any) -> dict[str, Work]:
    """The hot public calls, which are counted.

    Args:
      tf: The package.

    Returns:
      By the rows' keys.
    """
    return (
        {
            "hit.name": variables.hit(tf, "get_variable('w')"),
            "hit.full": variables.hit(tf, "get_variable('w', shape=(3,), dtype=float32)"),
            "create": variables.create(tf),
            "create.default": variables.create_by_default(tf),
            "scope.name": calls.scope(tf, "variable_scope", "'a'"),
            "scope.captured": calls.scope(tf, "variable_scope", "captured"),
            "scope.op": calls.scope(tf, "name_scope", "'a'"),
            "unique": calls.unique_name(tf),
            "names": calls.names_unique(tf),
            "node.add": calls.node(tf, "add(x, y)", "AddV2", lambda n: f"scope/Add_{n - 1}"),
            "node.plus": calls.node(tf, "x + y", "AddV2", lambda n: f"scope/add_{n - 1}"),
            "node.times": calls.node(tf, "x * 2.0", "Mul", lambda n: f"scope/mul_{n - 1}", 2),
            "node.negative": calls.node(tf, "negative(x)", "Neg", lambda n: f"scope/Neg_{n - 1}"),
            ZEROS: creations.create(tf, "ones", reference=True),
            ARRAY: creations.create(tf, "array", reference=True),
        }
        | {key: ops.op(tf, key) for key in OPS}
        | {key: store.hit(tf, f"store.get({given})") for key, given, _ in store.HITS if key in STORE}
        | {key: store.create(tf, f"store.get({given})") for key, given in store.CREATIONS if key in STORE}
        | {key: creations.create(tf, key.split(".")[1]) for key in SHARES}
    )


# --- the counted process --------------------------------------------------------


def drive(library: str) -> None:
    """Runs and counts every contender; called in the process under valgrind.

    Args:
      library: The compiled requests.c.
    """
    requests = ctypes.CDLL(library)
    if not requests.running_on_valgrind():
        raise CannotCount("not running under valgrind")
    gc.disable()
    works = contenders(importlib.import_module("scopetrie"))
    for key, work in {NOTHING: Work("pass", constant({})), **works}.items():
        work.sample(CALLS)  # specialises byte code, fills caches, checks the results
        with work.prepare(CALLS) as names:
            names["turns"] = range(CALLS)
            loop = work.loop(names)
            gc.collect()
            requests.start_counting()
            loop(names, int, itertools.repeat, CALLS)
            requests.stop_counting(key.encode())
            if work.check is not None:
                work.check(names, CALLS)


# --- the driving process --------------------------------------------------------


def _requests_library(folder: Path) -> Path:
    compiler = shutil.which(os.environ.get("CC", "cc"))
    if compiler is None:
        raise CannotCount("no C compiler (set CC)")
    library = folder / "requests.so"
    command = [compiler, "-O1", "-shared", "-fPIC", str(REQUESTS), "-o", str(library)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise CannotCount(f"cannot compile {REQUESTS.name} (Debian: apt-get install valgrind): {ran.stderr}")
    return library


def count() -> dict[str, float]:
    """Counts the instructions of every contender.

    Returns:
      Instructions per call by key.

    Raises:
      CannotCount: where valgrind or a compiler is missing, or the counted process failed.
    """
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        raise CannotCount("valgrind is not installed (Debian: apt-get install valgrind)")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        library = _requests_library(folder)
        command = [
            valgrind,
            "--tool=callgrind",
            "--instr-atstart=no",
            f"--callgrind-out-file={folder}/counted",
            sys.executable,
            "-m",
            "bench.instructions",
            "drive",
            str(library),
        ]
        # A fixed hash seed and the system's allocator: the same instructions each time.
        environment = os.environ | {
            "PYTHONHASHSEED": "0",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        ran = subprocess.run(
            command, cwd=machine.ROOT, env=environment, capture_output=True, text=True, check=False
        )
        if ran.returncode:
            raise CannotCount(f"the counted process failed:\n{ran.stderr[-2000:]}")
        counted: dict[str, float] = {}
        for dump in folder.glob("counted.*"):
            text = dump.read_text(encoding="utf-8", errors="replace")
            trigger = re.search(r"^desc: Trigger: Client Request: (\S+)$", text, re.MULTILINE)
            total = re.search(r"^(?:totals|summary): (\d+)$", text, re.MULTILINE)
            if trigger and total:
                counted[trigger[1]] = int(total[1]) / CALLS
    if NOTHING not in counted:
        raise CannotCount(f"valgrind wrote no counts:\n{ran.stderr[-2000:]}")
    overhead = counted.pop(NOTHING)
    return {key: value - overhead for key, value in sorted(counted.items())}


def signature() -> str:
    """The interpreter and the compiler found here, on which the counts depend."""
    compiler = shutil.which(os.environ.get("CXX", "c++"))
    version = "unknown"
    if compiler is not None:
        ran = subprocess.run([compiler, "-dumpfullversion"], capture_output=True, text=True, check=False)
        version = f"{Path(compiler).resolve().name}-{ran.stdout.strip()}"
    return f"{machine.python_tag()}-{platform.python_version()}-{version}"


def baselines() -> dict[str, dict[str, float]]:
    """The committed counts by signature."""
    if not BASELINE.exists():
        return {}
    found: dict[str, dict[str, float]] = json.loads(BASELINE.read_text(encoding="utf-8"))["baselines"]
    return found


def record() -> int:
    """Writes this machine's counts into the baseline file.

    Returns:
      The exit code.
    """
    kept = baselines() | {signature(): {key: round(value, 1) for key, value in sorted(count().items())}}
    document = {"unit": "instructions per call", "calls": CALLS, "tolerance": TOLERANCE, "baselines": kept}
    BASELINE.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(f"recorded {len(kept[signature()])} counts for {signature()}")
    return 0


def regressions(counted: dict[str, float], baseline: dict[str, float]) -> list[str]:
    """Calls that take more instructions than allowed.

    Args:
      counted: Instructions per call now.
      baseline: Those committed.

    Returns:
      A line for each call over its limit, and for each that was not counted.

    >>> regressions({"hit": 115.0, "create": 1000.0}, {"hit": 110.0, "create": 900.0})
    ['create: 1000 instructions, baseline 900 (+11.1%, at most +5%)']
    """
    lines = []
    for key, before in baseline.items():
        now = counted.get(key)
        if now is None:
            lines.append(f"{key}: not counted any more")
        elif now > before * (1 + TOLERANCE):
            lines.append(
                f"{key}: {now:.0f} instructions, baseline {before:.0f} "
                f"({now / before - 1:+.1%}, at most +{TOLERANCE:.0%})"
            )
    return lines


def beyond_shares(counted: dict[str, float]) -> list[str]:
    """Creations that cost more than their share of one with zeros.

    Args:
      counted: Instructions per call.

    Returns:
      A line for each.

    >>> beyond_shares({"create.zeros": 1000.0, "create.ones": 1600.0, "create.number": 1400.0})
    ['create.ones: 1.60x create.zeros, at most 1.5x']
    """
    return [
        f"{key}: {counted[key] / counted[of]:.2f}x {of}, at most {share:g}x"
        for key, (of, share) in SHARES.items()
        if key in counted and counted[key] > share * counted[of]
    ]


def check(compare: bool = True) -> int:
    """Counts and compares.

    Args:
      compare: Whether a regression fails.

    Returns:
      1 where a call takes more than the tolerance allows, else 0.
    """
    baseline = baselines().get(signature(), {})
    counted = count()
    print(f"instructions per call, {signature()}")
    for key, now in counted.items():
        before = baseline.get(key)
        change = "" if before is None else f"  baseline {before:8.0f}  {now / before - 1:+7.1%}"
        print(f"  {key:<18} {now:8.0f}{change}")
    if not baseline:
        print("no baseline for this interpreter and compiler: nothing to compare with")
    over = regressions(counted, baseline) + beyond_shares(counted) if compare else []
    for line in over:
        print(f"REGRESSION {line}")
    return 1 if over else 0


def main() -> int:
    """The command line.

    Returns:
      The exit code: 0, 1 for a regression, 2 where nothing can be counted here.
    """
    parser = argparse.ArgumentParser(prog="python -m bench.instructions", description="Instruction counts.")
    parser.add_argument("action", choices=("check", "record", "show", "drive"))
    parser.add_argument("library", nargs="?", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    try:
        if arguments.action == "drive":
            drive(arguments.library)
            return 0
        return record() if arguments.action == "record" else check(arguments.action == "check")
    except CannotCount as error:
        print(f"cannot count instructions: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
