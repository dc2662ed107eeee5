"""The content of the installed package, and a C++ project that builds against it."""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import subprocess
import sys
from pathlib import Path

import cpp_programs
import pytest
import scopetrie

ROOT = Path(__file__).resolve().parents[1]
INSTALLED = Path(scopetrie.__file__).parent
OPTIONAL = {
    "cupy",
    "google.protobuf",
    "jax",
    "onnx",
    "optree",
    "rich",
    "safetensors",
    "scipy",
    "tensorboard",
    "tensorflow",
    "torch",
}


def installed() -> bool:
    """Whether `scopetrie` is an installed package, not a checkout on the path."""
    return Path(scopetrie.__file__).with_name("include").is_dir() or ROOT not in INSTALLED.parents


pytestmark = pytest.mark.skipif(not installed(), reason="scopetrie runs from the source tree, not installed")


def test_version() -> None:
    from scopetrie import _core

    assert re.fullmatch(r"\d+\.\d+\.\d+", scopetrie.__version__)
    assert scopetrie.__version__ == _core.__version__ == importlib.metadata.version("scopetrie")
    header = Path(scopetrie.get_include(), "scopetrie", "version.hpp").read_text("utf-8")
    assert f'"{scopetrie.__version__}"' in header


def test_type_information_is_installed() -> None:
    assert (INSTALLED / "py.typed").is_file()
    assert (INSTALLED / "_core.pyi").is_file()


def test_nothing_but_the_package_is_installed() -> None:
    files = importlib.metadata.files("scopetrie")
    assert files is not None
    tops = {file.parts[0] for file in files if file.parts[0] != ".."}  # "..": scripts
    assert {top for top in tops if not top.startswith(("scopetrie-", "_scopetrie_editable"))} == {"scopetrie"}


def test_the_licenses_of_what_is_inside_are_installed() -> None:
    files = importlib.metadata.files("scopetrie") or []
    texts = {file.name: file.read_text() for file in files if "licenses" in file.parts}
    assert "Apache License" in texts["LICENSE"]
    assert "Wenzel Jakob" in texts["pybind11.txt"]


@pytest.mark.skipif(not (ROOT / "cpp").is_dir(), reason="needs the source tree")
def test_every_public_header_is_installed() -> None:
    sources, installed = (
        (ROOT / "cpp" / "include", ROOT / "cpp" / "capi" / "include"),
        Path(scopetrie.get_include()),
    )
    wanted = {path.relative_to(source) for source in sources for path in source.rglob("*.h*")}
    assert {Path("scopetrie.h"), Path("scopetrie", "scopetrie.hpp")} < wanted
    assert {path.relative_to(installed) for path in installed.rglob("*.h*")} == wanted


def test_import_loads_no_optional_dependency() -> None:
    code = f"import sys, scopetrie; print(*sorted({OPTIONAL!r} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []


@pytest.mark.skipif(cpp_programs.cmake() is None, reason="needs CMake")
@pytest.mark.skipif(
    sys.platform != "win32" and not any(map(shutil.which, ("c++", "g++", "clang++"))),
    reason="needs a C++ compiler",
)
def test_a_cpp_project_builds_against_the_package(tmp_path: Path) -> None:
    several = sys.platform == "win32"

    def build_type(folder: str) -> str | None:
        """None where CMake leaves it to each build, as for Visual Studio."""
        cache = (tmp_path / folder / "CMakeCache.txt").read_text("utf-8")
        found = re.search("^CMAKE_BUILD_TYPE:STRING=(.*)$", cache, re.MULTILINE)
        return found[1] if found else None

    source = Path(__file__).parent / "consumer"
    options = [f"-Dscopetrie_DIR={scopetrie.get_cmake_dir()}", f"-DWANTED_VERSION={scopetrie.__version__}"]
    cpp_programs.configure(source, tmp_path / "debug", [*options, "-DCMAKE_BUILD_TYPE=Debug"])
    assert build_type("debug") == "Debug"
    cpp_programs.build_project(source, tmp_path / "build", options)
    assert build_type("build") == (None if several else "Release")  # who does not ask gets fast code
    built = [p for p in (tmp_path / "build").rglob("consumer*") if p.is_file() and p.suffix in {"", ".exe"}]
    assert len(built) == 1
    assert cpp_programs.run([str(built[0])]).splitlines() == [
        "tower/Relu with the variables of tower",
        "tower_1/Relu with the variables of tower",
        "tower_2/Relu with the variables of tower",
        scopetrie.__version__,
    ]
