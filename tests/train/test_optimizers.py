"""Optimizers train as TensorFlow's do: the same names, and the same values over 20 steps."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import scopetrie as tf
import training_cases as cases

RECORDED = np.load(cases.FOLDER / "training.npz")
NAMES = json.loads(str(RECORDED["names"]))


@pytest.fixture(autouse=True)
def graph() -> Any:
    with tf.Graph().as_default() as made:
        yield made


@pytest.mark.parametrize("name", cases.OPTIMIZERS)
def test_as_tensorflow(name: str) -> None:
    narrow = name in cases.NARROW
    made = cases.train(tf, name, "float32" if narrow else "float64")
    assert made["names"] == NAMES[name]
    np.testing.assert_allclose(
        made["values"], RECORDED[f"optimizer {name}"], rtol=1e-6, atol=1e-6 if narrow else 1e-9
    )


def test_in_float32_errors_of_rounding_stay_small() -> None:
    made = cases.train(tf, "adam", "float32")
    np.testing.assert_allclose(made["values"], RECORDED["float32 adam"], rtol=1e-5, atol=1e-5)


def variable(name: str = "layer/w", value: float = 2.0) -> Any:
    return tf.get_variable(name, initializer=value)


def names() -> list[str]:
    return [each.name for each in tf.global_variables()]


def test_names_in_scopes() -> None:
    w = variable()
    with tf.name_scope("train"):
        tf.train.AdamOptimizer().minimize(w * w)
    assert names()[1:] == [
        "train/beta1_power:0", "train/beta2_power:0", "layer/w/Adam:0", "layer/w/Adam_1:0",
    ]  # fmt: skip
    with tf.variable_scope("opt"):
        operation = tf.train.AdamOptimizer().minimize(w * w)
    assert operation.name == "opt/Adam"
    assert names()[5:] == [
        "opt/beta1_power:0", "opt/beta2_power:0", "opt/layer/w/Adam:0", "opt/layer/w/Adam_1:0",
    ]  # fmt: skip


def test_an_optimizer_makes_its_slots_once() -> None:
    w = variable()
    optimizer = tf.train.AdamOptimizer()
    made = [optimizer.minimize(w * w), optimizer.minimize(w), tf.train.AdamOptimizer().minimize(w)]
    assert [each.name for each in made] == ["Adam", "Adam_1", "Adam_2"]
    assert tf.get_collection(tf.GraphKeys.TRAIN_OP) == made
    assert names() == [
        "layer/w:0", "beta1_power:0", "beta2_power:0", "layer/w/Adam:0", "layer/w/Adam_1:0",
        "beta1_power_1:0", "beta2_power_1:0", "layer/w/Adam_2:0", "layer/w/Adam_3:0",
    ]  # fmt: skip
    assert tf.trainable_variables() == [w]


def test_slots() -> None:
    w = variable()
    optimizer = tf.train.RMSPropOptimizer(0.1, centered=True)
    optimizer.minimize(w * w)
    assert optimizer.get_slot_names() == ["mg", "momentum", "rms"]
    found = [optimizer.get_slot(w, name).name for name in optimizer.get_slot_names()]
    assert found == ["layer/w/RMSProp_1:0", "layer/w/RMSProp_2:0", "layer/w/RMSProp:0"]
    assert [each.name for each in optimizer.variables()] == sorted(found)
    assert optimizer.get_slot(w, "nonesuch") is None
    assert optimizer.get_slot(3, "rms") is None


def test_slots_of_partitions() -> None:
    with tf.variable_scope("s", partitioner=tf.fixed_size_partitioner(2)):
        w = tf.get_variable("w", [4, 3])
    optimizer = tf.train.AdamOptimizer()
    optimizer.minimize(tf.reduce_sum(tf.convert_to_tensor(w)))
    assert names()[4:] == [f"s/w/part_{part}/{slot}:0" for part in (0, 1) for slot in ("Adam", "Adam_1")]
    assert optimizer.get_slot(next(iter(w)), "m")._get_save_slice_info().full_name == "s/w/Adam"


def test_gradients_may_be_changed_and_zipped() -> None:
    w, b = variable("w", 1.0), variable("b", 2.0)
    optimizer = tf.train.GradientDescentOptimizer(1.0)
    grads, variables = zip(*optimizer.compute_gradients(w * 30.0 + b * 40.0), strict=True)
    clipped, norm = tf.clip_by_global_norm(grads, 5.0)
    step = optimizer.apply_gradients(zip(clipped, variables, strict=True))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run([norm, step])[0] == 50.0
        np.testing.assert_allclose(session.run([w, b]), [-2.0, -2.0], rtol=1e-6)


def test_only_variables_of_a_list_are_trained() -> None:
    w, b = variable("w", 1.0), variable("b", 2.0)
    step = tf.train.GradientDescentOptimizer(1.0).minimize(w * b, var_list=[b])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(step)
        assert session.run([w, b]) == [1.0, 1.0]


def test_grad_loss_and_gates() -> None:
    w = variable("w", 1.0)
    optimizer = tf.train.GradientDescentOptimizer(1.0)
    for gate in (optimizer.GATE_NONE, optimizer.GATE_OP, optimizer.GATE_GRAPH):
        pairs = optimizer.compute_gradients(w * w, grad_loss=10.0 * tf.ones([]), gate_gradients=gate)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            assert session.run(pairs[0][0]) == 20.0


def test_constraints() -> None:
    w = tf.get_variable("w", initializer=[0.1, 0.9], constraint=lambda x: tf.clip_by_value(x, 0.0, 1.0))
    step = tf.train.GradientDescentOptimizer(0.5).minimize(tf.reduce_sum(w))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(step)
        np.testing.assert_allclose(session.run(w), [0.0, 0.4], rtol=1e-6)
    with pytest.raises(RuntimeError, match=r"^Cannot use a constraint function on a sparse variable\.$"):
        tf.train.GradientDescentOptimizer(0.5).minimize(tf.reduce_sum(tf.gather(w, [0])))


def test_a_gradient_that_is_a_view_of_the_variable() -> None:
    size = 70_000  # more than one block
    w = tf.get_variable("w", initializer=np.arange(size, dtype=np.float32))
    step = tf.train.GradientDescentOptimizer(1.0).apply_gradients([(tf.reverse(w, [0]), w)])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(step)
        np.testing.assert_array_equal(session.run(w), 2 * np.arange(size, dtype=np.float32) - (size - 1))


def test_refusals() -> None:
    optimizer = tf.train.AdamOptimizer()
    with pytest.raises(ValueError, match=r"^No variables to optimize\.\nMake variables first"):
        optimizer.minimize(tf.constant(1.0))
    w = variable()
    shown = r"\[\"<tf.Variable 'layer/w:0' shape=\(\) dtype=float32_ref>\"\]"
    fault = "No gradients provided for any variable, check your graph for ops that do not support gradients"
    with pytest.raises(ValueError, match=rf"^{fault}, between variables {shown} and loss Tensor\("):
        optimizer.minimize(tf.constant(1.0))
    with pytest.raises(ValueError, match=rf"^No gradients provided for any variable: {shown}\.$"):
        optimizer.apply_gradients([(None, w)])
    with pytest.raises(ValueError, match=r"^No variables provided\.$"):
        optimizer.apply_gradients([])
    with pytest.raises(ValueError, match=r"^gate_gradients must be one of: .*  Not 7$"):
        optimizer.minimize(w * w, gate_gradients=7)
    with pytest.raises(ValueError, match=r"^Invalid type tf.int32 for Cast:0, expected: \[tf.float32, tf"):
        optimizer.minimize(tf.cast(w, tf.int32))
    with pytest.raises(ValueError, match=r"^Must specify the optimizer name$"):
        tf.train.Optimizer(False, "")
    with pytest.raises(NotImplementedError):
        tf.train.Optimizer(False, "Base").minimize(w * w)
    with pytest.raises(ValueError, match=r"^initial_accumulator_value must be positive: 0\.0$"):
        tf.train.AdagradOptimizer(0.1, 0.0)
    with pytest.raises(
        ValueError, match=r"^l1_regularization_strength -1.000000 needs to be positive or zero$"
    ):
        tf.train.FtrlOptimizer(0.1, l1_regularization_strength=-1.0)


def test_nothing_is_left_of_a_step_that_fails(graph: Any) -> None:
    w = variable()
    calls = []

    class Failing(tf.train.AdamOptimizer):
        def _apply_dense(self, grad: Any, var: Any) -> Any:
            calls.append(var)
            if len(calls) == 1:
                raise RuntimeError("in vain")
            return super()._apply_dense(grad, var)

    optimizer, loss = Failing(), w * w
    before = len(graph.get_operations())
    with pytest.raises(RuntimeError, match=r"^in vain$"):
        optimizer.minimize(loss)
    assert len(graph.get_operations()) == before
    assert (names(), optimizer.variables()) == (["layer/w:0"], [])
    optimizer.minimize(loss)
    assert names()[1:] == ["beta1_power:0", "beta2_power:0", "layer/w/Adam:0", "layer/w/Adam_1:0"]


def test_a_subclass() -> None:
    class Sign(tf.train.Optimizer):
        def __init__(self, rate: float) -> None:
            super().__init__(False, "Sign")
            self._rate = rate

        def _create_slots(self, var_list: Any) -> None:
            for each in var_list:
                self._zeros_slot(each, "count", self._name)

        def _prepare(self) -> None:
            self._rate_t = tf.convert_to_tensor(self._call_if_callable(self._rate), name="rate")

        def _apply_dense(self, grad: Any, var: Any) -> Any:
            count = tf.assign_add(self.get_slot(var, "count"), tf.ones_like(grad))
            return tf.group(tf.assign_sub(var, self._rate_t * tf.sign(grad)), count)

    w = variable("w", 1.0)
    optimizer = Sign(0.25)
    step = optimizer.minimize(w * w)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(step)
        session.run(step)
        assert session.run([w, optimizer.get_slot(w, "count")]) == [0.5, 2.0]


def test_learning_rates_from_functions_and_tensors() -> None:
    w = variable("w", 1.0)
    rate = tf.placeholder(tf.float32, [])
    steps = [tf.train.GradientDescentOptimizer(each).minimize(w * 2.0) for each in (lambda: 0.25, rate)]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(steps[0])
        assert session.run(w) == 0.5
        session.run(steps[1], {rate: 0.5})
        assert session.run(w) == -0.5
