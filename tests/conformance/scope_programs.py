"""Programs over the scope API for scope_player.cpp, which plays them through the C++ face."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def lines(steps: list[dict[str, Any]]) -> Iterator[str]:
    """Writes the steps of a program, a line each, blocks ended by a line "end"."""
    for step in steps:
        words = []
        for key, value in step.items():
            if key == "body":
                value = ""
            elif isinstance(value, list):
                value = ",".join(map(str, value))
            elif value is None and key != "shape":
                continue
            words.append(f"{key}={value}")
        yield "\t".join(words)
        if "body" in step:
            yield from lines(step["body"])
            yield "end"


def text(programs: list[list[dict[str, Any]]]) -> str:
    """Writes programs as scope_player.cpp reads them."""
    return "".join(line + "\n" for steps in programs for line in [*lines(steps), "run"])


def traces(output: str) -> list[list[str]]:
    """Reads what scope_player.cpp prints: the lines of each program."""
    return [trace.splitlines() for trace in output.split("---\n")[:-1]]
