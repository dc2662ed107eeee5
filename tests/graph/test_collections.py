"""Collections: content, the live list, keys; collections do not keep their graph alive."""

import gc
import weakref

import pytest
import scopetrie as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def test_adding_and_getting(graph):
    graph.add_to_collection("mine", 1)
    graph.add_to_collections(["mine", "yours"], 2)
    graph.add_to_collections("text", 3)
    graph.add_to_collections(["mine", "mine"], 4)
    assert tf.get_collection("mine") == [1, 2, 4]
    assert (tf.get_collection("yours"), tf.get_collection("text"), tf.get_collection("t")) == ([2], [3], [])


def test_get_collection_copies(graph):
    graph.add_to_collection("mine", 1)
    graph.get_collection("mine").append(2)
    assert graph.get_collection("mine") == [1]


def test_handles_come_back_as_what_they_were(graph):
    c, v = tf.constant(1.0), tf.Variable(1.0)
    for each in (c, c.op, v):
        graph.add_to_collection("mine", each)
    assert graph.get_collection("mine") == [c, c.op, v]
    assert graph.get_collection("mine")[2] is v


def test_filters_match_names_at_their_start(graph):
    for name in ("a/v", "ab/v", "c/a/v"):
        tf.add_to_collection("mine", tf.constant(1.0, name=name))
    tf.add_to_collection("mine", "no name")

    def found(scope):
        return [tensor.op.name for tensor in tf.get_collection("mine", scope)]

    assert found("a") == ["a/v", "ab/v"]
    assert found("a/") == ["a/v"]
    assert found(".*v") == ["a/v", "ab/v", "c/a/v"]
    assert len(tf.get_collection("mine", None)) == 4
    assert found("") == ["a/v", "ab/v", "c/a/v"]


class TestReference:
    """`get_collection_ref` gives a list that is the collection."""

    def test_it_is_one_list(self, graph):
        reference = graph.get_collection_ref("mine")
        assert graph.get_collection_ref("mine") is reference
        assert tf.get_collection_ref("mine") is reference
        assert graph.get_collection_ref("yours") is not reference

    def test_it_changes_with_the_collection_and_changes_it(self, graph):
        reference = graph.get_collection_ref("mine")
        graph.add_to_collection("mine", "a")
        reference.append("b")
        reference += ["c"]
        reference.insert(0, "first")
        assert reference == graph.get_collection("mine") == ["first", "a", "b", "c"]
        reference[1] = "A"
        del reference[0]
        reference.remove("b")
        reference.extend("xy")
        reference.reverse()
        assert graph.get_collection("mine") == ["y", "x", "c", "A"]
        assert (reference.pop(), reference.index("c"), reference.count("x")) == ("A", 2, 1)
        del reference[:]
        assert graph.get_collection("mine") == []

    def test_it_reads_like_a_list(self, graph):
        reference = graph.get_collection_ref("mine")
        reference.extend([1, 2, 3])
        assert (len(reference), reference[-1], reference[1:], 2 in reference) == (3, 3, [2, 3], True)
        more = [4]
        assert (reference + more, more + reference) == ([1, 2, 3, 4], [4, 1, 2, 3])
        assert repr(reference) == "[1, 2, 3]"
        assert reference != [1]
        assert reference == graph.get_collection_ref("mine")
        with pytest.raises(TypeError, match="unhashable"):
            hash(reference)

    def test_asking_for_it_makes_the_collection(self, graph):
        graph.get_collection_ref("fresh")
        assert graph.get_all_collection_keys() == ["fresh"]

    def test_clearing_leaves_it_what_it_had(self, graph):
        graph.add_to_collection("mine", 1)
        reference = graph.get_collection_ref("mine")
        graph.clear_collection("mine")
        reference.append(2)
        assert reference == [1, 2]
        assert graph.get_collection("mine") == []
        assert graph.get_all_collection_keys() == []
        assert graph.get_collection_ref("mine") is not reference

    def test_nobody_holds_it_but_the_caller(self, graph):
        gone = weakref.ref(graph.get_collection_ref("mine"))
        assert gone() is None
        assert graph.get_collection_ref("mine") == []


class TestKeys:
    """`get_all_collection_keys` and `Graph.collections`."""

    def test_in_the_order_of_their_making(self, graph):
        graph.add_to_collection("z", 1)
        tf.get_variable("v", [1])
        graph.add_to_collection("a", 1)
        assert graph.get_all_collection_keys() == ["z", "variables", "trainable_variables", "a"]

    def test_other_keys_than_strings(self, graph):
        graph.add_to_collection(("a", 1), "x")
        graph.add_to_collection(3, "y")
        graph.add_to_collection("s", "z")
        assert (graph.get_collection(("a", 1)), graph.get_collection(3)) == (["x"], ["y"])
        assert graph.get_all_collection_keys() == ["s"]
        assert graph.collections == [("a", 1), 3, "s"]
        for use in (graph.get_collection, graph.get_collection_ref, graph.clear_collection):
            with pytest.raises(TypeError, match="unhashable"):
                use(["a"])
        with pytest.raises(TypeError, match="unhashable"):
            graph.add_to_collection(["a"], 1)

    def test_cleared_ones_are_gone_and_may_come_back(self, graph):
        for key in ("a", "b"):
            graph.add_to_collection(key, 1)
        graph.clear_collection("a")
        graph.clear_collection("nonesuch")
        assert graph.get_all_collection_keys() == ["b"]
        graph.add_to_collection("a", 2)
        assert graph.get_all_collection_keys() == ["b", "a"]
        assert graph.get_collection("a") == [2]


def test_what_fails_leaves_no_collection(graph):
    with pytest.raises(ZeroDivisionError):
        tf.get_variable("w", [2], collections=["mine"], regularizer=lambda v: 1 / 0)
    assert graph.get_all_collection_keys() == []


def test_collections_keep_no_graph_alive():
    """Elements of the graph itself are stored by id: handles would make a reference cycle."""
    gc.collect()
    gc.disable()
    try:
        graph = tf.Graph()
        with graph.as_default():
            for key in ("mine", "variables"):
                graph.add_to_collection(key, tf.constant(1.0))
                graph.get_collection_ref(key).append(tf.Variable(1.0))
        gone = weakref.ref(graph)
        del graph
        assert gone() is None
    finally:
        gc.enable()


def test_a_collection_may_hold_objects_of_other_graphs(graph):
    with tf.Graph().as_default():
        foreign = tf.constant(1.0, name="c")
    tf.constant(2.0, name="c")
    graph.add_to_collection("mine", foreign)
    assert graph.get_collection("mine") == [foreign]
    assert graph.get_collection("mine")[0].graph is not graph
