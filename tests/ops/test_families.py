"""Sparse tensors and their like: nodes, values and errors as TensorFlow's."""

from __future__ import annotations

import json

import pytest
import scopetrie as tf
from recorded.families import FAMILIES, cases, close, outcome, recorded, worded

MODULES = {family: cases(family) for family in FAMILIES}
RECORDED = {family: recorded(family) for family in FAMILIES}
CASES = [(family, each) for family in FAMILIES for each in MODULES[family].EXPRESSIONS]


@pytest.mark.parametrize("family", FAMILIES)
def test_all_are_recorded(family: str) -> None:
    assert RECORDED[family].keys() == set(MODULES[family].EXPRESSIONS)


@pytest.mark.parametrize(("family", "expression"), CASES, ids=[each for _, each in CASES])
def test_case(family: str, expression: str) -> None:
    module = MODULES[family]
    found = json.loads(json.dumps(outcome(tf, module, expression)))
    wanted = dict(RECORDED[family][expression])
    for seen in (found, wanted):
        if "raises" in seen:
            seen["raises"] = worded(seen["raises"])
    for key in ("made", "nodes"):
        if expression in module.GRADIENTS or expression in getattr(module, "OTHER_NODES", ()):
            found.pop(key, None)
            wanted.pop(key, None)
    if expression in getattr(module, "LOSSY", ()):
        for one, other in zip(found.pop("values"), wanted.pop("values"), strict=True):
            assert one["shape"] == other["shape"]
            assert max(abs(a - b) for a, b in zip(one["items"], other["items"], strict=True)) <= 4
    assert found.keys() == wanted.keys(), (found, wanted)
    for key in wanted:
        assert close(found[key], wanted[key]), (key, found[key], wanted[key])
