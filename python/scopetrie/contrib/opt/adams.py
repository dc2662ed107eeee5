"""Relatives of Adam and momentum: rows alone, weights that decay by themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...graph import get_default_graph
from ...ops.array.gather import gather
from ...ops.constant import convert_to_tensor
from ...ops.control.flow import group
from ...ops.elementwise.cast import cast
from ...ops.elementwise.unary import sqrt, square
from ...ops.state.scatter import scatter_sub, scatter_update
from ...ops.state.variable import assign_sub
from ...public import v1
from ...train.optimizers.adam import AdamOptimizer
from ...train.optimizers.gradient_descent import MomentumOptimizer

__all__ = ["AdamWOptimizer", "LazyAdamOptimizer", "MomentumWOptimizer"]


@v1("contrib.opt.LazyAdamOptimizer")
class LazyAdamOptimizer(AdamOptimizer):
    """Adam that moves only the rows of which there is a gradient, and their means.

    Args:
        learning_rate: A number, a tensor, or a function that gives one.
        beta1: How much of the mean of gradients is kept at each step.
        beta2: How much of the mean of squares is kept.
        epsilon: What is added to the root of the mean of squares.
        use_locking: Accepted for v1's sake.
        name: The optimizer's name.

    >>> import scopetrie as tf
    >>> table = tf.get_variable("table", initializer=[[1.0], [1.0]])
    >>> loss = tf.reduce_sum(tf.nn.embedding_lookup(table, [1]))
    >>> step = tf.contrib.opt.LazyAdamOptimizer(0.1).minimize(loss)
    >>> with tf.Session() as session:
    ...     session.run(tf.global_variables_initializer())
    ...     session.run(step)
    ...     print(session.run(table).round(3).tolist())
    [[1.0], [0.899...]]
    """

    def _apply_sparse(self, grad: Any, var: Any) -> Any:
        power1, power2, rate, beta1, beta2, epsilon = self._settings(var)
        m, v, rows, locked = self.get_slot(var, "m"), self.get_slot(var, "v"), grad.indices, self._use_locking
        new_m = beta1 * gather(m, rows) + (1 - beta1) * grad.values
        new_v = beta2 * gather(v, rows) + (1 - beta2) * square(grad.values)
        step = rate * sqrt(1 - power2) / (1 - power1)
        kept = [
            scatter_update(m, rows, new_m, use_locking=locked),
            scatter_update(v, rows, new_v, use_locking=locked),
        ]
        change = step * new_m / (sqrt(new_v) + epsilon)
        return group(scatter_sub(var, rows, change, use_locking=locked), *kept)


@v1("contrib.opt.DecoupledWeightDecayExtension")
class DecoupledWeightDecayExtension:
    """What lets the weights of an optimizer decay beside its steps (Loshchilov and Hutter, arXiv:1711.05101).

    Before a step, a variable loses `weight_decay` times itself. It stands before an optimizer among the
    bases of a class; see `extend_with_decoupled_weight_decay`.

    Args:
        weight_decay: How much of the weights is lost at a step: a number, a tensor, or a function.
        **kwargs: The arguments of the optimizer.
    """

    def __init__(self, weight_decay: Any, **kwargs: Any) -> None:
        self._weight_decay = weight_decay
        self._decayed: set[str] | None = None
        super().__init__(**kwargs)

    def minimize(
        self, loss: Any, global_step: Any = None, var_list: Any = None, gate_gradients: int = 1,
        aggregation_method: int | None = None, colocate_gradients_with_ops: bool = False,
        name: str | None = None, grad_loss: Any = None, decay_var_list: Iterable[Any] | None = None,
    ) -> Any:  # fmt: skip
        """Builds the operation that makes a loss smaller; see `train.Optimizer`.

        Args:
            loss: The loss.
            global_step: A variable that counts the steps.
            var_list: The variables; the trainable ones by default.
            gate_gradients: As there.
            aggregation_method: As there.
            colocate_gradients_with_ops: As there.
            name: The operation's name.
            grad_loss: As there.
            decay_var_list: The variables that decay; all by default.

        Returns:
            The operation.
        """
        self._choose(decay_var_list)
        parent: Any = super()
        return parent.minimize(
            loss, global_step, var_list, gate_gradients, aggregation_method, colocate_gradients_with_ops,
            name, grad_loss,
        )  # fmt: skip

    def apply_gradients(
        self, grads_and_vars: Iterable[Any], global_step: Any = None, name: str | None = None,
        decay_var_list: Iterable[Any] | None = None,
    ) -> Any:  # fmt: skip
        """Builds the operation that changes variables by their gradients; see `train.Optimizer`.

        Args:
            grads_and_vars: Pairs of a gradient and its variable.
            global_step: A variable that counts the steps.
            name: The operation's name.
            decay_var_list: The variables that decay; all by default.

        Returns:
            The operation.
        """
        if decay_var_list is not None:
            self._choose(decay_var_list)
        parent: Any = super()
        return parent.apply_gradients(grads_and_vars, global_step, name)

    def _choose(self, variables: Iterable[Any] | None) -> None:
        self._decayed = None if variables is None else {each.op.name for each in variables}

    def _decay(self, var: Any) -> Any:
        given = self._weight_decay() if callable(self._weight_decay) else self._weight_decay
        return cast(convert_to_tensor(given, name="weight_decay"), var.dtype.base_dtype)

    def _decays(self, var: Any) -> bool:
        return self._decayed is None or var.op.name in self._decayed

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        parent: Any = super()
        lost = [assign_sub(var, self._decay(var) * var)] if self._decays(var) else []
        with get_default_graph().control_dependencies(lost):
            return parent._apply_dense(grad, var)

    def _apply_sparse(self, grad: Any, var: Any) -> Any:
        parent: Any = super()
        lost = []
        if self._decays(var):
            lost = [scatter_sub(var, grad.indices, self._decay(var) * gather(var, grad.indices))]
        with get_default_graph().control_dependencies(lost):
            return parent._apply_sparse(grad, var)


@v1("contrib.opt.extend_with_decoupled_weight_decay")
def extend_with_decoupled_weight_decay(base_optimizer: Any) -> Any:
    """Returns a class of optimizers whose first argument is a decay of weights.

    Args:
        base_optimizer: The class of the optimizer.

    >>> import scopetrie as tf
    >>> decaying = tf.contrib.opt.extend_with_decoupled_weight_decay(tf.train.GradientDescentOptimizer)
    >>> w = tf.get_variable("w", initializer=1.0)
    >>> step = decaying(weight_decay=0.1, learning_rate=0.5).minimize(w)
    >>> with tf.Session() as session:
    ...     session.run(w.initializer)
    ...     session.run(step)
    ...     print(session.run(w).round(4))
    0.4
    """

    class Decaying(DecoupledWeightDecayExtension, base_optimizer):  # type: ignore[misc]
        """The optimizer, with weights that decay."""

        def __init__(self, weight_decay: Any, *args: Any, **kwargs: Any) -> None:
            self._weight_decay, self._decayed = weight_decay, None
            base_optimizer.__init__(self, *args, **kwargs)

    return Decaying


@v1("contrib.opt.AdamWOptimizer")
class AdamWOptimizer(DecoupledWeightDecayExtension, AdamOptimizer):
    """Adam with weights that decay by themselves (Loshchilov and Hutter, arXiv:1711.05101).

    Args:
        weight_decay: How much of the weights is lost at a step.
        learning_rate: A number, a tensor, or a function that gives one.
        beta1: How much of the mean of gradients is kept at each step.
        beta2: How much of the mean of squares is kept.
        epsilon: What is added to the root of the mean of squares.
        use_locking: Accepted for v1's sake.
        name: The optimizer's name.
    """

    def __init__(
        self, weight_decay: Any, learning_rate: Any = 0.001, beta1: Any = 0.9, beta2: Any = 0.999,
        epsilon: Any = 1e-8, use_locking: bool = False, name: str = "AdamW",
    ) -> None:  # fmt: skip
        super().__init__(
            weight_decay, learning_rate=learning_rate, beta1=beta1, beta2=beta2, epsilon=epsilon,
            use_locking=use_locking, name=name,
        )  # fmt: skip


@v1("contrib.opt.MomentumWOptimizer")
class MomentumWOptimizer(DecoupledWeightDecayExtension, MomentumOptimizer):
    """Momentum with weights that decay by themselves (Loshchilov and Hutter, arXiv:1711.05101).

    Args:
        weight_decay: How much of the weights is lost at a step.
        learning_rate: A number, a tensor, or a function that gives one.
        momentum: How much of the last step is kept.
        use_locking: Accepted for v1's sake.
        name: The optimizer's name.
        use_nesterov: Whether steps look ahead.
    """

    def __init__(
        self, weight_decay: Any, learning_rate: Any, momentum: Any, use_locking: bool = False,
        name: str = "MomentumW", use_nesterov: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(
            weight_decay, learning_rate=learning_rate, momentum=momentum, use_locking=use_locking, name=name,
            use_nesterov=use_nesterov,
        )  # fmt: skip
