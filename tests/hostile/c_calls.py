"""Hostile calls of the C interface, made from its header: each argument, each field of a structure.

What a call is and takes is read from `scopetrie.h`, so a new function is attacked without a line here. What C
cannot find is left out: addresses that lead nowhere, counts larger than what is there, handles of graphs that
are gone.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import scopetrie as tf
from scopetrie import _core

HEADER = Path(__file__).parents[2] / "cpp" / "capi" / "include" / "scopetrie.h"
_NUMBERS = {
    "int32_t": ctypes.c_int32, "uint32_t": ctypes.c_uint32, "int64_t": ctypes.c_int64,
    "uint64_t": ctypes.c_uint64, "size_t": ctypes.c_size_t, "double": ctypes.c_double,
}  # fmt: skip
TEXTS = (
    None, b"", b"text", b"a/b", b"/", b"a/", b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80",
    b"a\nb", b"\x1b[31m", b":0", b"^x", b"x" * 70_000, b"a/" * 40_000,
)  # fmt: skip
INTEGERS = (0, 1, -1, 3, 64, 255, 256, 257, 258, 1000, 2**31 - 1, -(2**31))
Pointer = ctypes.c_void_p


class Function:
    """A function of the table: its address as a call, and its parameters as (type, name)."""

    def __init__(self, name: str, gives: str, takes: list[tuple[str, str]], slot: int) -> None:
        self.name, self.gives, self.takes = name, gives, takes
        kinds = [ctype(kind) for kind, _ in takes]
        self.call = ctypes.CFUNCTYPE(ctype(gives) if gives != "void" else None, *kinds)(slot)


def _declared(text: str) -> tuple[str, str]:
    """Type and name of a parameter or a field."""
    if found := re.fullmatch(r"(.*?)\(\*(\w+)\)\(.*\)", text.strip(), re.S):
        return "function", found[2]
    kind, name = re.fullmatch(r"(.*?)(\w+)", text.strip(), re.S).groups()  # type: ignore[union-attr]
    return " ".join(kind.replace("*", " * ").split()), name


def _split(text: str) -> list[str]:
    """Parameters, but for commas within brackets."""
    return re.findall(r"[^,(]*(?:\([^()]*\)[^,(]*)*", text)


def _structures(text: str) -> dict[str, list[tuple[str, str]]]:
    found = {}
    for name, body in re.findall(r"typedef struct (\w+) \{(.*?)\} \1;", text, re.S):
        if name == "scopetrie_api":
            continue
        fields = []
        for line in filter(str.strip, body.split(";")):
            first, *others = [line] if "(" in line else line.split(",")
            kind, field = _declared(first)
            fields += [(kind, field), *((kind, each.strip()) for each in others)]
        found[name] = fields
    return found


TEXT = re.sub(r"/\*.*?\*/", "", HEADER.read_text(encoding="utf-8"), flags=re.S) if HEADER.exists() else ""
FIELDS = _structures(TEXT)
STRUCTURES: dict[str, type[ctypes.Structure]] = {}


def ctype(kind: str) -> Any:
    """The type of ctypes for one of the header."""
    if "*" in kind or kind == "function":
        return Pointer
    word = kind.replace("const", "").strip()
    return _NUMBERS.get(word) or STRUCTURES.get(word)


for _name, _fields in FIELDS.items():
    STRUCTURES[_name] = type(
        _name, (ctypes.Structure,), {"_fields_": [(field, ctype(kind)) for kind, field in _fields]}
    )


def functions() -> dict[str, Function]:
    """All functions of the table that the extension gives to others."""
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = Pointer, [ctypes.py_object, ctypes.c_char_p]
    slots = ctypes.cast(pointer(_core.C_API, b"scopetrie._core.C_API"), ctypes.POINTER(Pointer))
    table = TEXT[TEXT.index("typedef struct scopetrie_api {") : TEXT.index("} scopetrie_api;")]
    table = re.sub(r"\s+", " ", table)
    found = re.findall(r"([\w ]+\*?) \(\*(\w+)\)\(((?:[^()]|\([^()]*\))*)\);", table)
    made = {}
    for at, (gives, name, takes) in enumerate(found):
        parameters = [_declared(each) for each in _split(takes) if each.strip() not in ("", "void")]
        gives = _declared(f"{gives} _")[0]
        made[name] = Function(name, gives, parameters, slots[3 + at] or 0)
    return made


class Things:
    """Two graphs and two stores of Python's, with what the functions take of them."""

    def __init__(self) -> None:
        self.table = functions()
        self.kept: list[Any] = []
        self.graph = tf.get_default_graph()
        with self.graph.as_default():
            x = tf.constant([1.0, 2.0], name="x")
            v = tf.get_variable("text", [2], initializer=tf.zeros_initializer())
        with tf.Graph().as_default() as self.other:
            foreign = [tf.constant(float(i)) for i in range(50)][-1]
            foreign_variable = [tf.get_variable(f"o{i}", [3]) for i in range(9)][-1]
        self.store = tf.Store(seed=1)
        stored = self.store.get("text", (2,), initializer="zeros")
        self.other_store = tf.Store(seed=1)
        foreign_stored = [self.other_store.get(f"w{i}", (2,)) for i in range(9)][-1]
        graph, other = (
            self._from("graph_from_object", self.graph),
            self._from("graph_from_object", self.other),
        )
        store, others = (
            self._from("store_from_object", self.store),
            self._from("store_from_object", self.other_store),
        )
        new = self.table["context_new"].call
        contexts = [new(graph, 0), new(graph, 1), new(other, 0)]
        store_new = self.table["store_context_new"].call
        contexts += [store_new(store, 0), store_new(others, 0)]
        capture = self.table["capture_scope"].call
        self.pointers: dict[str, list[int | None]] = {
            "scopetrie_graph": [graph, other, None],
            "scopetrie_store": [store, others, None],
            "scopetrie_context": [*contexts, None],
            "scopetrie_scope": [*map(capture, contexts), None],
            "scopetrie_transaction": [None],
            "scopetrie_view": [None],
        }
        self.handles = {
            "scopetrie_tensor": [self._handle("tensor", x), self._handle("tensor", foreign)],
            "scopetrie_operation": [self._handle("operation", x.op), self._handle("operation", foreign.op)],
            "scopetrie_variable": [self._handle("variable", v), self._handle("variable", foreign_variable)],
            "scopetrie_store_variable": [
                self._handle("store_variable", stored),
                self._handle("store_variable", foreign_stored),
            ],
        }
        for kind, known in self.handles.items():
            made, first = STRUCTURES[kind], known[0]
            owner = getattr(first, FIELDS[kind][0][1])
            for id, epoch in ((2**32 - 1, 0), (2**31, 0), (10_000, 0), (first.id, 9), (first.id + 1, 0)):
                known.append(made(owner, id, epoch))
            known.append(made())

    def _from(self, name: str, thing: Any) -> int:
        made = ctypes.PYFUNCTYPE(Pointer, ctypes.py_object)(
            ctypes.cast(self.table[name].call, Pointer).value
        )(thing)
        assert made
        return int(made)

    def _handle(self, kind: str, thing: Any) -> Any:
        made = STRUCTURES[f"scopetrie_{kind}"]()
        call = ctypes.cast(self.table[f"{kind}_from_object"].call, Pointer).value
        assert (
            ctypes.PYFUNCTYPE(ctypes.c_int32, ctypes.py_object, Pointer)(call)(thing, ctypes.addressof(made))
            == 0
        )
        return made

    def _address(self, thing: Any) -> int:
        self.kept.append(thing)
        return ctypes.addressof(thing)

    def text(self, text: bytes | None) -> int | None:
        if text is None:
            return None
        self.kept.append(made := ctypes.create_string_buffer(text))
        return ctypes.addressof(made)

    def sound(self, kind: str, name: str, owner: str = "") -> Any:
        """What a parameter or a field gets beside the one that is attacked."""
        return self.values(kind, name, owner, sound=True)[0]

    def values(self, kind: str, name: str, owner: str = "", sound: bool = False) -> list[Any]:
        """What a parameter or a field of this type is given; first something sound."""
        word = kind.replace("const", "").replace("*", "").strip()
        if "*" not in kind and word in _NUMBERS:
            return self._numbers(word, name, owner)
        if word == "char":
            if kind.count("*") == 2:
                texts = (Pointer * 2)(self.text(b"mine"), self.text(b"yours"))
                bad = [(Pointer * 2)(self.text(b"mine"), self.text(each)) for each in TEXTS]
                return [self._address(texts), None, *map(self._address, bad)]
            return [self.text(b"text"), *map(self.text, TEXTS)]
        if kind == "function":
            return [None]
        if word in self.pointers:
            stores = "store" in owner and word == "scopetrie_context"
            found = self.pointers[word]
            return [found[3], *found] if stores else found
        if "*" not in kind:
            return self.handles[word]
        if word in _NUMBERS:
            return [self._address((_NUMBERS[word] * 8)(*[2] * 8)), None]
        if word in self.handles:
            return [self._many(word, each) for each in self.handles[word]] + [None]
        if word in FIELDS:
            options = [self._address(self._structure(word))]
            return options if sound else [*options, *self._structures(word), None]
        return [self._address((ctypes.c_double * 64)()), None]  # elements, out parameters

    def _many(self, word: str, handle: Any) -> int:
        return self._address((STRUCTURES[word] * 4)(self.handles[word][0], handle, handle, handle))

    def _numbers(self, word: str, name: str, owner: str) -> list[Any]:
        if word == "double":
            return [0.5, 0.0, -1.0, float("nan"), float("inf"), 1e308]
        if word == "size_t" and name == "size" and owner in STRUCTURES:
            whole = ctypes.sizeof(STRUCTURES[owner])
            return [whole, 0, 1, 4, 8, 12, whole - 1, whole + 1, 2**63, 2**64 - 1]
        if word == "size_t":
            return [1, 0, 2]
        first = {"dtype": 1, "rank": 1, "kind": 1, "has_shape": 1, "index": 0, "where": 0}.get(name, 0)
        return [first, *(each % 2**32 if word[0] == "u" else each for each in INTEGERS)]

    def _structure(self, word: str, but: str = "", by: Any = None) -> Any:
        made = STRUCTURES[word]()
        for kind, field in FIELDS[word]:
            setattr(made, field, by if field == but else self.sound(kind, field, word))
        return made

    def _structures(self, word: str) -> Iterator[int]:
        for kind, field in FIELDS[word]:
            for value in self.values(kind, field, word):
                made = self._structure(word, field, value)
                if field in ("values", "shape", "collections") and value is None:
                    made.kind = 13  # SCOPETRIE_INITIAL_VALUES, which reads them
                if field in ("make", "tensor"):
                    made.kind = {"make": 15, "tensor": 14}[field]
                yield self._address(made)


# What ends other things that the calls need, or blocks; what takes Python's objects has Python's own tests.
_LEFT_OUT = (
    "lock",
    "unlock",
    "raise_last_error",
    "graph_release",
    "store_release",
    "context_free",
    "scope_release",
)


def attacks() -> list[tuple[str, Callable[[Things], Any]]]:
    """All calls with one hostile argument each, in a fixed order: what it is, and how to make it."""
    things = Things()
    found: list[tuple[str, Callable[[Things], Any]]] = []
    for name, function in things.table.items():
        if name.endswith("_object") or name in _LEFT_OUT:
            continue
        for place, (kind, parameter) in enumerate(function.takes):
            for at in range(len(things.values(kind, parameter, name))):

                def call(things: Things, name: str = name, place: int = place, at: int = at) -> Any:
                    function = things.table[name]
                    arguments = [things.sound(kind, parameter, name) for kind, parameter in function.takes]
                    arguments[place] = things.values(*function.takes[place], name)[at]
                    return function.call(*arguments)

                found.append((f"{name}: value {at} of {kind} {parameter}", call))
    return found
