"""Files, headings, programs and names that pages and comments refer to exist."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import scopetrie as tf

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = (".ci", "bench", "cmake", "cpp", "docs", "examples", "python", "tests")
PAGES = sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").glob("*.md"))
# These list names that are refused, too, and have tests of their own.
TABLES_OF_NAMES = {"ops.md", "v1_names.md", "migration.md", "not_here.md"}

# A path may leave out its first folders: it must be the end of some path.
FILE = re.compile(r"(?<![\w.<>/*-])[\w.-]*\w(?:/[\w.-]+)*\.(?:py|pyi|hpp|cpp|md)\b(?!\()")
FOLDER = re.compile(rf"`((?:{'|'.join(map(re.escape, FOLDERS))})(?:/[\w.-]+)*)/?`")
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)")

pytestmark = pytest.mark.skipif(not (ROOT / "docs").is_dir(), reason="the pages are in the checkout only")


@cache
def files() -> tuple[str, ...]:
    """The checkout's files, each with a slash before its path."""
    tops = [path for path in ROOT.iterdir() if path.is_file()]
    found = [path for name in FOLDERS for path in (ROOT / name).rglob("*") if "__pycache__" not in path.parts]
    return tuple(f"/{path.relative_to(ROOT).as_posix()}" for path in (*tops, *found))


def dead(text: str) -> list[str]:
    """The files that a text names and that are not in the checkout."""
    return [name for name in FILE.findall(text) if not any(path.endswith(f"/{name}") for path in files())]


def slug(heading: str) -> str:
    """The anchor that GitHub makes of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def prose(path: Path) -> Iterator[tuple[int, str]]:
    """The comments and docstrings of a source file, with their line numbers."""
    text = path.read_text("utf-8")
    if path.suffix in {".hpp", ".cpp", ".h"}:
        for number, line in enumerate(text.splitlines(), 1):
            if "//" in line:
                yield number, line[line.index("//") :]
        return
    for number, line in enumerate(text.splitlines(), 1):
        if (mark := line.find("# ")) >= 0:
            yield number, line[mark:]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            documented = ast.get_docstring(node, clean=False)
            if documented:
                yield node.body[0].lineno, re.sub(r"^\s*(>>>|\.\.\.).*$", "", documented, flags=re.MULTILINE)


def sources() -> list[Path]:
    suffixes = {".py", ".pyi", ".hpp", ".cpp", ".h"}
    return [path for name in files() if (path := ROOT / name[1:]).suffix in suffixes]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_and_folders_that_a_page_names(page: Path) -> None:
    text = page.read_text("utf-8")
    assert dead(text) == []
    assert [name for name in FOLDER.findall(text) if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_of_a_page(page: Path) -> None:
    for name, anchor in LINK.findall(page.read_text("utf-8")):
        target = page.parent / name if name else page
        assert target.exists(), f"{page.name} links to {name}"
        if anchor:
            headings = re.findall(r"^#+ (.*)$", target.read_text("utf-8"), re.MULTILINE)
            assert anchor in map(slug, headings), f"{page.name} links to {name}#{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_names_of_the_package_that_a_page_uses(page: Path) -> None:
    if page.name in TABLES_OF_NAMES:
        return
    missing = []
    for name in set(re.findall(r"\btf((?:\.[A-Za-z]\w*)+)", page.read_text("utf-8"))):
        found: object = tf
        for part in name[1:].split("."):
            found = getattr(found, part, None)
        if found is None:
            missing.append(f"tf{name}")
    assert missing == []


def test_files_that_comments_and_docstrings_name() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line} names {name}"
        for path in sources()
        for line, text in prose(path)
        for name in dead(text)
    ]
    assert found == []


def test_programs_that_the_page_on_semantics_names() -> None:
    text = (ROOT / "docs" / "semantics.md").read_text("utf-8")
    topic, missing, checked = "", [], 0
    for named, program in re.findall(r"`(\w*)::(\w+)`", text):
        topic = named or topic  # `::ops` is of the topic named before
        file = ROOT / "tests" / "conformance" / "programs" / f"{topic}.py"
        checked += 1
        if not file.is_file() or f"def {program}(" not in file.read_text("utf-8"):
            missing.append(f"{topic}::{program}")
    assert missing == [] and checked > 10
