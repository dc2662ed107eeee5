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
from .work import changed_by

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

    def __init__(
        self, code: str, name: str, options: tuple[str, ...] = (), backend: str = "nvrtc", *,
        translate_cucomplex: bool = False, enable_cooperative_groups: bool = False, jitify: Any = None,
    ) -> None:  # fmt: skip
        if type(code) is not str or type(name) is not str or type(options) is not tuple:
            raise TypeError("Argument 'options' has incorrect type")
        self.code = code
        self.name = name

    def __call__(self, grid: tuple[int, ...], block: tuple[int, ...], args: Any, **kwargs: Any) -> None:
        """Launches it."""
        if type(grid) is not tuple or type(block) is not tuple:
            raise TypeError("Argument 'grid' has incorrect type")
        assert 0 < block[0] <= 1024 and 0 < grid[0] < 1 << 31
        if self.code not in _known:
            compiled([(self.name, self.code)])
        targets = [each for each in args if isinstance(each, ndarray)]
        for each in args:
            if not isinstance(each, (ndarray, np.generic, np.ndarray)):
                raise TypeError(f"Unsupported type {type(each)}")
            if isinstance(each, np.ndarray) and each.size != 1:
                raise TypeError("Only numpy.ndarrays of size one can be passed by value.")
        if sum(8 if isinstance(each, ndarray) else each.nbytes for each in args) > 4096:
            raise ValueError("more than 4,096 bytes of arguments")
        # Numbers are copied with the launch, also where a graph records it.
        numbers = [None if isinstance(each, ndarray) else _within_reach(np.array(each)) for each in args]

        def launch(*raws: np.ndarray[Any, Any]) -> None:
            own = iter(raws)
            given = [
                np.array([next(own).ctypes.data], np.uint64) if number is None else number
                for number in numbers
            ]
            pointers = [each.ctypes.data for each in given]
            _known[self.code](grid[0], block[0], (ctypes.c_void_p * len(pointers))(*pointers))

        changed_by(launch, targets)
