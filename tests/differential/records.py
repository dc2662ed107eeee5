"""The files of calls and their outcomes: one JSON list `[call, outcome]` on each line, compressed."""

from __future__ import annotations

import json
import lzma
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent / "recorded"
FAMILIES: Final = (
    "elementwise reductions indexing shaping linear network control sparse images convolutions losses "
    "normalization tables rates"
).split()


def read(family: str) -> list[list[Any]]:
    """A family's calls with their outcomes, None for one that has not been recorded."""
    path = FOLDER / f"{family}.json.xz"
    if not path.exists():
        return []
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def write(family: str, lines: list[list[Any]]) -> None:
    """Writes a family's file."""
    FOLDER.mkdir(exist_ok=True)
    text = "".join(key(line) + "\n" for line in lines)
    (FOLDER / f"{family}.json.xz").write_bytes(lzma.compress(text.encode(), preset=9))


def key(call: Any) -> str:
    """A call as text."""
    return json.dumps(call, separators=(",", ":"))
