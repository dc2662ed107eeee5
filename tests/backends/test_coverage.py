"""The table of docs/backends.md is what was measured; a part of it is measured again where libraries are."""

from __future__ import annotations

import json

import pytest
from backends.coverage import ASKED, LIBRARIES, PAGE, RECORDED, coverage, with_table
from scopetrie.ops.registry import OPS

RECORDED_COVERAGE = json.loads(RECORDED.read_text(encoding="utf-8"))
# Types that are folded away, or are in the programs of others.
WITHOUT = {"ConcatOffset", "ReducedShape", "TensorArraySize", "VariableV2"}
# One type in so many is measured again: JAX compiles each program.
EVERY = {"torch": 6, "jax": 120}


def test_table_of_the_docs() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == with_table(page, RECORDED_COVERAGE)


def test_every_op_is_in_it() -> None:
    ours = {
        name
        for name, op in OPS.items()
        if getattr(op.kernel, "__module__", "scopetrie.").startswith("scopetrie.")
    }
    for library in LIBRARIES:
        assert ours - RECORDED_COVERAGE[library].keys() <= WITHOUT


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_part_of_it(library: str) -> None:
    pytest.importorskip(library, reason=f"{library} is not installed")
    recorded = RECORDED_COVERAGE[library]
    for type in sorted(recorded)[:: EVERY[library]]:
        found = coverage(library, type)
        lost = {asked for asked in ASKED if recorded[type][asked] == "yes" and found[asked] != "yes"}
        assert not lost, f"{type}: {found}"
