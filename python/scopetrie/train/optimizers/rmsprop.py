"""RMSProp and Adadelta: steps scaled by running means of squares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...initializers import ones_initializer
from ...ops.constant import convert_to_tensor
from ...ops.elementwise.cast import cast
from ...public import v1
from .optimizer import Optimizer
from .updates import define_updates


def _rmsprop(xp: Any, grad: Any, numbers: Any, variable: Any, ms: Any, mom: Any) -> Sequence[Any]:
    rate, rho, momentum, epsilon = numbers
    ms = ms + (grad * grad - ms) * (1 - rho)
    mom = mom * momentum + grad * rate / xp.sqrt(ms + epsilon)
    return [variable - mom, ms, mom]


def _centered(xp: Any, grad: Any, numbers: Any, variable: Any, mg: Any, ms: Any, mom: Any) -> Sequence[Any]:
    rate, rho, momentum, epsilon = numbers
    ms = ms + (grad * grad - ms) * (1 - rho)
    mg = mg + (grad - mg) * (1 - rho)
    mom = mom * momentum + grad * rate / xp.sqrt(ms - mg * mg + epsilon)
    return [variable - mom, mg, ms, mom]


def _adadelta(xp: Any, grad: Any, numbers: Any, variable: Any, accum: Any, changes: Any) -> Sequence[Any]:
    rate, rho, epsilon = numbers
    accum = accum * rho + grad * grad * (1 - rho)
    change = xp.sqrt(changes + epsilon) / xp.sqrt(accum + epsilon) * grad
    return [variable - change * rate, accum, changes * rho + change * change * (1 - rho)]


_rmsprops = define_updates(
    "RMSProp", "VAR MS MOM lr rho momentum epsilon grad", _rmsprop, in_one_pass="update_rmsprop"
)
_centereds = define_updates("CenteredRMSProp", "VAR MG MS MOM lr rho momentum epsilon grad", _centered)
_adadeltas = define_updates("Adadelta", "VAR ACCUM ACCUM_UPDATE lr rho epsilon grad", _adadelta)


@v1("train.RMSPropOptimizer")
class RMSPropOptimizer(Optimizer):
    """RMSProp (Hinton, 2012): gradients divided by the root of a running mean of their squares.

    Args:
        learning_rate: A number, a tensor, or a function that gives one.
        decay: How much of the mean is kept at each step.
        momentum: The share of the last step that is kept.
        epsilon: What is added to the mean under the root.
        use_locking: Accepted for v1's sake.
        centered: Whether to divide by the standard deviation, with a running mean of gradients as well.
        name: The optimizer's name.
    """

    def __init__(
        self, learning_rate: Any, decay: Any = 0.9, momentum: Any = 0.0, epsilon: Any = 1e-10,
        use_locking: bool = False, centered: bool = False, name: str = "RMSProp",
    ) -> None:  # fmt: skip
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._decay = decay
        self._momentum = momentum
        self._epsilon = epsilon
        self._centered = centered
        self._learning_rate_tensor: Any = None
        self._decay_tensor: Any = None
        self._momentum_tensor: Any = None
        self._epsilon_tensor: Any = None

    def _create_slots(self, var_list: Sequence[Any]) -> None:
        for each in var_list:
            self._get_or_make_slot_with_initializer(
                each, ones_initializer(dtype=each.dtype.base_dtype), each.get_shape(), each.dtype.base_dtype,
                "rms", self._name,
            )  # fmt: skip
            if self._centered:
                self._zeros_slot(each, "mg", self._name)
            self._zeros_slot(each, "momentum", self._name)

    def _prepare(self) -> None:
        rate = self._call_if_callable(self._learning_rate)
        self._learning_rate_tensor = convert_to_tensor(rate, name="learning_rate")
        self._decay_tensor = convert_to_tensor(self._call_if_callable(self._decay), name="decay")
        self._momentum_tensor = convert_to_tensor(self._call_if_callable(self._momentum), name="momentum")
        self._epsilon_tensor = convert_to_tensor(self._call_if_callable(self._epsilon), name="epsilon")

    def _inputs(self, var: Any) -> list[Any]:
        """The variable, its slots and the settings."""
        names = ("mg", "rms", "momentum") if self._centered else ("rms", "momentum")
        own = (self._learning_rate_tensor, self._decay_tensor, self._momentum_tensor, self._epsilon_tensor)
        slots = [self.get_slot(var, name) for name in names]
        return [var, *slots, *(cast(each, var.dtype.base_dtype) for each in own)]

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        op = _centereds if self._centered else _rmsprops
        return op.dense(*self._inputs(var), grad, use_locking=self._use_locking).op

    def _apply_sparse(self, grad: Any, var: Any) -> Any:
        op = _centereds if self._centered else _rmsprops
        return op.sparse(
            *self._inputs(var), grad.values, grad.indices, use_locking=self._use_locking
        ).op  # fmt: skip


@v1("train.AdadeltaOptimizer")
class AdadeltaOptimizer(Optimizer):
    """Adadelta (Zeiler, 2012): gradients in the unit of the variable, by running means of squared changes.

    Args:
        learning_rate: A number, a tensor, or a function that gives one.
        rho: How much of the means is kept at each step.
        epsilon: What is added to the means under the roots.
        use_locking: Accepted for v1's sake.
        name: The optimizer's name.
    """

    def __init__(
        self, learning_rate: Any = 0.001, rho: Any = 0.95, epsilon: Any = 1e-8, use_locking: bool = False,
        name: str = "Adadelta",
    ) -> None:  # fmt: skip
        super().__init__(use_locking, name)
        self._lr = learning_rate
        self._rho = rho
        self._epsilon = epsilon
        self._lr_t: Any = None
        self._rho_t: Any = None
        self._epsilon_t: Any = None

    def _create_slots(self, var_list: Sequence[Any]) -> None:
        for each in var_list:
            self._zeros_slot(each, "accum", self._name)
            self._zeros_slot(each, "accum_update", self._name)

    def _prepare(self) -> None:
        self._lr_t = convert_to_tensor(self._call_if_callable(self._lr), name="lr")
        self._rho_t = convert_to_tensor(self._call_if_callable(self._rho), name="rho")
        self._epsilon_t = convert_to_tensor(self._call_if_callable(self._epsilon), name="epsilon")

    def _inputs(self, var: Any) -> list[Any]:
        """The variable, its slots and the settings."""
        slots = [self.get_slot(var, name) for name in ("accum", "accum_update")]
        own = (self._lr_t, self._rho_t, self._epsilon_t)
        return [var, *slots, *(cast(each, var.dtype.base_dtype) for each in own)]

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        return _adadeltas.dense(*self._inputs(var), grad, use_locking=self._use_locking).op

    def _apply_sparse(self, grad: Any, var: Any) -> Any:
        return _adadeltas.sparse(
            *self._inputs(var), grad.values, grad.indices, use_locking=self._use_locking
        ).op  # fmt: skip
