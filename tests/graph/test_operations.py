"""An operation's attributes, text and creation site."""

import sys

import pytest
import scopetrie as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def test_attributes():
    c = tf.constant([1.0, 2.0])
    assert c.op.get_attr("dtype") is tf.float32
    product = tf.matmul(tf.ones([1, 2]), tf.ones([1, 2]), transpose_b=True).op
    assert (product.get_attr("transpose_a"), product.get_attr("transpose_b")) == (False, True)
    assert product.get_attr("T") is tf.float32
    assert tf.concat([c, c], 0).op.get_attr("N") == 2
    assert tf.cast(c, tf.int32).op.get_attr("DstT") is tf.int32


def test_texts_are_bytes_and_tuples_lists():
    image, kernel = tf.ones([1, 4, 4, 1]), tf.ones([2, 2, 1, 1])
    op = tf.nn.conv2d(image, kernel, strides=[1, 1, 1, 1], padding="SAME").op
    assert op.get_attr("padding") == b"SAME"
    assert op.get_attr("strides") == [1, 1, 1, 1]


def test_attributes_of_variables():
    v = tf.Variable([1.0, 2.0], name="v")
    assert v.op.get_attr("dtype") is tf.float32
    assert v.op.get_attr("container") == b""
    assert v.initializer.get_attr("validate_shape") is True
    assert v.initializer.get_attr("use_locking") is True
    assert v.initializer.get_attr("_class") == [b"loc:@v"]
    w = tf.Variable([1.0], validate_shape=False)
    assert w.initializer.get_attr("validate_shape") is False


def test_attributes_that_are_protos():
    pytest.importorskip("tensorboard")
    x = tf.placeholder(tf.float32, [None, 2])
    assert [dim.size for dim in x.op.get_attr("shape").dim] == [-1, 2]
    value = tf.constant(7).op.get_attr("value")
    assert list(value.int_val) == [7]
    assert x.op.node_def.name == "Placeholder"


def test_protos_need_the_extra(monkeypatch):
    x = tf.placeholder(tf.float32, [2])
    monkeypatch.setitem(sys.modules, "tensorboard.compat.proto.node_def_pb2", None)
    with pytest.raises(ImportError, match=r"pip install scopetrie\[tensorboard\]"):
        x.op.get_attr("shape")
    assert x.op.get_attr("dtype") is tf.float32


def test_no_such_attribute():
    with pytest.raises(ValueError, match=r"Operation 'c' has no attr named 'nonesuch'\."):
        tf.constant(1.0, name="c").op.get_attr("nonesuch")


TEXTS = {
    "bool": (lambda: tf.constant(True), "bool_val: true"),
    "float": (lambda: tf.constant(0.1), "float_val: 0.1"),
    "whole float": (lambda: tf.constant(2.0), "float_val: 2"),
    "double": (lambda: tf.constant(0.1, tf.float64), "double_val: 0.1"),
    "int": (lambda: tf.constant(-3), "int_val: -3"),
    "string": (lambda: tf.constant('x\n"é'), r'string_val: "x\n\"\303\251"'),
    "several": (lambda: tf.constant([1, 2]), r'tensor_content: "\001\000\000\000\002\000\000\000"'),
    "half": (lambda: tf.constant(1.0, tf.float16), "half_val: 15360"),
    "complex": (lambda: tf.constant(1 + 2j, tf.complex64), "scomplex_val: 2"),
    "all the same": (lambda: tf.zeros([7]), "float_val: 0"),
}


@pytest.mark.parametrize("name", list(TEXTS))
def test_the_text_of_constants(name):
    make, line = TEXTS[name]
    assert line in [each.strip() for each in str(make().op).splitlines()]


def test_the_text_is_that_of_the_proto(graph):
    """The text is written without protobuf; protobuf's parser reads an equal node_def from it."""
    pytest.importorskip("tensorboard")
    from google.protobuf import text_format
    from tensorboard.compat.proto.node_def_pb2 import NodeDef

    x = tf.placeholder(tf.float32, [None, 2], name="x")
    with tf.variable_scope("s"), tf.device("/cpu:0"):
        w = tf.get_variable("w", [2, 3])
        tf.get_variable("i", [5], tf.int32)
    with tf.control_dependencies([w.initializer]), tf.colocate_with(x):
        y = tf.matmul(x, w)
    tf.split(y, 3, axis=1)[2] + 1.0
    tf.reshape(tf.cast(y, tf.float64), tf.constant([-1, 1], tf.int64))
    tf.nn.conv2d(tf.ones([1, 4, 4, 1]), tf.ones([2, 2, 1, 1]), [1, 1, 1, 1], "VALID")
    tf.constant([b"\x00\xff", "text"])
    tf.placeholder(tf.string)
    tf.constant([], tf.float32)
    for op in graph.get_operations():
        assert text_format.Parse(str(op), NodeDef()) == op.node_def, op.name


def test_the_way_it_is_printed():
    x = tf.placeholder(tf.float32, [2], name="x")
    assert repr(x.op) == "<tf.Operation 'x' type=Placeholder>"
    assert str(x.op).splitlines()[:3] == ['name: "x"', 'op: "Placeholder"', "attr {"]
    assert repr(x) == "<tf.Tensor 'x:0' shape=(2,) dtype=float32>"
    assert str(x) == 'Tensor("x:0", shape=(2,), dtype=float32)'


def test_where_it_was_made():
    c = tf.constant(1.0)
    ((file, _, function),) = c.op.traceback
    assert (file, function) == (__file__, "test_where_it_was_made")


def test_versions_of_the_format(graph):
    pytest.importorskip("tensorboard")
    assert graph.graph_def_versions == graph.as_graph_def().versions
    assert graph.graph_def_versions.producer > 100
