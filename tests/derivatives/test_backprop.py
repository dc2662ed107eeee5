"""The reverse pass: which gradients, under which names, and what it refuses. Names and texts are v1's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scopetrie as tf


@pytest.fixture(autouse=True)
def graph() -> Any:
    with tf.Graph().as_default() as made:
        yield made


def scalar(*names: str) -> Any:
    made = [tf.placeholder(tf.float32, [], name=name) for name in names]
    return made[0] if len(made) == 1 else made


def values(fetches: Any, feeds: Any = None) -> Any:
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(fetches, feeds)


def test_names_are_v1s() -> None:
    x = tf.placeholder(tf.float32, [None, 2])
    w, b = tf.get_variable("w", [2, 3]), tf.get_variable("b", [3])
    loss = tf.reduce_mean(tf.square(tf.matmul(x, w) + b))
    names = [each.name for each in tf.gradients(loss, [w, b, x])]
    assert names == [
        "gradients/MatMul_grad/MatMul_1:0",
        "gradients/add_grad/Reshape:0",
        "gradients/MatMul_grad/MatMul:0",
    ]


def test_sums_are_called_add_n() -> None:
    x, y = tf.placeholder(tf.float32, [2, 3]), tf.placeholder(tf.float32, [2, 3])
    names = [each.name for each in tf.gradients([x * y, x - y, x / y], [x, y])]
    assert names == ["gradients/AddN:0", "gradients/AddN_1:0"]
    assert [each.name for each in tf.gradients(x * x, [x], name="mine")] == ["mine/AddN:0"]


def test_scopes_of_the_caller_and_of_the_operation() -> None:
    x = scalar("x")
    with tf.name_scope("top"):
        with tf.name_scope("in"):
            y = tf.nn.relu(x)
        assert tf.gradients(y, x)[0].name == "top/gradients/top/in/Relu_grad/ReluGrad:0"


def test_gates_are_identities_under_v1s_names() -> None:
    x, y = scalar("x", "y")
    found = tf.gradients(x * y, [x, y], gate_gradients=True)
    assert [each.name for each in found] == [
        "gradients/mul_grad/tuple/control_dependency:0",
        "gradients/mul_grad/tuple/control_dependency_1:0",
    ]
    assert values(found, {x: 2.0, y: 3.0}) == [3.0, 2.0]


def test_several_ways_and_several_ys_add_up() -> None:
    x, y = scalar("x", "y")
    z = x * x * y + y
    assert values(tf.gradients([z, y], [x, y]), {x: 3.0, y: 2.0}) == [12.0, 11.0]


def test_grad_ys() -> None:
    x = tf.placeholder(tf.float32, [2])
    (found,) = tf.gradients(x * 3.0, x, grad_ys=[[1.0, 10.0]])
    np.testing.assert_array_equal(values(found, {x: [0.0, 0.0]}), [3.0, 30.0])
    (only,) = tf.gradients([x * 3.0, x], x, grad_ys=[None, tf.zeros([2])])
    np.testing.assert_array_equal(values(only, {x: [0.0, 0.0]}), [3.0, 3.0])


def test_by_itself() -> None:
    x = scalar("x")
    assert tf.gradients(x, x)[0].name == "gradients/grad_ys_0:0"
    assert values(tf.gradients([x, x], x), {x: 1.0}) == [2.0]


def test_by_something_on_the_way_and_beyond_it() -> None:
    x = scalar("x")
    y = x * x
    z = y * x
    assert values(tf.gradients(z, [x, y]), {x: 3.0}) == [27.0, 3.0]


def test_stop_gradients_are_constants() -> None:
    x = scalar("x")
    y = x * x
    z = y * x
    assert values(tf.gradients(z, [x, y], stop_gradients=[y]), {x: 3.0}) == [9.0, 3.0]
    assert values(tf.gradients(tf.stop_gradient(y) * x, x), {x: 3.0}) == [9.0]


def test_nothing_depends_on_it() -> None:
    x, y = scalar("x", "y")
    assert tf.gradients(x * 2.0, [y]) == [None]
    made = tf.gradients(x * 2.0, [x, y], unconnected_gradients=tf.UnconnectedGradients.ZERO)
    assert made[1].name == "zeros_like:0"
    assert values(made, {x: 1.0, y: 5.0}) == [2.0, 0.0]
    with pytest.raises(ValueError, match=r"^Unknown value for unconnected_gradients: 'zerox'$"):
        tf.gradients(x, x, unconnected_gradients="zerox")


def test_integers_are_constants() -> None:
    x = tf.placeholder(tf.float32, [2])
    whole = tf.cast(x, tf.int32)
    assert tf.gradients(tf.cast(whole * 2, tf.float32), x) == [None]
    assert tf.gradients(whole * 2, whole) == [None]
    assert tf.gradients(tf.cast(whole, tf.float32) * 2.0, whole) == [None]


def test_by_variables_and_their_reads() -> None:
    v = tf.get_variable("v", initializer=3.0)
    loss = v * v + v.value()
    assert values(tf.gradients(loss, [v])) == [7.0]
    assert values(tf.gradients(loss, v)) == [7.0]


def test_second_and_third_order() -> None:
    x = scalar("x")
    y = x * x * x * x
    for expected in (32.0, 48.0, 48.0, 24.0):
        (y,) = tf.gradients(y, x)
        assert values(y, {x: 2.0}) == expected


def test_broadcasting_of_unknown_shapes() -> None:
    x, y = (tf.placeholder(tf.float32, None) for _ in range(2))
    found = tf.gradients(x * y, [x, y])
    feeds = {x: np.ones([4, 1, 3], np.float32), y: np.full([2, 1], 2.0, np.float32)}
    of_x, of_y = values(found, feeds)
    np.testing.assert_array_equal(of_x, np.full([4, 1, 3], 4.0))
    np.testing.assert_array_equal(of_y, np.full([2, 1], 12.0))


def test_refusals() -> None:
    x = tf.placeholder(tf.float32, [2])
    with pytest.raises(ValueError, match=r"^Length mismatch. Passed 2 grad_ys for 1 ys$"):
        tf.gradients(x, x, grad_ys=[1.0, 2.0])
    with pytest.raises(TypeError, match=r"^Gradient type bool generated for real or integer-valued tensor"):
        tf.gradients(x, x, grad_ys=[tf.constant([True, False])])
    with pytest.raises(TypeError, match=r"^Gradients of complex tensors \(.*\) must set grad_ys"):
        tf.gradients(tf.complex(x, x), x)
    with pytest.raises(ValueError, match=r"^Invalid `aggregation_method` specified 7."):
        tf.gradients(x, x, aggregation_method=7)


def test_an_op_without_a_gradient_is_named_and_nothing_is_left_behind(graph: Any) -> None:
    odd = tf.register_op("OddMine", lambda xp: lambda x: x)
    x = scalar("x")
    y = tf.sqrt(odd(x * 2.0))
    before = len(graph.get_operations())
    with pytest.raises(
        LookupError,
        match=r"^No gradient defined for operation'OddMine' \(op type: OddMine\)\. In general",
    ):
        tf.gradients(y, x)
    assert len(graph.get_operations()) == before


def test_a_gradient_of_the_programs_own() -> None:
    mine = tf.register_op("TwiceMine", lambda xp: lambda x: x + x)

    @tf.RegisterGradient("TwiceMine")
    def twice(op: Any, grad: Any) -> Any:
        assert op.type == "TwiceMine"
        return grad * 7.0

    x = scalar("x")
    assert values(tf.gradients(mine(x), x), {x: 1.0}) == [7.0]
    with pytest.raises(
        KeyError, match=r"Registering two gradient with name 'TwiceMine'! \(Previous registration"
    ):
        tf.RegisterGradient("TwiceMine")(twice)
    with pytest.raises(KeyError, match=r"Registering two gradient with name 'Relu'!"):
        tf.RegisterGradient("Relu")(twice)
    with pytest.raises(TypeError, match=r"^op_type must be a string$"):
        tf.RegisterGradient(3)


def test_no_gradient() -> None:
    flat = tf.register_op("FlatMine", lambda xp: lambda x: x)
    tf.NotDifferentiable("FlatMine")
    x = scalar("x")
    assert tf.gradients(flat(x), x) == [None]
    assert values(tf.gradients(flat(x) * x, x), {x: 5.0}) == [5.0]


def test_override_map(graph: Any) -> None:
    x = scalar("x")

    @tf.RegisterGradient("PassStraight")
    def straight(op: Any, grad: Any) -> Any:
        return grad

    with graph.gradient_override_map({"Sign": "PassStraight", "Relu": "Missing"}):
        y = tf.sign(x * 2.0)
        other = tf.nn.relu(x)
    assert values(tf.gradients([y, tf.sign(x)], x), {x: 3.0}) == [2.0]
    with pytest.raises(LookupError, match=r"^No gradient defined for operation'Relu'"):
        tf.gradients(other, x)
    with pytest.raises(TypeError, match=r"^op_type_map must be a dictionary mapping strings to strings$"):
        graph.gradient_override_map([1])


def test_what_gradient_functions_may_not_return() -> None:
    two, seven = (tf.register_op(name, lambda xp: lambda x: x) for name in ("TwoMine", "SevenMine"))
    tf.RegisterGradient("TwoMine")(lambda op, grad: [grad, grad])
    tf.RegisterGradient("SevenMine")(lambda op, grad: tf.zeros([7]))
    x = tf.placeholder(tf.float32, [2])
    with pytest.raises(
        ValueError, match=r"^Num gradients 2 generated for op TwoMine do not match num inputs 1$"
    ):
        tf.gradients(two(x), x)
    fault = (
        r"^Incompatible shapes between op input and calculated input gradient. Forward operation: SevenMine. "
        r"Input index: 0. Original input shape: \(2,\). Calculated input gradient shape: \(7,\)$"
    )
    with pytest.raises(ValueError, match=fault):
        tf.gradients(seven(x), x)
