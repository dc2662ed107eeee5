"""The notebooks of docs/notebooks have the cells of this folder, and print what they say."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(Path(__file__).parent.glob("*.txt"))
WRITER = ROOT / ".ci" / "site" / "write_notebooks.py"
MISSING = [each for each in ("nbclient", "ipykernel") if importlib.util.find_spec(each) is None]

pytestmark = pytest.mark.skipif(not (ROOT / "docs").is_dir(), reason="the notebooks are in the checkout only")


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_cells_are_those_of_this_folder(source: Path) -> None:
    made = json.loads((ROOT / "docs" / "notebooks" / f"{source.stem}.ipynb").read_text("utf-8"))
    code = ["".join(cell["source"]) for cell in made["cells"] if cell["cell_type"] == "code"]
    comments = ("#' ", "# > ", "# >~ ", "# %% ", "# Below a cell")
    wanted = [line for line in source.read_text("utf-8").splitlines() if not line.startswith(comments)]
    assert "\n".join(code[1:]).splitlines() == wanted
    assert code[0] == "import scopetrie as tf"


@pytest.mark.skipif(bool(MISSING), reason=f"{', '.join(MISSING)} (extra docs) is not installed")
@pytest.mark.skipif(not WRITER.is_file(), reason="needs the checkout")
def test_outputs_are_what_the_cells_print() -> None:
    run = subprocess.run(
        [sys.executable, str(WRITER), "--check"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
