"""Threads: scopes belong to the thread, names and variables to the graph."""

from __future__ import annotations

import sys
import threading
import uuid
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
    """Runs work(0), work(1), ... in threads that start together; returns the results in order."""
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


def at_random_times(*works: Callable[[], Any], rounds: int) -> None:
    """Runs all functions concurrently, each `rounds` times."""

    def work(number: int) -> None:
        for _ in range(rounds):
            works[number % len(works)]()

    at_once(work)


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
