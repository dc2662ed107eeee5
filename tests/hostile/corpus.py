"""The corpus of the machine: sequences that together reach what many drawn ones reach.

corpus.jsonl has one on each line; test_machine.py plays them all, and machine.py adds one that fails. As a
program this draws sequences until the time is up, and chooses anew from them and those that are there: always
the one that reaches most, for its length, of the lines of the package and the pairs of calls (one kind after
another) that no chosen one has reached.

    python tests/hostile/corpus.py --seconds 300
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # when this is run as a program

import coverage
import scopetrie
from hostile import machine
from hostile.machine import CORPUS, Machine, Steps


def kept() -> list[Steps]:
    """The sequences of the corpus."""
    lines = CORPUS.read_text(encoding="utf-8").splitlines() if CORPUS.exists() else []
    return [json.loads(line) for line in lines]


def kind(step: tuple[str, object]) -> str:
    """A call and what it does: of a failing one, how it fails."""
    name, given = step
    return f"{name} {given.get('how') or given.get('kind') or ''}" if isinstance(given, dict) else name


def reached(steps: Steps) -> frozenset[object]:
    """The lines of the package that a sequence reaches, and which call follows which."""
    watch = coverage.Coverage(data_file=None, include=[f"{Path(scopetrie.__file__).parent}/*"])
    with watch.collect():
        machine.replay(steps)
    data = watch.get_data()
    lines = {(Path(name).name, line) for name in data.measured_files() for line in data.lines(name) or ()}
    return frozenset({*lines, *itertools.pairwise(map(kind, steps))})


def text(steps: Steps) -> str:
    """A sequence as a line of the corpus."""
    return json.dumps(steps, separators=(",", ":"))


def chosen(drawn: dict[str, frozenset[object]], most: int) -> list[str]:
    """At most so many sequences (as text), which reach much of what all do."""
    left = set().union(*drawn.values())
    found: list[str] = []
    while left and len(found) < most:
        best = max(drawn, key=lambda each: len(drawn[each] & left) / len(each))
        if not drawn[best] & left:
            break
        left -= drawn[best]
        found.append(best)
    return found


def main() -> None:
    """Draws until the time is up, and writes what is chosen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--most", type=int, default=20)
    arguments = parser.parse_args()
    end = time.monotonic() + arguments.seconds
    drawn = {text(steps): reached(steps) for steps in kept()}
    while time.monotonic() < end:
        Machine.played.clear()
        machine.play(10, 30, fixed=False)
        for steps in json.loads(json.dumps(Machine.played)):
            drawn[text(steps)] = reached(steps)
    found = chosen(drawn, arguments.most)
    CORPUS.write_text("".join(f"{each}\n" for each in found), encoding="utf-8")
    reach = [len(set().union(*(drawn[each] for each in some))) for some in (found, drawn)]
    print(f"{len(found)} of {len(drawn)} sequences, which reach {reach[0]} of {reach[1]}")


if __name__ == "__main__":
    main()
