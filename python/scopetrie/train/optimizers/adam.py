"""Adam."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...graph import get_default_graph
from ...ops.constant import convert_to_tensor
from ...ops.control.flow import group
from ...ops.elementwise.arithmetic import add, multiply, realdiv, subtract
from ...ops.elementwise.cast import cast
from ...ops.elementwise.unary import sqrt
from ...ops.state.scatter import scatter_add
from ...ops.state.variable import assign, assign_sub
from ...public import v1
from .optimizer import Optimizer
from .updates import define_updates


def _adam(
    xp: Any, grad: Any, numbers: Any, variable: Any, m: Any, v: Any, use_nesterov: bool = False
) -> Sequence[Any]:
    power1, power2, rate, beta1, beta2, epsilon = numbers
    rate = rate * xp.sqrt(1 - power2) / (1 - power1)
    # In place where that is possible, in arrays that are made here.
    new_m = grad - m
    new_m *= 1 - beta1
    new_m += m
    new_v = grad * grad
    new_v -= v
    new_v *= 1 - beta2
    new_v += v
    scale = xp.sqrt(new_v)
    scale += epsilon
    change = (new_m * beta1 + grad * (1 - beta1) if use_nesterov else new_m) * rate
    change /= scale
    return [variable - change, new_m, new_v]


def _adam_in_one_pass(
    xp: Any, grad: Any, numbers: Any, variable: Any, m: Any, v: Any, use_nesterov: bool = False
) -> bool:
    if variable.dtype not in (np.float32, np.float64):
        return False
    power1, power2, rate, *rest = numbers
    rate = rate * np.sqrt(1 - power2) / (1 - power1)
    grad = np.ascontiguousarray(grad)
    xp.update_adam(variable, m, v, grad, rate, *rest, use_nesterov)
    return True


adams = define_updates(
    "Adam", "VAR M V beta1_power beta2_power lr beta1 beta2 epsilon grad", _adam, flag="use_nesterov",
    fused=_adam_in_one_pass,
)  # fmt: skip


@v1("train.AdamOptimizer")
class AdamOptimizer(Optimizer):
    """Adam (Kingma and Ba, 2014): steps of about one size, by running means of gradients and their squares.

    Args:
        learning_rate: A number, a tensor, or a function that gives one.
        beta1: How much of the mean of gradients is kept at each step.
        beta2: How much of the mean of squares is kept.
        epsilon: What is added to the root of the mean of squares.
        use_locking: Accepted for v1's sake.
        name: The optimizer's name.
        use_own_namescope_for_non_slot_vars: Whether `beta1_power` and `beta2_power` stand below that name.
    """

    def __init__(
        self, learning_rate: Any = 0.001, beta1: Any = 0.9, beta2: Any = 0.999, epsilon: Any = 1e-8,
        use_locking: bool = False, name: str = "Adam", use_own_namescope_for_non_slot_vars: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(use_locking, name, use_own_namescope_for_non_slot_vars)
        self._lr = learning_rate
        self._beta1 = beta1
        self._beta2 = beta2
        self._epsilon = epsilon
        self._lr_t: Any = None
        self._beta1_t: Any = None
        self._beta2_t: Any = None
        self._epsilon_t: Any = None

    def _get_beta_accumulators(self) -> tuple[Any, Any]:
        """Returns the powers of the betas as variables."""
        graph = get_default_graph()
        return (
            self._get_non_slot_variable("beta1_power", graph),
            self._get_non_slot_variable("beta2_power", graph),
        )

    def _create_slots(self, var_list: Sequence[Any]) -> None:
        first = min(var_list, key=lambda each: str(each.name))
        for beta, name in ((self._beta1, "beta1_power"), (self._beta2, "beta2_power")):
            self._create_non_slot_variable(self._call_if_callable(beta), name, first)
        for each in var_list:
            self._zeros_slot(each, "m", self._name)
            self._zeros_slot(each, "v", self._name)

    def _prepare(self) -> None:
        self._lr_t = convert_to_tensor(self._call_if_callable(self._lr), name="learning_rate")
        self._beta1_t = convert_to_tensor(self._call_if_callable(self._beta1), name="beta1")
        self._beta2_t = convert_to_tensor(self._call_if_callable(self._beta2), name="beta2")
        self._epsilon_t = convert_to_tensor(self._call_if_callable(self._epsilon), name="epsilon")

    def _settings(self, var: Any) -> list[Any]:
        """The inputs of the update, as tensors of the variable's dtype."""
        powers = self._get_beta_accumulators()
        own = (*powers, self._lr_t, self._beta1_t, self._beta2_t, self._epsilon_t)
        return [cast(each, var.dtype.base_dtype) for each in own]

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        return adams.dense(var, m, v, *self._settings(var), grad, use_locking=self._use_locking).op

    def _apply_sparse(self, grad: Any, var: Any) -> Any:
        # As v1: the means of all rows decay, and all rows of the variable move on.
        power1, power2, rate, beta1, beta2, epsilon = self._settings(var)
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        graph, locked = get_default_graph(), self._use_locking
        root = sqrt(subtract(1, power2, name="sub"))
        step = realdiv(multiply(rate, root, name="mul"), subtract(1, power1, name="sub"), name="truediv")
        of_m = multiply(grad.values, subtract(1, beta1, name="sub"), name="mul")
        m_kept = assign(m, multiply(m, beta1, name="mul"), use_locking=locked)
        with graph.control_dependencies([m_kept]):
            m_new = scatter_add(m, grad.indices, of_m, use_locking=locked)
        square = multiply(grad.values, grad.values, name="mul")
        of_v = multiply(square, subtract(1, beta2, name="sub"), name="mul")
        v_kept = assign(v, multiply(v, beta2, name="mul"), use_locking=locked)
        with graph.control_dependencies([v_kept]):
            v_new = scatter_add(v, grad.indices, of_v, use_locking=locked)
        scale = add(sqrt(v_new), epsilon, name="add")
        change = realdiv(multiply(step, m_new, name="mul"), scale, name="truediv")
        moved = assign_sub(var, change, use_locking=locked)
        return group(moved, m_new, v_new)

    def _finish(self, update_ops: list[Any], name_scope: str) -> Any:
        with get_default_graph().control_dependencies(update_ops):
            powers = self._get_beta_accumulators()
            kept = [
                assign(power, multiply(power, beta, name="mul"), use_locking=self._use_locking)
                for power, beta in zip(powers, (self._beta1_t, self._beta2_t), strict=True)
            ]
        return group(*update_ops, *kept, name=name_scope)
