"""Runs the examples in the docstrings of the installed package, and those of the README and the docs."""

from __future__ import annotations

import builtins
import doctest
import importlib
import importlib.util
import inspect
import logging
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import scopetrie

ROOT = Path(__file__).resolve().parents[1]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
NAMES = {"np": np, "tf": scopetrie}
OPTIONAL = {"jax", "onnx", "onnx_ir", "onnxruntime", "optree", "torch"}  # what only pages about them need
# What the examples of modules and pages need that they do not import.
NEEDED = {"scopetrie.onnx": "onnx_ir", "onnx.md": "onnxruntime", "onnx_ir.md": "onnxruntime"}
PAGES = [page for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))] if page.is_file()]


def module_names() -> Iterator[str]:
    yield "scopetrie"
    for module in pkgutil.walk_packages(scopetrie.__path__, "scopetrie."):
        if module.name.rpartition(".")[2] != "__main__":
            yield module.name


def examples(module: ModuleType) -> Iterator[doctest.DocTest]:
    """The module's doctests, including those of callable objects, which doctest's finder skips."""
    finder = doctest.DocTestFinder(exclude_empty=True)
    # What a namespace was asked for before stays in it, v1's `print` and `abs` among them.
    own = {name: value for name, value in vars(module).items() if not hasattr(builtins, name)}
    yield from finder.find(module, globs=own, extraglobs=NAMES)
    for name, value in vars(module).items():
        own = isinstance(value, ModuleType | type) or getattr(value, "__module__", None) != module.__name__
        text = getattr(value, "__doc__", None)
        if (
            own
            or not isinstance(text, str)
            or text == type(value).__doc__
            or inspect.isroutine(inspect.unwrap(value))
        ):
            continue
        if type(value).__module__.startswith("scopetrie"):
            yield doctest.DocTestParser().get_doctest(
                text, vars(module) | NAMES, f"{module.__name__}.{name}", None, 0
            )


def run(test: doctest.DocTest) -> None:
    """Runs one docstring on an empty default graph; fails with doctest's report."""
    scopetrie.reset_default_graph()
    report: list[str] = []
    doctest.DocTestRunner(optionflags=FLAGS).run(test, out=report.append)
    if report:
        pytest.fail("".join(report), pytrace=False)


@pytest.fixture(autouse=True)
def verbosity() -> Iterator[None]:
    """What an example says of the log holds for that example."""
    log = logging.getLogger("scopetrie")
    before = log.level
    yield
    log.setLevel(before)


@pytest.mark.parametrize("name", list(module_names()))
def test_docstrings(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for part, needed in NEEDED.items():
        if name.startswith(part):
            pytest.importorskip(needed)
    module = importlib.import_module(name)
    monkeypatch.chdir(tmp_path)  # an example may write files
    for test in examples(module):
        run(test)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_pages(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    if page.name in NEEDED:
        pytest.importorskip(NEEDED[page.name])
    # A closing fence ends an example; doctest would take it for expected output.
    text = page.read_text("utf-8").replace("```", "\n")
    wanted = OPTIONAL & set(re.findall(r"^>>> (?:import|from) (\w+)", text, re.MULTILINE))
    if missing := sorted(each for each in wanted if importlib.util.find_spec(each) is None):
        pytest.skip(f"the page is about {', '.join(missing)}, which is not installed")
    run(doctest.DocTestParser().get_doctest(text, dict(NAMES), page.name, str(page), 0))
