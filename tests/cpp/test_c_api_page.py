"""The programs of docs/c_api.md compile, and what runs prints what stands below it."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import cpp_programs
import pytest
import scopetrie

PAGE = cpp_programs.ROOT / "docs" / "c_api.md"
SKIP = cpp_programs.reason_to_skip()
if SKIP is None and importlib.util.find_spec("pybind11") is None:
    SKIP = "needs pybind11"
pytestmark = pytest.mark.skipif(SKIP is not None, reason=str(SKIP))

PROJECT = """cmake_minimum_required(VERSION 3.18...4.3)
project(page LANGUAGES C CXX)
set(SCOPETRIE_BUILD_PYTHON OFF)
{scopetrie}
find_package(pybind11 CONFIG REQUIRED)
pybind11_add_module(layers layers.cpp)
target_compile_features(layers PRIVATE cxx_std_20)
target_link_libraries(layers PRIVATE scopetrie::capi)
add_executable(plain plain.c)
set_target_properties(plain PROPERTIES C_STANDARD 99 LINKER_LANGUAGE CXX)
target_link_libraries(plain PRIVATE scopetrie::core)
add_executable(stores stores.c)
set_target_properties(stores PROPERTIES C_STANDARD 99 LINKER_LANGUAGE CXX)
target_link_libraries(stores PRIVATE scopetrie::core)
"""


def test_the_page(tmp_path: Path) -> None:
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert [language for language, _ in blocks] == [
        "cpp",
        "cmake",
        "python",
        "text",
        "c",
        "text",
        "c",
        "text",
    ]
    texts = [text for _, text in blocks]
    try:
        found = f'find_package(scopetrie REQUIRED PATHS "{scopetrie.get_cmake_dir()}" NO_DEFAULT_PATH)'
    except FileNotFoundError:
        found = f'add_subdirectory("{cpp_programs.ROOT.as_posix()}" scopetrie)'
    for name, text in [
        ("layers.cpp", texts[0]),
        ("use.py", texts[2]),
        ("plain.c", texts[4]),
        ("stores.c", texts[6]),
        ("CMakeLists.txt", PROJECT.format(scopetrie=found)),
    ]:
        (tmp_path / name).write_text(text, encoding="utf-8")
    cmake_dir = cpp_programs.run([sys.executable, "-m", "pybind11", "--cmakedir"]).strip()
    cpp_programs.build_project(
        tmp_path, tmp_path / "build",
        ["-DCMAKE_BUILD_TYPE=Debug", f"-Dpybind11_DIR={cmake_dir}", f"-DPython_EXECUTABLE={sys.executable}"],
    )  # fmt: skip
    (module,) = [p for p in (tmp_path / "build").rglob("layers*") if p.suffix in {".so", ".pyd"}]
    for name, printed in [("plain", texts[5]), ("stores", texts[7])]:
        (program,) = [
            p for p in (tmp_path / "build").rglob(f"{name}*") if p.suffix in {"", ".exe"} and p.is_file()
        ]
        assert cpp_programs.run([str(program)]) == printed
    paths = [str(module.parent), str(Path(scopetrie.__file__).parent.parent)]
    done = subprocess.run(
        [sys.executable, "use.py"],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == texts[3]
