"""Random programs over the scope API leave the same trace as on TensorFlow (see record.py --fuzz)."""

import random

import pytest
import scopetrie
from conformance import fuzz_player
from conformance.fuzz_programs import make_program
from conformance.library import pending, read_fuzz

CASES = {f"fuzz-{case['seed']}": case for case in read_fuzz()}
PENDING = pending()


def cases():
    for name in CASES:
        marks = [pytest.mark.xfail(strict=True, reason=PENDING[name])] if name in PENDING else []
        yield pytest.param(name, marks=marks)


@pytest.mark.filterwarnings("ignore:tf.variable_op_scope:DeprecationWarning")
@pytest.mark.parametrize("name", list(cases()))
def test_leaves_the_trace_of_tensorflow(name):
    case = CASES[name]
    assert fuzz_player.run(scopetrie, case["steps"]) == case["trace"]


def test_the_generator_still_makes_the_recorded_programs():
    case = next(iter(CASES.values()))
    assert make_program(random.Random(case["seed"])) == case["steps"]


def test_pending_programs_exist():
    assert {name for name in PENDING if name.startswith("fuzz-")} <= set(CASES)
