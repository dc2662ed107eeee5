"""Import time of this package relative to `import numpy`, in pairs of fresh processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile

from ..results import Result, Row, Unavailable
from ..sampling import Effort, Samples, paired_ratios, require

OPTIONAL = ("cupy", "google.protobuf", "jax", "scipy", "tensorboard", "tensorflow", "torch")
"""Modules that `import scopetrie` must not import."""

_TIMED = """
import json, sys, time
start = time.perf_counter_ns()
import {module}
spent = time.perf_counter_ns() - start
print(json.dumps([spent, [name for name in {optional!r} if name in sys.modules]]))
"""


def import_time(module: str, compiled: str) -> float:
    """Nanoseconds that a fresh process takes to import a module.

    Args:
      module: Its name.
      compiled: A folder for byte code. An installed package has byte code, so it is written there whatever
        the environment says.

    Returns:
      The time.

    Raises:
      WrongResult: if an optional module was imported, too.
      Unavailable: if the module cannot be imported.
    """
    source = _TIMED.format(module=module, optional=OPTIONAL)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = compiled
    command = [sys.executable, "-c", source]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise Unavailable(ran.stderr.strip().splitlines()[-1])
    spent, loaded = json.loads(ran.stdout)
    require(not loaded, f"import {module} imported {', '.join(loaded)}")
    return float(spent)


def _measure(effort: Effort) -> Result:
    pairs = 3 if effort.quick else 25
    ours, numpy = [], []
    with tempfile.TemporaryDirectory() as compiled:
        import_time("scopetrie", compiled)  # compiles to byte code and fills the file cache
        for _ in range(pairs):
            ours.append(import_time("scopetrie", compiled))
            numpy.append(import_time("numpy", compiled))
    mine, theirs = Samples(tuple(ours)), Samples(tuple(numpy))
    return Result(
        "import",
        TITLE,
        "ns",
        mine,
        theirs,
        "import numpy",
        paired_ratios(mine, theirs),
        1.2,
        calls=1,
    )


TITLE = "import scopetrie"


def rows() -> tuple[Row, ...]:
    """The row for import time."""
    return (Row("import", TITLE, _measure),)
