"""Import time of this package beside `import numpy`, in pairs of fresh processes."""

from __future__ import annotations

import json
import subprocess
import sys

from .results import Result, Row, Unavailable
from .sampling import Effort, Samples, paired_ratios, require

OPTIONAL = ("cupy", "google.protobuf", "jax", "scipy", "tensorboard", "tensorflow", "torch")
"""Modules that a bare `import scopetrie` must not import."""

_TIMED = """
import json, sys, time
start = time.perf_counter_ns()
import {module}
spent = time.perf_counter_ns() - start
print(json.dumps([spent, [name for name in {optional!r} if name in sys.modules]]))
"""


def import_time(module: str) -> float:
    """Nanoseconds that a fresh process takes to import a module.

    Args:
      module: Its name.

    Returns:
      The time.

    Raises:
      WrongResult: if that imported something optional.
      Unavailable: if the module cannot be imported.
    """
    source = _TIMED.format(module=module, optional=OPTIONAL)
    ran = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=False)
    if ran.returncode:
        raise Unavailable(ran.stderr.strip().splitlines()[-1])
    spent, loaded = json.loads(ran.stdout)
    require(not loaded, f"import {module} imported {', '.join(loaded)}")
    return float(spent)


def _measure(effort: Effort) -> Result:
    pairs = 3 if effort.quick else 25
    import_time("scopetrie"), import_time("numpy")  # byte code and file caches
    ours, numpy = [], []
    for _ in range(pairs):
        ours.append(import_time("scopetrie"))
        numpy.append(import_time("numpy"))
    mine, theirs = Samples(tuple(ours)), Samples(tuple(numpy))
    return Result(
        "import",
        TITLE,
        "ns",
        mine,
        theirs,
        "import numpy",
        paired_ratios(mine, theirs),
        60e6,
        target_on="difference",
        calls=1,
    )


TITLE = "import scopetrie (at most 60 ms more than import numpy)"


def rows() -> tuple[Row, ...]:
    """The row for import time."""
    return (Row("import", TITLE, _measure),)
