"""The pages notebooks/*.md of the site: cells and outputs of docs/notebooks/*.ipynb.

mkdocs-gen-files runs this.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mkdocs_gen_files

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "notebooks"


def page_of(notebook: dict[str, Any]) -> str:
    """A notebook as Markdown."""
    made = []
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            made.append(text)
            continue
        made.append(f"```python\n{text}\n```")
        for output in cell["outputs"]:
            shown = output.get("text") or output["data"]["text/plain"]
            made.append(f"```text\n{''.join(shown).rstrip()}\n```")
    return "\n\n".join(made) + "\n"


def main() -> None:
    """Writes the pages."""
    for path in sorted(FOLDER.glob("*.ipynb")):
        with mkdocs_gen_files.open(f"notebooks/{path.stem}.md", "w") as page:
            print(page_of(json.loads(path.read_text("utf-8"))), file=page)
            print(f"\n[This notebook as a file]({path.name})", file=page)


main()
