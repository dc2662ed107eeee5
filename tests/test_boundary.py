"""The boundary of the extension: what Python calls goes through `locked<f>` or `unlocked<f>`.

A C++ exception that leaves a function of the extension any other way ends the process, so the tables of
methods, slots and properties are read here, as text.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from types import MethodDescriptorType

import pytest
import scopetrie as st
from scopetrie._core import own_methods

SOURCES = Path(__file__).parents[1] / "cpp" / "python"
pytestmark = pytest.mark.skipif(not SOURCES.is_dir(), reason="the tests run without the sources")

# An entry of a PyMethodDef or PyGetSetDef table, and calls that make one: a name, code, and text or nullptr.
ENTRY = re.compile(
    r'(?:\{|\bfast\(|\bwith_arguments\(|\bproperty\()\s*"(\w+)",\s*([^";{}]*?),?\s*'
    r'(?:"|nullptr(?:, nullptr)?[})]|k\w*Doc)'
)
SLOT = re.compile(r"(?:\{|\bslot\()(Py_[a-z]{2,3}_\w+), ((?:[^(){}]|\([^(){}]*\))*)[})]")
FIELD = re.compile(r"\bvectorcall = ([^;]*);")
DATA = {"Py_tp_methods", "Py_tp_getset", "Py_tp_members", "Py_tp_doc", "Py_mod_gil"}


def without_boundary(code: str) -> str:
    """What is left of a piece of a table after casts, flags, `locked<...>` and Python's own functions."""
    code = re.sub(r"\b(?:un)?locked<(?:[^<>]|<(?:[^<>]|<[^<>]*>)*>)*>", "", code)
    code = re.sub(r"reinterpret_cast<[^<>]*>", "", code)
    return re.sub(r"\bMETH_\w+|\bnullptr\b|\bPy[A-Z]\w+|[\s(),|]", "", code)


def entries() -> list[tuple[str, str]]:
    found = []
    for path in sorted(SOURCES.rglob("*.[ch]pp")):
        text = re.sub(r"//[^\n]*", "", path.read_text())
        text = re.sub(r'"\s*\n\s*"', "", text)  # a text in several pieces is one
        tables = [*ENTRY.findall(text), *(entry for entry in SLOT.findall(text) if entry[0] not in DATA)]
        found += [(f"{path.name}: {name}", code) for name, code in tables if not code.startswith("T_")]
        found += [(f"{path.name}: vectorcall", code) for code in FIELD.findall(text)]
    return found


def test_every_function_that_python_calls_is_inside_of_the_boundary() -> None:
    found = entries()
    assert len(found) > 150, "the tables have another form now: this test does not see them"
    outside = [name for name, code in found if without_boundary(code)]
    assert outside == []


@pytest.mark.parametrize(
    ("code", "left"),
    [
        ("locked<of_tensor<get<1>>>, nullptr", ""),
        ("reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(locked<create>)), METH_VARARGS", ""),
        ("get_name, nullptr", "get_name"),
        ("locked<get_name>, set_name", "set_name"),
        ("reinterpret_cast<void*>(dealloc)", "dealloc"),
    ],
)
def test_a_function_outside_is_seen(code: str, left: str) -> None:
    assert without_boundary(code) == left


def test_containers_are_made_where_no_finalizer_can_run() -> None:
    makers = re.compile(
        r"\bPy(?:Tuple_New|Tuple_Pack|List_New|List_AsTuple|Dict_New|Dict_Copy|_BuildValue)\("
    )
    found = {path.name for path in SOURCES.rglob("*.[ch]pp") if makers.search(path.read_text())}
    assert found == {"containers.hpp"}


OUT_OF_MEMORY = """
import resource
import scopetrie as tf

graph = tf.Graph()
with graph.as_default():
    tf.constant(1.0, name="before")
    name = "n" * 60_000_000
    used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    unlimited = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (used + 20_000_000, unlimited[1]))
    failed = []
    for call in (
        lambda: graph.unique_name(name),
        lambda: tf.constant(2.0, name=name),
        lambda: tf.get_variable(name, [2]),
        lambda: tf.name_scope(name).__enter__(),
        lambda: tf.variable_scope(name).__enter__(),
    ):
        try:
            call()
        except MemoryError as error:
            failed.append(type(error).__name__)
    resource.setrlimit(resource.RLIMIT_AS, unlimited)
    tf.constant(3.0, name="after")
    print(failed, [op.name for op in graph.get_operations()])
"""


@pytest.mark.out_of_memory
@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are Linux's")
def test_running_out_of_memory_in_the_core_is_a_memory_error() -> None:
    run = subprocess.run([sys.executable, "-c", OUT_OF_MEMORY], capture_output=True, text=True, check=False)
    assert run.stderr == ""
    assert run.stdout == f"{['MemoryError'] * 5} ['before', 'after']\n"


@pytest.mark.parametrize("owner", [st.Graph, st.Names, st.Store])
def test_methods_of_the_extension_are_the_class_s_own(owner: type) -> None:
    # The interpreter calls those of a base class more slowly.
    methods = [each for name in dir(owner) if isinstance(each := getattr(owner, name), MethodDescriptorType)]
    own = [each for each in methods if each.__objclass__ is owner]
    assert len(own) > 5
    assert {each.__objclass__ for each in methods} <= {owner, object}
    for each in own:
        with pytest.raises(TypeError, match=f"'{owner.__name__}' objects doesn't apply to a 'int' object"):
            each(3)


def test_a_method_of_python_s_is_left_alone() -> None:
    class Between(st.Graph):
        def unique_name(self, name: str, mark_as_used: bool = True) -> str:
            return "mine"

    class Graph(Between):
        pass

    assert own_methods(Graph)().unique_name("a") == "mine"
    assert Graph.unique_names.__objclass__ is Graph
    with pytest.raises(TypeError, match="takes a class"):
        own_methods(3)  # type: ignore[type-var]
