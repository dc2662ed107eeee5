"""Fetches of `Session.run`, and errors as recorded from TensorFlow 2.21's v1 mode."""

import collections

import numpy as np
import pytest
import scopetrie as tf

Pair = collections.namedtuple("Pair", "first second")


@pytest.fixture
def graph():
    with tf.Graph().as_default() as graph:
        c = tf.constant([1.0, 2.0], name="c")
        tf.add(c, 1.0, name="y")
        tf.no_op(name="nop")
        tf.get_variable("w", [2], initializer=tf.zeros_initializer())
        yield graph


@pytest.fixture
def session(graph):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        yield session


def same(found, wanted):
    """Whether two structures have the same types and values."""
    if isinstance(wanted, np.ndarray):
        return isinstance(found, np.ndarray) and found.dtype == wanted.dtype and np.array_equal(found, wanted)
    if type(found) is not type(wanted):
        return False
    if isinstance(wanted, dict):
        return list(found) == list(wanted) and all(same(found[key], wanted[key]) for key in wanted)
    if isinstance(wanted, (list, tuple)):
        return len(found) == len(wanted) and all(map(same, found, wanted))
    return found == wanted


C = np.array([1, 2], np.float32)
Y = np.array([2, 3], np.float32)
STRUCTURES = {
    "tensor": (lambda c, y, nop: c, C),
    "operation": (lambda c, y, nop: nop, None),
    "tensor name": (lambda c, y, nop: "y:0", Y),
    "operation name": (lambda c, y, nop: "y", None),
    "bytes": (lambda c, y, nop: b"y:0", Y),
    "list": (lambda c, y, nop: [c, y], [C, Y]),
    "tuple": (lambda c, y, nop: (c, y), (C, Y)),
    "one in a list": (lambda c, y, nop: [c], [C]),
    "one in a tuple": (lambda c, y, nop: (c,), (C,)),
    "named tuple": (lambda c, y, nop: Pair(c, y), Pair(C, Y)),
    "dict": (lambda c, y, nop: {"a": c, "b": [y, nop]}, {"a": C, "b": [Y, None]}),
    "ordered dict": (
        lambda c, y, nop: collections.OrderedDict([("b", c), ("a", y)]),
        collections.OrderedDict([("b", C), ("a", Y)]),
    ),
    "nested": (
        lambda c, y, nop: [Pair((c,), {"k": [y]}), nop, "c:0"],
        [Pair((C,), {"k": [Y]}), None, C],
    ),
    "twice the same": (lambda c, y, nop: [c, c, y], [C, C, Y]),
    "empty list": (lambda c, y, nop: [], []),
    "empty tuple": (lambda c, y, nop: (), ()),
    "empty dict": (lambda c, y, nop: {}, {}),
    "empty in a list": (lambda c, y, nop: [[]], [[]]),
    "only operations": (lambda c, y, nop: [nop, (nop,)], [None, (None,)]),
}


@pytest.mark.parametrize("case", STRUCTURES)
def test_structure(session, graph, case):
    make, wanted = STRUCTURES[case]
    fetches = make(graph.get_tensor_by_name("c:0"), graph.get_tensor_by_name("y:0"), "nop")
    for _ in range(4):  # compiled, looped, generated, and from the cache
        assert same(session.run(fetches), wanted)


def test_default_dict_keeps_its_factory(session):
    value = session.run(collections.defaultdict(list, {"a": "c:0"}))
    assert value.default_factory is list
    assert same(value["a"], C)


def test_equal_structures_of_different_types_are_not_mixed_up(session, graph):
    c, y = graph.get_tensor_by_name("c:0"), graph.get_tensor_by_name("y:0")
    for _ in range(3):
        assert same(session.run((c, y)), (C, Y))
        assert same(session.run(Pair(c, y)), Pair(C, Y))
        assert same(session.run([(c, y)]), [(C, Y)])
        assert same(session.run([Pair(c, y)]), [Pair(C, Y)])
        assert same(session.run([[c, y]]), [[C, Y]])


def test_variable_is_fetched_in_every_way(session, graph):
    with graph.as_default():
        with tf.variable_scope("", reuse=True):
            w = tf.get_variable("w")
        zeros = np.zeros(2, np.float32)
        for fetch in (w, w.value(), "w:0", "w/read:0"):
            for _ in range(3):
                assert same(session.run(fetch), zeros)


def test_scalars_are_numpy_scalars(session, graph):
    with graph.as_default():
        values = [tf.constant(1.5), tf.constant(3, tf.int64), tf.constant(True), tf.constant("x")]
        sums = [tf.reduce_sum(tf.constant([1.0, 2.0])), tf.get_variable("s", initializer=2.0)]
    session.run(sums[1].initializer)
    for _ in range(3):
        found = session.run(values + sums)
        kinds = [np.float32, np.int64, np.bool_, bytes, np.float32, np.float32]
        assert [type(value) for value in found] == kinds
        assert found == [1.5, 3, True, b"x", 3.0, 2.0]


def test_strings_are_arrays_of_bytes(session, graph):
    with graph.as_default():
        value = session.run(tf.constant(["a", "b"]))
    assert value.dtype == object
    assert value.tolist() == [b"a", b"b"]


def other_graph(kind):
    with tf.Graph().as_default():
        tensor = tf.constant(1.0, name="oc")
        return {"tensor": tensor, "operation": tensor.op, "variable": tf.get_variable("ow", [2])}[kind]


WRONG = {
    "None": (lambda: None, TypeError, 'Argument `fetch` = None has invalid type "NoneType". Cannot be None'),
    "None in a list": (
        lambda: ["c:0", None],
        TypeError,
        'Argument `fetch` = None has invalid type "NoneType". Cannot be None',
    ),
    "int": (
        lambda: 3,
        TypeError,
        'Argument `fetch` = 3 has invalid type "int" must be a string or Tensor. '
        "(Can not convert a int into a Tensor or Operation.)",
    ),
    "float in a list": (
        lambda: ["c:0", 3.0],
        TypeError,
        'Argument `fetch` = 3.0 has invalid type "float" must be a string or Tensor. '
        "(Can not convert a float into a Tensor or Operation.)",
    ),
    "array": (
        lambda: np.ones(2),
        TypeError,
        'Argument `fetch` = [1. 1.] has invalid type "ndarray" must be a string or Tensor. '
        "(Can not convert a ndarray into a Tensor or Operation.)",
    ),
    "array in a list": (
        lambda: [np.ones(2)],
        TypeError,
        'Argument `fetch` = [1. 1.] has invalid type "ndarray" must be a string or Tensor. '
        "(Can not convert a ndarray into a Tensor or Operation.)",
    ),
    "set": (
        lambda: {"c:0"},
        TypeError,
        "Argument `fetch` = {'c:0'} has invalid type \"set\" must be a string or Tensor. "
        "(Can not convert a set into a Tensor or Operation.)",
    ),
    "unknown tensor": (
        lambda: "nosuch:0",
        ValueError,
        "Argument `fetch` = nosuch:0 cannot be interpreted as a Tensor. (\"The name 'nosuch:0' refers to a "
        "Tensor "
        "which does not exist. The operation, 'nosuch', does not exist in the graph.\")",
    ),
    "unknown operation": (
        lambda: "nosuch",
        ValueError,
        "Argument `fetch` = nosuch cannot be interpreted as a Tensor. "
        "(\"The name 'nosuch' refers to an Operation not in the graph.\")",
    ),
    "no such output": (
        lambda: "y:3",
        ValueError,
        "Argument `fetch` = y:3 cannot be interpreted as a Tensor. (\"The name 'y:3' refers to a Tensor "
        "which does "
        "not exist. The operation, 'y', exists but only has 1 outputs.\")",
    ),
    "no name": (
        lambda: "y:0:1",
        ValueError,
        "Argument `fetch` = y:0:1 cannot be interpreted as a Tensor. (The name 'y:0:1' looks a like a "
        "Tensor name, "
        'but is not a valid one. Tensor names must be of the form "<op_name>:<output_index>".)',
    ),
    "empty name": (
        lambda: "",
        ValueError,
        "Argument `fetch` =  cannot be interpreted as a Tensor. "
        "(\"The name '' refers to an Operation not in the graph.\")",
    ),
    "tensor of another graph": (
        lambda: other_graph("tensor"),
        ValueError,
        'Argument `fetch` = Tensor("oc:0", shape=(), dtype=float32) cannot be interpreted as a Tensor. '
        '(Tensor Tensor("oc:0", shape=(), dtype=float32) is not an element of this graph.)',
    ),
    "in a list": (
        lambda: ["c:0", other_graph("tensor")],
        ValueError,
        'Argument `fetch` = Tensor("oc:0", shape=(), dtype=float32) cannot be interpreted as a Tensor. '
        '(Tensor Tensor("oc:0", shape=(), dtype=float32) is not an element of this graph.)',
    ),
    "variable of another graph": (
        lambda: other_graph("variable"),
        ValueError,
        "Argument `fetch` = <tf.Variable 'ow:0' shape=(2,) dtype=float32_ref> cannot be interpreted as a "
        "Tensor. "
        '(Tensor Tensor("ow:0", shape=(2,), dtype=float32_ref) is not an element of this graph.)',
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_fetch(session, case):
    make, kind, text = WRONG[case]
    with pytest.raises(kind) as caught:
        session.run(make())
    assert str(caught.value).partition("\n")[0] == text


def test_operation_of_another_graph(session):
    with pytest.raises(ValueError, match=r"(?s)^Argument `fetch` = .*cannot be interpreted as a Tensor"):
        session.run(other_graph("operation"))


def test_partitioned_variable_is_no_fetch(session, graph):
    with graph.as_default():
        parts = tf.get_variable("p", [4], partitioner=tf.fixed_size_partitioner(2))
    with pytest.raises(TypeError, match="Can not convert a PartitionedVariable into a Tensor or Operation"):
        session.run(parts)


def test_prevented_fetch(session, graph):
    graph.prevent_fetching(graph.get_operation_by_name("y"))
    with pytest.raises(ValueError) as caught:
        session.run("y:0")
    assert str(caught.value) == (
        "Operation y has been marked as not fetchable. Typically this happens when it is defined in another "
        "function or code block. Use return values, explicit Python locals or TensorFlow collections to "
        "access it."
    )


def test_what_is_fetched_is_the_callers_own(session, graph):
    with graph.as_default():
        c = graph.get_tensor_by_name("c:0")
        w = graph.get_tensor_by_name("w:0")
        x = tf.placeholder(tf.float32, [2])
        shown = {
            "constant": c,
            "reshaped constant": tf.reshape(c, [2, 1]),
            "variable": w,
            "read": graph.get_tensor_by_name("w/read:0"),
            "reshaped variable": tf.reshape(w, [2, 1]),
            "identity of a feed": tf.identity(x),
            "reshaped feed": tf.reshape(x, [1, 2]),
            "computed": x + 1.0,
            "broadcast": tf.zeros([2, 2]),
        }
    fed = np.array([5, 6], np.float32)
    for _ in range(3):
        first = session.run(shown, {x: fed})
        for name, value in first.items():
            assert value.flags.writeable, name
            value[...] = 99
        assert fed.tolist() == [5, 6]
        second = session.run(shown, {x: fed})
        assert {name: value.max() for name, value in second.items()} == {
            "constant": 2,
            "reshaped constant": 2,
            "variable": 0,
            "read": 0,
            "reshaped variable": 0,
            "identity of a feed": 6,
            "reshaped feed": 6,
            "computed": 7,
            "broadcast": 0,
        }


def test_a_fed_tensor_gives_the_fed_array_back(session, graph):
    with graph.as_default():
        x = tf.placeholder(tf.float32, [2])
    fed = np.array([5, 6], np.float32)
    assert session.run(x, {x: fed}) is fed
