"""Optimizers that draw weights to 0: FTRL and proximal steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...initializers import constant_initializer
from ...ops.constant import constant, convert_to_tensor
from ...ops.elementwise.arithmetic import add, maximum, multiply, realdiv
from ...ops.elementwise.cast import cast
from ...public import v1
from .optimizer import Optimizer
from .updates import define_updates, power, shrunk


def _proximal(xp: Any, grad: Any, numbers: Any, variable: Any) -> Sequence[Any]:
    rate, l1, l2 = numbers
    return [shrunk(xp, variable - grad * rate, l1 * rate) / (1 + l2 * rate)]


def _proximal_adagrad(xp: Any, grad: Any, numbers: Any, variable: Any, accum: Any) -> Sequence[Any]:
    rate, l1, l2 = numbers
    accum = accum + grad * grad
    rate = rate / xp.sqrt(accum)
    return [shrunk(xp, variable - grad * rate, rate * l1) / (1 + l2 * rate), accum]


def _ftrl(xp: Any, grad: Any, numbers: Any, variable: Any, accum: Any, linear: Any) -> Sequence[Any]:
    rate, l1, l2, *shrinkage, exponent = numbers
    more = accum + grad * grad
    root = power(xp, more, -exponent)
    drawn = grad + 2 * shrinkage[0] * variable if shrinkage else grad
    linear = linear + drawn - (root - power(xp, accum, -exponent)) / rate * variable
    return [-shrunk(xp, linear, l1) / (root / rate + 2 * l2), more, linear]


_proximals = define_updates("ProximalGradientDescent", "VAR alpha l1 l2 grad", _proximal)
_proximal_adagrads = define_updates("ProximalAdagrad", "VAR ACCUM lr l1 l2 grad", _proximal_adagrad)
_ftrls = define_updates("Ftrl", "VAR ACCUM LINEAR grad lr l1 l2 lr_power", _ftrl)
_ftrls_v2 = define_updates("FtrlV2", "VAR ACCUM LINEAR grad lr l1 l2 l2_shrinkage lr_power", _ftrl)


@v1("train.ProximalGradientDescentOptimizer")
class ProximalGradientDescentOptimizer(Optimizer):
    """Gradient descent, after each step of which weights are drawn to 0 (Duchi and Singer, 2009).

    Args:
        learning_rate: A number or a tensor.
        l1_regularization_strength: How far each weight is drawn to 0.
        l2_regularization_strength: How strongly large weights are made smaller.
        use_locking: Accepted for v1's sake.
        name: The optimizer's name.
    """

    def __init__(
        self, learning_rate: Any, l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0, use_locking: bool = False,
        name: str = "ProximalGradientDescent",
    ) -> None:  # fmt: skip
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._l1_regularization_strength = l1_regularization_strength
        self._l2_regularization_strength = l2_regularization_strength
        self._settings: tuple[Any, ...] = ()

    def _prepare(self) -> None:
        self._settings = _prepared(
            self._learning_rate, self._l1_regularization_strength, self._l2_regularization_strength
        )

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        settings = [cast(each, var.dtype.base_dtype) for each in self._settings]
        return _proximals.dense(var, *settings, grad, use_locking=self._use_locking).op

    def _apply_sparse(self, grad: Any, var: Any) -> Any:
        settings = [cast(each, var.dtype.base_dtype) for each in self._settings]
        return _proximals.sparse(
            var, *settings, grad.values, grad.indices, use_locking=self._use_locking
        ).op  # fmt: skip


@v1("train.ProximalAdagradOptimizer")
class ProximalAdagradOptimizer(Optimizer):
    """Adagrad, after each step of which weights are drawn to 0 (Duchi and Singer, 2009).

    Args:
        learning_rate: A number or a tensor.
        initial_accumulator_value: What the sum of squares begins with; positive.
        l1_regularization_strength: How far each weight is drawn to 0.
        l2_regularization_strength: How strongly large weights are made smaller.
        use_locking: Accepted for v1's sake.
        name: The optimizer's name.

    Raises:
        ValueError: If `initial_accumulator_value` is not positive.
    """

    def __init__(
        self, learning_rate: Any, initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0, l2_regularization_strength: float = 0.0,
        use_locking: bool = False, name: str = "ProximalAdagrad",
    ) -> None:  # fmt: skip
        if initial_accumulator_value <= 0.0:
            raise ValueError(f"initial_accumulator_value must be positive: {initial_accumulator_value}")
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._initial_accumulator_value = initial_accumulator_value
        self._l1_regularization_strength = l1_regularization_strength
        self._l2_regularization_strength = l2_regularization_strength
        self._settings: tuple[Any, ...] = ()

    def _create_slots(self, var_list: Sequence[Any]) -> None:
        for each in var_list:
            begin = constant(
                self._initial_accumulator_value, shape=each.get_shape(), dtype=each.dtype.base_dtype
            )
            self._get_or_make_slot(each, begin, "accumulator", self._name)

    def _prepare(self) -> None:
        self._settings = _prepared(
            self._learning_rate, self._l1_regularization_strength, self._l2_regularization_strength
        )

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        settings = [cast(each, var.dtype.base_dtype) for each in self._settings]
        accum = self.get_slot(var, "accumulator")
        return _proximal_adagrads.dense(var, accum, *settings, grad, use_locking=self._use_locking).op

    def _apply_sparse(self, grad: Any, var: Any) -> Any:
        settings = [cast(each, var.dtype.base_dtype) for each in self._settings]
        accum = self.get_slot(var, "accumulator")
        return _proximal_adagrads.sparse(
            var, accum, *settings, grad.values, grad.indices, use_locking=self._use_locking
        ).op  # fmt: skip


def _prepared(rate: Any, l1: Any, l2: Any) -> tuple[Any, ...]:
    return (
        convert_to_tensor(rate, name="learning_rate"),
        convert_to_tensor(l1, name="l1_regularization_strength"),
        convert_to_tensor(l2, name="l2_regularization_strength"),
    )


@v1("train.FtrlOptimizer")
class FtrlOptimizer(Optimizer):
    """FTRL-Proximal (McMahan et al., 2013), which makes linear models sparse.

    Args:
        learning_rate: A number or a tensor.
        learning_rate_power: How the learning rate shrinks as squares of gradients add up; not positive.
        initial_accumulator_value: What the sum of squares begins with; not negative.
        l1_regularization_strength: How strongly weights are drawn to 0; not negative.
        l2_regularization_strength: How strongly large weights are made smaller; not negative.
        use_locking: Accepted for v1's sake.
        name: The optimizer's name.
        accum_name: What the slot of squares is called after; `name` if left out.
        linear_name: What the slot of the linear term is called after; `name` if left out.
        l2_shrinkage_regularization_strength: How strongly large weights add to their gradients; not negative.
        beta: A number that damps the learning rate; 0 if left out.

    Raises:
        ValueError: If a number is out of its range.
    """

    def __init__(
        self, learning_rate: Any, learning_rate_power: float = -0.5, initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0, l2_regularization_strength: float = 0.0,
        use_locking: bool = False, name: str = "Ftrl", accum_name: str | None = None,
        linear_name: str | None = None, l2_shrinkage_regularization_strength: float = 0.0,
        beta: float | None = None,
    ) -> None:  # fmt: skip
        super().__init__(use_locking, name)
        for value, what in (
            (initial_accumulator_value, "initial_accumulator_value"),
            (l1_regularization_strength, "l1_regularization_strength"),
            (l2_regularization_strength, "l2_regularization_strength"),
            (l2_shrinkage_regularization_strength, "l2_shrinkage_regularization_strength"),
        ):
            if value < 0.0:
                raise ValueError(f"{what} {value:f} needs to be positive or zero")
        if learning_rate_power > 0.0:
            raise ValueError(f"learning_rate_power {learning_rate_power:f} needs to be negative or zero")
        self._learning_rate = learning_rate
        self._learning_rate_power = learning_rate_power
        self._initial_accumulator_value = initial_accumulator_value
        self._l1_regularization_strength = l1_regularization_strength
        self._l2_regularization_strength = l2_regularization_strength
        self._l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength
        self._beta = 0.0 if beta is None else beta
        self._accum_name = accum_name
        self._linear_name = linear_name
        self._settings: list[Any] = []

    def _create_slots(self, var_list: Sequence[Any]) -> None:
        for each in var_list:
            dtype = each.dtype.base_dtype
            begin = constant_initializer(self._initial_accumulator_value, dtype=dtype)
            self._get_or_make_slot_with_initializer(
                each, begin, each.get_shape(), dtype, "accum", self._accum_name or self._name
            )  # fmt: skip
            self._zeros_slot(each, "linear", self._linear_name or self._name)

    def _prepare(self) -> None:
        rate = convert_to_tensor(self._learning_rate, name="learning_rate")
        l1 = convert_to_tensor(self._l1_regularization_strength, name="l1_regularization_strength")
        damping = realdiv(self._beta, multiply(2.0, maximum(rate, 1e-36), name="mul"), name="truediv")
        l2 = add(self._l2_regularization_strength, damping, name="add")
        self._settings = [rate, l1, l2]
        if self._l2_shrinkage_regularization_strength > 0:
            self._settings.append(
                convert_to_tensor(
                    self._l2_shrinkage_regularization_strength, name="l2_shrinkage_regularization_strength"
                )
            )
        self._settings.append(convert_to_tensor(self._learning_rate_power, name="learning_rate_power"))

    def _inputs(self, grad: Any, var: Any) -> list[Any]:
        slots = [self.get_slot(var, name) for name in ("accum", "linear")]
        return [var, *slots, grad, *(cast(each, var.dtype.base_dtype) for each in self._settings)]

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        op = _ftrls_v2 if len(self._settings) == 5 else _ftrls
        return op.dense(*self._inputs(grad, var), use_locking=self._use_locking).op

    def _apply_sparse(self, grad: Any, var: Any) -> Any:
        op = _ftrls_v2 if len(self._settings) == 5 else _ftrls
        return op.sparse(*self._inputs(grad.values, var), grad.indices, use_locking=self._use_locking).op
