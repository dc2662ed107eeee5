"""The tests and the benchmark that wait for a device, run in parts on the simulated one."""

from __future__ import annotations

import importlib.util
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from simulated_cupy import COMPILER, NEEDS_COMPILER, installed

pytestmark = pytest.mark.skipif(COMPILER is None, reason=NEEDS_COMPILER)
ROOT = Path(__file__).parents[2]
# Those that read numbers of CuPy's, or of its pool, which the simulation does not have.
OF_A_DEVICE = {"test_a_full_device"}
# So many of the programs that all of them would take.
SOME = 24


@pytest.fixture(autouse=True)
def cupy() -> Iterator[Any]:
    with installed() as module:
        yield module


def loaded(path: str) -> Any:
    """A file as a module, now that there is a CuPy."""
    name = f"rehearsed_{Path(path).stem}"
    spec = importlib.util.spec_from_file_location(name, ROOT / path)
    assert spec is not None and spec.loader is not None
    made = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(made)
    finally:
        del sys.modules[name]
    return made


def test_the_tests_of_a_device(monkeypatch: pytest.MonkeyPatch) -> None:
    import scopetrie as tf

    tests = loaded("tests/gpu/test_gpu.py")
    assert tests.REASON == ""
    every = list(tests.programs())
    monkeypatch.setattr(tests, "programs", lambda: every[:: len(every) // SOME])
    seen = 0
    for name, each in list(vars(tests).items()):
        if not name.startswith("test_") or name in OF_A_DEVICE:
            continue
        arguments: dict[str, Any] = {}
        for mark in getattr(each, "pytestmark", []):
            if mark.name == "parametrize":
                arguments[mark.args[0]] = list(mark.args[1])[-1]
        assert set(arguments) == set(inspect.signature(each).parameters)
        with tf.Graph().as_default():
            each(**arguments)
        seen += 1
    assert seen >= 9


def test_the_benchmark_of_a_device(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bench = loaded("bench/gpu.py")
    monkeypatch.setattr(bench, "REPEATS", 1)
    monkeypatch.setattr(bench, "WARM", 3)
    page = tmp_path / "gpu.md"
    page.write_text((ROOT / "docs" / "gpu.md").read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["gpu", "--tests", "9 passed", "--scale", "10000", "--into", str(page)])
    bench.main()
    text = page.read_text(encoding="utf-8")
    assert "`pytest -m gpu`: 9 passed." in text
    assert "a simulation, CuPy 14.2" in text
    assert text.count("\n| ") > 20
    assert "not run yet\n<!-- gpu report: end -->" not in text
