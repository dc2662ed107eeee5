"""The C interface with null pointers in place of everything, from threads and in a forked child."""

from __future__ import annotations

import ctypes
import os
import re
import threading
from pathlib import Path
from typing import Any

import pytest
from scopetrie import _core

HEADER = Path(__file__).parents[2] / "cpp" / "capi" / "include" / "scopetrie.h"
pytestmark = pytest.mark.skipif(not HEADER.exists(), reason="needs the source tree")

_TYPES = {
    "int32_t": ctypes.c_int32, "uint32_t": ctypes.c_uint32, "int64_t": ctypes.c_int64,
    "uint64_t": ctypes.c_uint64, "size_t": ctypes.c_size_t,
}  # fmt: skip


_TAKE_NOTHING = ("lock", "unlock", "graph_new", "store_new", "raise_last_error")


class Handle(ctypes.Structure):
    """A tensor, an operation or a variable, by value."""

    _fields_ = (("of", ctypes.c_void_p), ("id", ctypes.c_uint32), ("epoch", ctypes.c_uint32))


def _type(text: str) -> Any:
    if "*" in text:
        return ctypes.c_void_p
    word = text.split()[0]
    return _TYPES.get(word, Handle if word.startswith("scopetrie_") else None)


def functions() -> list[tuple[str, Any, list[Any]]]:
    """The functions of the table: name, what it gives and takes."""
    text = re.sub(r"/\*.*?\*/", "", HEADER.read_text(encoding="utf-8"), flags=re.S)
    table = text[text.index("typedef struct scopetrie_api {") : text.index("} scopetrie_api;")]
    table = re.sub(r"void \(\*release\)\(void\* data\)", "void* release", table)
    found = re.findall(r"([\w ]+\*?) \(\*(\w+)\)\(([^)]*)\);", table)
    return [
        (name, _type(gives), [_type(each) for each in takes.split(",") if each.strip() != "void"])
        for gives, name, takes in found
    ]


def table() -> dict[str, Any]:
    """The functions, by name; they are called without Python's lock."""
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    begin = pointer(_core.C_API, b"scopetrie._core.C_API")
    slots = ctypes.cast(begin, ctypes.POINTER(ctypes.c_void_p))
    named = functions()
    assert slots[0] == ctypes.sizeof(ctypes.c_void_p) * (3 + len(named))
    return {
        name: ctypes.CFUNCTYPE(gives, *takes)(slots[3 + at]) for at, (name, gives, takes) in enumerate(named)
    }


def call_all_with_nothing() -> None:
    calls = table()
    for name, gives, takes in functions():
        if name.endswith("_object") or name in (
            "lock",
            "unlock",
            "graph_new",
            "store_new",
            "raise_last_error",
        ):
            continue
        nothing = [Handle() if each is Handle else None if each is ctypes.c_void_p else 0 for each in takes]
        made = calls[name](*nothing)
        if gives is ctypes.c_int32:
            assert made != 0, name
        elif gives is ctypes.c_void_p and name != "last_error":
            assert made is None, name


def test_nothing_is_refused() -> None:
    call_all_with_nothing()
    thread = threading.Thread(target=call_all_with_nothing)
    thread.start()
    thread.join()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # JAX warns of forks
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_nothing_is_refused_in_a_child() -> None:
    child = os.fork()
    if child == 0:
        try:
            call_all_with_nothing()
            os._exit(7)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
