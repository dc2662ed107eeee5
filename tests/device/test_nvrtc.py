"""Fused kernels compile for devices: by NVRTC, NVIDIA's compiler at run time, which needs no device.

`pip install nvidia-cuda-nvrtc-cu12` has it, a wheel of about 90 MB; without it, these tests are skipped.
"""

from __future__ import annotations

import ctypes
import os
import struct
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from device_programs import programs
from program_kernels import built_kernels
from scopetrie.backends.fusion.launch import OPTIONS, Fused, Library
from scopetrie.backends.fusion.trace import Trace, mapped, reduced

nvidia = pytest.importorskip("nvidia", reason="needs NVRTC: pip install nvidia-cuda-nvrtc-cu12")
LIBRARIES = [
    library
    for folder in nvidia.__path__
    for library in Path(folder).glob("*/lib/libnvrtc.so.*")
    if "alt" not in library.name
]
if not LIBRARIES:
    pytest.skip("needs NVRTC: pip install nvidia-cuda-nvrtc-cu12", allow_module_level=True)


def compiled(source: str, arch: str) -> bytes:
    """The machine code of a source.

    Raises:
        ValueError: If it does not compile; the message is the compiler's.
    """
    nvrtc: Any = ctypes.CDLL(str(LIBRARIES[0]))
    program = ctypes.c_void_p()
    made = nvrtc.nvrtcCreateProgram(ctypes.byref(program), source.encode(), b"kernel.cu", 0, None, None)
    assert made == 0
    # Besides ours, those that CuPy gives each kernel.
    options = [each.encode() for each in (*OPTIONS, "--std=c++17", "-ftz=true", f"--gpu-architecture={arch}")]
    failed = nvrtc.nvrtcCompileProgram(program, len(options), (ctypes.c_char_p * len(options))(*options))
    size = ctypes.c_size_t()
    try:
        if failed:
            nvrtc.nvrtcGetProgramLogSize(program, ctypes.byref(size))
            log = ctypes.create_string_buffer(size.value)
            nvrtc.nvrtcGetProgramLog(program, log)
            raise ValueError(log.value.decode())
        nvrtc.nvrtcGetCUBINSize(program, ctypes.byref(size))
        cubin = ctypes.create_string_buffer(size.value)
        nvrtc.nvrtcGetCUBIN(program, cubin)
        return cubin.raw
    finally:
        nvrtc.nvrtcDestroyProgram(ctypes.byref(program))


def local_bytes(cubin: bytes) -> int:
    """The bytes of local memory, a stack in device memory, that a thread of a kernel takes.

    The machine code is an ELF file. Its section `.nv.info` is a list of attributes: a format, a kind, 2 bytes
    (a value, or the size of what follows where the format is 4). Kind 0x11 is a function's frame: 4 bytes of
    the function's number, 4 of the size.
    """
    header = struct.unpack_from("<Q", cubin, 0x28)[0]  # where the sections' headers are
    size, count, names = struct.unpack_from("<HHH", cubin, 0x3A)
    sections = [struct.unpack_from("<IIQQQQ", cubin, header + at * size) for at in range(count)]
    found = []
    for name, _, _, _, offset, length in sections:
        begin = sections[names][4] + name
        if cubin[begin : cubin.index(b"\0", begin)] != b".nv.info":
            continue
        at = offset
        while at < offset + length:
            form, kind, value = struct.unpack_from("<BBH", cubin, at)
            if (form, kind) == (4, 0x11):
                found.append(struct.unpack_from("<I", cubin, at + 8)[0])
            at += 4 + (value if form == 4 else 0)
    assert found
    return int(max(found))


def sources() -> dict[str, str]:
    """Kernels of all kinds, by what they are for."""
    found = {}

    def note(what: str, function: Any, *given: tuple[str, tuple[int, ...]], strides: Any = None) -> None:
        trace = Trace()
        arrays = [
            trace.input(at, "array", np.dtype(getattr(ml_dtypes, dtype, dtype)), shape)
            for at, (dtype, shape) in enumerate(given)
        ]
        made = function(*arrays)
        outputs = [each.node for each in (made if isinstance(made, tuple) else (made,))]
        library = Library(np, np.empty, np.zeros, lambda *_: None, {})  # type: ignore[arg-type, return-value]
        inputs = [each.node for each in arrays]
        steps = dict(zip(inputs, strides or [None] * len(inputs), strict=True))
        for at, source in enumerate(Fused(library, inputs, steps, outputs, {}).sources):
            found[f"{what} {at}"] = source

    def long(x: Any) -> Any:
        for _ in range(50):
            x = (x + 1.5) * 0.5
        return x

    for dtype in ("float16", "bfloat16", "float32", "float64"):
        note(f"chain of {dtype}", long, (dtype, (1000,)))
    for dtype in ("float16", "float32", "float64"):
        for name in ("tanh", "exp", "log1p", "erf", "erfinv", "sqrt", "round", "sign", "isfinite"):
            note(f"{name} {dtype}", lambda x, name=name: mapped(name, x), (dtype, (100,)))
        for name in ("pow", "remainder", "floor_divide", "atan2", "maximum"):
            note(f"{name} {dtype}", lambda x, y, name=name: mapped(name, x, y), (dtype, (9,)), (dtype, (9,)))
    for dtype in ("int8", "int64", "uint32"):
        note(f"{dtype}", lambda x, y: (x // y + x % y) * abs(x), (dtype, (9,)), (dtype, (9,)))
        note(f"{dtype} to floats", lambda x: (x.astype("float16"), x.astype("float64")), (dtype, (9,)))
    note(
        "rows and columns", lambda x, y, z: x * y + z, *[("float32", each) for each in ((8, 6), (6,), (8, 1))]
    )
    note("strided", lambda x, y: x * y, ("float32", (8, 6)), ("float32", (8, 6)), strides=[(1, 8), None])
    note("large", lambda x, y: x * y, ("float32", (1 << 20, 1 << 12)), ("float32", (1 << 12,)))
    note("select", lambda c, x, y: mapped("where", c > 0, x, y), *[("float32", (9,))] * 3)

    def entropy(x: Any, labels: Any) -> Any:
        shifted = x - reduced("max", x, -1, True)
        total = reduced("sum", mapped("exp", shifted), -1, True)
        loss = reduced("sum", labels * (mapped("log", total) - shifted), -1)
        return loss, mapped("exp", shifted) / total - labels

    for dtype in ("float16", "float32", "float64"):
        note(f"rows of {dtype}", entropy, *[(dtype, (64, 1000))] * 2)
    for what, sizes in {"tail": (5000,), "tail of many": (3, 40, 5000)}.items():
        trace = Trace()
        cells = [trace.input(at, "cell", np.dtype(np.float32), (n,)) for at, n in enumerate(sizes)]
        power = trace.input(len(sizes), "cell", np.dtype(np.float32), ())
        writes = {at: (each * power).node for at, each in enumerate(cells)} | {len(sizes): (power * 0.9).node}
        inputs = [each.node for each in (*cells, power)]
        library = Library(np, np.empty, np.zeros, lambda *_: None, {})  # type: ignore[arg-type, return-value]
        (found[what],) = Fused(library, inputs, dict.fromkeys(inputs), [], writes).sources
        assert "atomicAdd" in found[what]
    note("together", lambda x, y, z: (x * x, y * y, z * z), *[("float32", (n,)) for n in (3, 40, 5000)])
    return found


SOURCES = sources()


def test_they_compile_for_hopper_and_keep_to_registers() -> None:
    faults = {what: local_bytes(compiled(source, "sm_90")) for what, source in SOURCES.items()}
    # The library's functions of large arguments have a stack; what is written here has none.
    assert {what: size for what, size in faults.items() if size} == {}
    assert len(SOURCES) > 50


def test_the_kernels_of_programs_compile() -> None:
    """One of some of those that the programs of rung 2 make; of all of them with SCOPETRIE_ALL_KERNELS=1."""
    every = 1 if os.environ.get("SCOPETRIE_ALL_KERNELS") else 8
    kernels, _ = built_kernels(list(programs())[::every])
    faults = {}
    for source, name in kernels.items():
        try:
            compiled(source, "sm_90")
        except ValueError as error:
            faults[name] = str(error)
    assert faults == {}
    assert len(kernels) > 200 // every


@pytest.mark.parametrize("arch", ["sm_75", "sm_80", "sm_100", "sm_120"])
def test_they_compile_for_other_devices(arch: str) -> None:
    for what in ("chain of float16 0", "chain of bfloat16 0", "rows and columns 0", "together 0", "int64 0"):
        assert compiled(SOURCES[what], arch)


def test_a_broken_kernel_fails() -> None:
    source = SOURCES["select 0"]
    with pytest.raises(ValueError, match="error"):
        compiled(source.replace("a0 > ", "a9 > "), "sm_90")


def test_local_memory_is_seen() -> None:
    source = """extern "C" __global__ void k(float* x, int n) {
  float own[64];
  for (int i = 0; i < 64; ++i) own[i] = 0;
  for (int i = 0; i < n; ++i) own[(int)x[i] & 63] += 1;
  for (int i = 0; i < 64; ++i) x[i] = own[i];
}"""
    assert local_bytes(compiled(source, "sm_90")) >= 256
