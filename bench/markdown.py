"""Tables for the README and the documentation, from a result file.

    python -m bench markdown results.json [SECTION or KEY ...]
    python -m bench markdown results.json --write README.md docs/index.md docs/performance.md

The first form prints one table. The second replaces, in each page, every table below a comment of the form
`<!-- bench: SECTION or KEY ... -->`. Only rows with a target are shown, and mostly as ratios: nanoseconds of
one machine say little about another. The section `peers` is a table of how many times as long other libraries
take.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .report import quantity

MARKED = re.compile(r"(<!-- bench: ([^>]*) -->\n\n)((?:\|.*\n)+)")
PEERS = "peers"


def table(document: Mapping[str, Any], wanted: Sequence[str] = ()) -> str:
    """Rows with a target as a Markdown table.

    Args:
      document: A parsed result file.
      wanted: Sections or row keys; all rows if empty. `peers` alone gives the table of other libraries.

    Returns:
      The text, without a line break at its end.
    """
    if list(wanted) == [PEERS]:
        return peers_table(document)
    rows = []
    for entry in document["benchmarks"]:
        extra = entry["extra_info"]
        if extra.get("target") is None or extra["section"] == PEERS:
            continue
        if not wanted or extra["section"] in wanted or entry["group"] in wanted:
            rows.append((extra["title"], *_cells(entry, extra)))
    against = {row[1] for row in rows}
    if len(against) == 1 and "(absolute)" not in against:
        lines = [f"| call | relative to {against.pop()} | target |", "|---|---|---|"]
        return "\n".join(lines + [f"| {title} | {cost} | {target} |" for title, _, cost, target in rows])
    lines = ["| call | relative to | cost | target |", "|---|---|---|---|"]
    return "\n".join(lines + [f"| {' | '.join(row)} |" for row in rows])


def _cells(entry: Mapping[str, Any], extra: Mapping[str, Any]) -> tuple[str, str, str]:
    """What the row is relative to, its figure and its target."""
    if extra["target_on"] == "value":
        scale = 1e9 if extra["unit"] == "ns" else 1.0
        cost = quantity(entry["stats"]["median"] * scale, extra["unit"])
        return "(absolute)", cost, quantity(extra["target"], extra["unit"])
    target = f"{extra['target']:g}x"
    if extra["target_on"] == "difference":
        target = f"{quantity(extra['target'], extra['unit'])} more"
    return extra["against"], f"{extra['ratio']:.2f}x", target


def peers_table(document: Mapping[str, Any]) -> str:
    """How many times as long other libraries take, a column for each.

    Args:
      document: A parsed result file, of a run with `--peers`.

    Returns:
      The text, without a line break at its end.
    """
    costs: dict[str, dict[str, str]] = {}
    names: dict[str, None] = {}
    for entry in document["benchmarks"]:
        extra = entry["extra_info"]
        if extra.get("section") == PEERS:
            _, name, _ = entry["group"].split(".", 2)
            names[name] = None
            times = 1 / extra["ratio"]
            title = extra["title"].partition(": ")[2]
            costs.setdefault(title, {})[name] = f"{times:,.0f}x" if times >= 9.95 else f"{times:.1f}x"
    lines = [f"| call | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    for title, found in costs.items():
        lines.append(f"| {title} | {' | '.join(found.get(name, '-') for name in names)} |")
    return "\n".join(lines)


def replaced(page: str, document: Mapping[str, Any]) -> str:
    """A page with its marked tables made anew.

    Args:
      page: The page's text.
      document: A parsed result file.

    Returns:
      The new text. A table for which the file has no rows stays as it is.
    """

    def fresh(found: re.Match[str]) -> str:
        made = table(document, found[2].split())
        return found[0] if made.count("\n") < 2 else f"{found[1]}{made}\n"

    return MARKED.sub(fresh, page)


def main(arguments: Sequence[str]) -> int:
    """Prints the table of a file, or replaces the tables of pages.

    Args:
      arguments: The file, then the sections and keys wanted, or `--write` and the pages.

    Returns:
      The exit code: 0, or 2 without a file.
    """
    if not arguments:
        print("usage: python -m bench markdown RESULTS.json [SECTION or KEY ...]")
        print("       python -m bench markdown RESULTS.json --write PAGE.md ...")
        return 2
    document = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    if arguments[1:2] == ["--write"]:
        for name in arguments[2:]:
            page = Path(name)
            page.write_text(replaced(page.read_text(encoding="utf-8"), document), encoding="utf-8")
        return 0
    print(table(document, arguments[1:]))
    return 0
