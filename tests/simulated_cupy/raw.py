"""The simulated CuPy's kernels in CUDA C++: a compiler of the host makes functions of them, which run.

Blocks and threads are loops, one after the other; threads of blocks that share memory run at once. So it
shows what a kernel computes, and of all other kernels not that their threads may run at the same time.
"""

from __future__ import annotations

import ctypes
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .array import OUT_OF_REACH, ndarray
from .counts import COUNTS

COMPILER = shutil.which("g++") or shutil.which("c++") or shutil.which("clang++")
NEEDS_COMPILER = "kernels of CUDA C++ run on the host by a C++ compiler, and there is none"
_SHIM = Path(__file__).with_name("shim.hpp")
_OPTIONS = "-x c++ -std=c++17 -O0 -w -shared -fPIC -ffp-contract=off -fno-fast-math".split()
_folder = None
_known: dict[str, Any] = {}


def compiled(sources: Sequence[tuple[str, str]]) -> None:
    """Compiles sources of kernels, by their names, in one go: that takes little more than a single one."""
    global _folder
    wanted = [(name, source) for name, source in dict.fromkeys(sources) if source not in _known]
    if not wanted:
        return
    if COMPILER is None:
        raise RuntimeError(NEEDS_COMPILER)
    if _folder is None:
        _folder = tempfile.TemporaryDirectory(prefix="kernels")
    base = Path(_folder.name) / f"kernels{len(_known)}"
    with_threads = any("__shared__" in source for _, source in wanted)
    base.with_suffix(".cpp").write_text(
        f'{"#define WITH_THREADS" if with_threads else ""}\n#include "{_SHIM}"\n'
        + "\n".join(_namespace(at, *each) for at, each in enumerate(wanted))
    )
    command = [COMPILER, *_OPTIONS, str(base.with_suffix(".cpp")), "-o", str(base.with_suffix(".so"))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{done.stderr}\n{base.with_suffix('.cpp').read_text()}")
    library = ctypes.CDLL(str(base.with_suffix(".so")))
    for at, (_, source) in enumerate(wanted):
        _known[source] = getattr(library, f"launch{at}")


def _namespace(at: int, name: str, source: str) -> str:
    """A source in a namespace of its own, and a function that launches its kernel."""
    (parameters,) = re.findall(rf"{name}\(([^)]*)\) {{", source)
    types = [
        re.sub(r"\s*\w+$", "", each.replace("__restrict__", "").replace("__grid_constant__", "").strip())
        for each in parameters.split(",")
    ]
    arguments = ", ".join(
        f"*({each if '*' in each else each.replace('const ', '')}*)given[{i}]" for i, each in enumerate(types)
    )
    body = source.replace('extern "C" ', "static ")
    if "__shared__" in source:
        return f"""namespace k{at} {{
{body}
extern "C" void launch{at}(unsigned int blocks, unsigned int threads, void** given) {{
  run_at_once(blocks, threads, [=] {{ {name}({arguments}); }});
}}
}}"""
    return f"""namespace k{at} {{
{body}
extern "C" void launch{at}(unsigned int blocks, unsigned int threads, void** given) {{
  gridDim.x = blocks; blockDim.x = threads;
  for (blockIdx.x = 0; blockIdx.x < blocks; ++blockIdx.x)
    for (threadIdx.x = 0; threadIdx.x < threads; ++threadIdx.x) {name}({arguments});
}}
}}"""


def _within_reach(value: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """A struct with the host's addresses in place of the device's."""
    if not value.dtype.names:
        return value
    made = value.copy()
    for name in value.dtype.names:
        if value.dtype[name].base == np.uint64:
            made[name] &= np.uint64(~OUT_OF_REACH & (1 << 64) - 1)
    return made


class RawKernel:
    """A kernel in CUDA C++.

    Args:
        code: The source.
        name: The kernel's name.
        options: Options of the compiler, which are those of NVRTC.
    """

    def __init__(self, code: str, name: str, options: tuple[str, ...] = (), backend: str = "nvrtc") -> None:
        assert isinstance(options, tuple)
        self.code = code
        self.name = name

    def __call__(self, grid: tuple[int, ...], block: tuple[int, ...], args: tuple[Any, ...]) -> None:
        """Launches it."""
        assert type(grid) is tuple and type(block) is tuple and type(args) is tuple
        assert 0 < block[0] <= 1024 and 0 < grid[0] < 1 << 31
        if self.code not in _known:
            compiled([(self.name, self.code)])
        kept, pointers = [], []
        for each in args:
            if isinstance(each, ndarray):
                value: Any = np.array([each._host.ctypes.data], np.uint64)
                each._memory.write()
            elif isinstance(each, np.generic) or (isinstance(each, np.ndarray) and each.dtype.names):
                value = _within_reach(np.asarray(each))
            else:
                raise TypeError(f"Unsupported type {type(each)}")
            kept.append(value)
            pointers.append(value.ctypes.data)
        COUNTS.launched()
        _known[self.code](grid[0], block[0], (ctypes.c_void_p * len(pointers))(*pointers))
