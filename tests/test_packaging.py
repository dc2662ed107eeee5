"""The content of the installed package, and a C++ project that builds against it."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

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


def cmake() -> list[str] | None:
    """The command that runs CMake, with the generator of the test extra if it is there."""
    if importlib.util.find_spec("cmake"):
        return [sys.executable, "-m", "cmake"]
    found = shutil.which("cmake")
    return [found] if found else None


@pytest.mark.skipif(cmake() is None, reason="needs CMake")
@pytest.mark.skipif(
    sys.platform != "win32" and not any(map(shutil.which, ("c++", "g++", "clang++"))),
    reason="needs a C++ compiler",
)
def test_a_cpp_project_builds_against_the_package(tmp_path: Path) -> None:
    command = cmake()
    assert command is not None
    generator = []
    if importlib.util.find_spec("ninja") and sys.platform != "win32":
        import ninja

        generator = ["-G", "Ninja", f"-DCMAKE_MAKE_PROGRAM={Path(ninja.BIN_DIR, 'ninja')}"]

    def run(*arguments: str) -> str:
        done = subprocess.run([*arguments], capture_output=True, text=True, cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def configure(folder: str, *options: str) -> str | None:
        """Gives the build type; None where CMake leaves it to each build, as for Visual Studio."""
        run(
            *command, "-S", str(Path(__file__).parent / "consumer"), "-B", folder, *generator, *options,
            f"-Dscopetrie_DIR={scopetrie.get_cmake_dir()}", f"-DWANTED_VERSION={scopetrie.__version__}",
        )  # fmt: skip
        cache = (tmp_path / folder / "CMakeCache.txt").read_text("utf-8")
        found = re.search("^CMAKE_BUILD_TYPE:STRING=(.*)$", cache, re.MULTILINE)
        return found[1] if found else None

    several = sys.platform == "win32" and not generator
    assert configure("debug", "-DCMAKE_BUILD_TYPE=Debug") == "Debug"
    assert configure("build") == (None if several else "Release")  # who does not ask gets fast code
    run(*command, "--build", "build", "--config", "Release")
    built = [p for p in (tmp_path / "build").rglob("consumer*") if p.is_file() and p.suffix in {"", ".exe"}]
    assert len(built) == 1
    assert run(str(built[0])).splitlines() == [
        "tower/Relu with the variables of tower",
        "tower_1/Relu with the variables of tower",
        "tower_2/Relu with the variables of tower",
        scopetrie.__version__,
    ]
