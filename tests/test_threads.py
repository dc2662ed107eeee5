"""Threads: scopes belong to the thread, names and variables to the graph."""

from __future__ import annotations

import sys
import threading
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import scopetrie as tf
from at_once import THREADS, at_once, at_random_times


@pytest.fixture(autouse=True)
def switching_often() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.fixture
def graph() -> tf.Graph:
    return tf.Graph()


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


def test_a_handle_that_goes_is_looked_up(graph: tf.Graph) -> None:
    """A look-up returns the one living handle or a new one, never one that is being freed."""
    with graph.as_default():
        for i in range(THREADS // 2):
            tf.get_variable(f"v{i}", [2])

    def work(number: int) -> None:
        name = f"v{number // 2}"  # two threads for each name: often neither holds a handle
        with graph.as_default(), tf.variable_scope("", reuse=True):
            for _ in range(3000):
                tf.get_variable(name)
            for _ in range(1000):
                found = tf.get_variable(name, [2])
                assert found is graph._find_variable(name) and found.name == f"{name}:0"
                del found

    at_once(work)
    with graph.as_default(), tf.variable_scope("", reuse=True):
        assert tf.get_variable("v0") is graph.get_collection("variables")[0]


def test_a_handle_that_another_thread_made_is_let_go(graph: tf.Graph) -> None:
    with graph.as_default():
        made = [tf.get_variable(f"v{i}", [1]) for i in range(200)]
    names = [v.name for v in made]
    start = threading.Barrier(THREADS)

    def work(number: int) -> None:
        with graph.as_default(), tf.variable_scope("", reuse=True):
            for _ in range(10):
                if start.wait(10) == 0:
                    made[:] = graph.get_collection("variables")
                start.wait(10)
                if number == 0:
                    made.clear()
                assert [tf.get_variable(f"v{i}").name for i in range(200)] == names

    at_once(work)


def test_a_graph_is_read_while_it_grows(graph: tf.Graph) -> None:
    with graph.as_default():
        x = tf.placeholder(tf.float32, [2], name="x")
        w = tf.get_variable("w", [2])

    def grow() -> None:
        with graph.as_default(), tf.name_scope("s"):
            y = tf.nn.relu(x * w + 1.0)
            assert y.op.inputs[0].op.inputs[0].op.inputs[0] is not y
            assert tf.stack([y, x]).shape.as_list() == [2, 2]

    def read() -> None:
        operations = graph.get_operations()
        last = operations[-1]
        assert graph.get_operation_by_name(last.name) == last
        assert all(each.graph is graph for each in last.inputs)
        assert (w.name, w.shape.as_list(), w.value().name, w.trainable) == ("w:0", [2], "w/read:0", True)
        assert graph.prune([last.outputs[0]._id], [], [])[-1][0] == last._id
        assert last._site is not None and last.type and last.outputs[0].dtype is tf.float32

    at_random_times(grow, read, rounds=50)
    names = [op.name for op in graph.get_operations()]
    assert len(set(names)) == len(names)
    assert sum(name.endswith("/Relu") for name in names) == THREADS // 2 * 50


def test_graphs_of_threads_do_not_meet() -> None:
    def work(number: int) -> list[str]:
        outer, inner = tf.Graph(), tf.Graph()
        with outer.as_default():
            for _ in range(200):
                with inner.as_default(), tf.variable_scope("s", reuse=tf.AUTO_REUSE):
                    assert tf.get_default_graph() is inner
                    v = tf.get_variable("v", [3])
                    assert (v + 1.0).graph is inner
                assert tf.get_default_graph() is outer
                tf.constant(number)
        assert len(inner.get_collection("variables")) == 1
        return [op.name for graph in (outer, inner) for op in graph.get_operations()]

    first, *others = at_once(work)
    assert all(names == first for names in others)


def test_the_default_graph_of_the_process_is_made_once() -> None:
    tf.reset_default_graph()
    start = threading.Barrier(THREADS)

    def work(number: int) -> list[tf.Graph]:
        found = []
        for _ in range(50):
            if start.wait(10) == 0:
                tf.reset_default_graph()
            start.wait(10)
            found.append(tf.get_default_graph())
            assert tf.constant(1.0).graph is found[-1]
        return found

    first, *others = at_once(work)
    assert all(a is b for made in others for a, b in zip(first, made, strict=True))
    tf.reset_default_graph()


def test_collections_lose_nothing(graph: tf.Graph) -> None:
    views = []

    def work(number: int) -> None:
        with graph.as_default():
            view = tf.get_collection_ref("seen")
            views.append(view)
            for i in range(100):
                tf.add_to_collection("seen", (number, i, "added"))
                view.append((number, i, "appended"))
                tf.get_collection_ref("turned").insert(0, (number, i))
                tf.add_to_collection(f"of {i}", number)
                tf.Variable(1.0, collections=["seen", "counted"])
                assert len(tf.get_collection("seen")) >= 3 * i and view[0]

    at_once(work)
    assert len(graph.get_collection("seen")) == THREADS * 100 * 3
    assert len(graph.get_collection("turned")) == len(graph.get_collection("counted")) == THREADS * 100
    assert all(sorted(graph.get_collection(f"of {i}")) == list(range(THREADS)) for i in range(100))
    assert all(view is views[0] for view in views)


def test_many_at_a_time(graph: tf.Graph) -> None:
    with graph.as_default():
        x = tf.constant([1.0], name="x")

    def work(number: int) -> tuple[list[Any], list[str], list[Any]]:
        with graph.as_default(), tf.variable_scope("s", reuse=tf.AUTO_REUSE):
            return (
                tf.get_variables([f"v{i}" for i in range(200)], [[2]] * 200),
                graph.unique_names(["u", "v"] * 100),
                [y.name for y in graph.create_ops("Neg", [(x,)] * 200)],
            )

    first, *others = results = at_once(work)
    assert all(a is b for variables, *_ in others for a, b in zip(first[0], variables, strict=True))
    for kind in (1, 2):
        names = [name for result in results for name in result[kind]]
        assert len(set(names)) == len(names) == THREADS * 200


def test_lists_that_change_meanwhile(graph: tf.Graph) -> None:
    with graph.as_default():
        x = tf.constant([1.0, 2.0])
    shape: list[int] = [2, 3]
    tensors: list[Any] = [x, x]
    names: list[str] = ["n", "m"]

    def change() -> None:
        for items, item in ((shape, 1), (tensors, tf.identity(x)), (names, "".join(("o", "p")))):
            items.extend([item] * 10)
            del items[2:]

    def build() -> None:
        with graph.as_default():
            assert tf.placeholder(tf.float32, shape).shape.as_list()[:2] == [2, 3]
            made = tf.get_variable(graph.unique_name("v"), shape, tf.int32).shape.as_list()
            assert made[:2] == [2, 3] and set(made[2:]) <= {1}
            assert tf.stack(tensors).shape.as_list()[1] == 2
            assert len(graph.unique_names(names)) >= 2

    at_random_times(change, build, build, rounds=100)


def test_values_that_change_meanwhile(graph: tf.Graph) -> None:
    """A node's shape and its stored value come from the same moment."""
    with graph.as_default():
        x = tf.placeholder(tf.float32, [2, 3, 4])
    numbers: list[int] = [1, 2]
    axes: list[int] = [0, 1]
    tensors: list[Any] = [x, x]

    def change() -> None:
        for items, more in ((numbers, [3] * 10), (axes, [2]), (tensors, [tf.identity(x)] * 3)):
            items.extend(more)
            del items[2:]

    def build() -> None:
        with graph.as_default():
            with tf.name_scope(None, "s", tensors):
                c, v = tf.constant(numbers), tf.Variable([numbers])
            assert c.shape.as_list() == [len(c.op._attrs)]
            assert v.shape.as_list() == [1, len(v.initial_value.op._attrs[0])]
            summed = tf.reduce_sum(x, axes)
            assert summed.shape.ndims == 3 - len(summed.op.inputs[1].op._attrs)
            joined = tf.concat(tensors, 0)
            assert joined.shape.as_list() == [2 * (len(joined.op.inputs) - 1), 3, 4]

    at_random_times(change, build, build, rounds=100)


def test_parts_of_a_tensor(graph: tf.Graph) -> None:
    with graph.as_default():
        x = tf.zeros([THREADS, 5])

    def work(number: int) -> list[Any]:
        with graph.as_default():
            return [x[number, i % 5 :] for i in range(100)]

    for number, parts in enumerate(at_once(work)):
        assert [y.shape.as_list() for y in parts] == [[5 - i % 5] for i in range(100)]
        assert all(y.op.inputs[1].op._attrs == (number, i % 5) for i, y in enumerate(parts))
    names = [op.name for op in graph.get_operations()]
    assert len(set(names)) == len(names)


def test_settings_of_a_scope_that_threads_share(graph: tf.Graph) -> None:
    with graph.as_default(), tf.variable_scope("s") as scope:
        pass

    def change() -> None:
        scope.set_initializer(lambda shape, dtype=None: tf.zeros(shape, dtype))
        scope.set_regularizer(None)
        scope.set_custom_getter(None)

    def enter() -> None:
        with graph.as_default(), tf.variable_scope(scope, reuse=tf.AUTO_REUSE) as again:
            assert (again.name, again.original_name_scope) == ("s", "s/")
            assert callable(again.initializer) or again.initializer is None
            assert tf.get_variable("v", [2]).name == "s/v:0"

    at_random_times(change, enter, rounds=500)


def test_op_types_are_registered_while_others_build(graph: tf.Graph) -> None:
    with graph.as_default():
        x = tf.constant([1.0])

    def work(number: int) -> None:
        with graph.as_default():
            for _ in range(20):
                if number % 2:
                    name = f"Op{uuid.uuid4().hex}"
                    assert tf.register_op(name, lambda xp: xp.negative)(x).op.type == name
                else:
                    assert tf.negative(x).op.type == "Neg"
                    assert all(op.type and op._def is not None for op in graph.get_operations())

    at_once(work)


def test_loops_in_threads(graph: tf.Graph) -> None:
    def work(number: int) -> Any:
        with graph.as_default():
            for _ in range(30):
                last = tf.while_loop(lambda i: i < number, lambda i: tf.Variable(lambda: 1) + i, [0])
            return last

    loops = at_once(work)
    with tf.Session(graph=graph) as session:
        session.run([v.initializer for v in graph.get_collection("variables")])
        assert session.run(loops) == list(range(THREADS))


def test_seeds_and_steps_are_given_once(graph: tf.Graph) -> None:
    with graph.as_default():
        tf.set_random_seed(1)

    def work(number: int) -> tuple[list[int], Any]:
        with graph.as_default():
            return [tf.get_seed(None)[1] for _ in range(100)], tf.train.get_or_create_global_step()

    results = at_once(work)
    assert sorted(seed for seeds, _ in results for seed in seeds) == list(range(100 * THREADS))
    assert all(step is results[0][1] for _, step in results)


def test_a_session_of_many_threads(graph: tf.Graph) -> None:
    with graph.as_default():
        tf.set_random_seed(1)
        x = tf.placeholder(tf.float32, [])
        drawn = tf.random_uniform([])
        session = tf.Session()

    def work(number: int) -> list[float]:
        found = []
        with graph.as_default(), tf.variable_scope("s", reuse=tf.AUTO_REUSE):
            w = tf.get_variable("w", [], initializer=tf.constant_initializer(3.0))
            y = x * w
            session.run(w.initializer)
            for i in range(30):
                assert session.run(y, {x: i}) == 3.0 * i
                assert session.run([y + number, w], {x: i}) == [3.0 * i + number, 3.0]
                found.append(float(session.run(drawn)))
        return found

    values = [value for found in at_once(work) for value in found]
    assert len(set(values)) == len(values)
    session.close()
