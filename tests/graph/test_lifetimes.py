"""A graph is freed with the last reference to it or its elements, without the garbage collector."""

import contextlib
import gc
import threading
import weakref

import pytest
import scopetrie as tf


@pytest.fixture(autouse=True)
def no_collector():
    """Objects are freed by reference count only."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def build_network():
    with tf.variable_scope("net", initializer=tf.zeros_initializer()), tf.name_scope("n"):
        w = tf.get_variable("w", [2, 2], regularizer=tf.reduce_sum)
        tf.get_variable("parts", [4], partitioner=tf.fixed_size_partitioner(2))
    with tf.device("/gpu:0"), tf.control_dependencies([w.initializer]), tf.colocate_with(w):
        y = tf.matmul(w, tf.ones([2, 2])) + 1.0
    tf.add_to_collection("mine", y)
    return y


def test_a_graph_goes():
    graph = tf.Graph()
    gone = weakref.ref(graph)
    with graph.as_default():
        build_network()
    del graph
    assert gone() is None


@pytest.mark.parametrize(
    "hold",
    [
        lambda y: y,
        lambda y: y.op,
        lambda y: y.op.inputs,
        lambda y: tf.global_variables()[0],
        lambda y: tf.get_collection_ref("mine"),
        lambda y: y.graph.as_default(),
        lambda y: tf.control_dependencies([y]),
        lambda y: y.ref(),
    ],
    ids=["tensor", "operation", "inputs", "variable", "collection", "block", "control block", "reference"],
)
def test_what_is_held_holds_it(hold):
    graph = tf.Graph()
    gone = weakref.ref(graph)
    with graph.as_default():
        held = hold(build_network())
    del graph
    assert gone() is not None
    del held
    assert gone() is None


def test_a_graph_goes_after_a_run():
    graph = tf.Graph()
    gone = weakref.ref(graph)
    with graph.as_default(), tf.Session() as session:
        y = build_network()
        session.run(tf.global_variables_initializer())
        session.run(y)
    del graph, session, y
    assert gone() is None


def test_a_graph_goes_after_a_failure():
    graph = tf.Graph()
    gone = weakref.ref(graph)
    with graph.as_default():
        with contextlib.suppress(ZeroDivisionError):
            tf.get_variable("w", [2], regularizer=lambda v: 1 / 0)
        with contextlib.suppress(ValueError):
            tf.matmul(tf.ones([2, 3]), tf.ones([2, 3]))
    del graph
    assert gone() is None


def enter_and_leave(graph):
    with graph.as_default(), tf.variable_scope("s"), tf.device("/gpu:0"):
        tf.get_variable("v", [1])


def test_a_graph_goes_that_a_thread_had_entered():
    graph = tf.Graph()
    gone = weakref.ref(graph)
    thread = threading.Thread(target=enter_and_leave, args=(graph,))
    thread.start()
    thread.join()
    del graph, thread
    assert gone() is None


def test_a_variable_has_one_handle_while_it_is_held():
    with tf.Graph().as_default() as graph:
        v = tf.get_variable("v", [1])
        assert tf.global_variables()[0] is v
        assert graph.get_collection("trainable_variables")[0] is v
        gone = weakref.ref(graph)
    del graph
    assert v.graph is gone()
