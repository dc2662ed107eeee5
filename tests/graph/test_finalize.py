"""A finalized graph can be read but not changed."""

import pytest
import scopetrie as tf


@pytest.fixture
def graph():
    with tf.Graph().as_default() as graph:
        tf.get_variable("v", [1])
        graph.add_to_collection("mine", 1)
        graph.finalize()
        yield graph


CHANGES = {
    "constant": lambda: tf.constant(1.0),
    "placeholder": lambda: tf.placeholder(tf.float32),
    "operator": lambda: tf.global_variables()[0] + 1.0,
    "operator on tensors": lambda: tf.global_variables()[0] + tf.global_variables()[0],
    "get_variable": lambda: tf.get_variable("w", [1]),
    "get_variable, slow": lambda: tf.get_variable("w", [1], constraint=abs),
    "get_variables": lambda: tf.get_variables(["w", "x"], [[1], [1]]),
    "Variable": lambda: tf.Variable(1.0),
    "collection": lambda: tf.add_to_collection("mine", 2),
    "clearing": lambda: tf.get_default_graph().clear_collection("mine"),
}


@pytest.mark.parametrize("change", list(CHANGES))
def test_changes_are_refused(graph, change):
    before = graph.version
    with pytest.raises(RuntimeError, match=r"^Graph is finalized and cannot be modified\.$"):
        CHANGES[change]()
    assert graph.version == before
    assert graph.get_collection("mine") == [1]
    assert [v.name for v in tf.global_variables()] == ["v:0"]


def test_reading_is_not(graph):
    assert graph.finalized
    assert graph.get_collection("mine") == graph.get_collection_ref("mine") == [1]
    assert graph.unique_name("x") == "x"
    with tf.name_scope("n"), tf.device("/cpu:0"), tf.control_dependencies(["v"]):
        assert graph.get_name_scope() == "n"
    with tf.variable_scope("", reuse=True):
        assert tf.get_variable("v", [1]).name == "v:0"
    with tf.Session() as session:
        session.run(graph.get_operation_by_name("v/Assign"))
        assert session.run("v:0").shape == (1,)


def test_twice_is_once(graph):
    graph.finalize()
    assert graph.finalized


def test_what_a_change_had_begun_is_undone():
    """An initializer that finalizes the graph during a creation leaves no half-made variable."""
    with tf.Graph().as_default() as graph:

        def initial():
            graph.finalize()
            return 1.0

        with pytest.raises(RuntimeError, match="Graph is finalized"):
            tf.Variable(initial)
        assert graph.get_operations() == []
