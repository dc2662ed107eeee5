"""Compiles C++ programs against the core of this source tree, once for all tests of a run."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEADERS = ROOT / "cpp" / "include" / "scopetrie"

PROJECT = """cmake_minimum_required(VERSION 3.18...4.3)
project(programs LANGUAGES CXX)
add_subdirectory("{root}" scopetrie)
{programs}
"""
PROGRAM = """add_executable({name} "{source}")
target_link_libraries({name} PRIVATE scopetrie::core)
target_compile_options({name} PRIVATE $<$<NOT:$<CXX_COMPILER_ID:MSVC>>:-Wall;-Wextra;-Werror>)
"""


def reason_to_skip() -> str | None:
    """Why no program can be compiled here; None where it can be."""
    if not HEADERS.is_dir():
        return "needs the source tree"
    if cmake() is None:
        return "needs CMake"
    if sys.platform != "win32" and not any(map(shutil.which, ("c++", "g++", "clang++"))):
        return "needs a C++ compiler"
    return None


def cmake() -> list[str] | None:
    """The command that runs CMake."""
    if importlib.util.find_spec("cmake"):
        return [sys.executable, "-m", "cmake"]
    found = shutil.which("cmake")
    return [found] if found else None


def build(folder: Path, sources: dict[str, str]) -> dict[str, Path]:
    """Compiles programs.

    Args:
        folder: Where to build; empty, or that of an earlier call.
        sources: The text of each program, by its name.

    Returns:
        The program files, by the same names.
    """
    programs = []
    for name, text in sources.items():
        source = folder / f"{name}.cpp"
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(text, encoding="utf-8")
        programs.append(PROGRAM.format(name=name, source=source.as_posix()))
    listing = PROJECT.format(root=ROOT.as_posix(), programs="\n".join(programs))
    (folder / "CMakeLists.txt").write_text(listing, encoding="utf-8")
    build_project(folder, folder / "build", ["-DCMAKE_BUILD_TYPE=Debug", "-DSCOPETRIE_BUILD_PYTHON=OFF"])
    made = {}
    for name in sources:
        files = [
            path
            for path in (folder / "build").rglob(f"{name}*")
            if path.is_file() and path.suffix in {"", ".exe"} and path.stem == name
        ]
        assert len(files) == 1, files
        made[name] = files[0]
    return made


def configure(source: Path, folder: Path, options: list[str]) -> None:
    """Configures a CMake project in a folder, for Ninja and ccache where they are there."""
    command = cmake()
    assert command is not None
    if importlib.util.find_spec("ninja") and sys.platform != "win32":
        import ninja

        options = [*options, "-G", "Ninja", f"-DCMAKE_MAKE_PROGRAM={Path(ninja.BIN_DIR, 'ninja')}"]
    if shutil.which("ccache"):
        options = [*options, "-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"]
    if sys.platform != "win32":
        options = [*options, "-DCMAKE_CXX_FLAGS_DEBUG=-O0"]  # without what only a debugger reads
    run([*command, "-S", str(source), "-B", str(folder), *options])


def build_project(source: Path, folder: Path, options: list[str]) -> None:
    """Configures a CMake project in a folder, and builds one configuration of it."""
    configure(source, folder, options)
    command = cmake()
    assert command is not None
    configuration = "Debug" if "-DCMAKE_BUILD_TYPE=Debug" in options else "Release"
    run([*command, "--build", str(folder), "--config", configuration])


def run(command: list[str], text: str | None = None) -> str:
    """What a command prints; it must succeed."""
    environment = os.environ | {"CCACHE_NOHASHDIR": "1"}  # folders of other tests have compiled the same
    done = subprocess.run(command, capture_output=True, text=True, input=text, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
