"""`feed_dict`: accepted feeds, and errors as recorded from TensorFlow 2.21's v1 mode."""

import numpy as np
import pytest
import scopetrie as tf


@pytest.fixture
def graph():
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 10], name="x")
        p = tf.placeholder(tf.float32, name="p")
        tf.placeholder(tf.float32, [], name="p0")
        i = tf.placeholder(tf.int32, [2], name="i")
        s = tf.placeholder(tf.string, name="s")
        c = tf.constant([1.0, 2.0], name="c")
        tf.add(c, 1.0, name="y")
        tf.reduce_sum(x, name="z")
        tf.multiply(p, 2.0, name="pp")
        tf.multiply(i, 2, name="ii")
        tf.identity(s, name="ss")
        tf.constant(1, tf.uint8, name="u8")
        tf.constant(3, tf.int64, name="i8")
        tf.get_variable("w", [2], initializer=tf.zeros_initializer())
        tf.no_op(name="nop")
        yield graph


@pytest.fixture
def session(graph):
    with tf.Session() as session:
        yield session


ANSWERS = [
    ("pp:0", {"p:0": 3}, np.float32(6)),
    ("pp:0", {"p:0": "1.5"}, np.float32(3)),
    ("pp:0", {"p:0": True}, np.float32(2)),
    ("pp:0", {"p:0": np.array([1, 2])}, np.array([2, 4], np.float32)),
    ("pp:0", {"p:0": ((1.0, 2.0), [3.0, 4.0])}, np.array([[2, 4], [6, 8]], np.float32)),
    ("pp:0", {"p:0": np.float64(0.5)}, np.float32(1)),
    ("ii:0", {"i:0": [1.5, 2.5]}, np.array([2, 4], np.int32)),
    ("ii:0", {"i:0": np.array([1.5, 2.5])}, np.array([2, 4], np.int32)),
    ("i:0", {"i:0": [2**40, 1]}, np.array([0, 1], np.int32)),
    ("y:0", {"c:0": [9, 8]}, np.array([10, 9], np.float32)),
    ("y:0", {"y:0": [9, 8]}, np.array([9, 8], np.float32)),
    ("i8:0", {"i8:0": "12"}, np.array(12)),
    ("i8:0", {"i8:0": True}, np.array(1)),
    ("w:0", {"w:0": [1, 2]}, np.array([1, 2], np.float32)),
    ("w/read:0", {"w:0": [1, 2]}, np.array([1, 2], np.float32)),
    ("ss:0", {"s:0": "q"}, b"q"),
    ("ss:0", {"s:0": "é"}, b"\xc3\xa9"),
    ("ss:0", {"s:0": ["q", b"r"]}, np.array([b"q", b"r"], object)),
    ("ss:0", {"s:0": np.array(["abc", "d"])}, np.array([b"abc", b"d"], object)),
]


@pytest.mark.parametrize(("fetch", "feeds", "wanted"), ANSWERS, ids=[repr(feeds) for _, feeds, _ in ANSWERS])
def test_answer(session, fetch, feeds, wanted):
    for _ in range(3):
        found = session.run(fetch, feeds)
        assert type(found) is type(wanted)
        assert np.array_equal(found, wanted)
        assert getattr(found, "dtype", None) == getattr(wanted, "dtype", None)


def test_keys_may_be_tensors_variables_names_and_tuples(session, graph):
    with graph.as_default():
        p = graph.get_tensor_by_name("p:0")
        with tf.variable_scope("", reuse=True):
            w = tf.get_variable("w")
        assert session.run("pp:0", {p: 4.0}) == 8
        assert session.run(w + 1.0, {w: [1.0, 2.0]}).tolist() == [2, 3]
        for _ in range(3):
            assert session.run(["pp:0", "p0:0"], {(p, "p0:0"): (1.0, 2.0)}) == [2, 2]


def test_the_later_of_two_keys_for_one_tensor_counts(session, graph):
    assert session.run("pp:0", {graph.get_tensor_by_name("p:0"): 1, "p:0": 2}) == 4


def test_none_is_not_a_number(session):
    assert np.isnan(session.run("pp:0", {"p:0": None}))


def test_an_array_of_the_right_kind_is_not_copied(session):
    fed = np.zeros((3, 10), np.float32)
    assert session.run("x:0", {"x:0": fed}) is fed


def wrong_shape(shape, name, wanted):
    return ValueError, f"Cannot feed value of shape {shape} for Tensor {name}, which has shape {wanted}"


WRONG = [
    ("z:0", lambda g: {"x:0": np.ones(3)}, *wrong_shape("(3,)", "x:0", "(?, 10)")),
    ("z:0", lambda g: {"x:0": np.ones((3, 4))}, *wrong_shape("(3, 4)", "x:0", "(?, 10)")),
    ("y:0", lambda g: {"c:0": np.ones(3)}, *wrong_shape("(3,)", "c:0", "(2,)")),
    ("y:0", lambda g: {"y:0": [9, 8, 7]}, *wrong_shape("(3,)", "y:0", "(2,)")),
    ("p0:0", lambda g: {"p0:0": np.ones(3)}, *wrong_shape("(3,)", "p0:0", "()")),
    (
        "pp:0",
        lambda g: {"p:0": [[1, 2], [3]]},
        ValueError,
        "setting an array element with a sequence. The requested array has an inhomogeneous shape after 1 "
        "dimensions. "
        "The detected shape was (2,) + inhomogeneous part.",
    ),
    ("pp:0", lambda g: {"p:0": "abc"}, ValueError, "could not convert string to float: np.str_('abc')"),
    (
        "pp:0",
        lambda g: {"p:0": g.get_tensor_by_name("c:0")},
        TypeError,
        "The value of a feed cannot be a tf.Tensor object. Acceptable feed values include Python scalars, "
        "strings, "
        'lists, numpy ndarrays, or TensorHandles. For reference, the tensor object was Tensor("c:0", '
        "shape=(2,), "
        'dtype=float32) which was passed to the argument `feed_dict` with key Tensor("p:0", dtype=float32).',
    ),
    (
        "ii:0",
        lambda g: {"i:0": 2**40},
        TypeError,
        "Type of feed value 1099511627776 with type <class 'int'> is not compatible with Tensor type <class "
        "'numpy.int32'>. Try explicitly setting the type of the feed tensor to a larger type (e.g. int64).",
    ),
    (
        "u8:0",
        lambda g: {"u8:0": -1},
        TypeError,
        "Type of feed value -1 with type <class 'int'> is not compatible with Tensor type <class "
        "'numpy.uint8'>. Try "
        "explicitly setting the type of the feed tensor to a larger type (e.g. int64).",
    ),
    (
        "ss:0",
        lambda g: {"s:0": 3},
        TypeError,
        "Type of feed value 3 with type <class 'int'> is not compatible with Tensor type <class 'object'>. "
        "Try "
        "explicitly setting the type of the feed tensor to a larger type (e.g. int64).",
    ),
    ("ss:0", lambda g: {"s:0": [3, 4]}, tf.errors.InternalError, "Unsupported object type int"),
    (
        "pp:0",
        lambda g: {"nope:0": 3},
        TypeError,
        "Cannot interpret feed_dict key as Tensor: The name 'nope:0' refers to a Tensor which does not "
        "exist. "
        "The operation, 'nope', does not exist in the graph.",
    ),
    (
        "pp:0",
        lambda g: {"p": 3},
        TypeError,
        "Cannot interpret feed_dict key as Tensor: The name 'p' refers to an Operation, not a Tensor. "
        'Tensor names must be of the form "<op_name>:<output_index>".',
    ),
    (
        "pp:0",
        lambda g: {g.get_operation_by_name("p"): 3},
        TypeError,
        "Cannot interpret feed_dict key as Tensor: Can not convert a Operation into a Tensor.",
    ),
    (
        "pp:0",
        lambda g: {3: 3},
        TypeError,
        "Cannot interpret feed_dict key as Tensor: Can not convert a int into a Tensor.",
    ),
    (
        "pp:0",
        lambda g: {None: 3},
        TypeError,
        "Cannot interpret feed_dict key as Tensor: Can not convert a NoneType into a Tensor.",
    ),
    (
        "pp:0",
        lambda g: [("p:0", 1)],
        TypeError,
        "FlattenDictItems: 'dict' must be a dictionary or collection.Mapping type object, instead of 'list'.",
    ),
    (
        "pp:0",
        lambda g: 3,
        TypeError,
        "FlattenDictItems: 'dict' must be a dictionary or collection.Mapping type object, instead of 'int'.",
    ),
    (
        "pp:0",
        lambda g: {("p:0", "i:0"): (1, [3, 4])},
        ValueError,
        "Could not flatten dictionary. Key had 2 elements, but value had 3 elements. "
        "Key: ['p:0', 'i:0'], value: [1, 3, 4].",
    ),
]


@pytest.mark.parametrize(("fetch", "make", "kind", "text"), WRONG, ids=[case[3][:60] for case in WRONG])
def test_wrong_feed(session, graph, fetch, make, kind, text):
    with pytest.raises(kind) as caught:
        session.run(fetch, make(graph))
    assert str(caught.value).partition("\n")[0] == text


def test_key_of_another_graph(session):
    with tf.Graph().as_default():
        other = tf.constant(1.0, name="oc")
    with pytest.raises(TypeError) as caught:
        session.run("pp:0", {"p:0": 1, other: 3})
    assert str(caught.value).partition("\n")[0] == (
        'Cannot interpret feed_dict key as Tensor: Tensor Tensor("oc:0", shape=(), dtype=float32) is not an '
        "element of this graph."
    )


def test_prevented_feed(session, graph):
    graph.prevent_feeding(graph.get_tensor_by_name("c:0"))
    with pytest.raises(ValueError) as caught:
        session.run("y:0", {"c:0": [1, 2]})
    assert str(caught.value) == "Tensor c:0 may not be fed."


UNFED = [
    ("z:0", "You must feed a value for placeholder tensor 'x' with dtype float and shape [?,10]"),
    ("pp:0", "You must feed a value for placeholder tensor 'p' with dtype float"),
    ("ii:0", "You must feed a value for placeholder tensor 'i' with dtype int32 and shape [2]"),
    ("p0:0", "You must feed a value for placeholder tensor 'p0' with dtype float"),
    ("ss:0", "You must feed a value for placeholder tensor 's' with dtype string"),
]


@pytest.mark.parametrize(("fetch", "text"), UNFED)
def test_unfed_placeholder(session, graph, fetch, text):
    for _ in range(2):
        with pytest.raises(tf.errors.InvalidArgumentError) as caught:
            session.run(fetch)
        first, second, *_ = str(caught.value).splitlines()
        assert first == text
        assert __file__ in second
        assert caught.value.op is not None
        assert text.split("'")[1] == caught.value.op.name


def test_a_placeholder_that_is_not_needed_may_stay_unfed(session):
    assert session.run("y:0").tolist() == [2, 3]
