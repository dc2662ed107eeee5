"""Defun: functions whose calls are made anew, with gradients of their own."""

from __future__ import annotations

import pytest
import scopetrie as tf
from scopetrie.derivatives.defun import Defun


def test_gradients() -> None:
    with tf.Graph().as_default(), tf.Session() as session:

        @Defun(tf.float32, tf.float32, tf.float32)
        def backward(x: tf.Tensor, y: tf.Tensor, dz: tf.Tensor) -> list[tf.Tensor]:
            return [7.0 * dz, 8.0 * dz]

        def from_op(op: object, dz: tf.Tensor) -> list[tf.Tensor]:
            return [dz * op.inputs[1] * 2.0, dz * op.outputs[0]]  # type: ignore[attr-defined]

        for arguments, wanted in (
            ({}, [5.0, 3.0]), ({"grad_func": backward}, [7.0, 8.0]),
            ({"python_grad_func": from_op}, [10.0, 15.0]),
        ):  # fmt: skip
            times = Defun(tf.float32, tf.float32, func_name="Times", **arguments)(lambda x, y: x * y)
            x, y = tf.constant(3.0), tf.constant(5.0)
            z = times(x, y)
            assert z.op.name.startswith("Times") and session.run(z) == 15.0
            assert session.run(tf.gradients(z, [x, y])) == wanted


def test_arguments() -> None:
    with tf.Graph().as_default():
        double = Defun(tf.float32)(lambda x: x + x)
        assert double(1).dtype is tf.float32
        with pytest.raises(ValueError, match="Expected number of arguments: 1, received: 2"):
            double(1, 2)
        with pytest.raises(ValueError, match="Gradient defined twice"):
            Defun(grad_func=double, python_grad_func=double)


def test_by_its_inner_module() -> None:
    with tf.as_tensorflow():
        from tensorflow.python.framework import function
    assert function.Defun is Defun
