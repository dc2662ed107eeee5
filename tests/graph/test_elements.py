"""Conversion of names and objects to tensors and operations; what may be fed and fetched."""

import pytest
import scopetrie as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


@pytest.fixture
def c():
    return tf.constant(1.0, name="c")


def test_names_of_operations_and_tensors(graph, c):
    assert graph.as_graph_element("c") == c.op
    assert graph.as_graph_element("c:0") == c
    assert graph.as_graph_element(b"c:0") == c
    assert graph.get_operation_by_name("c") == c.op
    assert graph.get_tensor_by_name("c:0") == c


def test_objects_stand_for_themselves(graph, c):
    v = tf.Variable(1.0, name="v")
    assert graph.as_graph_element(c) == c
    assert graph.as_graph_element(c.op) == c.op
    assert graph.as_graph_element(v).name == "v:0"


@pytest.mark.parametrize(
    ("element", "error", "text"),
    [
        ("nope", KeyError, "The name 'nope' refers to an Operation not in the graph."),
        ("nope:0", KeyError, "The operation, 'nope', does not exist in the graph."),
        ("c:5", KeyError, "The operation, 'c', exists but only has 1 outputs."),
        ("c:x", ValueError, "looks a like a Tensor name, but is not a valid one"),
        ("a:b:c", ValueError, 'Tensor names must be of the form "<op_name>:<output_index>".'),
        (3, TypeError, "Can not convert a int into a Tensor or Operation."),
        (None, TypeError, "Can not convert a NoneType into a Tensor or Operation."),
    ],
)
def test_what_is_no_element(graph, c, element, error, text):
    with pytest.raises(error) as caught:
        graph.as_graph_element(element)
    assert text in str(caught.value)


def test_one_kind_only(graph, c):
    with pytest.raises(ValueError, match="appears to refer to a Tensor, not a Operation"):
        graph.as_graph_element("c:0", allow_tensor=False)
    with pytest.raises(ValueError, match="refers to an Operation, not a Tensor"):
        graph.as_graph_element("c", allow_operation=False)
    with pytest.raises(TypeError, match="Can not convert a Operation into a Tensor"):
        graph.as_graph_element(c.op, allow_operation=False)
    with pytest.raises(ValueError, match="can't both be False"):
        graph.as_graph_element("c", allow_tensor=False, allow_operation=False)


@pytest.mark.parametrize("lookup", ["get_operation_by_name", "get_tensor_by_name"])
def test_names_are_strings(graph, lookup):
    with pytest.raises(TypeError, match="names are strings"):
        getattr(graph, lookup)(3)


def test_elements_of_another_graph(graph, c):
    other = tf.Graph()
    with pytest.raises(ValueError, match=r"Tensor Tensor.* is not an element of this graph"):
        other.as_graph_element(c)
    with pytest.raises(ValueError, match="is not an element of this graph"):
        other.as_graph_element(c.op)


def test_handles_are_equal_not_identical(graph, c):
    again = graph.get_tensor_by_name("c:0")
    assert again == c
    assert hash(again) == hash(c)
    assert c != tf.constant(1.0)
    assert c != "c:0"
    assert {c: "found"}[again] == "found"
    assert {c.ref(): "found"}[again.ref()] == "found"
    assert again.ref().deref() == c
    assert c.ref() != c


@pytest.mark.parametrize("form", ["tensor", "name", "variable"])
def test_prevent_feeding(graph, c, form):
    v = tf.Variable(1.0, name="v")
    given, fed = {"tensor": (c, c), "name": ("c:0", c), "variable": (v, v._ref())}[form]
    assert graph.is_feedable(given)
    graph.prevent_feeding(given)
    assert not graph.is_feedable(given)
    with tf.Session() as session, pytest.raises(ValueError, match="may not be fed"):
        session.run(tf.constant(2.0), {fed: 3.0})


@pytest.mark.parametrize("form", ["tensor", "operation", "name"])
def test_prevent_fetching(graph, c, form):
    given = {"tensor": c, "operation": c.op, "name": "c:0"}[form]
    assert graph.is_fetchable(given)
    graph.prevent_fetching(given)
    assert not graph.is_fetchable(given)
    d = c + 1.0
    with tf.Session() as session:
        with pytest.raises(ValueError, match="Operation c has been marked as not fetchable"):
            session.run(c)
        assert session.run(d) == 2.0


def test_consumers(c):
    d, e = tf.negative(c), tf.add(c, 1.0)
    tf.negative(d)
    assert c.consumers() == [d.op, e.op]


def test_shapes_get_known():
    x = tf.placeholder(tf.float32, [None, 3])
    x.set_shape([2, None])
    assert x.shape.as_list() == [2, 3]
    with pytest.raises(ValueError, match="Dimension 1 in both shapes must be equal, but are 3 and 4"):
        x.set_shape([2, 4])
    with pytest.raises(ValueError, match="Shapes must be equal rank, but are 2 and 1"):
        x.set_shape([2])


@pytest.mark.parametrize(
    ("use", "error"),
    [(bool, TypeError), (iter, TypeError), (len, TypeError), (float, TypeError)],
)
def test_a_tensor_has_no_value(c, use, error):
    with pytest.raises(error):
        use(c)
