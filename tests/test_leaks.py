"""Whatever is called again and again leaves no memory and no reference behind.

A call is repeated in graphs that come and go. Then the number of Python's memory blocks, the bytes that
malloc has given out, and the reference counts of objects that live for ever must be what they were. A leak
grows in every round; a cache that fills does not. SCOPETRIE_LEAK_REPEATS=100 repeats more often.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import io
import logging
import os
import sys
import warnings
import weakref
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import scopetrie as tf
from conformance import fuzz_player
from conformance.library import programs, read_fuzz, topics
from conformance.script import play
from op_expressions import nodes, recorded_nodes
from public_calls import PROCESS_WIDE, calls, member_calls, public_names, samples

pytestmark = pytest.mark.skipif(
    not getattr(sys, "_is_gil_enabled", lambda: True)(),
    reason="counts are inexact without a GIL",
)

REPEATS = int(os.environ.get("SCOPETRIE_LEAK_REPEATS", "3"))
ROUNDS = 9

NAMES = dict(public_names())

# Programs that end inside of a block: what is entered holds its graph.
LEFT_OPEN = {"graphs::finalizing", "graphs::wrong_order_of_exits", "scopes::wrong_order_of_exits"}


class _MallInfo(ctypes.Structure):
    _fields_ = [(f"field{at}", ctypes.c_size_t) for at in range(10)]


def _malloc_bytes() -> Callable[[], int]:
    """What malloc has given out and not got back, where the C library says so; otherwise always 0."""
    try:
        mallinfo = ctypes.CDLL(None).mallinfo2
    except (AttributeError, OSError, TypeError):
        return lambda: 0
    mallinfo.restype = _MallInfo
    return lambda: mallinfo().field7 + mallinfo().field4  # uordblks and hblkhd: in use, and mapped


malloc_bytes = _malloc_bytes()
clear_type_cache = getattr(sys, "_clear_internal_caches", None) or sys._clear_type_cache


def immortals() -> list[Any]:
    """What lives as long as the process: constants, small numbers, types, dtypes, functions."""
    plain = [None, True, False, NotImplemented, Ellipsis, (), "", 0, 1, 2, -1, 1.0, object, list, tuple, dict]
    dtypes = [value for value in vars(tf).values() if isinstance(value, tf.DType)]
    return [*plain, *dtypes, *NAMES.values(), *map(type, NAMES.values())]


IMMORTALS = immortals()


def counts(into: array[int]) -> None:
    """Blocks, bytes, and a reference count for each of IMMORTALS, in place: counting makes no block."""
    gc.collect()
    gc.collect()  # what the first pass frees may have held a graph, whose cycles are garbage only now
    clear_type_cache()  # it keeps the names of attributes that were looked up
    into[0] = sys.getallocatedblocks()
    into[1] = malloc_bytes()
    for at, each in enumerate(IMMORTALS, 2):
        into[at] = sys.getrefcount(each)


def what(at: int) -> str:
    return ("memory blocks", "bytes from malloc")[at] if at < 2 else f"references to {IMMORTALS[at - 2]!r}"


def growth(call: Callable[[], Any], least_bytes: int = 32, least_blocks: int = 1) -> dict[str, int]:
    """What grew or shrank by one or more per repetition in every round, and by how much in the last.

    Args:
        call: What is repeated.
        least_bytes: What counts as growth of malloc's bytes per repetition: its smallest block, or more where
            one repetition is a thousand calls, so that the process's tables go on filling for long.
        least_blocks: The same of Python's memory blocks.
    """
    before, after = (array("q", [0] * (len(IMMORTALS) + 2)) for _ in range(2))
    leaking = bytearray([True] * len(before))
    call()
    call()  # the first filled caches, the second grew what it took from them
    counts(before)
    for number in range(ROUNDS):
        repeats = REPEATS << max(0, number - 1)  # a table that fills does not keep up with that
        for _ in range(repeats):
            call()
        counts(after)
        for at, (old, new) in enumerate(zip(before, after, strict=True)):
            leaking[at] &= abs(new - old) >= repeats * {0: least_blocks, 1: least_bytes}.get(at, 1)
        before, after = after, before
        if not any(leaking):
            return {}
        if number >= 4 and any(leaking[:1] + leaking[2:]):
            break  # that is exact; malloc's bytes take longer to settle
    return {what(at): before[at] - after[at] for at, leaks in enumerate(leaking) if leaks}


@pytest.fixture(scope="module", autouse=True)
def frozen() -> Iterator[None]:
    """The collector looks at new objects only, which is what makes this fast."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is printed, logged (pytest keeps what is) or warned of; files go to a folder of the test."""
    monkeypatch.chdir(tmp_path)
    logging.disable()
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield
    logging.disable(logging.NOTSET)
    tf.disable_resource_variables()  # a call of the other switch is not undone


def names() -> Iterator[Any]:
    for name in NAMES:
        if name not in PROCESS_WIDE:
            yield name


@pytest.mark.parametrize("name", list(names()))
def test_calls(name: str) -> None:
    """Every public name, called with all kinds of arguments."""
    function = NAMES[name]

    def call() -> None:
        with tf.Graph().as_default():
            for each in calls(function, samples()):
                each()

    assert growth(call) == {}


@pytest.mark.parametrize("kind", ["tensor", "variable", "operation", "scope", "dtype", "shape"])
def test_members(kind: str) -> None:
    """Every public attribute and method of what the extension makes, with all kinds of arguments."""

    def call() -> None:
        with tf.Graph().as_default():
            given = samples()
            for each in member_calls(given[kind], given):
                each()

    assert growth(call, least_bytes=512) == {}


EXPRESSIONS = list(recorded_nodes())


@pytest.mark.parametrize("first", range(0, len(EXPRESSIONS), 25))
def test_expressions(first: int) -> None:
    """Every expression of ops that was recorded from TensorFlow."""

    def call() -> None:
        for expression in EXPRESSIONS[first : first + 25]:
            nodes(expression, tf)

    assert growth(call) == {}


@pytest.mark.parametrize("topic", topics())
def test_programs(topic: str) -> None:
    """Every program of scopes and variables that was recorded from TensorFlow."""

    def call() -> None:
        for program in programs_of_topic:
            play(program, tf)

    programs_of_topic = [f for name, f in programs(topic).items() if f"{topic}::{name}" not in LEFT_OPEN]
    # Python's tables are full after some 500 repetitions of the largest topic.
    assert growth(call, least_bytes=512, least_blocks=1 if REPEATS >= 50 else 16) == {}


def test_random_programs() -> None:
    """Some of the random programs that were recorded from TensorFlow."""
    cases = read_fuzz()[:: max(1, 60 // REPEATS)]

    def call() -> None:
        for case in cases:
            fuzz_player.run(tf, case["steps"])

    assert growth(call, least_bytes=512) == {}


def test_lists_name_what_there_is() -> None:
    assert PROCESS_WIDE.keys() <= NAMES.keys()
    assert {f"{topic}::{name}" for topic in topics() for name in programs(topic)} >= LEFT_OPEN


class _Holder:
    def __init__(self, held: Any) -> None:
        self.held = held


class _Slotted:
    __slots__ = ("held",)

    def __init__(self, held: Any) -> None:
        self.held = held

    def get(self) -> Any:
        return self.held


class _Selfish(_Holder):
    def __init__(self, held: Any) -> None:
        super().__init__(held)
        self.me, self.call = self, self.get

    def get(self, *_: Any, **__: Any) -> Any:
        return self.held


def _in_a_circle(tensor: Any) -> None:
    first, second = _Holder(tensor), _Holder(None)
    first.other, second.other = second, first  # type: ignore[attr-defined]
    tf.add_to_collection("a", first)
    tf.add_to_collection("b", [second, _Slotted(second)])


def _in_a_program(tensor: Any) -> None:
    """A getter and a list among the names of a program that is run by `exec`, which know each other."""
    program = "def getter(get, *args, **kw):\n    return get(*args, **kw), tensor\nlisted = [getter]\n"
    names = {"tensor": tensor}
    exec(program, names)
    tf.add_to_collection("a", names["getter"])


def _for_a_variable(**settings: Any) -> None:
    with tf.variable_scope("scope", **settings):
        tf.get_variable("v", [])


def _by_a_getter(tensor: Any) -> None:
    with tf.variable_scope("scope", custom_getter=lambda getter, *args, **kw: getter(*args, **kw) + tensor):
        tf.get_variable("v", [])
        tf.add_to_collection("scopes", tf.get_variable_scope())
    tf.get_variable_scope().set_custom_getter(lambda getter, *args, **kw: getter(*args, **kw) + tensor)


def _shared(tensor: Any) -> None:
    both = [tensor, [tensor]]
    tf.add_to_collection("a", both)
    tf.add_to_collection("b", {"both": both, "again": (both, tensor)})
    tf.check_numerics(tensor, both)


HOLDERS: dict[str, Callable[[Any], Any]] = {
    "a list in a collection": lambda t: tf.add_to_collection("a", [t, (t.op,)]),
    "a key": lambda t: tf.add_to_collection(t, 1),
    "a dict of variables": lambda t: tf.add_to_collection("a", {"v": tf.Variable(1.0, name="v")}),
    "a function": lambda t: tf.add_to_collection("a", lambda: t),
    "a default": lambda t: tf.add_to_collection("a", lambda x=[t]: x),
    "an attribute": lambda t: tf.check_numerics(t, [t]),
    "one list several times": _shared,
    "an object": lambda t: tf.add_to_collection("a", _Holder(t)),
    "an object in an object": lambda t: tf.add_to_collection("a", _Holder(_Slotted({"t": [t]}))),
    "a method": lambda t: tf.add_to_collection("a", _Slotted(t).get),
    "an object that holds itself": lambda t: tf.add_to_collection("a", _Selfish(t)),
    "an attribute that holds itself": lambda t: tf.check_numerics(t, _Selfish(t)),
    "objects in a circle": _in_a_circle,
    "a program's names": _in_a_program,
    "a constraint": lambda t: _for_a_variable(constraint=lambda x: x + t),
    "a constraint that holds itself": lambda t: _for_a_variable(constraint=_Selfish(t).get),
    "a regularizer": lambda t: tf.get_variable_scope().set_regularizer(lambda x: x * t),
    "a regularizer that holds itself": lambda t: tf.get_variable_scope().set_regularizer(_Selfish(t).get),
    "an initializer": lambda t: tf.get_variable_scope().set_initializer(_Selfish(t)),
    "a getter": _by_a_getter,
    "a generator": lambda t: tf.add_to_collection("a", (each for each in [t])),
    "a queue runner": lambda t: tf.train.input_producer([t, t], shuffle=False),
}


@pytest.mark.parametrize("holder", HOLDERS)
def test_graphs_that_hold_their_own_handles_are_freed(holder: str) -> None:
    with tf.Graph().as_default() as graph:
        HOLDERS[holder](tf.constant(1.0))
    gone = weakref.ref(graph)
    del graph
    gc.collect()
    assert gone() is None


def _in_a_circle_of_graphs(holder: str, count: int) -> tuple[list[weakref.ref[Any]], list[Any]]:
    """Graphs each of which holds a tensor of the one before: references to them, and the tensors."""
    graphs = [tf.Graph() for _ in range(count)]
    tensors = []
    for graph in graphs:
        with graph.as_default():
            tensors.append(tf.constant(1.0))
    for at, graph in enumerate(graphs):
        with graph.as_default():
            try:
                HOLDERS[holder](tensors[at - 1])
            except (ValueError, TypeError):
                pytest.skip("this takes no tensor of another graph")
    return [weakref.ref(graph) for graph in graphs], tensors


# A list that a graph holds more than once keeps another graph.
NOT_YET = {"one list several times": pytest.mark.xfail(strict=True)}


@pytest.mark.parametrize("count", [2, 5])
@pytest.mark.parametrize("holder", [pytest.param(each, marks=NOT_YET.get(each, ())) for each in HOLDERS])
def test_graphs_that_hold_handles_of_each_other_are_freed(holder: str, count: int) -> None:
    graphs, tensors = _in_a_circle_of_graphs(holder, count)
    gc.collect()
    tensors = tensors[:1]
    gc.collect()
    assert tensors.pop().graph.get_operations()[0].name == "Const"
    gc.collect()
    assert [graph() for graph in graphs] == [None] * count


@pytest.mark.parametrize("holder", HOLDERS)
def test_graphs_whose_handles_others_hold_live(holder: str) -> None:
    with tf.Graph().as_default() as graph:
        kept = tf.constant(1.0)
        HOLDERS[holder](kept)
    held = graph.get_collection("a")
    alive = weakref.ref(graph)
    del graph
    for _ in range(3):
        gc.collect()
    assert alive() is kept.graph
    assert kept.graph.get_collection("a") == held
    with tf.Session(graph=kept.graph) as session:
        assert session.run(kept) == 1.0
    del kept, session
    for _ in range(3):
        gc.collect()
    if any(isinstance(each, list) for each in held):
        assert held[0][0].graph is alive()
        assert held[0][0].name == "Const:0"


@pytest.mark.skipif(sys.getallocatedblocks() == 0, reason="with PYTHONMALLOC=malloc no blocks are counted")
def test_a_leak_is_seen() -> None:
    kept: list[Any] = []
    assert "memory blocks" in growth(lambda: kept.append(object()))
    assert "bytes from malloc" in growth(lambda: kept.append(bytearray(10_000))) or malloc_bytes() == 0
    if sys.version_info < (3, 12):  # None is immortal since
        assert f"references to {None!r}" in growth(lambda: kept.append((None, object())))
    assert f"references to {tf.float32!r}" in growth(lambda: kept.append(tf.float32))
