"""Variables beyond their names: values, updates, initialization, state after failures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import array_api_strict
import numpy as np
import pytest
import scopetrie as tf
from graph_states import contents, is_freed_at_once
from hypothesis import given
from hypothesis import strategies as st


@pytest.fixture(autouse=True)
def graph() -> Any:
    with tf.Graph().as_default() as graph:
        yield graph


class Broken(Exception):
    pass


def _break(*_: Any, **__: Any) -> Any:
    raise Broken


# Making ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"initial_value": _break}, Broken),
        ({"initial_value": lambda: _break(tf.zeros([2]))}, Broken),
        ({"initial_value": None}, ValueError),
        ({"initial_value": 1.0, "collections": "variables"}, ValueError),
        ({"initial_value": 1.0, "constraint": 3}, ValueError),
        ({"initial_value": 1.0, "shape": [2]}, ValueError),
        ({"initial_value": lambda: tf.constant([1.0, 2.0]), "dtype": tf.int32}, ValueError),
        ({"initial_value": 1.0, "name": "a b"}, ValueError),
        ({"initial_value": 1.0, "variable_def": object()}, NotImplementedError),
        ({"initial_value": 1.0, "import_scope": "s"}, NotImplementedError),
    ],
)
def test_a_failing_variable_leaves_nothing(arguments: dict[str, Any], error: type[Exception]) -> None:
    with tf.name_scope("s"):
        before = contents()
        with pytest.raises(error):
            tf.Variable(**{"name": "v", **arguments})
        assert contents() == before
        assert tf.Variable(1.0, name="v").name == "s/v:0"


def test_what_was_noted_of_an_undone_variable_is_gone() -> None:
    """Ids are reused after a rollback; devices and constraints of the old variable must not be."""
    with pytest.raises(Broken), tf.device("/gpu:0"):
        tf.get_variable("v", [2], constraint=abs, regularizer=_break)
    w = tf.get_variable("w", [2])
    assert w.constraint is None
    assert {op.device for op in tf.get_default_graph().get_operations()} == {""}


def test_a_refused_dtype_leaves_its_name_taken() -> None:
    """The one exception to rollback: programs go on after this error, and must get v1's names then."""
    before = contents()
    with pytest.raises(TypeError, match=r"Expected int32, but got 0\.5"):
        tf.get_variable("w", [2], tf.int32, initializer=tf.constant_initializer(0.5))
    assert contents() == before
    assert tf.get_variable("w", [2]).name == "w_1:0"
    with pytest.raises(TypeError, match="Value passed to parameter"):
        tf.get_variable("flag", [2], tf.bool, regularizer=tf.reduce_sum)
    assert [v.name for v in tf.global_variables()] == ["w_1:0", "flag:0"]


def test_an_error_that_only_reads_like_a_refused_dtype_leaves_nothing() -> None:
    def broken(shape: Any, dtype: Any = None) -> Any:
        raise TypeError("Expected float32, but got trouble")

    with pytest.raises(TypeError, match="trouble"):
        tf.get_variable("w", [2], initializer=broken)
    assert tf.get_variable("w", [2]).name == "w:0"


@pytest.mark.parametrize(
    "refused",
    [
        lambda v: tf.reduce_sum(v),
        lambda v: tf.zeros(["a"]),
        lambda v: tf.random_uniform([2], dtype=tf.float32) + tf.random_normal([2], dtype=tf.int32),
        lambda v: tf.logical_not(tf.cast(v, tf.float32)),
    ],
)
def test_a_variable_whose_regularizer_is_refused_over_a_dtype_stays(refused: Any) -> None:
    with pytest.raises(TypeError):
        tf.get_variable("w", [2], tf.bool, regularizer=refused)
    assert [v.name for v in tf.global_variables()] == ["w:0"]


def test_creators_are_left_when_one_fails() -> None:
    with pytest.raises(Broken), tf.variable_creator_scope(_break):
        tf.Variable(1.0)
    assert tf.Variable(1.0).name == "Variable:0"


def test_made_from_another_variables_value() -> None:
    a = tf.Variable(2.0)
    b = tf.Variable(a.initialized_value() * 3.0)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run([a, b]) == [2.0, 6.0]


def test_the_switches_of_resource_variables_are_accepted() -> None:
    tf.enable_resource_variables()
    try:
        assert tf.resource_variables_enabled()
        assert isinstance(tf.get_variable("v", [1], use_resource=True), tf.Variable)
    finally:
        tf.disable_resource_variables()
    assert not tf.resource_variables_enabled()


# Values ---------------------------------------------------------------------------------------------------


def test_load_adds_nothing_to_the_graph() -> None:
    v = tf.Variable([1.0, 2.0])
    before = contents()
    with tf.Session() as session:
        v.load([3.0, 4.0])
        assert session.run(v).tolist() == [3.0, 4.0]
        v.load([5.0, 6.0], session)
        assert v.eval().tolist() == [5.0, 6.0]
        with pytest.raises(ValueError, match=r"Cannot feed value of shape \(1,\)"):
            v.load([1.0])
    assert contents() == before
    with pytest.raises(ValueError, match="Either session argument should be provided"):
        v.load([1.0, 2.0])


KEYS = st.one_of(
    st.integers(-4, 3),
    st.slices(4),
    st.just(Ellipsis),
    st.tuples(st.integers(-4, 3), st.slices(3)),
    st.tuples(st.slices(4), st.integers(-3, 2)),
    st.tuples(st.just(Ellipsis), st.slices(3)),
)


@given(key=KEYS, data=st.data())
def test_parts_are_assigned_to_as_arrays_are(key: Any, data: st.DataObject) -> None:
    expected = np.arange(12.0, dtype=np.float32).reshape(4, 3)
    whole = expected.copy()
    value = data.draw(st.sampled_from([-1.0, -expected[key] - 1.0]))
    expected[key] = value
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.Variable(whole)
        session.run(v.initializer)
        assert np.array_equal(session.run(v[key].assign(value)), expected)
        assert np.array_equal(session.run(v), expected)


def test_only_parts_of_variables_are_assigned_to() -> None:
    x = tf.constant([1.0, 2.0])
    with pytest.raises(AttributeError, match="'Tensor' object has no attribute 'assign'"):
        x[0].assign(1.0)
    assert not hasattr(x, "assign")
    with pytest.raises(AttributeError, match="has no attribute 'assign'"):
        tf.assign(x, x)


ROWS: dict[str, Callable[[Any, Any], Any]] = {
    "scatter_add": np.add,
    "scatter_sub": np.subtract,
    "scatter_mul": np.multiply,
    "scatter_div": np.divide,
    "scatter_min": np.minimum,
    "scatter_max": np.maximum,
    "scatter_update": lambda old, new: new,
    "batch_scatter_update": lambda old, new: new,
}


@pytest.mark.parametrize("name", ROWS)
def test_rows_are_changed(name: str) -> None:
    v = tf.Variable([1.0, 2.0, 3.0])
    rows = tf.IndexedSlices(tf.constant([8.0, 0.5]), tf.constant([2, 0]))
    change = getattr(v, name)(rows)
    with tf.Session() as session:
        session.run(v.initializer)
        expected = [ROWS[name](1.0, 0.5), 2.0, ROWS[name](3.0, 8.0)]
        assert session.run(change).tolist() == session.run(v).tolist() == expected
    with pytest.raises(TypeError, match="sparse_delta is not IndexedSlices"):
        getattr(v, name)([1.0])


# Recorded from TensorFlow: what is there is divided, one row after the other, and not multiplied by 1 / row.
@pytest.mark.parametrize(
    "dtype, expected",
    [
        ("int32", [1, -2, 0, 1]),
        ("uint8", [1, 2, 0, 1]),
        ("int8", [1, -2, 0, 1]),
        ("float64", [1.0, -7 / 3, 1 / 3 / 3, 7 / 5]),
    ],
)
@pytest.mark.parametrize("backend", ["numpy", array_api_strict, "torch", "jax"])
def test_rows_are_divided(dtype: str, expected: list[float], backend: Any) -> None:
    old, by = [49, 7 if dtype == "uint8" else -7, 1, 7], [49, 3, 3, 3, 5]
    v = tf.Variable(np.array(old, dtype), use_resource=False)
    if isinstance(backend, str):
        pytest.importorskip(backend)
    change = tf.scatter_div(v, [0, 1, 2, 2, 3], np.array(by, dtype))
    zero = tf.placeholder(v.dtype.base_dtype, [2])
    refused = tf.scatter_div(v, [0, 1], zero)
    with tf.Session(backend=backend) as session:
        session.run(v.initializer)
        assert np.asarray(session.run(change)).tolist() == pytest.approx(expected, rel=1e-15)
        if dtype != "float64":
            with pytest.raises(tf.errors.InvalidArgumentError, match="Integer division by zero"):
                session.run(refused, {zero: [2, 0]})
            assert np.asarray(session.run(v)).tolist() == expected


def test_indexed_slices_are_tensors_where_the_whole_is_known() -> None:
    rows = tf.IndexedSlices(tf.constant([[1.0], [2.0]]), tf.constant([2, 0]), tf.constant([3, 1]))
    assert (
        rows.shape.as_list() == [3, 1] and rows.dtype is tf.float32 and rows.graph is tf.get_default_graph()
    )
    with tf.Session() as session:
        assert session.run(tf.convert_to_tensor(rows)).tolist() == [[2.0], [0.0], [1.0]]
        assert session.run((-rows).values).tolist() == [[-1.0], [-2.0]]
    with pytest.raises(ValueError, match="without dense_shape"):
        tf.convert_to_tensor(tf.IndexedSlices(rows.values, rows.indices))
    with pytest.raises(ValueError, match="Tensor conversion requested dtype int32"):
        tf.convert_to_tensor(rows, tf.int32)


def test_slices_by_tuples_of_indices() -> None:
    v = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    steps = [
        v.scatter_nd_update([[0, 1]], [20.0]),
        v.scatter_nd_add([[1]], [[1.0, 1.0]]),
        v.scatter_nd_sub([[0, 0], [1, 1]], [1.0, 5.0]),
    ]
    with tf.Session() as session:
        session.run(v.initializer)
        for step in steps:
            session.run(step)
        assert session.run(v).tolist() == [[0.0, 20.0], [4.0, 0.0]]
        assert session.run(v.sparse_read([1])).tolist() == [[4.0, 0.0]]
        assert session.run(v.gather_nd([[0, 1], [1, 0]])).tolist() == [20.0, 4.0]


def test_counting_up_ends() -> None:
    v = tf.Variable(0, dtype=tf.int64)
    step = v.count_up_to(2)
    with tf.Session() as session:
        session.run(v.initializer)
        assert [session.run(step), session.run(step)] == [0, 1]
        with pytest.raises(tf.errors.OutOfRangeError, match="Reached limit of 2"):
            session.run(step)
        assert session.run(v) == 2
    with pytest.raises(TypeError, match="mutable tensor"):
        tf.count_up_to(v.value(), 3)


# What is initialized --------------------------------------------------------------------------------------


def test_reports_are_those_of_the_session() -> None:
    a, b = tf.Variable(1.0, name="a"), tf.get_local_variable("b", [1])
    missing, whole = tf.report_uninitialized_variables(), tf.assert_variables_initialized()
    assert missing.dtype is tf.string
    with tf.Session() as one, tf.Session() as other:
        one.run([a.initializer, b.initializer])
        assert one.run(missing).tolist() == []
        one.run(whole)
        other.run(b.initializer)
        assert other.run(missing).tolist() == [b"a"]
        with pytest.raises(tf.errors.FailedPreconditionError, match="uninitialized value a"):
            other.run(whole)


def test_nothing_to_report() -> None:
    with tf.Session() as session:
        assert session.run(tf.report_uninitialized_variables()).tolist() == []
    assert tf.assert_variables_initialized() is None


def test_losses_are_added_up() -> None:
    with pytest.raises(ValueError, match="at least one Tensor"):
        tf.losses.get_total_loss()
    regularizer = tf.reduce_sum
    tf.get_variable("v", [2], initializer=tf.ones_initializer(), regularizer=regularizer)
    tf.get_variable("s/v", [3], initializer=tf.ones_initializer(), regularizer=regularizer)
    tf.losses.add_loss(tf.constant(10.0, name="own"))
    tf.losses.add_loss(tf.constant(100.0), loss_collection=None)
    totals = [
        tf.losses.get_regularization_loss(),
        tf.losses.get_regularization_loss("s/"),
        tf.losses.get_regularization_loss("none"),
        tf.losses.get_total_loss(),
        tf.losses.get_total_loss(add_regularization_losses=False),
    ]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run(totals) == [5.0, 3.0, 0.0, 15.0, 10.0]


def test_the_global_step() -> None:
    assert tf.train.get_global_step() is None
    step = tf.train.get_or_create_global_step()
    assert tf.train.get_or_create_global_step() is step is tf.train.get_global_step()
    with pytest.raises(ValueError, match='"global_step" already exists'):
        tf.train.create_global_step()
    with pytest.raises(TypeError, match="does not have integer type"):
        tf.train.assert_global_step(tf.Variable(1.0))
    with tf.Session() as session:
        session.run(step.initializer)
        session.run(step.assign_add(3))
        assert tf.train.global_step(session, step) == 3


# Objects --------------------------------------------------------------------------------------------------


def test_references_are_keys() -> None:
    v, w = tf.Variable(1.0), tf.Variable(1.0)
    seen = {v.ref(): "v", w.experimental_ref(): "w"}
    assert seen[v.ref()] == "v" and seen[w.ref()] == "w"
    assert v.ref().deref() is v


def test_a_variable_is_no_array_and_no_sequence() -> None:
    v = tf.Variable([1.0, 2.0])
    with pytest.raises(TypeError, match="Iterating over a symbolic"):
        list(v)
    with pytest.raises(NotImplementedError, match="run it in a session"):
        np.asarray(v)
    assert bool(v)


def test_nothing_keeps_the_graph() -> None:
    def build() -> Any:
        v = tf.Variable([1, 2], name="v", constraint=abs)
        v[1:].assign([3])
        v.scatter_add(tf.IndexedSlices([1], [0]))
        tf.report_uninitialized_variables()
        tf.get_variable("w", [2], regularizer=tf.reduce_sum, initializer=lambda shape, dtype: tf.ones(shape))
        tf.losses.get_regularization_loss()
        tf.train.get_or_create_global_step()
        with tf.variable_creator_scope(lambda next_creator, **kwargs: next_creator(**kwargs)):
            tf.Variable(1.0)
        return v.ref(), v.initializer

    assert is_freed_at_once(build)


@pytest.mark.parametrize("backend", ["torch", "jax", array_api_strict])
def test_repeated_rows_divide_one_after_the_other(backend: Any) -> None:
    if isinstance(backend, str):
        pytest.importorskip(backend)
    numbers = np.random.default_rng(5)
    for dtype in (np.int8, np.float32):
        old = (numbers.normal(size=(4, 3)) * 100).astype(dtype)
        by = (numbers.normal(size=(9, 3)) * 20 + 40).astype(dtype)  # whose products are no int8
        found = []
        for each in ("numpy", backend):
            with tf.Graph().as_default(), tf.Session(backend=each) as session:
                v = tf.Variable(old, use_resource=False)
                change = tf.scatter_div(v, [0, 1, 0, 2, 0, 1, 3, 3, 0], by)
                session.run(v.initializer)
                found.append(np.asarray(session.run(change)).tolist())
        assert found[0] == found[1]
