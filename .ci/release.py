"""Says whether a tag may be released, and prints what CHANGELOG.md says of its version.

    python .ci/release.py v1.2.0

The tag is "v" and the version of version.hpp, and the changelog has a section of that version that is not
empty.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def notes(tag: str, root: Path = ROOT) -> str:
    """The changelog's section of a tag's version.

    Raises:
        SystemExit: If the tag must not be released; the text says why.
    """
    header = (root / "cpp" / "include" / "scopetrie" / "version.hpp").read_text("utf-8")
    version = re.search(r'SCOPETRIE_VERSION "([^"]+)"', header)
    if version is None or tag != f"v{version[1]}":
        raise SystemExit(f"the tag is {tag}, and version.hpp says {version and version[1]}: they must agree")
    changelog = (root / "CHANGELOG.md").read_text("utf-8")
    title = rf"^## \[{re.escape(version[1])}\] - \d{{4}}-\d\d-\d\d$"
    section = re.search(rf"{title}\n(.*?)(?=^## |^\[|\Z)", changelog, re.MULTILINE | re.DOTALL)
    if section is None or not section[1].strip():
        raise SystemExit(f"CHANGELOG.md has nothing under '## [{version[1]}] - YYYY-MM-DD'")
    return section[1].strip()


if __name__ == "__main__":
    print(notes(sys.argv[1]))
