"""Writes docs/notebooks/*.ipynb from tests/notebooks/*.txt, executed.

    python .ci/site/write_notebooks.py           writes the notebooks
    python .ci/site/write_notebooks.py --check   fails where one is not what it would write

The second executes all of them again and compares cells and outputs. It needs nbclient and ipykernel, of the
extra `docs`.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from traitlets.config import Config

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "tests" / "notebooks"
FOLDER = ROOT / "docs" / "notebooks"
IMPORT = "import scopetrie as tf"
LOCAL = Config({"KernelManager": {"transport": "ipc"}})  # no ports
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def split(part: str) -> tuple[str, str]:
    """The text of a cell, and its code without what it is expected to print."""
    lines = part.strip("\n").splitlines()
    text = "\n".join(line.removeprefix("#'").strip() for line in lines if line.startswith("#'"))
    code = "\n".join(line for line in lines if not line.startswith(("#'", "# >")))
    return text, code


def notebook_of(source: Path) -> Any:
    """A notebook that has not been executed yet."""
    head, *parts = re.split(r"^# %% .*\n", source.read_text("utf-8"), flags=re.MULTILINE)
    title, _, intro = split(head)[0].partition("\n")
    cells = [("markdown", f"{title}\n\n{intro}"), ("code", IMPORT)]
    for part in parts:
        text, code = split(part)
        cells += [("markdown", text)] if text else []
        cells.append(("code", code))
    made = nbformat.v4.new_notebook(metadata={"kernelspec": KERNEL})
    for number, (kind, text) in enumerate(cells):
        cell = getattr(nbformat.v4, f"new_{kind}_cell")(text)
        cell["id"] = f"{source.stem}-{number}"  # a drawn one would differ each time
        made.cells.append(cell)
    return made


def plain(text: str) -> str:
    """A text without what differs between machines: files of cells, and folders."""
    text = re.sub(r"[^\s\"]*ipykernel_\d+/\d+\.py", "<cell>", text)
    return re.sub(r"/tmp/\w+", "/tmp/folder", text)


def executed(source: Path) -> Any:
    """A notebook with what its cells print; warnings are left out."""
    made = notebook_of(source)
    NotebookClient(made, timeout=120, kernel_name="python3", config=LOCAL).execute()
    count = 0
    for cell in made.cells:
        cell.metadata = {}
        if cell.cell_type != "code":
            continue
        count += 1
        printed = [output for output in cell.outputs if output.get("name") != "stderr"]
        text = "".join(plain(output["text"]) for output in printed)
        cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=text)] if text else []
        cell.execution_count = count
    made.metadata = {"kernelspec": KERNEL}
    return made


def main() -> None:
    """Writes the notebooks, or compares them."""
    # The kernel imports the package that this process would import.
    os.environ["PYTHONPATH"] = os.pathsep.join(each for each in sys.path[1:] if each)
    stale = []
    for source in sorted(SOURCES.glob("*.txt")):
        path = FOLDER / f"{source.stem}.ipynb"
        text = nbformat.writes(executed(source), indent=1) + "\n"
        if path.is_file() and path.read_text("utf-8") == text:
            continue
        stale.append(path.name)
        if "--check" not in sys.argv:
            path.write_text(text, "utf-8")
            print(path.relative_to(ROOT))
    if stale and "--check" in sys.argv:
        raise SystemExit(f"not what is printed: {', '.join(stale)}; run python .ci/site/write_notebooks.py")


if __name__ == "__main__":
    main()
