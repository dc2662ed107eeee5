"""Adagrad, plain and by dual averaging."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ... import dtypes
from ...graph import get_default_graph
from ...initializers import constant_initializer
from ...ops.array.fill import identity
from ...ops.constant import constant, convert_to_tensor
from ...ops.elementwise.arithmetic import add
from ...ops.elementwise.cast import cast
from ...public import v1
from .optimizer import Optimizer
from .updates import define_updates, shrunk


def _adagrad(xp: Any, grad: Any, numbers: Any, variable: Any, accum: Any) -> Sequence[Any]:
    (rate,) = numbers
    accum = accum + grad * grad
    return [variable - grad * rate / xp.sqrt(accum), accum]


def _dual_averaging(
    xp: Any, grad: Any, numbers: Any, variable: Any, total: Any, squares: Any
) -> Sequence[Any]:
    rate, l1, l2, step = numbers
    step = xp.asarray(step, dtype=grad.dtype)
    total, squares = total + grad, squares + grad * grad
    return [-rate * shrunk(xp, total, l1 * step) / (l2 * step * rate + xp.sqrt(squares)), total, squares]


_adagrads = define_updates("Adagrad", "VAR ACCUM lr grad", _adagrad, in_one_pass="update_adagrad")
_averages = define_updates(
    "AdagradDA",
    "VAR GRADIENT_ACCUMULATOR GRADIENT_SQUARED_ACCUMULATOR grad lr l1 l2 global_step",
    _dual_averaging,
    longs=("global_step",),
)


@v1("train.AdagradOptimizer")
class AdagradOptimizer(Optimizer):
    """Adagrad (Duchi et al., 2011): `accum += grad^2; var -= learning_rate * grad / sqrt(accum)`.

    Args:
        learning_rate: A number, a tensor, or a function that gives one.
        initial_accumulator_value: What `accum` begins with; positive.
        use_locking: Accepted for v1's sake.
        name: The optimizer's name.

    Raises:
        ValueError: If `initial_accumulator_value` is not positive.
    """

    def __init__(
        self, learning_rate: Any, initial_accumulator_value: float = 0.1, use_locking: bool = False,
        name: str = "Adagrad",
    ) -> None:  # fmt: skip
        if initial_accumulator_value <= 0.0:
            raise ValueError(f"initial_accumulator_value must be positive: {initial_accumulator_value}")
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._initial_accumulator_value = initial_accumulator_value
        self._learning_rate_tensor: Any = None

    def _create_slots(self, var_list: Sequence[Any]) -> None:
        for each in var_list:
            dtype = each.dtype.base_dtype
            begin = constant_initializer(self._initial_accumulator_value, dtype=dtype)
            self._get_or_make_slot_with_initializer(
                each, begin, each.get_shape(), dtype, "accumulator", self._name
            )  # fmt: skip

    def _prepare(self) -> None:
        rate = self._call_if_callable(self._learning_rate)
        self._learning_rate_tensor = convert_to_tensor(rate, name="learning_rate")

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        rate = cast(self._learning_rate_tensor, var.dtype.base_dtype)
        accum = self.get_slot(var, "accumulator")
        return _adagrads.dense(var, accum, rate, grad, use_locking=self._use_locking).op

    def _apply_sparse(self, grad: Any, var: Any) -> Any:
        rate = cast(self._learning_rate_tensor, var.dtype.base_dtype)
        accum = self.get_slot(var, "accumulator")
        return _adagrads.sparse(
            var, accum, rate, grad.values, grad.indices, use_locking=self._use_locking
        ).op  # fmt: skip


@v1("train.AdagradDAOptimizer")
class AdagradDAOptimizer(Optimizer):
    """Adagrad by dual averaging (Duchi et al., 2011), which makes linear models sparse.

    Args:
        learning_rate: A number or a tensor.
        global_step: A variable that counts the steps.
        initial_gradient_squared_accumulator_value: What the sum of squares begins with; positive.
        l1_regularization_strength: How strongly weights are drawn to 0.
        l2_regularization_strength: How strongly large weights are made smaller.
        use_locking: Accepted for v1's sake.
        name: The optimizer's name.

    Raises:
        ValueError: If the initial value is not positive.
    """

    def __init__(
        self, learning_rate: Any, global_step: Any, initial_gradient_squared_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0, l2_regularization_strength: float = 0.0,
        use_locking: bool = False, name: str = "AdagradDA",
    ) -> None:  # fmt: skip
        if initial_gradient_squared_accumulator_value <= 0.0:
            raise ValueError(
                "initial_gradient_squared_accumulator_value must be positive: "
                f"{initial_gradient_squared_accumulator_value}"
            )
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._initial = initial_gradient_squared_accumulator_value
        self._l1_regularization_strength = l1_regularization_strength
        self._l2_regularization_strength = l2_regularization_strength
        self._global_step = global_step
        self._learning_rate_tensor: Any = None
        self._step: Any = None

    def _create_slots(self, var_list: Sequence[Any]) -> None:
        for each in var_list:
            dtype, shape = each.dtype.base_dtype, each.get_shape()
            nothing = constant(0.0, shape=shape, dtype=dtype)
            begin = constant(self._initial, shape=shape, dtype=dtype)
            self._get_or_make_slot(each, nothing, "gradient_accumulator", self._name)
            self._get_or_make_slot(each, begin, "gradient_squared_accumulator", self._name)

    def _prepare(self) -> None:
        self._learning_rate_tensor = convert_to_tensor(self._learning_rate, name="learning_rate")
        # As v1: the step that is under way, counted from 1.
        with get_default_graph().control_dependencies([]):
            self._step = add(identity(cast(self._global_step, dtypes.int64)), 1, name="add")

    def _settings(self, var: Any) -> list[Any]:
        dtype = var.dtype.base_dtype
        return [
            cast(self._learning_rate_tensor, dtype),
            cast(self._l1_regularization_strength, dtype),
            cast(self._l2_regularization_strength, dtype),
            identity(self._step),
        ]

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        slots = [
            self.get_slot(var, name) for name in ("gradient_accumulator", "gradient_squared_accumulator")
        ]
        return _averages.dense(var, *slots, grad, *self._settings(var), use_locking=self._use_locking).op

    def _apply_sparse(self, grad: Any, var: Any) -> Any:
        slots = [
            self.get_slot(var, name) for name in ("gradient_accumulator", "gradient_squared_accumulator")
        ]
        return _averages.sparse(
            var, *slots, grad.values, *self._settings(var), grad.indices, use_locking=self._use_locking
        ).op  # fmt: skip
