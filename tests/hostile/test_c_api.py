"""The C interface with hostile arguments, from threads, in a forked child and at the interpreter's end."""

from __future__ import annotations

import ctypes
import mmap
import os
import re
import struct
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
import scopetrie as tf
from hostile import attacks, c_calls
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


# Each argument in turn --------------------------------------------------------------------------------------


def _play(every: list[tuple[str, Any]], first: int, at: mmap.mmap) -> None:
    """Plays the calls from `first` on, and looks at the graphs after each; writes which one is played."""
    for number in range(first, len(every)):
        at[:] = struct.pack("q", number)
        with tf.Graph().as_default():
            things = c_calls.Things()
            every[number][1](things)
            for graph in (things.graph, things.other):
                attacks.look(graph)
                outputs = [each for op in graph.get_operations() for each in op.outputs]
                assert all(each.dtype and each.shape is not None for each in outputs)
            for store in (things.store, things.other_store):
                assert all(each.shape is not None for each in store.values())
                repr(store)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # JAX warns of forks
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_no_argument_ends_the_process_or_breaks_a_graph() -> None:
    every = c_calls.attacks()
    assert len(every) > 1000
    assert {name.split(":")[0] for name, _ in every} > {"get_variable", "store_put", "tensor_shape"}
    wrong: list[str] = []
    first = 0
    with mmap.mmap(-1, 8) as at:
        while first < len(every) and len(wrong) < 20:
            child = os.fork()
            if child == 0:
                try:
                    _play(every, first, at)
                    os._exit(7)
                except BaseException as error:
                    os.write(2, f"{error!r}\n".encode())
                    os._exit(1)
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            if status == 7:
                break
            (number,) = struct.unpack("q", at[:])
            wrong.append(f"{every[number][0]}: {status}")
            first = number + 1
    assert wrong == []


def _run(code: str) -> str:
    paths = os.pathsep.join([str(Path(__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", code],
        capture_output=True,
        text=True,
        timeout=100,
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_a_transaction_outlives_its_context() -> None:
    code = """
from hostile import c_calls
things = c_calls.Things()
table = {name: function.call for name, function in things.table.items()}
for end in ("transaction_commit", "transaction_rollback"):
    graph = table["graph_new"]()
    context = table["context_new"](graph, 0)
    open = [table["transaction_begin"](context) for _ in range(2)]
    table["unique_name"](context, things.text(b"a"), 1)
    table["context_free"](context)
    table["graph_release"](graph)
    for each in open:
        table[end](each)
print("done")
"""
    assert _run(code) == "done\n"


def test_threads_that_call_at_the_end_of_the_interpreter_do_not_end_the_process() -> None:
    """ctypes lets Python's lock go, so that each call asks for it again, as threads of C do."""
    code = """
import threading, time
from hostile import c_calls
things = c_calls.Things()
unique = things.table["unique_name"].call
context, text = things.pointers["scopetrie_context"][0], things.text(b"a")
def loop():
    while True:
        unique(context, text, 1)
for _ in range(3):
    threading.Thread(target=loop, daemon=True).start()
time.sleep(0.2)
print("done")
"""
    for _ in range(3):
        assert _run(code) == "done\n"
