"""Graph.create_op and Graph.create_ops: operations of any type.

Where v1 knows the type, errors are those of TensorFlow 2.21.
"""

import numpy as np
import pytest
import scopetrie as tf


@pytest.fixture
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


@pytest.fixture
def x(graph):
    return tf.constant([1.0, 2.0], name="x")


def test_a_type_of_ones_own(graph, x):
    with tf.name_scope("s"):
        op = graph.create_op("Mine", [x, x], [tf.float32, tf.int64])
    assert (op.name, op.type, list(op.inputs)) == ("s/Mine", "Mine", [x, x])
    assert [(each.name, each.dtype, each.shape.ndims) for each in op.outputs] == [
        ("s/Mine:0", tf.float32, None),
        ("s/Mine:1", tf.int64, None),
    ]
    assert graph.get_operation_by_name("s/Mine") == op
    assert graph.create_op("Mine", [], []).outputs == []
    assert graph.create_op("any text: at all", [], [], name="n").type == "any text: at all"


def test_of_many_inputs_and_outputs(graph, x):
    op = graph.create_op("Mine", [x] * 20, [tf.float32] * 30)
    assert list(op.inputs) == [x] * 20 and len(op.outputs) == 30
    tf.negative(op.outputs[29])


def test_shapes_of_ones_own_type(graph):
    one = graph.create_op("One", [], [tf.float32], attrs={"shape": [2, None]})
    assert one.outputs[0].shape.as_list() == [2, None]
    two = graph.create_op(
        "Two", [], ["float32", "int32"], attrs={"_output_shapes": [tf.TensorShape([1]), None]}
    )
    assert [each.shape.ndims for each in two.outputs] == [1, None]
    two.outputs[1].set_shape([3])
    assert two.outputs[1].shape == [3]
    assert (two.outputs[1] + 1).shape == [3]
    with pytest.raises(ValueError, match="'Two' has 1 outputs, and shapes of 2"):
        graph.create_op("Two", [], [tf.float32], attrs={"_output_shapes": [[1], None]})
    with pytest.raises(ValueError, match="'None' has 2 outputs, and shapes of 1"):
        graph.create_op("None", [], [tf.float32] * 2, attrs={"shape": []})


ATTRIBUTES = {
    "flag": (True, True),
    "count": (3, 3),
    "rate": (0.5, 0.5),
    "text": ("a", b"a"),
    "raw": (b"\xff", b"\xff"),
    "type": (tf.int32, tf.int32),
    "ints": ((1, 2), [1, 2]),
    "nothing": ([], []),
    "types": ([tf.int32, tf.float32], [tf.int32, tf.float32]),
    "numpy": (np.float64(0.25), 0.25),
}


def test_attributes_are_kept_and_shown(graph, x):
    pytest.importorskip("tensorboard")  # its messages
    op = graph.create_op(
        "Mine", [x], [tf.float32], attrs={name: given for name, (given, _) in ATTRIBUTES.items()}
    )
    for name, (_, shown) in ATTRIBUTES.items():
        found = op.get_attr(name)
        assert found == shown and type(found) is type(shown), name
    with pytest.raises(ValueError, match="Operation 'Mine' has no attr named 'other'"):
        op.get_attr("other")
    assert graph.create_op("Mine", [x], [tf.float32]).node_def.attr == {}


def test_attributes_do_not_change_with_what_they_were_read_from(graph):
    pytest.importorskip("tensorboard")  # its messages
    array, ints = np.zeros(2), [1]
    attrs = {"array": array, "ints": ints}
    op = graph.create_op("Mine", [], [], attrs=attrs)
    array[0], attrs["more"] = 1, 2
    ints.append(2)
    assert op.get_attr("ints") == [1] and op.get_attr("array").tensor_content == bytes(16)
    with pytest.raises(ValueError, match="more"):
        op.get_attr("more")


def test_attributes_as_protobufs(graph):
    proto = pytest.importorskip("tensorboard.compat.proto.attr_value_pb2")
    text_format = pytest.importorskip("google.protobuf.text_format")
    value = proto.AttrValue
    plain = graph.create_op("Const", [], None, attrs={"dtype": tf.int32, "value": [1, 2]})
    attrs = {
        "s": value(s=b"v"),
        "i": value(i=7),
        "type": value(type=3),
        "list": value(list=value.ListValue(type=[1, 3])),
        "none": value(list=value.ListValue()),
        "shape": value(shape=tf.TensorShape([1, None]).as_proto()),
        "shapes": [tf.TensorShape([1, None]), tf.TensorShape(None)],
        "array": np.arange(3),
        "tensor": value(tensor=plain.get_attr("value")),
        "function": value(func=proto.NameAttrList(name="f")),
    }
    op = graph.create_op("Mine", [], [tf.float32], attrs=attrs)
    assert op.outputs[0].shape.as_list() == [1, None]
    assert [op.get_attr(name) for name in ("s", "i", "type", "list", "none")] == [
        b"v", 7, tf.int32, [tf.float32, tf.int32], [],
    ]  # fmt: skip
    assert tf.TensorShape(op.get_attr("shape")).as_list() == [1, None]
    assert [tf.TensorShape(each).ndims for each in op.get_attr("shapes")] == [2, None]
    assert op.get_attr("tensor") == plain.get_attr("value")
    assert op.get_attr("function").name == "f"
    assert op.node_def.attr["array"].tensor.tensor_shape.dim[0].size == 3
    assert text_format.Parse(str(op), type(op.node_def)()) == op.node_def
    assert graph.as_graph_def().node[-1] == op.node_def


def test_what_is_no_attribute(graph):
    with pytest.raises(TypeError, match=r"create_op: .* is no attribute"):
        graph.create_op("Mine", [], [], attrs={"a": {1: 2}})
    assert graph.get_operations() == []


def test_a_registered_type_follows_its_rule(graph, x):
    op = graph.create_op("Neg", [x], [tf.int32])  # as in v1, the dtypes are not looked at
    assert op.outputs[0].dtype == tf.float32 and op.outputs[0].shape == [2]
    split = graph.create_op("Split", [tf.constant(0), x], attrs={"num_split": 2})
    assert [each.shape.as_list() for each in split.outputs] == [[1], [1]]
    assert graph.create_op("Pack", [x, x, x], attrs={"N": 3, "T": tf.float32}).outputs[0].shape == [3, 2]
    assert graph.create_op("Placeholder", [], attrs={"dtype": tf.int32}).outputs[0].shape.ndims is None
    assert graph.create_op("NoOp", []).outputs == []
    with tf.Session() as session:
        assert session.run(op.outputs[0]).tolist() == [-1.0, -2.0]
        assert session.run(split.outputs[1]).tolist() == [2.0]


def test_a_variable_by_its_operations(graph):
    variable = graph.create_op("VariableV2", [], attrs={"dtype": tf.float32, "shape": [2]}).outputs[0]
    value = graph.create_op("Const", [], attrs={"dtype": tf.float32, "value": np.array([1, 2])}).outputs[0]
    assign = graph.create_op("Assign", [variable, value]).outputs[0]
    assert variable.dtype._is_ref_dtype and assign.dtype._is_ref_dtype
    with tf.Session() as session:
        session.run(assign)
        assert session.run(variable).tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match="input 'ref' of Assign must be a variable's own tensor"):
        graph.create_op("Assign", [value, value])


def test_other_attributes_of_a_registered_type_are_shown_only(graph, x):
    op = graph.create_op("Neg", [x], attrs={"T": tf.float32, "_note": 3, "more": "a"})
    assert (op.get_attr("T"), op.get_attr("_note"), op.get_attr("more")) == (tf.float32, 3, b"a")
    with tf.Session() as session:
        assert session.run(op.outputs[0]).tolist() == [-1.0, -2.0]


def test_attributes_go_with_what_was_undone(graph, x):
    pytest.importorskip("tensorboard")  # its messages
    with graph.transaction() as attempt:
        graph.create_op("Neg", [x], attrs={"_note": 3})
        attempt.rollback()
    assert [op.name for op in graph.get_operations()] == ["x"]
    assert "_note" not in graph.create_op("Neg", [x]).node_def.attr


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("Neg", [1.0]), TypeError, "Input #0 is not a tensor: 1.0"),
        (("Mine", [1.0], []), TypeError, "Input #0 is not a tensor: 1.0"),
        (("Mine", ["op"], []), TypeError, 'Input #0 is not a tensor: name: "x"'),
        (("Mine", 3, []), TypeError, "inputs must be a list of tensors"),
        (("Neg", ["x", "x"]), ValueError, "Neg takes 1 input, but 2 were given"),
        (("AddV2", ["x"]), ValueError, "AddV2 takes 2 inputs, but 1 were given"),
        (("ConcatV2", []), ValueError, "ConcatV2 takes at least 2 inputs, but 0 were given"),
        (("Split", ["one", "x"]), ValueError, "NodeDef missing attr 'num_split' from Op<name=Split"),
        (
            ("AddV2", ["x", "one"]),
            ValueError,
            "Inconsistent values for attr 'T' DT_FLOAT vs. DT_INT32 while building NodeDef 'AddV2'",
        ),
        (
            ("Neg", ["x"], None, None, None, {"T": tf.int32}),
            ValueError,
            "Inconsistent values for attr 'T' DT_INT32 vs. DT_FLOAT while building NodeDef 'Neg'",
        ),
        (("AddV2", ["x", "three"]), ValueError, "Dimensions must be equal, but are 2 and 3 for '{{node"),
        (
            ("Mine", ["x"], [], [tf.int32]),
            TypeError,
            r"In op 'Mine', input types \(\[tf.float32\]\) are not compatible with expected types "
            r"\(\[tf.int32\]\)",
        ),
        (("Mine", ["x"], [], []), TypeError, r"In op 'Mine', input types \(\[tf.float32\]\)"),
        (("Mine", ["x"], [tf.float32], None, "a b"), ValueError, "`a b` is not a valid node name"),
        (("bad type", ["x"], [tf.float32]), ValueError, "`bad type` is not a valid node name"),
        (("Mine", ["x"], [tf.float32], None, "x/"), ValueError, "Duplicate node name in graph: 'x'"),
        (("", ["x"], []), ValueError, "an op type is a text with characters"),
        ((3, ["x"], []), TypeError, "an op type is a text with characters, not 3"),
        (("Mine", ["x"]), ValueError, "no op type 'Mine'; give the dtypes of its outputs"),
        (("Mine", ["x"], ["no dtype"]), TypeError, "no dtype"),
        (("Mine", ["other"], []), ValueError, "must be from the same graph as the new operation"),
    ],
)  # fmt: skip
def test_refused_and_nothing_is_left(graph, x, arguments, error, message):
    with tf.Graph().as_default():
        other = tf.constant(1.0, name="other")
    known = {"x": x, "op": x.op, "one": tf.constant(1), "three": tf.constant([1.0, 2.0, 3.0]), "other": other}
    given = list(arguments)
    if isinstance(given[1], list):
        given[1] = [known.get(each, each) for each in given[1]]
    before = [op.name for op in graph.get_operations()]
    with pytest.raises(error, match=message):
        graph.create_op(*given)
    assert [op.name for op in graph.get_operations()] == before
    assert graph.create_op("Mine", [x], [tf.float32]).name == "Mine"


def test_input_types_that_fit(graph):
    variable = tf.Variable([1.0], name="v")
    ref = variable._ref()
    for types in ([tf.float32], [ref.dtype], ["float32"]):
        assert graph.create_op("Mine", [ref], [], types).type == "Mine"


def test_a_finalized_graph(graph, x):
    graph.finalize()
    with pytest.raises(RuntimeError, match="Graph is finalized and cannot be modified"):
        graph.create_op("Mine", [x], [])
    with pytest.raises(RuntimeError, match="Graph is finalized and cannot be modified"):
        graph.create_ops("Mine", [(x,)], dtypes=[])


def test_open_blocks_apply(graph, x):
    wait = tf.no_op(name="wait")
    with tf.control_dependencies([wait]), tf.device("/cpu:0"):
        op = graph.create_op("Mine", [x], [tf.float32])
    assert op.control_inputs == [wait] and op.device == "/device:CPU:0"
    ((file, _, function),) = op.traceback
    assert (file, function) == (__file__, "test_open_blocks_apply")


def test_in_a_graph_that_is_not_the_default(x):
    with tf.Graph().as_default():
        assert x.graph.create_op("Mine", [x], []).graph is x.graph


def test_only_running_needs_a_kernel(graph, x):
    mine = graph.create_op("OfLater", [x], [tf.float32], attrs={"shape": [2], "by": 3}).outputs[0]
    y = tf.negative(mine)
    effect = graph.create_op("OfLater", [x], [])
    with tf.Session() as session:
        for fetch in (y, mine, effect):
            with pytest.raises(
                tf.errors.UnimplementedError, match="No kernel computes operations of type OfLater"
            ):
                session.run(fetch)
        assert session.run(y, {mine: [3.0, 4.0]}).tolist() == [-3.0, -4.0]
        tf.register_op("OfLater", lambda xp, by, shape: lambda x: x * by)
        assert session.run(y).tolist() == [-3.0, -6.0]


def test_many_of_ones_own_type(graph, x):
    y = tf.constant(1)
    with tf.name_scope("s"):
        made = graph.create_ops("Mine", [(x,), [x, y], ()], dtypes=[tf.float32], rate=0.5, shape=[3])
    assert [(t.name, t.dtype, t.shape.as_list()) for t in made] == [
        (f"s/Mine{end}:0", tf.float32, [3]) for end in ("", "_1", "_2")
    ]
    assert list(made[1].op.inputs) == [x, y]
    assert [t.op.get_attr("rate") for t in made] == [0.5] * 3
    assert [op.name for op in graph.create_ops("Mine", [(), ()], name="n", dtypes=[])] == ["n", "n_1"]
    assert [[t.name for t in row] for row in graph.create_ops("Two", [()], dtypes=[tf.int32] * 2)] == [
        ["Two:0", "Two:1"]
    ]


def test_many_of_ones_own_type_or_none(graph, x):
    before = [op.name for op in graph.get_operations()]
    with pytest.raises(TypeError, match="Input #0 is not a tensor: 1"):
        graph.create_ops("Mine", [(x,), (1,)], dtypes=[tf.float32])
    with pytest.raises(ValueError, match="no op type 'Mine'; give the dtypes"):
        graph.create_ops("Mine", [(x,)])
    assert [op.name for op in graph.get_operations()] == before
    assert graph.create_ops("Mine", [(x,)], dtypes=[])[0].name == "Mine"


def test_what_is_made_in_many_calls_is_what_one_call_makes():
    texts = []
    for bulk in (True, False):
        with tf.Graph().as_default() as graph:
            x = tf.constant([1.0], name="x")
            if bulk:
                graph.create_ops("Mine", [(x,)] * 3, name="n", dtypes=[tf.float32], rate=2)
            else:
                for _ in range(3):
                    graph.create_op("Mine", [x], [tf.float32], name="n", attrs={"rate": 2})
            texts.append([str(op) for op in graph.get_operations()])
    assert texts[0] == texts[1]
