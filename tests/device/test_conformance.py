"""The programs that TensorFlow's answers are recorded of say the same on the simulated CuPy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import scopetrie
from conformance.deliberate import expected
from conformance.script import play
from conformance.test_conformance import ANSWERS, PENDING, PROGRAMS
from scopetrie.backends import set_default_backend
from simulated_cupy import installed

# Programs that say something else on a device, with the reason.
DIFFERENT = {
    "assigning::scatters_out_of_range": "what is out of range is found at the end of a run: docs/gpu.md"
}


@pytest.fixture
def _cupy() -> Iterator[None]:
    with installed():
        set_default_backend("cupy")
        try:
            yield
        finally:
            set_default_backend(None)


@pytest.mark.usefixtures("_cupy")
def test_they_say_what_tensorflow_said() -> None:
    found = {
        name
        for name, program in PROGRAMS.items()
        if name not in PENDING and play(program, scopetrie) != expected(name, ANSWERS[name])
    }
    assert found == DIFFERENT.keys()
    assert len(PROGRAMS) > 400
