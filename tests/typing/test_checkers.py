"""What type checkers say of user code: nothing of the right page, something of each line of the wrong one."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import scopetrie

HERE = Path(__file__).resolve().parent
PACKAGES = Path(scopetrie.__file__).resolve().parents[1]
CHECKERS = {
    "mypy": [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir"],
    "basedpyright": [sys.executable, "-m", "basedpyright", "--level", "error", "--project"],
}


def reported(checker: str, page: str, folder: Path) -> dict[int, str]:
    """What a checker says of a page: texts by line."""
    if importlib.util.find_spec(checker) is None:
        pytest.skip(f"{checker} is not installed")
    # Strict for the right page; for the wrong one, no rule that reports a line for another reason.
    mode = "strict" if page == "correct.py" else "standard"
    settings = {"extraPaths": [str(PACKAGES)], "typeCheckingMode": mode, "reportUnusedExpression": False}
    (folder / "pyrightconfig.json").write_text(json.dumps({**settings, "include": [page]}), "utf-8")
    shutil.copy(HERE / page, folder)
    command = [*CHECKERS[checker], str(folder), page]
    environment = {**os.environ, "MYPYPATH": "" if "site-packages" in str(PACKAGES) else str(PACKAGES)}
    run = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment, timeout=240)
    assert run.returncode in (0, 1), run.stdout + run.stderr
    found = re.findall(rf"{re.escape(page)}:(\d+):.*?error: (.*)", run.stdout)
    assert found or run.returncode == 0, run.stdout + run.stderr
    return {int(line): text for line, text in found}


@pytest.mark.parametrize("checker", CHECKERS)
def test_right_lines_are_accepted(checker: str, tmp_path: Path) -> None:
    assert reported(checker, "correct.py", tmp_path) == {}


@pytest.mark.parametrize("checker", CHECKERS)
def test_each_wrong_line_is_reported(checker: str, tmp_path: Path) -> None:
    lines = (HERE / "wrong.py").read_text("utf-8").splitlines()
    start = lines.index("# Each of these is wrong.") + 1
    opens_block = ("for ", "with ")
    wrong = {
        number
        for number, line in enumerate(lines, 1)
        if number > start and line.strip() and not line.startswith(opens_block)
    }
    assert len(wrong) >= 50
    missed = {number: lines[number - 1] for number in wrong - set(reported(checker, "wrong.py", tmp_path))}
    assert missed == {}


def test_the_right_page_runs() -> None:
    run = subprocess.run([sys.executable, "-W", "error", HERE / "correct.py"], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert "hidden/b" in run.stdout
