"""Writes calls whose outcome is to be recorded.

    python tests/differential/generate.py [FAMILY ...]

For each family of functions it writes `recorded/FAMILY.json.xz` with calls that are the same whenever it
runs, and keeps the outcomes of those that were recorded before; `record.py` adds the others. Which dtypes get
more than one call follows from what scopetrie's op takes.
"""

from __future__ import annotations

import functools
import importlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import scopetrie as tf
from differential.draw import Draw, Json
from differential.records import FAMILIES, key, read, write


def accepts(name: str, dtype: str) -> bool:
    """Whether a function takes tensors of a dtype for all its arguments."""
    function = functools.reduce(getattr, name.split("."), tf)
    with tf.Graph().as_default():
        x = tf.placeholder(getattr(tf, dtype), [])
        for arguments in ([x], [x, x]):
            try:
                function(*arguments)
            except (TypeError, ValueError):
                continue
            return True
    return False


def generate(family: str) -> list[Json]:
    """A family's calls, each once."""
    module = importlib.import_module(f"differential.families.{family}")
    found = module.calls(Draw(family), accepts)
    return list({key(call): call for call in found}.values())


def main(families: list[str]) -> None:
    """Writes the files of families."""
    for family in families or FAMILIES:
        known = {key(call): outcome for call, outcome in read(family)}
        calls = generate(family)
        lines = [[call, known.get(key(call))] for call in calls]
        write(family, lines)
        print(family, len(calls), "calls,", sum(outcome is None for _, outcome in lines), "to record")


if __name__ == "__main__":
    main(sys.argv[1:])
