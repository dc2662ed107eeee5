"""Adam that looks ahead."""

from __future__ import annotations

from typing import Any

from ...graph import get_default_graph
from ...ops.array.gather import gather
from ...ops.control.flow import group
from ...ops.elementwise.arithmetic import add, multiply, realdiv, subtract
from ...ops.elementwise.unary import sqrt
from ...ops.state.scatter import scatter_add, scatter_sub
from ...ops.state.variable import assign
from ...public import v1
from ...train.optimizers.adam import AdamOptimizer, adams

__all__ = ["NadamOptimizer"]


@v1("contrib.opt.NadamOptimizer")
class NadamOptimizer(AdamOptimizer):
    """Adam with the momentum of Nesterov (Dozat, 2015): a step takes the mean of gradients one step ahead.

    A dense step is v1's `ApplyAdam` with `use_nesterov`. Of sparse gradients, the means of all rows decay,
    and the rows of the gradient move on.

    Args:
        learning_rate: A number, a tensor, or a function that gives one.
        beta1: How much of the mean of gradients is kept at each step.
        beta2: How much of the mean of squares is kept.
        epsilon: What is added to the root of the mean of squares.
        use_locking: Accepted for v1's sake.
        name: The optimizer's name.

    >>> import scopetrie as tf
    >>> w = tf.get_variable("w", initializer=1.0)
    >>> step = tf.contrib.opt.NadamOptimizer(0.1).minimize(tf.square(w))
    >>> with tf.Session() as session:
    ...     session.run(tf.global_variables_initializer())
    ...     session.run(step)
    ...     print(round(float(session.run(w)), 4))
    0.81
    """

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        made = adams.dense(
            var, m, v, *self._settings(var), grad, use_locking=self._use_locking, use_nesterov=True
        )
        return made.op

    def _apply_sparse(self, grad: Any, var: Any) -> Any:
        power1, power2, rate, beta1, beta2, epsilon = self._settings(var)
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        graph, locked, rows = get_default_graph(), self._use_locking, grad.indices
        root = sqrt(subtract(1, power2, name="sub"))
        step = realdiv(multiply(rate, root, name="mul"), subtract(1, power1, name="sub"), name="truediv")
        of_m = multiply(grad.values, subtract(1, beta1, name="sub"), name="mul")
        m_kept = assign(m, multiply(m, beta1, name="mul"), use_locking=locked)
        with graph.control_dependencies([m_kept]):
            m_new = scatter_add(m, rows, of_m, use_locking=locked)
            ahead = add(of_m, multiply(beta1, gather(m_new, rows), name="mul"), name="add")
        square = multiply(grad.values, grad.values, name="mul")
        of_v = multiply(square, subtract(1, beta2, name="sub"), name="mul")
        v_kept = assign(v, multiply(v, beta2, name="mul"), use_locking=locked)
        with graph.control_dependencies([v_kept]):
            v_new = scatter_add(v, rows, of_v, use_locking=locked)
        scale = add(sqrt(gather(v_new, rows)), epsilon, name="add")
        change = realdiv(multiply(step, ahead, name="mul"), scale, name="truediv")
        moved = scatter_sub(var, rows, change, use_locking=locked)
        return group(moved, ahead, v_new)
