"""get_variable: its fast paths agree with its slow path, and a failing call leaves nothing behind."""

from __future__ import annotations

import gc
import tracemalloc
import weakref
from typing import Any

import numpy as np
import pytest
import scopetrie as tf
from hypothesis import given, settings
from hypothesis import strategies as st


def through_python(getter: Any, *args: Any, **kwargs: Any) -> Any:
    """A custom getter that changes nothing, but forces the slow path."""
    return getter(*args, **kwargs)


def nodes(graph: tf.Graph) -> list[tuple[Any, ...]]:
    return [
        (
            op.name,
            op.type,
            [each.name for each in op.inputs],
            [(t.dtype, t.shape.as_list()) for t in op.outputs],
        )
        for op in graph.get_operations()
    ]


def everything(graph: tf.Graph) -> tuple[Any, ...]:
    """The parts of a graph that a failing call must leave unchanged."""
    keys = sorted(graph.get_all_collection_keys())
    return (
        nodes(graph),
        [(key, [item.name for item in graph.get_collection(key)]) for key in keys],
        graph.unique_name("w", mark_as_used=False),
    )


INITIALIZERS: dict[str, Any] = {
    "default": None,
    "zeros": tf.zeros_initializer(),
    "zeros class": tf.zeros_initializer,
    "ones": tf.ones_initializer(),
}


@pytest.mark.parametrize("kind", INITIALIZERS)
@pytest.mark.parametrize("dtype", [tf.float32, tf.float64, tf.float16, tf.int32, tf.int64])
@pytest.mark.parametrize("shape", [[], [3], [2, 3], (5, 4, 3), [0], [40, 40]])
@pytest.mark.parametrize("seed", [None, 7])
def test_fast_and_slow_creation_make_the_same(
    kind: str, dtype: tf.DType, shape: Any, seed: int | None
) -> None:
    made = []
    for getter in (None, through_python):
        graph = tf.Graph()
        with graph.as_default():
            tf.set_random_seed(seed)
            with tf.variable_scope("outer", custom_getter=getter):
                for trainable in (None, False):
                    name = f"w{trainable}"
                    v = tf.get_variable(name, shape, dtype, INITIALIZERS[kind], trainable=trainable)
                    assert v.trainable is (trainable is None)
                # Names taken by its operations are in use.
                with tf.name_scope("outer/wNone/Initializer/"):
                    late = [tf.constant(1.0, name=n).op.name for n in ("zeros", "random_uniform", "shape")]
                names = [[v.name for v in tf.get_collection(key)] for key in tf.get_all_collection_keys()]
            with tf.Session() as session:
                session.run(tf.global_variables_initializer())
                values = session.run(tf.global_variables())
        made.append((nodes(graph), late, names, values))
    fast, slow = made
    assert fast[0] == slow[0]
    assert fast[1:3] == slow[1:3]
    for a, b in zip(fast[3], slow[3], strict=True):
        assert a.dtype == b.dtype == dtype.as_numpy_dtype
        assert a.shape == b.shape
        if seed is not None or kind != "default":
            np.testing.assert_array_equal(a, b)


def test_default_initial_values_are_glorot_uniform() -> None:
    with tf.Graph().as_default():
        v = tf.get_variable("w", [300, 200])
        limit = np.sqrt(6.0 / 500)
        with tf.Session() as session:
            session.run(v.initializer)
            value = session.run(v)
    assert np.abs(value).max() <= limit
    assert np.abs(value).max() > 0.99 * limit
    assert abs(value.mean()) < 0.01 * limit


SHARING_ERRORS = [
    ({"shape": [3]}, "specified shape (3,) and found shape (2,)"),
    ({"shape": [2, 1]}, "specified shape (2, 1) and found shape (2,)"),
    ({"dtype": tf.int32}, "specified dtype int32 and found dtype float32_ref"),
    ({"shape": [2], "initializer": 3.0}, "If initializer is a constant, do not specify shape."),
]


@pytest.mark.parametrize(("arguments", "text"), SHARING_ERRORS)
def test_sharing_refuses_what_does_not_fit(arguments: dict[str, Any], text: str) -> None:
    with tf.Graph().as_default() as graph:
        tf.get_variable("w", [2])
        before = everything(graph)
        with tf.variable_scope("", reuse=True), pytest.raises(ValueError) as error:
            tf.get_variable("w", **arguments)
        assert text in str(error.value)
        assert everything(graph) == before


@pytest.mark.parametrize(
    "shape", [[2], (2,), tf.TensorShape([2]), [None], None, [tf.Dimension(2)], np.array([2])]
)
def test_sharing_takes_every_form_of_the_shape(shape: Any) -> None:
    with tf.Graph().as_default():
        w = tf.get_variable("w", [2])
        with tf.variable_scope("", reuse=True):
            assert tf.get_variable("w", shape) is w
            assert tf.get_variable("w", shape, tf.float32) is w
            assert tf.get_variable("w", shape, dtype="float32") is w
            assert tf.get_variable(name="w", shape=shape, initializer=tf.ones_initializer()) is w


def failing(error: type[Exception]) -> Any:
    def initializer(shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        tf.get_variable("inner", [2])
        tf.add_to_collection("mine", tf.constant(1.0))
        raise error("no value")

    return initializer


FAILURES: list[tuple[dict[str, Any], type[Exception]]] = [
    ({"shape": [2], "initializer": failing(ZeroDivisionError)}, ZeroDivisionError),
    ({"shape": [2], "initializer": failing(KeyboardInterrupt)}, KeyboardInterrupt),
    ({"shape": [2], "initializer": lambda shape, dtype: tf.zeros([3])}, ValueError),
    ({"shape": [2], "initializer": lambda shape, dtype: tf.zeros([2], tf.int32)}, ValueError),
    ({"shape": [2], "collections": "mine"}, ValueError),
    ({"shape": [2], "constraint": 3}, ValueError),
    ({"shape": [2], "dtype": tf.complex64}, ValueError),
    ({"shape": [None]}, ValueError),
    ({"shape": [-1]}, ValueError),
    ({"shape": "abc"}, TypeError),
    ({}, ValueError),
    ({"shape": [2], "aggregation": 9}, ValueError),
    ({"shape": [2], "regularizer": failing(ZeroDivisionError)}, ZeroDivisionError),
]


@pytest.mark.parametrize(("arguments", "error"), FAILURES)
def test_a_failing_creation_leaves_nothing(arguments: dict[str, Any], error: type[Exception]) -> None:
    with tf.Graph().as_default() as graph, tf.variable_scope("s"):
        tf.get_variable("first", [2])
        before = everything(graph)
        with pytest.raises(error):
            tf.get_variable("w", **arguments)
        assert everything(graph) == before
        assert tf.get_variable("w", [2]).name == "s/w:0"  # the name is free


def test_a_handle_of_something_undone_says_so() -> None:
    kept: list[Any] = []

    def initializer(shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        kept.extend([tf.get_variable("inner", [2]), tf.constant(1.0), tf.constant(2.0).op])
        raise ZeroDivisionError

    with tf.Graph().as_default():
        with pytest.raises(ZeroDivisionError):
            tf.get_variable("w", [2], initializer=initializer)
        for handle in kept:
            with pytest.raises(RuntimeError, match="undone"):
                _ = handle.name
        with pytest.raises(RuntimeError, match="undone"):
            kept[1] + 1.0


def test_a_graph_goes_with_its_last_handle() -> None:
    graph = tf.Graph()
    with graph.as_default(), tf.variable_scope("s") as scope:
        handles = [tf.get_variable("w", [2]), tf.get_variable("v", [2]) * 2.0, tf.no_op()]
    gone = weakref.ref(graph)
    gc.disable()
    try:
        del graph, scope
        assert gone() is handles[0].graph
        del handles[:]
        assert gone() is None  # at once, without the garbage collector
    finally:
        gc.enable()


def test_get_variables_makes_what_single_calls_make() -> None:
    shapes = [[3], [2, 3], [], [0]]
    names = [f"w{i}" for i in range(len(shapes))]
    graphs = []
    for bulk in (True, False):
        with tf.Graph().as_default() as graph, tf.variable_scope("s"):
            if bulk:
                made = tf.get_variables(names, shapes, tf.float64)
            else:
                made = [tf.get_variable(n, s, tf.float64) for n, s in zip(names, shapes, strict=True)]
            assert [v.name for v in made] == [f"s/{n}:0" for n in names]
        graphs.append(graph)
    assert everything(graphs[0]) == everything(graphs[1])
    with graphs[0].as_default(), tf.variable_scope("s", reuse=True):
        shared = tf.get_variables(names, shapes, tf.float64)
        assert all(a is tf.get_variable(n, dtype=tf.float64) for a, n in zip(shared, names, strict=True))
        with pytest.raises(ValueError, match="dtype"):
            tf.get_variables(names, dtype=tf.int32)


@pytest.mark.parametrize(
    ("call", "get"),
    [("get_variables", lambda *given: tf.get_variables(*given)), ("Store.get_many", tf.Store().get_many)],
)
def test_names_of_many_are_a_sequence(call: str, get: Any) -> None:
    with tf.Graph().as_default() as graph:
        for names in ("ab", None, 3):
            with pytest.raises(TypeError, match=rf"^{call}: names must be a list .*, not {names!r}$"):
                get(names, [[1], [2]])
        with pytest.raises(
            ValueError, match=rf"^{call}: there are 1 names and 2 shapes; give one shape for each"
        ):
            get(["a"], [[1], [2]])
        with pytest.raises(TypeError, match=rf"^{call}: shapes must be a list .*, not 2$"):
            get(["a"], 2)
        assert graph.get_operations() == []


@pytest.mark.parametrize("make", [tf.get_variable, tf.Store().get])
def test_a_dimension_that_is_too_large(make: Any) -> None:
    with tf.Graph().as_default() as graph:
        for shape in ((2**64,), [3, 2**63]):
            with pytest.raises(TypeError, match=rf"Error converting .* Value out of range: {shape[-1]}$"):
                make("v", shape)
        with pytest.raises(TypeError, match="Value out of range"):
            tf.placeholder(tf.float32, [2**64])
        assert graph.get_operations() == []


def test_get_variables_are_all_or_none() -> None:
    with tf.Graph().as_default() as graph:
        tf.get_variable("b", [2])
        before = everything(graph)
        with pytest.raises(ValueError, match="Variable b already exists"):
            tf.get_variables(["a", "b", "c"], [[2], [2], [2]])
        assert everything(graph) == before
        with pytest.raises(ValueError, match="2 names and 1 shapes"):
            tf.get_variables(["x", "y"], [[2]])
        with pytest.raises(TypeError):
            tf.get_variables()  # type: ignore[call-arg]


@given(st.lists(st.sampled_from(["a", "A", "a_1", "b/c", "a_2", "add", "mul_1"]), max_size=12))
@settings(deadline=None, max_examples=60)
def test_unique_names_are_those_of_single_calls(bases: list[str]) -> None:
    one, many = tf.Graph(), tf.Graph()
    with one.as_default(), tf.name_scope("s"):
        single = [one.unique_name(base) for base in bases]
    with many.as_default(), tf.name_scope("s"):
        assert many.unique_names(bases) == single


def test_create_ops_makes_what_single_calls_make() -> None:
    graphs = []
    for bulk in (True, False):
        graph = tf.Graph()
        with graph.as_default(), tf.name_scope("s"):
            x, y = tf.constant([1.0, 2.0]), tf.placeholder(tf.float32, [None])
            rows: list[tuple[Any, ...]] = [(x, y), (y, y), (x, 2.0)]
            if bulk:
                made = graph.create_ops("AddV2", rows) + graph.create_ops(tf.negative, [(x,)], name="n")
            else:
                made = [tf.add(*row) for row in rows] + [tf.negative(x, name="n")]
            assert [t.name for t in made] == ["s/Add:0", "s/Add_1:0", "s/Add_2:0", "s/n:0"]
        graphs.append(graph)
    assert nodes(graphs[0]) == nodes(graphs[1])


def test_create_ops_refuses_and_leaves_nothing() -> None:
    with tf.Graph().as_default() as graph:
        x = tf.constant([1.0, 2.0])
        before = nodes(graph)
        with pytest.raises(ValueError, match="no op type 'Nonesuch'; give the dtypes"):
            graph.create_ops("Nonesuch", [(x,)])
        with pytest.raises(ValueError, match="row 1 has 1"):
            graph.create_ops("AddV2", [(x, x), (x,)])
        with pytest.raises(ValueError, match="Dimensions must be equal"):
            graph.create_ops("AddV2", [(x, x), (x, tf.constant([1.0, 2.0, 3.0]))])
        assert nodes(graph)[: len(before)] == before
        assert [op.type for op in graph.get_operations()].count("AddV2") == 0


def test_strings_name_initializers_where_a_shape_is_given() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        ones = tf.get_variable("ones", [2], initializer="ones")
        with tf.variable_scope("s", initializer="glorot_normal"):
            normal = tf.get_variable("w", [3, 3])
        text = tf.get_variable("text", initializer="zeros")  # without a shape: the value, as in v1
        session.run(tf.global_variables_initializer())
        assert session.run(ones).tolist() == [1.0, 1.0]
        assert normal.initial_value.op.name.startswith("s/w/Initializer/truncated_normal")
        assert session.run(text) == b"zeros"
        with pytest.raises(ValueError, match="If initializer is a constant, do not specify shape"):
            tf.get_variable("x", [2], initializer="no such initializer")
        with tf.variable_scope("", reuse=True):
            assert tf.get_variable("ones", [2], initializer="ones") is ones


def test_an_array_that_nobody_can_change_is_not_copied() -> None:
    array = np.arange(1 << 18, dtype=np.float32)

    def bytes_taken(value: Any) -> int:
        with tf.Graph().as_default():
            tf.get_variable("first", initializer=np.zeros(2, np.float32))  # what is made once
            tracemalloc.start()
            tf.get_variable("w", initializer=value)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return peak

    view = array.view()
    view.flags.writeable = False
    assert min(bytes_taken(array), bytes_taken(view)) >= array.nbytes
    array.flags.writeable = False
    kept = np.frombuffer(array.tobytes(), np.float32)
    assert max(bytes_taken(array), bytes_taken(array[1:]), bytes_taken(kept)) < array.nbytes // 4
    with tf.Graph().as_default(), tf.Session() as session:
        w = tf.get_variable("w", initializer=array)
        session.run(w.initializer)
        session.run(tf.assign_add(w, w))  # the session has its own
        assert session.run(w)[7] == 14 and array[7] == 7
        session.run(w.initializer)
        assert np.array_equal(session.run(w), array)
