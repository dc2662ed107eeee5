"""Gradient descent, plain and with momentum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...ops.constant import convert_to_tensor
from ...ops.elementwise.arithmetic import multiply
from ...ops.elementwise.cast import cast
from ...ops.indexed_slices import IndexedSlices
from ...public import v1
from .optimizer import Optimizer
from .updates import define_updates


def _descend(xp: Any, grad: Any, numbers: Any, variable: Any) -> Sequence[Any]:
    (alpha,) = numbers
    return [variable - grad * alpha]


def _with_momentum(
    xp: Any, grad: Any, numbers: Any, variable: Any, momentum: Any, use_nesterov: bool = False
) -> Sequence[Any]:
    rate, decay = numbers
    speed = momentum * decay + grad
    if use_nesterov:
        return [variable - (grad * rate + speed * (decay * rate)), speed]
    return [variable - speed * rate, speed]


_descents = define_updates("GradientDescent", "VAR alpha grad", _descend, in_one_pass="update_descent")
_momenta = define_updates(
    "Momentum", "VAR ACCUM lr grad momentum", _with_momentum, flag="use_nesterov",
    in_one_pass="update_momentum",
)  # fmt: skip


@v1("train.GradientDescentOptimizer")
class GradientDescentOptimizer(Optimizer):
    """Gradient descent: `var -= learning_rate * grad`.

    Args:
        learning_rate: A number, a tensor, or a function that gives one.
        use_locking: Accepted for v1's sake.
        name: The optimizer's name.
    """

    def __init__(self, learning_rate: Any, use_locking: bool = False, name: str = "GradientDescent") -> None:
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._learning_rate_tensor: Any = None

    def _prepare(self) -> None:
        rate = self._call_if_callable(self._learning_rate)
        self._learning_rate_tensor = convert_to_tensor(rate, name="learning_rate")

    def _rate(self, var: Any) -> Any:
        return cast(self._learning_rate_tensor, var.dtype.base_dtype)

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        return _descents.dense(var, self._rate(var), grad, use_locking=self._use_locking).op

    def _apply_sparse_duplicate_indices(self, grad: Any, var: Any) -> Any:
        # Rows that come more than once are subtracted more than once.
        scaled = multiply(grad.values, cast(self._learning_rate_tensor, grad.dtype.base_dtype), name="mul")
        delta = IndexedSlices(scaled, grad.indices, grad.dense_shape)
        return var.scatter_sub(delta, use_locking=self._use_locking)


@v1("train.MomentumOptimizer")
class MomentumOptimizer(Optimizer):
    """Gradient descent that goes on in the direction of earlier steps.

    `accum = momentum * accum + grad; var -= learning_rate * accum`. With Nesterov's momentum (Sutskever et
    al., 2013) it is `var -= learning_rate * (grad + momentum * accum)`.

    Args:
        learning_rate: A number, a tensor, or a function that gives one.
        momentum: The share of the last step that is kept.
        use_locking: Accepted for v1's sake.
        name: The optimizer's name.
        use_nesterov: Whether to look ahead.
    """

    def __init__(
        self, learning_rate: Any, momentum: Any, use_locking: bool = False, name: str = "Momentum",
        use_nesterov: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._momentum = momentum
        self._use_nesterov = use_nesterov
        self._learning_rate_tensor: Any = None
        self._momentum_tensor: Any = None

    def _create_slots(self, var_list: Sequence[Any]) -> None:
        for each in var_list:
            self._zeros_slot(each, "momentum", self._name)

    def _prepare(self) -> None:
        rate = self._call_if_callable(self._learning_rate)
        self._learning_rate_tensor = convert_to_tensor(rate, name="learning_rate")
        momentum = self._call_if_callable(self._momentum)
        self._momentum_tensor = convert_to_tensor(momentum, name="momentum")

    def _settings(self, var: Any) -> tuple[Any, Any]:
        dtype = var.dtype.base_dtype
        return cast(self._learning_rate_tensor, dtype), cast(self._momentum_tensor, dtype)

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        rate, momentum = self._settings(var)
        return _momenta.dense(
            var, self.get_slot(var, "momentum"), rate, grad, momentum, use_locking=self._use_locking,
            use_nesterov=self._use_nesterov,
        ).op  # fmt: skip

    def _apply_sparse(self, grad: Any, var: Any) -> Any:
        rate, momentum = self._settings(var)
        return _momenta.sparse(
            var, self.get_slot(var, "momentum"), rate, grad.values, momentum, grad.indices,
            use_locking=self._use_locking, use_nesterov=self._use_nesterov,
        ).op  # fmt: skip
