"""The files that say how the project is checked agree with one another."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

pytestmark = pytest.mark.skipif(not (ROOT / ".ci").is_dir(), reason="needs the source tree")


def pinned(text: str) -> dict[str, str]:
    """The version of each tool that `text` names as "tool==version"."""
    return dict(re.findall(r'"([\w-]+)==([\w.]+)"', text))


def test_hooks_have_the_versions_of_the_dev_extra() -> None:
    hooks = pinned((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    assert hooks.keys() == {"clang-format", "mypy", "ruff"}
    assert hooks.items() <= pinned((ROOT / "pyproject.toml").read_text("utf-8")).items()


def test_every_workflow_action_is_pinned_or_on_the_list() -> None:
    by_tag = {"pypa/cibuildwheel"}  # its commit could not be checked
    for workflow in (ROOT / ".github" / "workflows").glob("*.yml"):
        uses = re.findall(r"uses: (\S+)@(\S+)", workflow.read_text("utf-8"))
        assert uses
        loose = {name for name, at in uses if not re.fullmatch("[0-9a-f]{40}", at)}
        assert loose <= by_tag


@pytest.mark.parametrize("script", ["run", "sanitize", "coverage"])
def test_newcomers_are_told_of_the_scripts(script: str) -> None:
    assert (ROOT / ".ci" / script).stat().st_mode & 0o100, "not executable"
    assert f"`.ci/{script}`" in (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def test_the_dev_extra_has_what_the_scripts_run() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    names = {re.split(r"[\[=><]", line)[0] for line in extras["dev"] + extras["test"]}
    used = {
        "auditwheel",
        "clang-format",
        "clang-tidy",
        "coverage",
        "gcovr",
        "mypy",
        "pybind11",
        "pytest-xdist",
        "ruff",
    }
    assert used <= names
