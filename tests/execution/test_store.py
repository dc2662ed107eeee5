"""A session's values are a store: what one of the two does, the other one sees."""

import gc
import weakref

import array_api_strict
import numpy as np
import pytest
import scopetrie as tf
from scopetrie.backends import Backend
from scopetrie.errors import FailedPreconditionError, InvalidArgumentError, UnimplementedError


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


@pytest.fixture
def w():
    return tf.get_variable("tower/w", [2], initializer=tf.ones_initializer())


@pytest.fixture
def session(w):
    tf.assign_add(w, [1.0, 1.0], name="add")
    with tf.Session() as session:
        yield session


def add(session):
    """Three times: by the loop, by the code that is generated then, and by that code."""
    session.run("add:0")
    session.run("add:0")
    return session.run("add:0").tolist()


def test_variables_are_there_once_they_have_a_value(session, w):
    assert list(session.store) == []
    session.run(w.initializer)
    assert list(session.store) == ["tower/w"]
    view = session.store["tower/w"].array
    assert add(session) == view.tolist() == [4, 4]
    view[:] = 0
    assert add(session) == [3, 3]


def test_parts_and_names_that_were_taken():
    with tf.variable_scope("scope", partitioner=tf.fixed_size_partitioner(2)):
        tf.get_variable("parts", [4], initializer=tf.zeros_initializer())
    tf.get_variable("scope/parts_1", collections=[tf.GraphKeys.LOCAL_VARIABLES], initializer=3.0)
    tf.constant(0.0, name="taken")
    tf.get_variable("taken", [], initializer=tf.zeros_initializer())
    tf.Variable(np.zeros((2, 0), np.int8), name="made")
    with tf.Session() as session:
        session.run(tf.group(tf.global_variables_initializer(), tf.local_variables_initializer()))
        assert list(session.store) == [
            "scope/parts/part_0",
            "scope/parts/part_1",
            "scope/parts_1",
            "taken_1",
            "made",
        ]
        assert session.store["made"].dtype == np.int8


def test_a_store_that_has_the_values(graph, w):
    store = tf.Store()
    given = store.put("tower/w", np.array([5, 6], np.float32))
    with tf.Session(store=store) as session:
        assert session.store is store
        assert session.run(tf.is_variable_initialized(w))
        assert session.run(tf.report_uninitialized_variables()).tolist() == []
        assert session.run(w).tolist() == [5, 6]
        assert "no value yet" not in str(session)
    assert given.array.tolist() == [5, 6]


def test_lazy_variables_count_as_initialized(w):
    store = tf.Store()
    store.get("tower/w", (2,), initializer=tf.constant_initializer(7.0))
    with tf.Session(store=store) as session:
        assert session.run(w).tolist() == [7, 7]


def test_two_graphs_share_by_path(w):
    add = tf.assign_add(w, [1.0, 1.0])
    store = tf.Store()
    with tf.Graph().as_default():
        other = tf.get_variable("tower/w", [2])
        twice = other * 2.0
        reading = tf.Session(store=store)
    with tf.Session(store=store) as session:
        with pytest.raises(FailedPreconditionError):
            reading.run(twice)
        session.run(w.initializer)
        for count in range(2, 6):
            session.run(add)
            assert reading.run(twice).tolist() == [2 * count] * 2
        session.run(tf.assign(w, [1.0, 2.0, 3.0], validate_shape=False))
        with pytest.raises(InvalidArgumentError, match=r"has dtype float32 and shape \[3\], and the graph's"):
            reading.run(twice)


def test_a_fork_is_independent(session, w):
    session.run(w.initializer)
    assert add(session) == [4, 4]
    with tf.Session(store=session.store.fork()) as other:
        assert other.run(w).tolist() == [4, 4]
        assert add(session) == [7, 7]
        assert add(other) == [7, 7]
        other.run(w.initializer)
        assert session.run(w).tolist() == [7, 7]


def test_restoring_changes_the_values_in_place(session, w):
    session.run(w.initializer)
    session.run("add:0")
    before = session.store.fork()
    view = session.store["tower/w"].array
    assert add(session) == [5, 5]
    session.store.restore(before)
    assert view.tolist() == session.run(w).tolist() == [2, 2]
    assert add(session) == [5, 5]


def test_a_session_sees_what_is_done_to_the_store(session, w):
    store = session.store
    session.run(w.initializer)
    assert add(session) == [4, 4]
    store.move("tower", "other")
    for read in (w, w * 1.0, [w], "add:0"):
        with pytest.raises(FailedPreconditionError, match="uninitialized value tower/w"):
            session.run(read)
    assert not session.run(tf.is_variable_initialized(w))
    store.alias("tower", "other")
    assert add(session) == store["other/w"].array.tolist() == [7, 7]
    del store["tower/w"]
    with pytest.raises(FailedPreconditionError):
        session.run(w)
    store.copy("other", "tower")
    assert add(session) == [10, 10]
    assert store["other/w"].array.tolist() == [7, 7]
    del store["tower/w"]
    store.put("tower/w", np.zeros(2, np.float32))
    assert add(session) == [3, 3]


def test_flat_moves_the_values_that_a_session_has_used(session, w):
    session.run(w.initializer)
    assert add(session) == [4, 4]
    flat = session.store.flat()
    flat.data += 1
    assert add(session) == flat["tower/w"].tolist() == [8, 8]


def test_undoing_what_a_store_has_got(session, w):
    store = session.store
    with store.transaction() as attempt:
        session.run(w.initializer)
        assert add(session) == [4, 4]
        attempt.rollback()
    with pytest.raises(FailedPreconditionError):
        add(session)
    session.run(w.initializer)
    assert add(session) == [4, 4]
    with store.transaction() as attempt:
        del store["tower/w"]
        assert not session.run(tf.is_variable_initialized(w))
        attempt.rollback()
    assert add(session) == [7, 7]


def test_undoing_a_graph_takes_the_values_of_its_variables(graph):
    given = tf.Store()
    given.put("mine", np.ones(2, np.float32))
    with tf.Session(store=given) as session:
        with graph.transaction() as attempt:
            mine = tf.get_variable("mine", [2], initializer=tf.zeros_initializer())
            made = tf.get_variable("made", [2], initializer=tf.zeros_initializer())
            session.run([mine.initializer, made.initializer])
            attempt.rollback()
        assert list(given) == ["mine"]


def test_frozen_variables(session, w):
    session.run(w.initializer)
    assert add(session) == [4, 4]
    session.store.freeze()
    for change in ("add:0", w.initializer, tf.scatter_update(w, [0], [1.0])):
        for _ in range(3):
            with pytest.raises(InvalidArgumentError, match="variable 'tower/w' is frozen"):
                session.run(change)
    assert session.run(w).tolist() == [4, 4]
    session.store.freeze(False)
    assert add(session) == [7, 7]


def test_another_dtype_in_the_store(w):
    store = tf.Store()
    store.put("tower/w", np.zeros(2))
    text = r"^the store's variable 'tower/w' has dtype float64 and shape \[2\], and the graph's has dtype"
    with tf.Session(store=store) as session:
        for use in (w, w * 1.0, w.initializer, tf.assign_add(w, [1.0, 1.0])):
            with pytest.raises(InvalidArgumentError, match=text):
                session.run(use)


def test_updates_check_shapes_that_are_not_known(session, w):
    delta = tf.placeholder(tf.float32, None)
    change = tf.assign_sub(w, delta)
    session.run(w.initializer)
    for _ in range(3):
        with pytest.raises(InvalidArgumentError, match="Parameters and update must be the same size"):
            session.run(change, {delta: [1.0]})
        session.run(change, {delta: [1.0, 1.0]})
    assert session.run(w).tolist() == [-2, -2]
    session.run(tf.assign(w, [[1.0, 1.0]], validate_shape=False))
    with pytest.raises(InvalidArgumentError, match="Parameters and update must be the same size"):
        add(session)


def test_strings_are_the_sessions_own():
    words = tf.get_variable("words", initializer=["a", "b"])
    number = tf.get_variable("number", initializer=1.0)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert list(session.store) == ["number"]
        assert session.run([words, number])[0].tolist() == [b"a", b"b"]
        assert "no value yet" not in str(session)
        session.store.move("number", "other")
        assert session.run(words).tolist() == [b"a", b"b"]


def test_other_backends_have_no_store(w):
    backend = Backend("array_api_strict", array_api_strict)
    with tf.Session(backend=backend) as session:
        session.run(w.initializer)
        assert session.run(w).tolist() == [1, 1]
        with pytest.raises(UnimplementedError, match=r"^Session\.store: a Store holds NumPy's"):
            session.store  # noqa: B018
    with pytest.raises(ValueError, match=r"^Session\(store=\.\.\.\): a Store holds"):
        tf.Session(backend=backend, store=tf.Store())
    with pytest.raises(TypeError, match="Argument `store` must be a"):
        tf.Session(store={})


def test_what_lives_how_long(session, w):
    session.run(w.initializer)
    add(session)
    store = session.store
    session.close()
    assert store["tower/w"].array.tolist() == [4, 4]
    with pytest.raises(RuntimeError, match="closed Session"):
        session.store  # noqa: B018
    opened = tf.Session(store=store)
    opened.run(w)
    opened.run(w)
    gone = weakref.ref(opened._state)
    del opened
    gc.collect()
    assert gone() is None
    store.move("tower", "other")  # nobody is there to be told


def test_saving_what_a_session_trained(session, w, tmp_path):
    pytest.importorskip("safetensors")
    session.run(w.initializer)
    add(session)
    session.store.save(tmp_path / "model.safetensors")
    with tf.Session(store=tf.Store.open(tmp_path / "model.safetensors")) as other:
        assert add(other) == [7, 7]
    session.run(w.initializer)
    session.store.restore(tmp_path / "model.safetensors")
    assert add(session) == [7, 7]


def test_loading_variables(session, w):
    other = tf.get_variable("other", initializer=[1, 2])
    with pytest.raises(
        ValueError, match=r"^Cannot feed value of shape \(3,\) for Tensor tower/w/Initializer/"
    ):
        w.load([1.0, 2.0, 3.0], session)
    assert list(session.store) == []
    for value in (np.ones(2, np.float32), np.ones(2), [1.0, 1.0], np.ones(4, np.float32)[::2]):
        w.load(np.zeros(2, np.float32), session)
        w.load(value, session)
        assert session.run(w).tolist() == [1, 1]
    w.load(np.zeros(2, np.float32))
    other.load([3, 4], session)
    assert session.run([w, other])[1].tolist() == session.store["other"].array.tolist() == [3, 4]
    session.store.move("tower", "elsewhere")
    w.load(np.full(2, 5, np.float32), session)
    assert session.store["elsewhere/w"].array.tolist() == [0, 0]
    assert add(session) == [8, 8]
    session.store.freeze()
    for _ in range(2):
        with pytest.raises(InvalidArgumentError, match="variable 'tower/w' is frozen"):
            w.load(np.ones(2, np.float32), session)


def test_loading_runs_what_initializing_waits_for():
    counter = tf.get_variable("counter", initializer=0)
    count_up = tf.assign_add(counter, 1)
    waiting = tf.Variable([1.0, 2.0])
    waiting.initializer._add_control_input(count_up.op)
    with tf.Session() as session:
        session.run(counter.initializer)
        for count in (1, 2, 3):
            waiting.load([5.0, count], session)
            assert session.run(counter) == count
        assert session.run(waiting).tolist() == [5, 3]


def test_loading_what_was_undone(graph):
    with tf.Session() as session:
        with graph.transaction() as attempt:
            undone = tf.get_variable("w", [2])
            undone.load(np.ones(2, np.float32), session)
            undone.load(np.ones(2, np.float32), session)
            attempt.rollback()
        with pytest.raises(RuntimeError, match="This variable was undone"):
            undone.load(np.ones(2, np.float32), session)
        again = tf.get_variable("w", [2])
        again.load(np.zeros(2, np.float32), session)
        assert session.run(again).tolist() == [0, 0]
    with pytest.raises(RuntimeError, match="closed Session"):
        again.load(np.zeros(2, np.float32), session)


def test_sessions_that_come_and_go_leave_nothing_in_their_store(w):
    store = tf.Store()
    store.put("tower/w", np.zeros(2, np.float32))
    kept = [tf.Session(store=store) for _ in range(3)]
    for _ in range(200):
        with tf.Session(store=store) as session:
            session.run(w)
    assert [session.run(w).tolist() for session in kept] == [[0, 0]] * 3
    store.move("tower", "other")
    for session in kept:
        with pytest.raises(FailedPreconditionError):
            session.run(w)
