"""The floors of the package: which module may import which.

A module imports only from floors below its own, or from its own folder. There are no cycles, neither between
modules nor between the folders of ops, and no module imports the package root. Imports for type checkers
count, too.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "python" / "scopetrie"
ROOT_MODULE = "scopetrie"

FLOORS = [
    {"_core", "exports"},
    {"public"},
    {"describe", "files", "garbage", "locks", "paths", "printing", "similar", "tracebacks"},
    {"late", "refused"},
    {"namespaces"},
    {"errors", "backends", "modes", "names"},
    {"dtypes", "dimension", "file_errors"},
    {"shapes"},
    {"bundles", "graph", "partitioners"},
    {"ops"},
    {"derivatives"},
    {"variables", "random", "losses"},
    {"initializers"},
    {"scopes", "store"},
    {"partitioned"},
    {"execution"},
    {"data", "distributions", "layers", "metrics"},
    {"keras", "lookup", "queues", "rnn"},
    {"parameters", "summary", "compat", "client", "onnx", "v1"},
    {"saved_graphs"},
    {"train"},
    {"saved_model"},
    {"estimator"},
    {"unchanged", "_wiring"},
    {"contrib"},
    {ROOT_MODULE},  # the root, which exports everything below
    {"demo"},
    {"__main__"},
]
# The floors of ops: its folders, and its other modules, which are what they stand on or are built of all.
OPS_FLOORS = [
    {
        "checks",
        "constant",
        "declare",
        "direct",
        "faults",
        "folding",
        "given",
        "node_text",
        "outputs",
        "placeholder",
        "promises",
        "unneeded",
        "registry",
        "values",
    },
    {"array"},
    {"elementwise"},
    {"math"},
    {"control"},
    {"linalg", "random", "state"},
    {"indexed_slices", "nn", "operators", "sparse_tensor", "strings", "value_kinds"},
    {"image", "sparse"},
    {"parsing"},
]
# A graph's tensors, collections and `with` blocks know their graph: types that name each other.
KNIT = {(f"graph.{each}", "graph.graph") for each in ("blocks", "collection", "handles", "placement")}
KNIT.add(("graph.placement", "graph.handles"))
# Programs that use the public API, as a user's would; no other module imports the root.
MAY_IMPORT_ROOT = {"__main__", "demo"}

pytestmark = pytest.mark.skipif(not PACKAGE.is_dir(), reason="needs the source tree")


def module_name(path: Path) -> str:
    """The dotted name of a module below the package; `scopetrie` for the root."""
    parts = list(path.relative_to(PACKAGE).with_suffix("").parts)
    if parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts) or ROOT_MODULE


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}
KNOWN = {*MODULES, "_core"}


def component(module: str) -> str:
    return module.split(".")[0]


def floor(module: str) -> int:
    for number, names in enumerate(FLOORS):
        if component(module) in names:
            return number
    raise AssertionError(
        f"{module} stands on no floor: add {component(module)!r} to FLOORS in tests/test_layers.py"
    )


class Import(NamedTuple):
    """An import of a module of this package.

    `runs` is False under `if TYPE_CHECKING`, which is seen by type checkers alone; `first` is the module that
    Python asks for first: `a.b` in `from a.b import c`, whatever `c` is; `late` says that a function does it.
    """

    target: str
    line: int
    runs: bool
    first: str
    late: bool


def type_checking_only(tree: ast.AST) -> set[ast.AST]:
    return {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for statement in node.body
        for inner in ast.walk(statement)
    }


def imports(module: str, tree: ast.AST, is_package: bool) -> Iterator[Import]:
    here = [] if module == ROOT_MODULE else module.split(".")
    if not is_package:
        here = here[:-1]
    not_run = type_checking_only(tree)
    functions = (each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef))
    late = {inner for function in functions for inner in ast.walk(function)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            targets = [(alias.name.split("."), None) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module.split(".") if node.module else []
            if node.level:
                base = [ROOT_MODULE, *here[: len(here) - node.level + 1], *base]
            targets = [(base, alias.name) for alias in node.names]
        else:
            continue
        for path, name in targets:
            if path[:1] != [ROOT_MODULE]:
                continue
            found = ".".join(path[1:])
            if name and ".".join([*path[1:], name]) in KNOWN:
                found = ".".join([*path[1:], name])
            first = ".".join(path[1:])
            yield Import(found or ROOT_MODULE, node.lineno, node not in not_run, first, node in late)


def edges() -> dict[str, list[Import]]:
    return {
        module: list(imports(module, ast.parse(path.read_text("utf-8")), path.name == "__init__.py"))
        for module, path in MODULES.items()
    }


EDGES = edges()


@pytest.mark.parametrize("module", MODULES)
def test_imports_only_from_floors_below(module: str) -> None:
    ground = floor(module)
    for target, line, *_ in EDGES[module]:
        where = f"{MODULES[module]}:{line}"
        assert target in KNOWN, f"{where} imports {target}, which is no module of the package"
        if component(target) != component(module):
            assert floor(target) < ground, (
                f"{where} ({module}, floor {ground}) imports {target} (floor {floor(target)})"
            )


@pytest.mark.parametrize("module", sorted(MODULES.keys() - MAY_IMPORT_ROOT))
def test_nobody_inside_imports_the_root(module: str) -> None:
    for target, line, *_ in EDGES[module]:
        assert target != ROOT_MODULE, f"{MODULES[module]}:{line} imports the package root"


def test_no_cycle() -> None:
    done: set[str] = set()

    def visit(module: str, path: list[str]) -> None:
        assert module not in path, "import cycle: " + " -> ".join([*path[path.index(module) :], module])
        if module in done:
            return
        for target, _, runs, *_ in EDGES.get(module, []):
            if runs or (module, target) not in KNIT:
                visit(target, [*path, module])
        done.add(module)

    for module in MODULES:
        visit(module, [])


def test_what_is_knit_is_so_for_type_checkers_only() -> None:
    for module, target in KNIT:
        assert [each.runs for each in EDGES[module] if each.target == target] == [False]


def brought(folder: str) -> set[str]:
    """The modules of a folder that the folder's own import imports."""
    found, left = set(), [folder]
    while left:
        module = left.pop()
        for each in EDGES[module]:
            inside = each.target.startswith(f"{folder}.") and each.target not in found
            if inside and each.runs and not each.late:
                found.add(each.target)
                left.append(each.target)
    return found


FOLDERS = {
    module: brought(module) for module, path in MODULES.items() if path.name == "__init__.py" and module
}


@pytest.mark.parametrize("module", MODULES)
def test_a_folder_is_imported_before_what_it_brings(module: str) -> None:
    """Python locks a module while it is imported, and then the folder it is in.

    A folder that brings its modules locks them in the other order. So two threads can wait for each other,
    and one of them is given a `_DeadlockError`: name what you want by the folder, which then comes first.
    """
    for each in EDGES[module]:
        parts = each.first.split(".")
        for folder in (".".join(parts[:count]) for count in range(1, len(parts))):
            outside = module != folder and not module.startswith(f"{folder}.")
            assert not (each.runs and outside and each.first in FOLDERS[folder]), (
                f"{MODULES[module]}:{each.line} imports {each.first}, which {folder} brings: import that"
            )


@pytest.mark.parametrize("module", [each for each in MODULES if each.startswith("ops.")])
def test_ops_import_only_from_floors_below(module: str) -> None:
    floors = {name: number for number, names in enumerate(OPS_FLOORS) for name in names}
    room = module.split(".")[1]
    for target, line, *_ in EDGES[module]:
        other = target.split(".")[1] if target.startswith("ops.") else room
        below = floors[other] < floors[room]
        beside = floors[other] == floors[room] and module.count(".") == target.count(".") == 1
        assert other == room or below or beside, f"{MODULES[module]}:{line} ({room}) imports {target}"


def core_files() -> list[Path]:
    return [
        path
        for folder in ("include", "src")
        for path in sorted((ROOT / "cpp" / folder).rglob("*"))
        if path.suffix in {".hpp", ".cpp", ".h"}
    ]


def test_the_core_knows_no_python() -> None:
    assert core_files()
    forbidden = re.compile(r'^\s*#\s*include\s*[<"](Python\.h|pybind11/|numpy/)', re.MULTILINE)
    for path in core_files():
        found = forbidden.search(path.read_text("utf-8"))
        assert found is None, f"{path} includes {found and found[1]}"


def test_the_version_is_written_once() -> None:
    header = ROOT / "cpp" / "include" / "scopetrie" / "version.hpp"
    match = re.search(r'#define SCOPETRIE_VERSION "([^"]+)"', header.read_text("utf-8"))
    assert match is not None
    literal = re.compile(rf"(?<![\w.]){re.escape(match[1])}(?![\w.])")
    places = [ROOT / "CMakeLists.txt", ROOT / "pyproject.toml"]
    for folder in ("cmake", "cpp", "python"):
        places += (
            p
            for p in (ROOT / folder).rglob("*")
            if p.suffix in {".py", ".pyi", ".hpp", ".cpp", ".txt", ".in"}
        )
    holders = [path for path in places if literal.search(path.read_text("utf-8"))]
    assert holders == [header]
