"""Each program says what it said on TensorFlow 2.21 in v1 mode (recorded by record.py)."""

import pytest
import scopetrie
from conformance.deliberate import DIFFERENT, expected
from conformance.library import pending, programs, recorded, topics
from conformance.script import play

PENDING = pending()
PROGRAMS = {f"{topic}::{name}": f for topic in topics() for name, f in programs(topic).items()}
ANSWERS = {f"{topic}::{name}": lines for topic in topics() for name, lines in recorded(topic).items()}


def cases():
    for name in PROGRAMS:
        marks = [pytest.mark.xfail(strict=True, reason=PENDING[name])] if name in PENDING else []
        yield pytest.param(name, marks=marks)


@pytest.mark.parametrize("name", list(cases()))
def test_says_what_tensorflow_said(name):
    assert play(PROGRAMS[name], scopetrie) == expected(name, ANSWERS[name])


def test_every_program_is_recorded_and_no_other():
    assert list(ANSWERS) == list(PROGRAMS)


def test_lists_name_programs_that_exist():
    assert set(DIFFERENT) <= set(PROGRAMS)
    assert {name for name in PENDING if "::" in name} <= set(PROGRAMS)


def test_reasons_are_given():
    assert all(d.why for d in DIFFERENT.values())
