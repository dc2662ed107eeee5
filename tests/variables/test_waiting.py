"""Creations of variables that wait for another thread, or for themselves."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import scopetrie as tf
from at_once import THREADS, at_once


@pytest.fixture(autouse=True)
def switching_often() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.fixture
def graph() -> tf.Graph:
    return tf.Graph()


class Helped:
    """Another thread in a graph, for which the program's functions wait during a creation."""

    def __init__(self, graph: tf.Graph, reuse: Any = None) -> None:
        self._graph = graph
        self._reuse = reuse
        self._pool = ThreadPoolExecutor(1)

    def gets(self, *args: Any, **kwargs: Any) -> Any:
        def get() -> Any:
            with self._graph.as_default(), tf.variable_scope("", reuse=self._reuse):
                return tf.get_variable(*args, **kwargs)

        return self._pool.submit(get).result(10)


def wait_for_initializer(helped: Helped) -> Any:
    def initializer(shape: Any, dtype: Any = None) -> Any:
        helped.gets("other", [2], constraint=abs)
        return tf.zeros(shape, dtype)

    return tf.get_variable("w", [2], initializer=initializer)


def wait_for_regularizer(helped: Helped) -> Any:
    return tf.get_variable("w", [2], regularizer=lambda v: helped.gets("other", [2], constraint=abs).value())


def wait_for_partitioner(helped: Helped) -> Any:
    def partitioner(shape: Any, dtype: Any) -> list[int]:
        helped.gets("other", [2], constraint=abs)
        return [2]

    return tf.get_variable("w", [2], partitioner=partitioner)


def wait_for_part(helped: Helped) -> Any:
    def initializer(shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        helped.gets(f"other{partition_info.var_offset[0]}", [2], partitioner=tf.fixed_size_partitioner(2))
        return tf.zeros(shape, dtype)

    return tf.get_variable("w", [2], initializer=initializer, partitioner=tf.fixed_size_partitioner(2))


def wait_for_getter(helped: Helped) -> Any:
    def getter(getter: Any, *args: Any, **kwargs: Any) -> Any:
        helped.gets("other", [2], constraint=abs)
        return getter(*args, **kwargs)

    return tf.get_variable("w", [2], custom_getter=getter)


def wait_for_creator(helped: Helped) -> Any:
    def creator(next_creator: Any, **kwargs: Any) -> Any:
        helped.gets("other", [2], constraint=abs)
        return next_creator(**kwargs)

    with tf.variable_creator_scope(creator):
        return tf.get_variable("w", [2])


@pytest.mark.parametrize(
    "make",
    [
        wait_for_initializer,
        wait_for_regularizer,
        wait_for_partitioner,
        wait_for_part,
        wait_for_getter,
        wait_for_creator,
    ],
)
def test_what_a_variable_is_made_with_may_wait_for_another_thread(graph: tf.Graph, make: Any) -> None:
    with graph.as_default():
        assert make(Helped(graph)).name.startswith("w")
        assert {v.op.name.split("/")[0].rstrip("01") for v in tf.global_variables()} == {"w", "other"}


def test_initializers_that_want_each_others_variables(graph: tf.Graph) -> None:
    both = threading.Barrier(2)

    def make(name: str, other: str) -> Any:
        def initializer(shape: Any, dtype: Any = None) -> Any:
            both.wait(10)
            return tf.get_variable(other, shape, initializer=lambda *_, dtype: tf.zeros(shape, dtype)) + 1.0

        with graph.as_default(), tf.variable_scope("", reuse=tf.AUTO_REUSE):
            return tf.get_variable(name, [2], initializer=initializer)

    with ThreadPoolExecutor(2) as pool:
        v, w = (pool.submit(make, *names) for names in (("v", "w"), ("w", "v")))
        assert {v.result(10).name, w.result(10).name} == {"v:0", "w:0"}
    assert sorted(v.name for v in graph.get_collection("variables")) == ["v:0", "w:0"]


def test_an_initializer_that_waits_for_its_own_variable(graph: tf.Graph) -> None:
    helped = Helped(graph, tf.AUTO_REUSE)

    def initializer(shape: Any, dtype: Any = None) -> Any:
        return helped.gets("w", shape, initializer=lambda shape, dtype: tf.ones(shape, dtype)) + 1.0

    with graph.as_default(), tf.variable_scope("", reuse=tf.AUTO_REUSE):
        w = tf.get_variable("w", [2], initializer=initializer)
        assert w.name == "w:0" and tf.get_variable("w", [2]) is w
        assert tf.global_variables() == [w]
        with tf.Session() as session:
            session.run(w.initializer)
            assert session.run(w).tolist() == [1.0, 1.0]


def waiting_for_all() -> Callable[..., Any]:
    """An initializer that returns only when all threads are inside it."""
    inside, begun = threading.Barrier(THREADS), threading.local()

    def initializer(shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        if not hasattr(begun, "at"):
            begun.at = inside.wait(10)
        return tf.zeros(shape, dtype)

    return initializer


def test_a_plain_variable_that_another_thread_is_making(graph: tf.Graph) -> None:
    inside, leave = threading.Event(), threading.Event()

    def initializer(shape: Any, dtype: Any = None) -> Any:
        inside.set()
        assert leave.wait(10)
        return tf.zeros(shape, dtype)

    def get(**arguments: Any) -> Any:
        with graph.as_default(), tf.variable_scope("s", reuse=tf.AUTO_REUSE):
            return tf.get_variable("w", [2], **arguments)

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(get, initializer=initializer)
        assert inside.wait(10)
        w = get()
        leave.set()
        assert first.result(10) is w
    assert w.name == "s/w:0"


@pytest.mark.parametrize("parts", [None, tf.fixed_size_partitioner(3)])
@pytest.mark.parametrize("reuse", [None, tf.AUTO_REUSE])
def test_all_threads_inside_at_once(graph: tf.Graph, parts: Any, reuse: Any) -> None:
    initializer = waiting_for_all()

    def work(number: int) -> Any:
        with graph.as_default(), tf.variable_scope("s", reuse=reuse):
            try:
                return tf.get_variable("w", [7], initializer=initializer, partitioner=parts)
            except ValueError as error:
                return str(error)

    made = at_once(work)
    errors = [each for each in made if isinstance(each, str)]
    assert len(errors) == (0 if reuse else THREADS - 1)
    assert all("already exists, disallowed. Did you mean to set reuse=True" in error for error in errors)
    (variable, *same) = [each for each in made if not isinstance(each, str)]
    assert all(each is variable for each in same)
    names = ["s/w:0"] if parts is None else [f"s/w/part_{i}:0" for i in range(3)]
    assert sorted(v.name for v in graph.get_collection("variables")) == names
    with graph.as_default(), tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run(tf.convert_to_tensor(variable)).tolist() == [0.0] * 7
