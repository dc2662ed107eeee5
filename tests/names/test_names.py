"""Names: unique names in scopes, without a graph."""

from __future__ import annotations

import gc
import itertools
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import scopetrie as tf
from hypothesis import given
from hypothesis import strategies as st
from scopetrie import Names

PROGRAM = Path(__file__).resolve().parents[3] / "shared" / "store" / "programs" / "names.py"


@given(st.lists(st.sampled_from(["a", "A", "a_1", "a_2", "b/a", "b", "A_1_1"]), max_size=30))
def test_tensorflow_policy_is_unique_name_of_a_graph(asked: list[str]) -> None:
    names, graph = Names(policy="tensorflow"), tf.Graph()
    assert [names.unique_name(name) for name in asked] == [graph.unique_name(name) for name in asked]


def test_tensorflow_policy_leaves_paths_free() -> None:
    names = Names(policy="tensorflow")
    names.update(["model/w"])
    assert "model" not in names
    with names.scope("model") as path:
        assert path == "model" and names.unique_name("W") == "model/W_1"
    with names.scope("Model") as path:
        assert path == "Model_1"


@given(st.permutations(["a", "a", "b", "a_1", "b/c"]), st.data())
def test_peeking_changes_nothing(asked: list[str], data: st.DataObject) -> None:
    plain, peeked = Names(), Names()
    for name in asked:
        for other in data.draw(st.lists(st.sampled_from(["a", "a_1", "b/c", "b", "z"]), max_size=4)):
            peeked.peek(other)
        assert plain.unique_name(name) == peeked.unique_name(name)


@pytest.mark.skipif(not PROGRAM.is_file(), reason="needs the program that specifies Names")
def test_specification() -> None:
    run = subprocess.run([sys.executable, str(PROGRAM)], capture_output=True, text=True, check=False)
    assert run.stdout == "ok\n", run.stderr


# --- scopes -----------------------------------------------------------------------------


def test_scopes_nest_and_end() -> None:
    names = Names()
    with names.scope("a") as outer, names.scope("b/c") as inner:
        assert (outer, inner) == ("a", "a/b/c")
        assert names.unique_name("x") == "a/b/c/x"
        with names.scope(None) as root:
            assert root == "" and names.unique_name("x") == "x"
        assert names.unique_name("x") == "a/b/c/x_1"
    assert names.unique_name("x") == "x_1"


def test_an_exception_leaves_the_scope() -> None:
    names = Names()
    with pytest.raises(KeyError), names.scope("a"):
        raise KeyError
    assert names.unique_name("x") == "x"


def test_a_scope_object_opens_a_new_scope_each_time() -> None:
    block = Names().scope("a")
    with block as first, block as second:
        assert (first, second) == ("a", "a/a")


def test_scopes_are_left_in_the_reverse_order() -> None:
    names = Names()
    outer, inner = names.scope("a"), names.scope("b")
    outer.__enter__()
    inner.__enter__()
    with pytest.raises(RuntimeError, match="reverse order"):
        outer.__exit__(None, None, None)
    inner.__exit__(None, None, None)
    outer.__exit__(None, None, None)
    with pytest.raises(RuntimeError, match="reverse order"):
        outer.__exit__(None, None, None)


def test_scopes_are_the_threads_own() -> None:
    names = Names()
    start = threading.Barrier(4)

    def work(number: int) -> list[str]:
        start.wait(10)
        made = []
        for _ in range(200):
            with names.scope(f"t{number}", reopen=True), names.scope("inner"):
                made.append(names.unique_name("x"))
        return made

    with names.scope("main"), ThreadPoolExecutor(4) as pool:
        made = list(pool.map(work, range(4)))
        assert names.unique_name("x") == "main/x"
    for number, each in enumerate(made):
        assert each[:2] == [f"t{number}/inner/x", f"t{number}/inner_1/x"]
    assert len(names) == 801 == len(set(names))


def test_names_are_unique_among_threads() -> None:
    names = Names()
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: [names.unique_name("w") for _ in range(500)], range(4)))
    assert len(set(itertools.chain(*made))) == 2000 == len(names)
    assert "w_1999" in names and "w_2000" not in names


# --- undo -------------------------------------------------------------------------------


def test_a_transaction_that_raises_is_undone() -> None:
    names = Names()
    names.unique_names(["w", "w", "keep"])
    with pytest.raises(KeyError), names.transaction():
        names.release("w")
        with names.scope("s"):
            names.unique_name("x")
        raise KeyError
    assert list(names) == ["w", "w_1", "keep"] and "s" not in names
    assert names.unique_name("w") == "w_2"


def test_transactions_nest() -> None:
    names = Names()
    with names.transaction() as outer:
        names.unique_name("a")
        with names.transaction() as inner:
            names.unique_name("b")
            inner.rollback()
            inner.rollback()  # it has ended: nothing happens
        with names.transaction():
            names.unique_name("c")
        assert list(names) == ["a", "c"]
        outer.rollback()
    assert list(names) == []
    with outer:
        names.unique_name("d")
        with pytest.raises(RuntimeError, match="under way"):
            outer.__enter__()
    assert list(names) == ["d"]


# --- what may be given out --------------------------------------------------------------


def test_clean_is_asked_once_for_each_text() -> None:
    asked: list[str] = []

    def clean(part: str) -> str:
        asked.append(part)
        return part.replace(" ", "_")

    names = Names(legal=r"\w+", clean=clean)
    assert names.unique_names(["a b", "fine", "a b", "a b/x"]) == ["a_b", "fine", "a_b_1", "a_b/x"]
    assert asked == ["a b"]
    assert Names(clean=str.lower).unique_name("Conv") == "conv"


def test_legal_holds_for_numbers_too() -> None:
    names = Names(legal=r"[a-z]+")
    assert names.unique_name("w") == "w"
    with pytest.raises(ValueError, match=r"Names.unique_name\('w'\): 'w_1' is the next number"):
        names.unique_name("w")
    with pytest.raises(ValueError, match="'w_1'"), names.scope("w"):
        pass
    assert list(names) == ["w"]


def test_legal_may_be_a_function() -> None:
    names = Names(legal=str.isidentifier)
    assert names.unique_name("a/b") == "a/b"
    with names.scope("model"), pytest.raises(ValueError) as error:
        names.unique_name("2fast")
    assert str(error.value) == (
        "Names.unique_name('2fast') in the scope 'model': '2fast' is not legal here; "
        "pass clean= to have such names mended"
    )


@pytest.mark.parametrize("call", ["unique_name", "peek", "reserve"])
def test_callables_that_raise(call: str) -> None:
    def refuse(part: str) -> str:
        raise LookupError(part)

    for options in ({"legal": refuse}, {"clean": refuse}):
        names = Names(**options)  # type: ignore[arg-type]
        if call == "reserve" and "clean" in options:
            continue  # exactly this name: nothing is cleaned
        with pytest.raises(LookupError, match="w"):
            getattr(names, call)("w")
        assert len(names) == 0


def test_callables_that_change_the_names() -> None:
    names: Names

    def clean(part: str) -> str:
        for number in range(100):
            names.unique_name(f"other{number}".upper())
        return part.upper()

    names = Names(legal=r"[A-Z0-9_]*", clean=clean)
    assert names.unique_name("w") == "W"
    assert names.unique_names(["w", "v"]) == ["W_1", "V"]
    assert len(names) == 203 == len(set(names))


def test_clean_must_give_a_legal_text() -> None:
    with pytest.raises(TypeError, match=r"clean\('w'\) must give a str, not int"):
        Names(clean=lambda part: 3).unique_name("w")  # type: ignore[arg-type,return-value]
    with pytest.raises(ValueError, match="has the separator in it"):
        Names(clean=lambda part: "a/b").unique_name("w")
    with pytest.raises(ValueError, match="is not legal either"):
        Names(legal="x", clean=lambda part: "y").unique_name("w")


# --- errors -----------------------------------------------------------------------------

OPTIONS: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"separator": ""}, ValueError, "separator is empty"),
    ({"separator": 3}, TypeError, "must be a str"),
    ({"separator": "_"}, ValueError, "contains the separator"),
    ({"separator": "x", "fold": "lower"}, ValueError, "has letters"),
    ({"suffix": "_"}, ValueError, 'one "{}"'),
    ({"suffix": "{}_{}"}, ValueError, 'one "{}"'),
    ({"suffix": "{}"}, ValueError, "no digit before the number"),
    ({"suffix": None}, TypeError, "must be a str"),
    ({"fold": "upper"}, ValueError, "fold='upper'"),
    ({"policy": "torch"}, ValueError, "policy='torch'"),
    ({"legal": "("}, ValueError, "no regular expression"),
    ({"legal": 3}, TypeError, "regular expression or a function"),
    ({"clean": "x"}, TypeError, "function from str to str"),
    ({"separator": "\ud800"}, ValueError, "surrogate"),
]


@pytest.mark.parametrize(
    ("options", "kind", "text"), OPTIONS, ids=lambda value: str(value).encode("ascii", "replace").decode()
)
def test_options_that_are_refused(options: dict[str, Any], kind: type[Exception], text: str) -> None:
    with pytest.raises(kind, match=text) as error:
        Names(**options)
    assert str(error.value).startswith("Names")


CALLS: list[Callable[[Names, Any], Any]] = [
    Names.unique_name,
    Names.peek,
    Names.reserve,
    Names.release,
    Names.under,
    Names.__contains__,
    lambda names, name: names.unique_names([name]),
    lambda names, name: names.update([name]),
    lambda names, name: names.scope(name),
]


@pytest.mark.parametrize("call", CALLS)
def test_names_are_strings_of_characters(call: Callable[[Names, Any], Any]) -> None:
    names = Names()
    for wrong in (3, b"w", ["w"]):
        with pytest.raises(TypeError, match="must be a str"):
            call(names, wrong)
    with pytest.raises(ValueError, match="lone surrogate"):
        call(names, "a\ud800")
    assert list(names) == []


@pytest.mark.parametrize(
    ("call", "missing"),
    [("unique_name", "name"), ("peek", "name"), ("reserve", "name"), ("release", "name"), ("under", "path")],
)
def test_a_missing_argument_is_named(call: str, missing: str) -> None:
    with pytest.raises(
        TypeError, match=rf"Names\.{call}\(\) missing 1 required positional argument: '{missing}'"
    ):
        getattr(Names(), call)()


def test_a_str_is_no_list_of_names() -> None:
    for call in (Names().unique_names, Names().update):
        with pytest.raises(TypeError, match="not a single str"):
            call("abc")
        with pytest.raises(TypeError, match="not iterable"):
            call(3)  # type: ignore[arg-type]


def test_bulk_calls_are_all_or_nothing() -> None:
    names = Names(legal=r"[a-z]+(_1)?")
    for call in (names.unique_names, names.update):
        with pytest.raises(TypeError):
            call(["a", "b", 3])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="w_2"):
        names.unique_names(["v", "w", "w", "w"])
    assert list(names) == [] and names.unique_name("w") == "w"


def test_releasing_what_is_not_there() -> None:
    names = Names()
    names.update(["model/w"])
    with pytest.raises(ValueError, match=r"Names.release\('w'\): the name is free"):
        names.release("w")
    with pytest.raises(ValueError, match="names beneath it; release those, for example 'model/w'"):
        names.release("model")
    names.release("model/w")
    assert "model" not in names


def test_iterators_see_that_names_change() -> None:
    names = Names()
    names.unique_names(["a", "b/c", "d"])
    for make in (lambda: iter(names), lambda: names.under("")):
        iterator: Iterator[str] = make()
        assert next(iterator) == "a"
        names.unique_name("x")
        with pytest.raises(RuntimeError, match="changed during iteration"):
            next(iterator)
        names.release(list(names)[-1])
    iterator = iter(names)
    assert list(iterator) == ["a", "b/c", "d"]
    assert list(iterator) == []


# --- life -------------------------------------------------------------------------------


def test_names_with_callables_that_hold_them_are_collected() -> None:
    def make() -> Names:
        box: list[Names] = []
        box.append(Names(clean=lambda part: f"{part}{len(box)}", legal=lambda part: part not in box))
        return box[0]

    names = make()
    assert names.unique_name("w") == "w"
    gone = weakref.ref(names)
    del names
    gc.collect()
    assert gone() is None


def test_what_it_gives_outlives_it() -> None:
    names = Names()
    names.unique_names(["a", "b"])
    fork = names.fork()
    with ExitStack() as stack:
        stack.enter_context(names.scope("s"))
        iterator = iter(names)
        del names
        gc.collect()
        assert list(iterator) == ["a", "b"]
    assert list(fork) == ["a", "b"]
    assert fork.unique_name("s") == "s"


def test_a_fork_has_the_same_type_and_rules() -> None:
    class Own(Names):
        pass

    names = Own(legal=r"\w+", clean=lambda part: "_" + part.replace("-", ""))
    fork = names.fork()
    assert type(fork) is Own
    del names
    gc.collect()
    assert fork.unique_name("a-b") == "_ab"


def test_long_and_odd_texts() -> None:
    names = Names()
    deep = "/".join(["d"] * 5000)
    for name in (deep, "x" * 100_000, "a\0b", "日本語", "", "/", "a//b", "😀"):
        assert names.unique_name(name) == name
        assert names.unique_name(name) == name + "_1"
        assert name in names
    assert len(list(names.under("d"))) == 2


OUT_OF_MEMORY = """
import resource
from scopetrie import Names

names = Names()
names.unique_name("before")
name = "n" * 60_000_000
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
unlimited = resource.getrlimit(resource.RLIMIT_AS)
resource.setrlimit(resource.RLIMIT_AS, (used + 20_000_000, unlimited[1]))
failed = []
for call in (
    lambda: names.unique_name(name),
    lambda: names.unique_names(["a", "s/b", name]),
    lambda: names.update(["a", "s/b", name]),
    lambda: names.scope(name).__enter__(),
    lambda: names.reserve("s/" + name),
):
    try:
        call()
    except MemoryError as error:
        failed.append(type(error).__name__)
resource.setrlimit(resource.RLIMIT_AS, unlimited)
print(len(failed), list(names), "s" in names, names.unique_name("after"))
"""


@pytest.mark.out_of_memory
@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are Linux's")
def test_running_out_of_memory_changes_nothing() -> None:
    run = subprocess.run([sys.executable, "-c", OUT_OF_MEMORY], capture_output=True, text=True, check=False)
    assert (run.stdout, run.stderr) == ("5 ['before'] False after\n", "")


def test_importing_names_alone_is_light() -> None:
    code = (
        "import sys, types; package = types.ModuleType('scopetrie'); package.__path__ = sys.argv[1:]; "
        "sys.modules['scopetrie'] = package; from scopetrie.names import Names; Names().unique_name('w'); "
        "print(*[name for name in sys.modules if name.startswith('scopetrie')])"
    )
    path = Path(tf.__file__).parent
    run = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    light = {"scopetrie", "scopetrie.names", "scopetrie.public", "scopetrie._core"}
    assert set(run.stdout.split()) == light
