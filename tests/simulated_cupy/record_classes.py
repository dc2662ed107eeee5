"""Records the parameters of CuPy's classes, which are compiled and do not say them, from CuPy's source.

pip download --no-binary :all: --no-deps cupy==14.2.0    # and unpack it
python tests/simulated_cupy/record_classes.py cupy-14.2.0
"""

from __future__ import annotations

import json
import re
import sys
from inspect import Parameter
from pathlib import Path

# Where a class is, and what it is called there and here.
CLASSES = (
    ("cupy/cuda/stream.pyx", "_BaseStream", "cuda.Stream"),
    ("cupy/cuda/stream.pyx", "Stream", "cuda.Stream"),
    ("cupy/cuda/stream.pyx", "Event", "cuda.Event"),
    ("cupy/cuda/graph.pyx", "Graph", "cuda.Graph"),
    ("cupy/cuda/device.pyx", "Device", "cuda.Device"),
    ("cupy/cuda/memory.pyx", "MemoryPool", "cuda.MemoryPool"),
    ("cupy/cuda/memory.pyx", "OutOfMemoryError", "cuda.memory.OutOfMemoryError"),
    ("cupy/cuda/pinned_memory.pyx", "PinnedMemoryPool", "cuda.PinnedMemoryPool"),
    ("cupy_backends/cuda/api/runtime.pyx", "CUDARuntimeError", "cuda.runtime.CUDARuntimeError"),
    ("cupy/_core/raw.pyx", "RawKernel", "RawKernel"),
    ("cupy/_core/core.pyx", "_ndarray_base", "ndarray"),
    ("cupy/_core/_kernel.pyx", "ufunc", "ufunc"),
)
FUNCTIONS = (
    ("cupy/cuda/stream.pyx", "get_current_stream", "cuda.get_current_stream"),
    ("cupy/cuda/stream.pyx", "get_elapsed_time", "cuda.get_elapsed_time"),
    ("cupy/cuda/__init__.py", "using_allocator", "cuda.using_allocator"),
    ("cupy/_core/dlpack.pyx", "from_dlpack", "from_dlpack"),
    ("cupyx/_pinned_array.py", "empty_pinned", "cupyx.empty_pinned"),
    ("cupyx/_scatter.py", "scatter_add", "cupyx.scatter_add"),
)
_DEFINED = r"^{indent}(?:def|cpdef)\s+(?:[\w.]+\s+)*?(\w+)\(((?:[^()]|\([^()]*\))*)\)"


def parameters(text: str) -> list[list[object]]:
    """Name, kind and whether there is a default, of each parameter of a definition in Cython."""
    kind, made = Parameter.POSITIONAL_OR_KEYWORD, []
    for part in re.split(r",(?![^()]*\))", re.sub(r"#.*", "", text)):
        name, _, default = (each.strip() for each in part.partition("="))
        if not name:
            continue
        if name == "*":
            kind = Parameter.KEYWORD_ONLY
            continue
        of = kind
        if name.startswith("**"):
            of = Parameter.VAR_KEYWORD
        elif name.startswith("*"):
            of, kind = Parameter.VAR_POSITIONAL, Parameter.KEYWORD_ONLY
        name = name.partition(":")[0].split()[-1].lstrip("*&")  # without the type
        if name not in ("self", "cls"):
            made.append([name, of.value, bool(default)])
    return made


def record(root: Path) -> dict[str, list[list[object]]]:
    """The parameters by name."""
    found: dict[str, list[list[object]]] = {}
    for file, own, here in CLASSES:
        source = (root / file).read_text(encoding="utf-8")
        block = rf"^(?:cdef )?class {own}\b.*?:\n(.*?)(?=^\S|\Z)"
        (body,) = re.findall(block, source, re.DOTALL | re.MULTILINE)
        for name, text in re.findall(_DEFINED.format(indent=" {4}"), body, re.MULTILINE):
            if name[0] == "_" and name not in ("__init__", "__call__", "__dlpack__", "_scatter_op"):
                continue
            found[f"{here}.{name}"] = parameters(text)
    for file, own, here in FUNCTIONS:
        source = (root / file).read_text(encoding="utf-8")
        for name, text in re.findall(_DEFINED.format(indent=""), source, re.MULTILINE):
            if name == own:
                found[here] = parameters(text)
    return found


if __name__ == "__main__":
    to = Path(__file__).with_name("cupy_14_classes.json")
    to.write_text(json.dumps(record(Path(sys.argv[1])), separators=(",", ":"), sort_keys=True) + "\n")
