"""Invalid operands: v1's error for each value and op (recorded from TensorFlow 2.21)."""

import operator

import pytest
import scopetrie as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def error(function, *args):
    """The error's class and text."""
    with pytest.raises((TypeError, ValueError)) as caught:
        function(*args)
    return caught.type, str(caught.value)


def floats():
    return tf.constant([1.0, 2.0], name="f")


def ints():
    return tf.constant([1, 2], name="i")


@pytest.mark.parametrize("name", ["sub", "mul", "floordiv"])
def test_on_the_left_of_an_operator_the_value_alone_is_named(name):
    """Python swaps the operands, and the value is converted before the operation is known."""
    swapped = getattr(operator, name)
    assert error(swapped, 1.5, ints()) == (TypeError, "Expected int32, but got 1.5 of type 'float'.")
    assert error(swapped, "x", floats()) == (TypeError, "Expected float32, but got x of type 'str'.")
    assert error(swapped, None, floats()) == (ValueError, "None values not supported.")


@pytest.mark.parametrize(
    ("name", "op"),
    [("sub", "Sub"), ("mul", "Mul"), ("floordiv", "FloorDiv"), ("lt", "Less"), ("ge", "GreaterEqual")],
)
def test_on_the_right_the_parameter_is_named(name, op):
    apply = getattr(operator, name)
    assert error(apply, ints(), 1.5) == (
        TypeError,
        f"Expected int32 passed to parameter 'y' of op '{op}', got 1.5 of type 'float' instead. "
        "Error: Expected int32, but got 1.5 of type 'float'.",
    )
    assert error(apply, ints(), [1.5]) == (
        TypeError,
        f"Expected int32 passed to parameter 'y' of op '{op}', got [1.5] of type 'list' instead. "
        "Error: Expected int32, but got 1.5 of type 'float'.",
    )
    text = "Tried to convert 'y' to a tensor and failed. Error: None values not supported."
    assert error(apply, ints(), None) == (ValueError, text)


def differs(name: str, op: str, dtype: str, wanted: str, first: str = "x") -> str:
    """v1's text for an operand of another dtype, with the fix."""
    text = f"Input '{name}' of '{op}' Op has type {dtype} that does not match type {wanted}"
    return f"{text} of argument '{first}'.\ntf.cast(value, tf.{wanted}) converts it."


def test_an_addition_converts_its_operands_on_their_own():
    text = differs("y", "AddV2", "float32", "int32")
    assert error(operator.add, ints(), 1.5) == (TypeError, text)
    assert error(tf.add, ints(), 1.5) == (TypeError, text)
    text = differs("y", "AddV2", "int32", "float32")
    assert error(tf.add, 1.5, ints()) == (TypeError, text)
    assert error(operator.add, 1.5, ints()) == (TypeError, "Expected int32, but got 1.5 of type 'float'.")
    assert error(operator.add, floats(), None) == (ValueError, "None values not supported.")
    assert error(operator.add, None, floats()) == (ValueError, "None values not supported.")


def test_functions():
    assert error(tf.multiply, floats(), "x") == (
        TypeError,
        "Expected float32 passed to parameter 'y' of op 'Mul', got 'x' of type 'str' instead. "
        "Error: Expected float32, but got x of type 'str'.",
    )
    text = differs("y", "Mul", "int32", "float32")
    assert error(tf.multiply, 2.5, ints()) == (TypeError, text)
    text = "Tried to convert 'input' to a tensor and failed. Error: None values not supported."
    assert error(tf.identity, None) == (ValueError, text)


def test_the_dtype_of_the_first_operand_is_looked_at_first():
    flag = tf.constant([True])
    kind, text = error(operator.sub, flag, 1)
    assert kind is TypeError
    assert text.startswith("Value passed to parameter 'x' has DataType bool not in list of allowed values: ")


def test_assignments():
    v, flag = tf.Variable([1.0, 2.0]), tf.Variable(True)
    for assign in (v.assign, lambda value: tf.assign(v, value)):
        assert error(assign, "x") == (
            TypeError,
            "Expected float32 passed to parameter 'value' of op 'Assign', got 'x' of type 'str' instead. "
            "Error: Expected float32, but got x of type 'str'.",
        )
    assert error(v.assign, tf.constant([1, 2])) == (
        TypeError,
        differs("value", "Assign", "int32", "float32", "ref"),
    )
    assert error(flag.assign_add, True)[1].startswith(
        "Value passed to parameter 'ref' has DataType bool not in"
    )


def test_nothing_is_left_of_what_was_refused(graph):
    x = ints()
    error(operator.mul, x, 1.5)
    error(operator.mul, 1.5, x)
    assert graph.get_operations() == [x.op]
    assert (x * 2).name == "mul:0"


class TestNames:
    """Names that are empty, or only a slash."""

    def test_empty_is_the_default_but_for_constants(self, graph):
        with tf.name_scope("o"):
            assert tf.identity(1.0, name="").name == "o/Identity:0"
            assert tf.no_op(name="").name == "o/NoOp"
            assert tf.placeholder(tf.float32, name="").name == "o/Placeholder:0"
            assert tf.constant(1.0, name="").name == "o/:0"
            assert tf.constant(1.0, name="").name == "o/_1:0"
        assert error(lambda: tf.constant(1.0, name=""))[1].startswith("`` is not a valid node name.")

    def test_variables(self):
        v = tf.Variable(1.0, name="")
        assert [x.name for x in (v.initial_value, v, v.value())] == [
            "initial_value:0",
            "VariableV2:0",
            "read:0",
        ]
        assert v.initializer.name == "Assign"
        w = tf.get_variable("", [2])
        assert (w.name, w.initializer.name) == ("VariableV2_1:0", "Assign_1")
        with tf.variable_scope("", reuse=True):
            assert tf.get_variable("", [2]) is w

    @pytest.mark.parametrize(
        ("make", "at_root", "inside"),
        [
            (
                lambda name: tf.identity(1.0, name=name),
                "'/' is not a valid root scope name",
                "`` is not a valid",
            ),
            (lambda name: tf.constant(1.0, name=name), "`` is not a valid node name", "`` is not a valid"),
            (lambda name: tf.no_op(name=name), "'/' is not a valid root scope name", "`` is not a valid"),
            (lambda name: tf.Variable(1.0, name=name), "'/' is not a valid root", "'/' is not a valid root"),
        ],
    )
    def test_a_slash(self, make, at_root, inside):
        assert error(make, "/")[1].startswith(at_root)
        with tf.name_scope("o"):
            assert error(make, "/")[1].startswith(inside)

    def test_a_scope_that_is_a_slash(self):
        with tf.variable_scope("o"), tf.variable_scope("/") as scope:
            assert (scope.name, scope.original_name_scope) == ("o//", "/")
            assert tf.constant(1.0, name="c").name == "c:0"
