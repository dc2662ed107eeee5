"""What other threads, processes and interpreters do: none ends a process, waits for ever or keeps a graph."""

from __future__ import annotations

import copy
import gc
import os
import pickle
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import scopetrie as tf
from scopetrie import _core


def in_thread(call: Callable[[], Any]) -> None:
    """Runs something in a thread of its own, to its end."""
    thread = threading.Thread(target=call)
    thread.start()
    thread.join()


def run(code: str, timeout: float = 60) -> str:
    """The output of a program, which must end well."""
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", code], capture_output=True, text=True, timeout=timeout
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


# Threads that end ------------------------------------------------------------------------------------------


def scopes() -> Iterator[None]:
    with tf.variable_scope("a"), tf.name_scope("b"), tf.variable_scope(None, "c"):
        yield


def test_scopes_are_left_after_their_thread_has_ended() -> None:
    left: list[Iterator[None]] = []

    def enter() -> None:
        for _ in range(3):
            left.append(scopes())
            next(left[-1])

    with tf.Graph().as_default() as graph:

        def build() -> None:
            with graph.as_default():
                enter()

        in_thread(build)
        in_thread(build)
        with graph.as_default():  # a look at the graph sweeps the contexts of threads that have ended
            tf.constant(1.0)
        while left:
            left.pop().close()
        with tf.variable_scope("mine"):
            assert tf.get_variable("v", [1]).op.name == "mine/v"


def test_a_thread_that_ends_inside_of_as_default_lets_its_graph_go() -> None:
    graphs: list[weakref.ref[Any]] = []
    blocks: list[Any] = []

    def enter() -> None:
        graph = tf.Graph()
        graphs.append(weakref.ref(graph))
        blocks.append(graph.as_default())
        blocks[-1].__enter__()
        tf.constant(1.0)

    in_thread(enter)
    blocks.clear()
    gc.collect()
    assert graphs[0]() is None


def test_a_block_of_a_thread_that_has_ended_is_not_the_innermost_here() -> None:
    block = tf.Graph().as_default()
    in_thread(block.__enter__)
    with pytest.raises(AssertionError, match="Nesting violated"):
        block.__exit__(None, None, None)
    assert tf.get_default_graph() is not None


LOOPS = {
    "scopes and variables": """
        with tf.Graph().as_default():
            for i in range(20):
                tf.get_variable(f"v{i}", [2])
    """,
    "random initial values": """
        with tf.Graph().as_default():
            v = tf.get_variable("v", [300, 300])
            tf.Session().run(v.initializer)
    """,
    "runs": "session.run(x)",
    "functions of Python's": "session.run(function)",
    "elements of a dataset": "session.run(element)",
    "stores": """
        store = tf.Store(seed=1)
        for i in range(20):
            store.get(f"v{i}", (200,))
        store.fork()
    """,
}
ENDING = """
import textwrap, threading, time
import scopetrie as tf
tf.logging.set_verbosity(tf.logging.FATAL)
session = tf.Session()
x = tf.constant(1.0) + tf.placeholder_with_default(1.0, [])
function = tf.py_func(lambda each: each, [x], tf.float32)
numbers = tf.data.Dataset.from_generator(lambda: iter(range(10**9)), tf.int32).batch(2).prefetch(2)
element = tf.data.make_one_shot_iterator(numbers).get_next()
loop = compile(textwrap.dedent(LOOP), "loop", "exec")
begun = threading.Semaphore(0)
def build():
    names = dict(globals())  # a store of its own: what another thread makes in it would be refused here
    exec(loop, names)
    begun.release()
    while True:
        exec(loop, names)
for _ in range(3):
    threading.Thread(target=build, daemon=True).start()
for _ in range(3):
    begun.acquire()
print("done")
"""


@pytest.mark.parametrize("loop", LOOPS)
def test_an_interpreter_ends_while_threads_work(loop: str) -> None:
    """Python unwinds the stacks of daemon threads at its end: through frames of C++, too."""
    code = f"import warnings\nwarnings.simplefilter('ignore')\nLOOP = {LOOPS[loop]!r}\n{ENDING}"
    assert run(code) == "done\n"


# Objects without their constructor -------------------------------------------------------------------------


def handles() -> list[Any]:
    with tf.Graph().as_default() as graph:
        x = tf.constant(1.0)
        v = tf.get_variable("v", [2])
        with tf.variable_scope("s") as scope:
            pass
        names = tf.Names()
        return [x, x.op, v, scope, tf.name_scope("a"), tf.variable_scope("b"), graph.transaction(), tf.add,
                names.scope("n"), iter(names), graph]  # fmt: skip


@pytest.mark.parametrize("thing", handles(), ids=lambda thing: type(thing).__name__)
def test_what_belongs_to_a_graph_is_not_copied_or_pickled(thing: Any) -> None:
    def refused(call: Callable[[], Any]) -> None:
        with pytest.raises((TypeError, AttributeError)):
            repr(call())

    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        refused(lambda protocol=protocol: pickle.loads(pickle.dumps(thing, protocol)))
    if thing is tf.add:
        return
    refused(lambda: copy.copy(thing))
    refused(lambda: copy.deepcopy(thing))
    refused(lambda: object.__new__(type(thing)))


def types() -> list[type]:
    return [each for each in vars(_core).values() if isinstance(each, type)]


@pytest.mark.parametrize("each", types(), ids=lambda each: each.__name__)
def test_a_type_of_the_extension_makes_nothing_by_halves(each: type) -> None:
    for base in (each, *each.__mro__[1:]):
        try:
            made = base.__new__(each)
        except (TypeError, ValueError):
            continue
        assert each in (_core.Graph, _core.Store)  # which are whole without __init__
        for name in dir(made):
            try:
                member = getattr(made, name)
                if callable(member) and name not in ("__class__", "__init_subclass__"):
                    member()
            except Exception:
                continue


# Processes and interpreters --------------------------------------------------------------------------------

FORKS = """
import faulthandler, os, threading
import scopetrie as tf

def build():
    while not ended:
        with tf.Graph().as_default():
            for i in range(20):
                tf.get_variable(f"v{i}", [2], initializer=tf.random_normal_initializer())
            with tf.Session() as session:
                session.run(tf.global_variables_initializer())
            tf.get_collection_ref("variables").append(1)

ended = False
threads = [threading.Thread(target=build, daemon=True) for _ in range(3)]
for each in threads:
    each.start()
for _ in range(25):
    child = os.fork()
    if child == 0:
        faulthandler.dump_traceback_later(30, exit=True)
        v = tf.get_variable("v", [2], initializer=tf.random_normal_initializer())
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(v)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
ended = True
for each in threads:
    each.join()
print("done")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
@pytest.mark.skipif(
    not getattr(sys, "_is_gil_enabled", lambda: True)(), reason="a fork is no point where others stand still"
)
def test_children_forked_while_threads_build_work() -> None:
    assert run("import warnings; warnings.simplefilter('ignore')\n" + FORKS, 120) == "done\n"


def test_a_forked_child_finds_locks_free() -> None:
    pytest.importorskip("fcntl", reason="the system has no fork")
    code = """
import os, threading
from scopetrie.locks import Lock
lock, held = Lock(), threading.Event()
def hold():
    with lock:
        held.set()
        threading.Event().wait(3)
thread = threading.Thread(target=hold)
thread.start()
held.wait()
mine = Lock()
with mine:
    child = os.fork()
    if child == 0:
        with lock:
            pass
if child == 0:
    with mine:
        os._exit(7)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
"""
    run("import warnings; warnings.simplefilter('ignore')\n" + code)


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="the module of subinterpreters has another name")
def test_another_interpreter_is_refused_at_once() -> None:
    code = """
import _xxsubinterpreters as interpreters
import scopetrie as tf
other = interpreters.create()
try:
    interpreters.run_string(other, "import scopetrie")
except interpreters.RunFailedError as error:
    print(error)
interpreters.destroy(other)
print(tf.constant(1.0).name)
"""
    lines = run(code).splitlines()
    assert "ImportError" in lines[0]
    assert "main interpreter" in lines[0]
    assert lines[1] == "Const:0"
