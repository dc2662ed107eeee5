"""`tf.contrib.tpu.CrossShardOptimizer`: where there is one shard, it is what it wraps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...public import v1
from ...train.optimizers.optimizer import Optimizer

__all__ = ["CrossShardOptimizer"]


@v1("contrib.tpu.CrossShardOptimizer")
class CrossShardOptimizer(Optimizer):
    """An optimizer that takes the mean of gradients over TPU cores; here of one, by the other optimizer.

    Args:
        opt: The optimizer.
        reduction: "weighted_mean" or "weighted_sum", as `losses.Reduction` names them.
        name: The name.
        group_assignment: Accepted for v1's sake: there is one shard.

    Raises:
        ValueError: If `reduction` is another.
        TypeError: If `opt` is no optimizer.

    >>> import scopetrie as tf
    >>> w = tf.get_variable("w", initializer=2.0)
    >>> optimizer = tf.contrib.tpu.CrossShardOptimizer(tf.train.GradientDescentOptimizer(0.25))
    >>> step = optimizer.minimize(tf.square(w))
    >>> with tf.Session() as session:
    ...     session.run(w.initializer)
    ...     session.run(step)
    ...     print(session.run(w))
    1.0
    """

    def __init__(
        self,
        opt: Any,
        reduction: str = "weighted_mean",
        name: str = "CrossShardOptimizer",
        group_assignment: Any = None,
    ) -> None:
        accepted = ("weighted_sum", "weighted_mean")
        if reduction not in accepted:
            raise ValueError(f"Unsupported reduction: {reduction}.")
        if not isinstance(opt, Optimizer):
            raise TypeError(
                "CrossShardOptimizer only works with tf.training.Optimizer and not Optimizer_v2. If you are "
                f"using TPUStrategy, OptimizerV2 will sum gradients across replicas. Given: {opt!r}"
            )
        super().__init__(False, name)
        self._opt = opt

    def compute_gradients(self, loss: Any, var_list: Any = None, *args: Any, **kwargs: Any) -> list[Any]:
        """The other optimizer's gradients.

        Args:
            loss: The loss.
            var_list: The variables.
            *args: As the other optimizer takes them.
            **kwargs: As the other optimizer takes them.
        """
        return self._opt.compute_gradients(loss, var_list, *args, **kwargs)

    def apply_gradients(
        self, grads_and_vars: Iterable[Any], global_step: Any = None, name: str | None = None
    ) -> Any:
        """The other optimizer's step.

        Args:
            grads_and_vars: Pairs of gradient and variable.
            global_step: A variable that is counted.
            name: The name of the operation.
        """
        return self._opt.apply_gradients(grads_and_vars, global_step, name)

    def get_slot(self, var: Any, name: str) -> Any:
        """A variable that the other optimizer keeps for a variable.

        Args:
            var: The variable.
            name: The slot's name.
        """
        return self._opt.get_slot(var, name)

    def get_slot_names(self) -> list[str]:
        """The names of the other optimizer's slots."""
        return self._opt.get_slot_names()

    def variables(self) -> list[Any]:
        """The other optimizer's variables."""
        return self._opt.variables()
