"""Compares two files of `python -m bench --json`, row by row.

    python -m bench compare before.json after.json

A row's ratio is compared if it has one, since the ratio does not depend on the clock speed of the two runs;
else its value. A change counts if the quartiles of the two runs do not overlap.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .report import TITLE_WIDTH, quantity


@dataclass(frozen=True)
class Figure:
    """One row of one file: the value to compare, and its quartiles."""

    title: str
    shown: str
    value: float
    low: float
    high: float


def figures(document: Mapping[str, Any]) -> dict[str, Figure]:
    """The comparable figures of a file.

    Args:
      document: The parsed file.

    Returns:
      By row key.
    """
    found: dict[str, Figure] = {}
    for entry in document["benchmarks"]:
        extra, stats = entry["extra_info"], entry["stats"]
        if "title" not in extra:
            continue
        if extra["ratio"] is not None:
            low, high = extra["ratio_quartiles"]
            shown = f"{extra['ratio']:.2f}x"
            found[entry["group"]] = Figure(extra["title"], shown, extra["ratio"], low, high)
        else:
            scale = 1e9 if extra["unit"] == "ns" else 1.0
            shown = quantity(stats["median"] * scale, extra["unit"])
            found[entry["group"]] = Figure(extra["title"], shown, stats["median"], stats["q1"], stats["q3"])
    return found


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The comparison as lines of text.

    Args:
      before: The parsed first file.
      after: The parsed second file.

    Returns:
      A heading, then a line for each row of either file.
    """
    old, new = figures(before), figures(after)
    lines = [f"{'':<{TITLE_WIDTH}}  {'before':>9}  {'after':>9}  change"]
    for key in [*old, *(key for key in new if key not in old)]:
        a, b = old.get(key), new.get(key)
        if a is None or b is None:
            present = a or b
            assert present is not None
            shown = f"{a.shown if a else '-':>9}  {b.shown if b else '-':>9}"
            lines.append(f"{present.title[:TITLE_WIDTH]:<{TITLE_WIDTH}}  {shown}")
            continue
        change = b.value / a.value - 1 if a.value else 0.0
        apart = b.low > a.high or b.high < a.low
        word = ("slower" if change > 0 else "faster") if apart else "within the spread"
        lines.append(
            f"{b.title[:TITLE_WIDTH]:<{TITLE_WIDTH}}  {a.shown:>9}  {b.shown:>9}  {change:+.1%} {word}"
        )
    return lines


def main(arguments: list[str]) -> int:
    """Runs the comparison.

    Args:
      arguments: The two files.

    Returns:
      The exit code: 0, or 2 for wrong arguments.
    """
    if len(arguments) != 2:
        print("usage: python -m bench compare BEFORE.json AFTER.json")
        return 2
    before, after = (json.loads(Path(name).read_text(encoding="utf-8")) for name in arguments)
    for name, document in zip(arguments, (before, after), strict=True):
        about = document["machine_info"]
        commit = (document["commit_info"]["id"] or "no commit")[:12]
        print(f"{name}: {about['scopetrie']} ({commit}), Python {about['python']}, {about['processor']}")
    print("\n".join(changes(before, after)))
    return 0
