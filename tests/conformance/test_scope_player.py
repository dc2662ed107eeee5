"""The recorded scope programs leave TensorFlow's traces when they are played through the C++ face alone."""

from __future__ import annotations

import gzip
import json
import lzma
from pathlib import Path
from typing import Any

import cpp_programs
import pytest
from conformance import scope_programs

HERE = Path(__file__).parent
RECORDED = HERE / "recorded" / "scope_programs.json.xz"  # of TensorFlow 2.21, by the same program as SHARED
SHARED = Path(__file__).resolve().parents[3] / "shared" / "conformance" / "traces.json.gz"

SKIP = cpp_programs.reason_to_skip()
pytestmark = pytest.mark.skipif(SKIP is not None, reason=str(SKIP))


@pytest.fixture(scope="module")
def player(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scope_player")
    source = (HERE / "scope_player.cpp").read_text("utf-8")
    return cpp_programs.build(folder, {"scope_player": source})["scope_player"]


def differences(player: Path, cases: list[dict[str, Any]]) -> dict[int, tuple[list[str], list[str]]]:
    """The first lines that differ, here and there, by the program's number."""
    output = cpp_programs.run([str(player)], scope_programs.text([case["steps"] for case in cases]))
    traces = scope_programs.traces(output)
    assert len(traces) == len(cases)
    wrong = {}
    for number, (trace, case) in enumerate(zip(traces, cases, strict=True)):
        if trace != (wanted := case["trace"]):
            longest = max(len(trace), len(wanted))
            at = next(i for i in range(longest) if trace[i : i + 1] != wanted[i : i + 1])
            wrong[number] = trace[at : at + 1], wanted[at : at + 1]
    return wrong


def test_the_committed_programs(player: Path) -> None:
    with lzma.open(RECORDED, "rt") as file:
        cases = json.load(file)
    assert len(cases) == 60
    assert differences(player, cases) == {}


@pytest.mark.skipif(not SHARED.is_file(), reason="needs ../shared/conformance, which this checkout lacks")
def test_the_shared_programs(player: Path) -> None:
    with gzip.open(SHARED, "rt") as file:
        cases = json.load(file)
    assert len(cases) == 300
    assert differences(player, cases) == {}


def test_a_wrong_line_is_seen(player: Path) -> None:
    steps = [{"do": "get", "name": "w", "shape": [2]}]
    trace = ["get w:0 float32 [2] variable"]
    assert set(differences(player, [{"steps": steps, "trace": trace}])) == {0}  # the collections are missing
