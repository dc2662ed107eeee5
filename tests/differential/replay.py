"""Replays the recorded calls on scopetrie, and says where they differ from TensorFlow.

    python tests/differential/replay.py [FAMILY ...]                counts by function and kind of difference
    python tests/differential/replay.py FAMILY FUNCTION [KIND]      the differences of one function
    python tests/differential/replay.py --write                     writes known.json and the docs' table

`known.json` counts the differences that are still to be mended. A test fails over each that is not counted,
and over counts that are too high: so it only ever shrinks.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import re
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent))

import scopetrie as tf
from differential.calls import Built, outcomes
from differential.comparing import difference
from differential.records import FAMILIES, key, read
from differential.wanted import WANTED, Wanted

HERE: Final = Path(__file__).parent
KNOWN: Final = HERE / "known.json"
SEMANTICS: Final = HERE.parents[1] / "docs" / "semantics.md"
RELIABILITY: Final = HERE.parents[1] / "docs" / "reliability.md"
MARKS: Final = ("<!-- wanted differences: tests/differential/replay.py --write -->", "<!-- end -->")
# How many calls share a graph and a session.
CHUNK: Final = 200
# One in this many is replayed on the second backend.
EVERY: Final = 7


class Difference(NamedTuple):
    """A call that does something else here; `wanted` says why if it is meant to."""

    kind: str
    call: Any
    recorded: Any
    found: Any
    wanted: Wanted | None

    def __str__(self) -> str:
        lines = key(self.call), f"  TensorFlow: {key(self.recorded)}", f"  scopetrie:  {key(self.found)}"
        return "\n".join([self.kind, *(line[:400] for line in lines)])


def lines_of(family: str, standard: bool = False) -> list[list[Any]]:
    """The calls of a family with their outcomes; if `standard`, a sample of those with its dtypes."""
    lines = read(family)
    if not standard:
        return [line for line in lines if has_bfloat16() or "bfloat16" not in dtypes_of(line[0])]
    others = {"float16", "bfloat16", "string"}
    return [line for line in lines if others.isdisjoint(dtypes_of(line[0]))][::EVERY]


@functools.cache
def has_bfloat16() -> bool:
    """Whether the package that has bfloat16 is installed."""
    return importlib.util.find_spec("ml_dtypes") is not None


def dtypes_of(given: Any) -> Iterator[str]:
    """The dtypes that a call names."""
    if given == "to_bfloat16":
        yield "bfloat16"
    elif isinstance(given, dict):
        for kind, what in given.items():
            if kind == "d":
                yield what
            elif kind in ("c", "p", "v", "n"):
                yield what[0]
            else:
                yield from dtypes_of(what)
    elif isinstance(given, (list, tuple)):
        for each in given:
            yield from dtypes_of(each)


def chunks(lines: list[list[Any]]) -> Iterator[list[list[Any]]]:
    """Lines by as many as share a graph and a session."""
    for first in range(0, len(lines), CHUNK):
        yield lines[first : first + CHUNK]


def quiet_outcomes(calls: list[Any], session: Callable[[], Any]) -> list[Any]:
    """The outcomes of calls, without warnings of what they do on purpose."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return outcomes(calls, tf, session)


def differences(lines: list[list[Any]], session: Callable[[], Any] = tf.Session) -> list[Difference]:
    """Where the outcomes of calls differ from those that were recorded."""
    found = []
    for chunk in chunks(lines):
        mine = quiet_outcomes([call for call, _ in chunk], session)
        for (call, recorded), outcome in zip(chunk, mine, strict=True):
            kind = difference(recorded, outcome, call[0] == "~gradients")
            if kind is not None:
                reasons = (each for each in WANTED if each.applies(kind, call, recorded, outcome))
                found.append(Difference(kind, call, recorded, outcome, next(reasons, None)))
    return found


def strict_session() -> Any:
    """A session of another backend than NumPy."""
    import array_api_strict

    return tf.Session(backend=array_api_strict)


def counted(found: list[Difference]) -> dict[str, dict[str, int]]:
    """How many differences there are: the faults by function and kind, the wanted ones by topic."""
    faults = Counter(f"{each.call[0]}: {each.kind}" for each in found if each.wanted is None)
    wanted = Counter(each.wanted.topic for each in found if each.wanted is not None)
    return {"faults": dict(sorted(faults.items())), "wanted": dict(sorted(wanted.items()))}


def op_types(lines: list[list[Any]]) -> set[str]:
    """The types of all ops that calls build."""
    types: set[str] = set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for first in range(0, len(lines), CHUNK):
            with tf.Graph().as_default() as graph:
                for at, (call, _) in enumerate(lines[first : first + CHUNK]):
                    Built(call, tf, f"c{at}")
                types.update(op.type for op in graph.get_operations())
    return types


def wanted_table(known: dict[str, Any]) -> str:
    """The table of the wanted differences, for docs/semantics.md."""
    totals = Counter()
    for family in FAMILIES:
        totals.update(known[family]["wanted"])
    rows = [f"| {each.topic} | {each.theirs} | {each.ours} | {totals[each.topic]} |" for each in WANTED]
    return "\n".join(["| Topic | TensorFlow 2.21 | Here, and why | Calls |", "|---|---|---|---|", *rows])


def with_table(page: str, known: dict[str, Any]) -> str:
    """The page of the docs with the table of the wanted differences."""
    before, _, rest = page.partition(MARKS[0])
    return f"{before}{MARKS[0]}\n{wanted_table(known)}\n{MARKS[1]}{rest.partition(MARKS[1])[2]}"


def with_counts(page: str, known: dict[str, Any]) -> str:
    """The page on reliability with how many calls there are, and how many faults are known."""
    total = sum(len(read(family)) for family in FAMILIES)
    page = re.sub(r"[0-9,]+ recorded calls \| `tests/diff", f"{total:,} recorded calls | `tests/diff", page)
    said = []
    for kind, ending in (("NumPy", ""), ("array-api-strict", " on array_api_strict")):
        sums = {family: sum(known[f"{family}{ending}"]["faults"].values()) for family in FAMILIES}
        parts = ", ".join(f"{count} of {family}" for family, count in sums.items() if count)
        said.append(f"  On {kind}: {sum(sums.values())} calls" + (f" ({parts})." if parts else "."))
    before, _, rest = page.partition(MARKS[0])
    return "\n".join([before + MARKS[0], *said, f"  {MARKS[1]}{rest.partition(MARKS[1])[2]}"])


def main(words: list[str]) -> None:
    """The command line of the module's docstring."""
    if len(words) > 1 and words[0] in FAMILIES and words[1] not in FAMILIES:
        for each in differences([line for line in lines_of(words[0]) if words[1] in ("all", line[0][0])]):
            if each.wanted is None and words[2:] in ([], [each.kind]):
                print(each)
        return
    write = words == ["--write"]
    if write and not has_bfloat16():
        sys.exit("The counts are those with bfloat16: pip install ml_dtypes")
    known = {}
    for family in FAMILIES if write else words or FAMILIES:
        lines = lines_of(family)
        counts = known[family] = counted(differences(lines))
        faults, wanted = (sum(counts[what].values()) for what in ("faults", "wanted"))
        print(f"{family}: {len(lines)} calls, {wanted} wanted differences, {faults} faults")
        if write:
            sample = differences(lines_of(family, True), strict_session)
            known[f"{family} on array_api_strict"] = counted(sample)
        else:
            print(*(f"  {count:5} {name}" for name, count in counts["faults"].items()), sep="\n")
    if write:
        KNOWN.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
        page = SEMANTICS.read_text(encoding="utf-8")
        SEMANTICS.write_text(with_table(page, known), encoding="utf-8")
        page = RELIABILITY.read_text(encoding="utf-8")
        RELIABILITY.write_text(with_counts(page, known), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
