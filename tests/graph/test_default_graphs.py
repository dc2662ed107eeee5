"""The default graph: of the process, of `with graph.as_default()`, of each thread."""

import threading

import pytest
import scopetrie as tf


def in_thread(function):
    """Runs a function in a new thread and returns its result."""
    found = []
    thread = threading.Thread(target=lambda: found.append(function()))
    thread.start()
    thread.join()
    (result,) = found
    return result


def test_blocks_nest():
    outer, inner = tf.Graph(), tf.Graph()
    with outer.as_default() as entered:
        assert entered is outer is tf.get_default_graph()
        with inner.as_default():
            assert tf.get_default_graph() is inner
            with outer.as_default():
                assert tf.get_default_graph() is outer
        assert tf.get_default_graph() is outer


def test_a_block_may_be_entered_again():
    graph = tf.Graph()
    block = graph.as_default()
    for _ in range(2):
        with block, block:
            assert tf.get_default_graph() is graph
    assert tf.get_default_graph() is not graph


def test_an_error_inside_ends_the_block():
    before = tf.get_default_graph()
    with pytest.raises(ZeroDivisionError), tf.Graph().as_default():
        raise ZeroDivisionError
    assert tf.get_default_graph() is before


def test_the_last_entered_is_left_first():
    def run():
        outer, inner = tf.Graph().as_default(), tf.Graph().as_default()
        outer.__enter__()
        inner.__enter__()
        with pytest.raises(AssertionError, match="Nesting violated for default stack"):
            outer.__exit__(None, None, None)
        return True

    assert in_thread(run)


def test_a_new_thread_has_the_process_s():
    with tf.Graph().as_default() as graph:
        assert in_thread(tf.get_default_graph) is not graph
    assert in_thread(tf.get_default_graph) is tf.get_default_graph()


def test_reset():
    before = tf.get_default_graph()
    tf.reset_default_graph()
    fresh = tf.get_default_graph()
    assert fresh is not before
    assert tf.constant(1.0, name="c").name == "c:0"
    tf.reset_default_graph()


def test_reset_inside_a_block_is_refused():
    with (
        tf.Graph().as_default(),
        pytest.raises(AssertionError, match=r"Do not use tf\.reset_default_graph\(\) to clear nested graphs"),
    ):
        tf.reset_default_graph()


def test_reset_in_a_thread_of_its_own():
    with tf.Graph().as_default():
        in_thread(tf.reset_default_graph)


def test_scopes_belong_to_their_graph():
    with tf.Graph().as_default(), tf.variable_scope("a"), tf.name_scope("n"):
        with tf.Graph().as_default() as other:
            assert tf.get_variable_scope().name == ""
            assert tf.constant(1.0, name="c").name == "c:0"
            with other.as_default(), tf.name_scope("m"):
                assert tf.constant(1.0, name="c").name == "m/c:0"
        assert tf.get_variable_scope().name == "a"
        assert tf.constant(1.0, name="c").name == "a/n/c:0"


def test_operations_go_to_the_graph_of_their_inputs():
    with tf.Graph().as_default() as other:
        foreign, variable = tf.constant(1.0, name="f"), tf.Variable(1.0, name="v")
    with tf.Graph().as_default() as graph:
        assert (foreign + 1.0).graph is other
        assert tf.matmul([[2.0]], tf.reshape(foreign, [1, 1])).graph is other
        assert tf.identity(variable).graph is other
        assert graph.get_operations() == []


@pytest.mark.parametrize(
    ("use", "first", "second"),
    [
        (lambda own, foreign, v: foreign + own, "own:0", "f:0"),
        (lambda own, foreign, v: tf.add_n([foreign, own]), "own:0", "f:0"),
        (lambda own, foreign, v: tf.matmul(own, foreign), "f:0", "own:0"),
        (lambda own, foreign, v: v + own, "own:0", "v/read:0"),
        (lambda own, foreign, v: tf.stack([own, foreign]), "f:0", "own:0"),
        (lambda own, foreign, v: tf.variable_scope("s", values=[own, foreign]), "f:0", "own:0"),
        (lambda own, foreign, v: tf.name_scope(None, "s", [foreign, own]).__enter__(), "own:0", "f:0"),
    ],
)
def test_operands_of_two_graphs(use, first, second):
    with tf.Graph().as_default():
        foreign, variable = tf.constant(1.0, name="f"), tf.Variable(1.0, name="v")
    with tf.Graph().as_default() as graph:
        own = tf.constant(1.0, name="own")
        with pytest.raises(ValueError) as caught:
            use(own, foreign, variable)
        assert graph.version == 1
    text = str(caught.value)
    start = (
        f'Tensor("{first}", shape=(), dtype=float32) must be from the same graph as Tensor("{second}", shape'
    )
    assert text.startswith(start)
    assert " (graphs are <tf.Graph at 0x" in text


def test_lists_within_values_are_not_looked_into():
    with tf.Graph().as_default():
        foreign = tf.constant(1.0)
    with tf.Graph().as_default() as graph, tf.name_scope(None, "n", [2.0, [foreign]]):
        assert tf.get_default_graph() is graph
