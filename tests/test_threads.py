"""Threads: scopes are each thread's own, names and variables are the graph's."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import scopetrie as tf

THREADS = 8


@pytest.fixture(autouse=True)
def switching_often() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.fixture
def graph() -> tf.Graph:
    return tf.Graph()


def at_once(work: Callable[[int], Any]) -> list[Any]:
    """Runs work(0), work(1), ... in threads that start together; their results in order."""
    start = threading.Barrier(THREADS)

    def run(number: int) -> Any:
        start.wait(10)
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def test_scopes_do_not_meet(graph: tf.Graph) -> None:
    def work(number: int) -> list[str]:
        with graph.as_default(), tf.variable_scope(f"outer{number}", dtype=tf.float64, reuse=tf.AUTO_REUSE):
            for _ in range(20):
                with tf.variable_scope("inner", initializer=tf.zeros_initializer()) as scope:
                    v = tf.get_variable("v", [2])
                    assert scope.name == tf.get_variable_scope().name == f"outer{number}/inner"
                    assert v.name == f"outer{number}/inner/v:0" and v.dtype.base_dtype is tf.float64
                    assert tf.constant(1.0).name.startswith(f"outer{number}/inner")
            return graph.get_name_scope()

    assert at_once(work) == [f"outer{number}" for number in range(THREADS)]
    assert len(graph.get_collection("variables")) == THREADS
    with graph.as_default():
        assert tf.get_variable_scope().name == graph.get_name_scope() == ""


def test_names_are_unique_among_threads(graph: tf.Graph) -> None:
    def work(number: int) -> list[str]:
        with graph.as_default():
            made = []
            for _ in range(100):
                with tf.name_scope("s"):
                    made += [tf.constant(1.0, name="c").op.name, tf.Variable(1.0, name="v").op.name]
                made.append(graph.unique_name("u"))
            return made

    names = [name for made in at_once(work) for name in made]
    assert len(set(names)) == len(names)
    assert {op.name for op in graph.get_operations()} >= {name for name in names if not name.startswith("u")}


INITIALIZERS = {
    "in C++": None,
    "in Python": lambda shape, dtype: tf.random_normal(shape, dtype=dtype),
}


@pytest.mark.parametrize("kind", INITIALIZERS)
def test_a_variable_is_made_once(graph: tf.Graph, kind: str) -> None:
    def work(number: int) -> list[Any]:
        with graph.as_default(), tf.variable_scope("shared", reuse=tf.AUTO_REUSE):
            return [tf.get_variable(f"v{i}", [2], initializer=INITIALIZERS[kind]) for i in range(50)]

    first, *others = at_once(work)
    assert [v.name for v in first] == [f"shared/v{i}:0" for i in range(50)]
    assert all(a is b for made in others for a, b in zip(first, made, strict=True))
    assert len(graph.get_collection("variables")) == 50


def test_a_variable_is_made_once_by_different_ways(graph: tf.Graph) -> None:
    """The extension makes some by itself, and does not wait for those made in Python."""

    def work(number: int) -> list[Any]:
        made = []
        with graph.as_default(), tf.variable_scope("", reuse=tf.AUTO_REUSE):
            for i in range(100):
                python = (number + i) % 2 == 0
                made.append(tf.get_variable(f"v{i}", [2], constraint=abs if python else None))
        return made

    first, *others = at_once(work)
    assert all(a is b for made in others for a, b in zip(first, made, strict=True))
    assert len(graph.get_collection("variables")) == 100


def test_a_partitioned_variable_is_made_once(graph: tf.Graph) -> None:
    def work(number: int) -> Any:
        partitioner = tf.fixed_size_partitioner(3)
        with graph.as_default(), tf.variable_scope("s", reuse=tf.AUTO_REUSE, partitioner=partitioner):
            return tf.get_variable("w", [7])

    first, *others = at_once(work)
    assert all(other is first for other in others)
    assert [part.name for part in first] == ["s/w/part_0:0", "s/w/part_1:0", "s/w/part_2:0"]


class Broken(Exception):
    pass


def test_a_failure_undoes_nothing_of_another_thread(graph: tf.Graph) -> None:
    inside, leave = threading.Event(), threading.Event()

    def broken(shape: Any, dtype: Any = None) -> Any:
        tf.zeros(shape, dtype)
        inside.set()
        assert leave.wait(10)
        raise Broken

    def fail() -> None:
        with graph.as_default(), pytest.raises(Broken):
            tf.get_variable("w", [2], initializer=broken)

    thread = threading.Thread(target=fail)
    thread.start()
    assert inside.wait(10)
    with graph.as_default():
        c, v = tf.constant(1.0, name="c"), tf.Variable([1.0, 2.0], name="v")
    leave.set()
    thread.join()
    assert (c.name, v.name) == ("c:0", "v:0")
    assert graph.get_collection("variables") == [v]
    with graph.as_default(), tf.Session() as session:
        session.run(v.initializer)
        assert session.run(v + c).tolist() == [2.0, 3.0]
        assert tf.constant(1.0, name="c").name == "c_1:0"
        assert tf.get_variable("w", [2]).name.startswith("w")


def test_failures_beside_work(graph: tf.Graph) -> None:
    def broken(shape: Any, dtype: Any = None) -> Any:
        tf.zeros(shape, dtype)
        raise Broken

    def work(number: int) -> list[tuple[str, Any]]:
        made = []
        with graph.as_default(), tf.variable_scope(f"s{number}"):
            for i in range(50):
                with pytest.raises(Broken):
                    tf.get_variable("broken", [2], initializer=broken)
                made.append(tf.get_variable(f"v{i}", [i]))
        return [(v.op.name.rpartition("/")[2], v.shape.as_list()) for v in made]

    for made in at_once(work):
        assert made == [(f"v{i}", [i]) for i in range(50)]
    assert len(graph.get_collection("variables")) == 50 * THREADS
    names = [op.name for op in graph.get_operations()]
    assert len(set(names)) == len(names)


def test_creators_are_the_threads_own(graph: tf.Graph) -> None:
    def work(number: int) -> list[str]:
        def named(next_creator: Any, **kwargs: Any) -> Any:
            return next_creator(**{**kwargs, "name": f"of_{number}"})

        with graph.as_default(), tf.variable_creator_scope(named):
            return [tf.Variable(1.0).op.name for _ in range(20)]

    for number, names in enumerate(at_once(work)):
        assert all(name.startswith(f"of_{number}") for name in names)


def test_a_thread_that_ends_leaves_no_scope_behind(graph: tf.Graph) -> None:
    def work() -> None:
        with graph.as_default():
            tf.variable_scope("never_left").__enter__()
            tf.name_scope("neither").__enter__()

    for _ in range(3):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    with graph.as_default():
        assert graph.get_name_scope() == tf.get_variable_scope().name == ""


def test_templates_made_in_threads(graph: tf.Graph) -> None:
    def work(number: int) -> Any:
        with graph.as_default():
            template = tf.make_template(f"t{number}", lambda: tf.get_variable("v", [2]))
            return [template() is template() for _ in range(10)], template.variables

    for number, (same, variables) in enumerate(at_once(work)):
        assert all(same) and [v.name for v in variables] == [f"t{number}/v:0"]
