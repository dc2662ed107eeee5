"""Creation of variables: shapes, known or not, and what remains when it fails."""

import pytest
import scopetrie as tf

UNKNOWN = tf.TensorShape(None)


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def ones():
    return tf.ones([2])


@pytest.mark.parametrize(
    ("arguments", "shape"),
    [
        ({"initializer": ones}, "(2,)"),
        ({"initializer": ones, "shape": [None]}, "(?,)"),
        ({"initializer": ones, "shape": UNKNOWN}, "<unknown>"),
        ({"initializer": ones, "validate_shape": False}, "<unknown>"),
        ({"initializer": ones, "shape": [None], "validate_shape": False}, "(?,)"),
        ({"initializer": 2.0, "validate_shape": False}, "<unknown>"),
        ({"shape": [2]}, "(2,)"),
        ({"shape": [2], "validate_shape": False}, "(2,)"),
    ],
)
def test_shapes_of_get_variable(arguments, shape):
    v = tf.get_variable("v", **arguments)
    assert [str(each.shape) for each in (v, v.op.outputs[0], v.value())] == [shape] * 3
    assert v.initializer.outputs[0].shape == v.initial_value.shape


@pytest.mark.parametrize(
    ("arguments", "shape"),
    [
        ({}, "(2,)"),
        ({"shape": [2]}, "(2,)"),
        ({"shape": [None]}, "(?,)"),
        ({"shape": UNKNOWN}, "<unknown>"),
        ({"expected_shape": [3]}, "(2,)"),
        ({"validate_shape": False}, "<unknown>"),
        ({"validate_shape": False, "shape": [3]}, "(3,)"),
    ],
)
@pytest.mark.parametrize("value", [[1.0, 2.0], ones], ids=["value", "callable"])
def test_shapes_of_variable(value, arguments, shape):
    v = tf.Variable(value, **arguments)
    assert str(v.shape) == str(v.value().shape) == shape
    assert v.initializer.outputs[0].shape.as_list() == [2]


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (
            lambda: tf.Variable([1.0, 2.0], shape=[3], name="v"),
            "Dimension 0 in both shapes must be equal, but are 3 and 2. Shapes are [3] and [2]. for '{{node ",
        ),
        (
            lambda: tf.Variable(2.0, shape=[3], name="v"),
            "Shapes must be equal rank, but are 1 and 0 for '{{node v/Assign}} = Assign[T=DT_FLOAT, ",
        ),
        (
            lambda: tf.get_variable("v", [None, None], initializer=ones),
            "Shapes must be equal rank, but are 2 and 1 for '{{node v/Assign}} = Assign[T=DT_FLOAT, ",
        ),
        (
            lambda: tf.Variable(tf.placeholder(tf.float32), shape=[3]),
            'initial_value must have a shape specified: Tensor("Placeholder:0", dtype=float32)',
        ),
        (lambda: tf.Variable(None), "initial_value must be specified."),
        (lambda: tf.Variable(), "initial_value must be specified."),
        (lambda: tf.Variable(lambda: None), "None values not supported."),
        (
            lambda: tf.Variable(tf.constant(1), dtype=tf.float32),
            "initial_value: Tensor conversion requested dtype float32 for Tensor with dtype int32: ",
        ),
    ],
)
def test_refused(make, text):
    with pytest.raises(ValueError) as caught:
        make()
    assert str(caught.value).startswith(text)
    assert tf.global_variables() == []


def test_creators_see_the_shape_asked_for():
    seen = []

    def creator(next_creator, **kwargs):
        seen.append(kwargs["shape"])
        return next_creator(**kwargs)

    with tf.variable_creator_scope(creator):
        tf.get_variable("a", [2])
        tf.get_variable("b", [None], initializer=ones)
        tf.get_variable("c", initializer=ones)
        tf.get_variable("d", initializer=2.0)
    assert seen == [tf.TensorShape([2]), seen[1], None, None]
    assert seen[1].as_list() == [None]


def test_a_value_of_another_shape_is_warned_of():
    """TensorFlow 1's initializers might return plain values; the value's shape is then the variable's."""
    with pytest.warns(UserWarning, match=r"asked for shape \(2,\) and returned a value of shape \(3,\)"):
        v = tf.get_variable("v", [2], initializer=lambda shape, dtype: [1.0, 2.0, 3.0])
    assert v.shape.as_list() == [3]


def test_a_tensor_of_another_shape_is_refused(graph):
    with pytest.raises(ValueError, match="Dimension 0 in both shapes must be equal, but are 2 and 3"):
        tf.get_variable("v", [2], initializer=lambda shape, dtype: tf.ones([3]))
    assert graph.get_operations() == []
