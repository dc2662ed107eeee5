"""The pages below reference/ of the site that show the headers of C++ and C, without what is private in them.

mkdocs-gen-files runs this.
"""

from __future__ import annotations

import re
from pathlib import Path

import mkdocs_gen_files

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "cpp" / "include" / "scopetrie"
C_API = ROOT / "cpp" / "capi" / "include"
# What programs use first, and then what that stands on.
FOLDERS = {
    "names": "Names",
    "scopes": "Scopes",
    "variables": "Variables",
    "graph": "Graphs",
    "values": "Stores: values",
    "shapes": "Shapes and dtypes",
    "store": "Variables of graphs",
    "random": "Random numbers",
    "tables": "Tables",
}
# What is no code: a comment, a line of the preprocessor, a text, a character.
OPAQUE = re.compile(r"//[^\n]*|^#[^\n]*|\"(?:\\.|[^\"\\])*\"|(?<!\w)'(?:\\.|[^'\\])'", re.MULTILINE)
TYPES = re.compile(r"(template *<.*> *)?(namespace|class|struct|enum|union)\b", re.DOTALL)


def parts_of(header: str) -> tuple[str, str]:
    """The comment at a header's head, and its code from the namespace on."""
    lines = header.splitlines()
    size = next(number for number, line in enumerate(lines) if not line.startswith("//"))
    head = "\n".join(line.removeprefix("//").removeprefix(" ") for line in lines[:size])
    code = "\n".join(lines[size:])
    found = re.search(r"^namespace scopetrie.*?\{\n", code, re.MULTILINE)
    return head, code[found.end() :] if found else code


def end_of_block(code: str, start: int) -> int:
    """Where the block ends whose brace is at `start`."""
    depth = 0
    at = start
    while at < len(code):
        if opaque := OPAQUE.match(code, at):
            at = opaque.end()
            continue
        depth += {"{": 1, "}": -1}.get(code[at], 0)
        at += 1
        if depth == 0:
            break
    return at


def is_body(statement: str) -> bool:
    """Whether a brace after this begins a function's body, and neither a type nor a value."""
    plain = re.sub(r"//[^\n]*|SCOPETRIE_\w+", "", statement)
    # A brace after a name begins a value, as in `: names_(Options{})`.
    if "(" not in plain or TYPES.match(plain.strip()):
        return False
    return not re.search(r"\w$|[=,(]\s*$", plain)


def without_bodies(code: str) -> str:
    """Declarations in place of definitions of functions."""
    made, start, at = "", 0, 0  # `start`: where the statement begins in what is made
    inside = 0  # parentheses that are open
    while at < len(code):
        if opaque := OPAQUE.match(code, at):
            made += opaque.group()
            at = opaque.end()
        elif code[at] == "{" and not inside and is_body(made[start:]):
            # What initializes members belongs to the definition as well.
            statement = re.sub(r"(\)(?:\s*noexcept)?)\s*:\s.*", r"\1", made[start:].rstrip(), flags=re.DOTALL)
            made = f"{made[:start]}{statement};"
            at, start = end_of_block(code, at), len(made)
        else:
            made += code[at]
            inside += {"(": 1, ")": -1}.get(code[at], 0)
            at += 1
            if made[-1] in "{};" and not inside:
                start = len(made)
    return made


def without_private(code: str) -> str:
    """The public part of classes."""
    kept = []
    hidden = None  # how far the `private:` is indented, one more than its class
    for line in code.splitlines():
        indent = len(line) - len(line.lstrip())
        if re.match(r"\s*(private|protected):", line):
            hidden = indent
        elif (line.strip() == "public:" and hidden == indent) or (
            line.strip() == "};" and hidden == indent + 1
        ):
            hidden = None
        if hidden is None:
            kept.append(line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def section(path: Path) -> str:
    """What a page says of a header."""
    head, code = parts_of(path.read_text("utf-8"))
    body = without_private(without_bodies(code)).removesuffix("}  // namespace scopetrie").rstrip()
    prose = head.replace("<", "&lt;")
    for word in ("Invariants:", "Thread safety:"):
        prose = prose.replace(f"\n{word}", f"\n\n**{word}**")
    return f"## `{path.name}`\n\n{prose}\n\n```cpp\n{body}\n```\n"


def main() -> None:
    """Writes the pages, and their menu."""
    with mkdocs_gen_files.open("reference/cpp/SUMMARY.md", "w") as summary:
        for folder, title in FOLDERS.items():
            with mkdocs_gen_files.open(f"reference/cpp/{folder}.md", "w") as page:
                print(f"# C++: {title}\n\nHeaders of `scopetrie/{folder}`.\n", file=page)
                for path in sorted((CORE / folder).glob("*.hpp")):
                    print(section(path), file=page)
            print(f"- [{title}]({folder}.md)", file=summary)
        with mkdocs_gen_files.open("reference/cpp/error.md", "w") as page:
            print(f"# C++: Errors\n\n{section(CORE / 'error.hpp')}", file=page)
        print("- [Errors](error.md)", file=summary)
    with mkdocs_gen_files.open("reference/c_api.md", "w") as page:
        print("# The C API: headers\n\n[The C API](../c_api.md) shows how it is used.\n", file=page)
        for name in ("scopetrie.h", "scopetrie_api.hpp", "scopetrie_store_api.hpp"):
            print(f"## `{name}`\n\n```cpp\n{(C_API / name).read_text('utf-8')}\n```\n", file=page)


main()
