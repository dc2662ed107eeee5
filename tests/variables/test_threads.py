"""Variables that several threads make at once: each is made once, and failures undo nothing of others."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
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
    """Some calls take the fast path of the extension, others the slow one in Python."""

    def work(number: int) -> list[Any]:
        made = []
        with graph.as_default(), tf.variable_scope("", reuse=tf.AUTO_REUSE):
            for i in range(100):
                python = (number + i) % 2 == 0
                made.append(tf.get_variable(f"v{i}", [2], constraint=abs if python else None))
        return made

    first, *others = at_once(work)
    assert [v.name for v in first] == [f"v{i}:0" for i in range(100)]
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


def test_templates_made_in_threads(graph: tf.Graph) -> None:
    def work(number: int) -> Any:
        with graph.as_default():
            template = tf.make_template(f"t{number}", lambda: tf.get_variable("v", [2]))
            return [template() is template() for _ in range(10)], template.variables

    for number, (same, variables) in enumerate(at_once(work)):
        assert all(same) and [v.name for v in variables] == [f"t{number}/v:0"]


@pytest.mark.parametrize("scope", ["", "s"])
def test_the_global_step_is_made_once(scope: str) -> None:
    def work(number: int) -> list[Any]:
        steps = []
        for graph in graphs:
            with graph.as_default(), tf.variable_scope(scope):
                steps.append(tf.train.get_or_create_global_step())
        return steps

    graphs = [tf.Graph() for _ in range(20)]
    first, *others = at_once(work)
    assert all(a is b for made in others for a, b in zip(first, made, strict=True))


def test_a_partitioned_variable_that_nobody_holds(graph: tf.Graph) -> None:
    def work(number: int) -> list[Any]:
        partitioner = tf.fixed_size_partitioner(3)
        with graph.as_default(), tf.variable_scope("", reuse=tf.AUTO_REUSE, partitioner=partitioner):
            return [tf.get_variable(f"w{i}", [7]) for i in range(20)]

    work(0)
    first, *others = at_once(work)
    assert all(a is b for made in others for a, b in zip(first, made, strict=True))


def test_first_uses_of_variables_in_many_threads(graph: tf.Graph) -> None:
    with graph.as_default():
        made = [tf.get_variable(f"w{i}", [], initializer=tf.constant_initializer(3.0)) for i in range(20)]
        changes = [tf.assign_add(w, 1.0) for w in made]
    for _ in range(20):
        session = tf.Session(graph=graph)

        def work(number: int, session: tf.Session = session) -> None:
            for w, change in zip(made, changes, strict=True):
                session.run(w.initializer)
                assert session.run(change) >= 3.0  # another thread may initialize it meanwhile

        at_once(work)
