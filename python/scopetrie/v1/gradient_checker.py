"""`tf.test.compute_gradient`: what `gradients` gives, beside differences of values.

>>> import scopetrie as tf
>>> x = tf.constant([3.0], tf.float64)
>>> with tf.Session():
...     theory, measured = tf.test.compute_gradient(x, [1], x * x, [1], x_init_value=np.array([3.0]))
>>> theory.tolist(), measured.round(6).tolist()
([[6.0]], [[6.0]])
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..derivatives.backprop import gradients
from ..execution import Session, get_default_session
from ..graph import Tensor
from ..ops.array.fill import identity
from ..ops.constant import constant, convert_to_tensor

__all__ = ["compute_gradient", "compute_gradient_error"]

_Array = np.ndarray[Any, Any]
_DTYPES = ("float16", "bfloat16", "float32", "float64", "complex64", "complex128")


def _numbers(array: _Array) -> _Array:
    """The real numbers of an array in a row; a complex number is two."""
    flat = array.ravel()
    return flat.view(flat.real.dtype) if np.iscomplexobj(flat) else flat


def _require(name: str, tensor: Any) -> None:
    if tensor.dtype.base_dtype.name not in _DTYPES:
        raise AssertionError(f"Don't support type {tensor.dtype.base_dtype.name} for {name}")


def _start(x: Any, shape: Sequence[int], given: Any) -> _Array:
    """The point at which the two are compared: drawn from [0, 1) where it is not given."""
    dtype = x.dtype.base_dtype.as_numpy_dtype
    if given is None:
        drawn = np.random.random_sample(shape)  # noqa: NPY002  # which a test case seeds
        if x.dtype.is_complex:
            drawn = drawn + 1j * np.random.random_sample(shape)  # noqa: NPY002
        return np.asarray(drawn, dtype)
    value = np.array(given, dtype)
    if list(shape) != list(value.shape):
        raise AssertionError(f"x_shape = {list(shape)}, init_data shape = {list(value.shape)}")
    return value


class _Check:
    """The two matrices of derivatives of y by x: a row for each number of x, a column for each of y's."""

    def __init__(self, session: Session, x: Tensor, y: Tensor, y_shape: Sequence[int], feeds: Any) -> None:
        _require("x", x)
        _require("y", y)
        self._run, self._x, self._y, self._feeds = session.run, x, y, dict(feeds or {})
        ones = np.ones(y_shape, y.dtype.base_dtype.as_numpy_dtype)
        self._dy = constant(ones, y.dtype.base_dtype)
        found = gradients([y], [x], grad_ys=[identity(self._dy)])[0]
        if found is None:
            raise ValueError(f"compute_gradient: {y.name} does not depend on {x.name}: it has no gradient")
        self._dx = convert_to_tensor(found)
        self._dy_like = ones

    def theory(self, start: _Array) -> _Array:
        """What `gradients` gives."""
        weights = np.zeros_like(self._dy_like)
        places = _numbers(weights)
        jacobian = np.zeros((_numbers(start).size, places.size), _numbers(start).dtype)
        for column in range(places.size):
            places[column] = 1
            found = self._run(self._dx, {**self._feeds, self._x: start, self._dy: weights})
            jacobian[:, column] = _numbers(np.asarray(found))
            places[column] = 0
        return jacobian

    def measured(self, start: _Array, delta: float) -> _Array:
        """What differences of values give."""
        point = start.copy()
        numbers = _numbers(point)
        jacobian = np.zeros((numbers.size, _numbers(self._dy_like).size), numbers.dtype)
        for row in range(numbers.size):
            before, sides = numbers[row], []
            for step in (-delta, delta):
                numbers[row] = before + step
                sides.append(np.array(self._run(self._y, {**self._feeds, self._x: point})))
            numbers[row] = before
            jacobian[row] = _numbers((sides[1] - sides[0]) / (2 * delta))
        return jacobian


def compute_gradient(
    x: Any, x_shape: Any, y: Any, y_shape: Sequence[int], x_init_value: Any = None, delta: float = 1e-3,
    init_targets: Sequence[Any] | None = None, extra_feed_dict: Mapping[Any, Any] | None = None,
) -> Any:  # fmt: skip
    """Computes the derivatives of y by x twice: by `gradients`, and by differences of values.

    Args:
        x: A tensor, or a list of them.
        x_shape: Its shape, or a list of them.
        y: The tensor that is computed from it.
        y_shape: Its shape.
        x_init_value: The value of x at which they are computed; drawn from [0, 1) by default.
        delta: The difference.
        init_targets: What is run first, as initializers of variables.
        extra_feed_dict: What is fed to other tensors.

    Returns:
        Two arrays, with a row for each element of x and a column for each of y; a complex number has two. A
        list of such pairs if x is a list.

    Raises:
        AssertionError: If a dtype is not of floats, or the value of x does not have the shape.
        ValueError: If there is no default session, or y does not depend on x.
    """
    session: Any = get_default_session()
    if session is None:
        raise ValueError("compute_gradient: there is no default session. Call it in `with tf.Session():`")
    if init_targets is not None:
        if not isinstance(init_targets, (list, tuple)):
            raise AssertionError("init_targets must be a list of operations")
        for each in init_targets:
            session.run(each)
    is_list = isinstance(x, list)
    target = convert_to_tensor(y)
    results = []
    for each, shape, given in (
        zip(x, x_shape, x_init_value or [None] * len(x), strict=True)
        if is_list
        else [(x, x_shape, x_init_value)]
    ):
        source = convert_to_tensor(each)
        check = _Check(session, source, target, y_shape, extra_feed_dict)
        start = _start(source, shape, given)
        results.append((check.theory(start), check.measured(start, delta)))
    return results if is_list else results[0]


def compute_gradient_error(
    x: Any, x_shape: Any, y: Any, y_shape: Sequence[int], x_init_value: Any = None, delta: float = 1e-3,
    init_targets: Sequence[Any] | None = None, extra_feed_dict: Mapping[Any, Any] | None = None,
) -> float:  # fmt: skip
    """Returns the largest difference between the two results of `compute_gradient`.

    Args:
        x: A tensor, or a list of them.
        x_shape: Its shape, or a list of them.
        y: The tensor that is computed from it.
        y_shape: Its shape.
        x_init_value: The value of x at which they are computed; drawn from [0, 1) by default.
        delta: The difference.
        init_targets: What is run first, as initializers of variables.
        extra_feed_dict: What is fed to other tensors.

    Raises:
        AssertionError: If a dtype is not of floats, or the value of x does not have the shape.
        ValueError: If there is no default session, or y does not depend on x.
    """
    found = compute_gradient(x, x_shape, y, y_shape, x_init_value, delta, init_targets, extra_feed_dict)
    pairs = found if isinstance(found, list) else [found]
    return max((float(np.abs(a - b).max()) for a, b in pairs if a.size), default=0.0)
