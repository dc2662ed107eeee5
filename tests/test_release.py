"""A tag is released if the version and the changelog agree with it."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / ".ci" / "release.py"

pytestmark = pytest.mark.skipif(not SCRIPT.is_file(), reason="needs the checkout")

CHANGELOG = """# Changelog

## [Unreleased]

- Later.

## [1.2.0] - 2026-12-01

### Added

- Something.

## [1.1.0] - 2026-11-01
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    header = tmp_path / "cpp" / "include" / "scopetrie" / "version.hpp"
    header.parent.mkdir(parents=True)
    header.write_text('#define SCOPETRIE_VERSION "1.2.0"\n', "utf-8")
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG, "utf-8")
    return tmp_path


def notes(tag: str, root: Path) -> str:
    text: str = runpy.run_path(str(SCRIPT))["notes"](tag, root)
    return text


def test_the_notes_are_the_section_of_the_version(root: Path) -> None:
    assert notes("v1.2.0", root) == "### Added\n\n- Something."


@pytest.mark.parametrize("tag", ["v1.2.1", "1.2.0", "v1.2", "v1.2.0rc1"])
def test_another_tag_is_refused(tag: str, root: Path) -> None:
    with pytest.raises(SystemExit, match=rf"the tag is {tag}, and version.hpp says 1\.2\.0"):
        notes(tag, root)


@pytest.mark.parametrize("missing", ["- Something.", "## [1.2.0] - 2026-12-01", " - 2026-12-01"])
def test_a_version_without_notes_is_refused(missing: str, root: Path) -> None:
    text = CHANGELOG.replace("### Added\n\n", "").replace(missing, "", 1)
    (root / "CHANGELOG.md").write_text(text, "utf-8")
    with pytest.raises(SystemExit, match=r"CHANGELOG\.md has nothing under"):
        notes("v1.2.0", root)
