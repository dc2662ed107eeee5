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
    """The extension makes some by itself, and others in Python."""

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


class Helped:
    """Another thread in a graph, on which the program's functions wait while a variable is made."""

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
    """An initializer that lets no thread go on before all are inside."""
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
