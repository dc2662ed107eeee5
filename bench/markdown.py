"""The table for the README and the documentation, from a result file.

    python -m bench markdown results.json [SECTION ...]

Ratios only: nanoseconds of one machine say little on another.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .report import quantity


def table(document: Mapping[str, Any], sections: Sequence[str]) -> str:
    """Rows with a target as a Markdown table.

    Args:
      document: A parsed result file.
      sections: The groups wanted; all where there are none.

    Returns:
      The text.
    """
    lines = ["| call | beside | cost | target |", "|---|---|---|---|"]
    for entry in document["benchmarks"]:
        extra = entry["extra_info"]
        if extra.get("target") is None or (sections and extra["section"] not in sections):
            continue
        if extra["target_on"] == "ratio":
            cost, target = f"{extra['ratio']:.2f}x", f"{extra['target']:g}x"
        else:
            scale = 1e9 if extra["unit"] == "ns" else 1.0
            cost = quantity(entry["stats"]["median"] * scale, extra["unit"])
            target = quantity(extra["target"], extra["unit"])
            if extra["target_on"] == "difference":
                cost, target = f"{extra['ratio']:.2f}x", f"{target} more"
        lines.append(f"| {extra['title']} | {extra['against'] or '-'} | {cost} | {target} |")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Prints the table of a file.

    Args:
      arguments: The file, and the sections wanted.

    Returns:
      The exit code: 0, or 2 without a file.
    """
    if not arguments:
        print("usage: python -m bench markdown RESULTS.json [SECTION ...]")
        return 2
    print(table(json.loads(Path(arguments[0]).read_text(encoding="utf-8")), arguments[1:]))
    return 0
