"""Moving averages of variables and tensors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .. import dtypes
from .._core import Variable, name_scope
from ..graph import GraphKeys, Operation, Tensor, get_default_graph
from ..initializers import zeros_initializer
from ..ops.constant import convert_to_tensor
from ..ops.control.flow import group
from ..ops.elementwise.arithmetic import add, minimum, multiply, pow, realdiv, subtract
from ..ops.elementwise.cast import cast
from ..ops.state.variable import assign, assign_add, assign_sub
from ..public import v1, whole
from ..scopes import get_variable, variable_scope
from ..variables import global_variables, moving_average_variables, trainable_variables
from .optimizers.slots import create_slot, create_zeros_slot

__all__ = ["ExponentialMovingAverage", "assign_moving_average"]


def assign_moving_average(
    variable: Any, value: Any, decay: Any, zero_debias: bool = True, name: str | None = None
) -> Tensor:
    """Moves a variable a part of the way to a value: `variable -= (1 - decay) * (variable - value)`.

    Args:
        variable: The variable.
        value: The value, a tensor of its shape.
        decay: How much of the variable stays, between 0 and 1.
        zero_debias: Whether the variable, which began with zeros, is corrected for that (Kingma and Ba,
            2014).
        name: The operation's name.

    Returns:
        The variable's own tensor after the change.

    >>> import scopetrie as tf
    >>> from scopetrie.train.moving_averages import assign_moving_average
    >>> mean = tf.get_variable("mean", initializer=10.0, trainable=False)
    >>> update = assign_moving_average(mean, 20.0, 0.9, zero_debias=False)
    >>> with tf.Session() as session:
    ...     session.run(mean.initializer)
    ...     print(session.run(update))
    11.0
    """
    with name_scope(name, "AssignMovingAvg", [variable, value, decay]) as scope:
        dtype = variable.dtype.base_dtype
        share = cast(convert_to_tensor(subtract(1.0, decay), name="decay"), dtype)
        value = convert_to_tensor(value, dtype)
        if zero_debias:
            return _unbiased(variable, value, share, scope)
        return assign_sub(variable, multiply(subtract(variable, value), share), name=scope)


def _unbiased(variable: Any, value: Tensor, share: Tensor, name: str) -> Tensor:
    dtype = variable.dtype.base_dtype
    with variable_scope(variable.op.name):
        biased = get_variable(
            "biased", variable.get_shape(), dtype, initializer=zeros_initializer(), trainable=False
        )
        count = get_variable("local_step", [], dtype, initializer=zeros_initializer(), trainable=False)
    moved = assign_sub(biased, multiply(subtract(biased, value), share))
    counted = assign_add(count, 1.0)
    left = subtract(1.0, pow(subtract(1.0, share), counted))
    return assign(variable, realdiv(moved, left), name=name)


@v1("train.ExponentialMovingAverage")
class ExponentialMovingAverage:
    """Keeps a moving average of each of several variables and tensors.

    Args:
        decay: How much of an average stays at each update, near 1.
        num_updates: A count of updates; if given, the decay is at most `(1 + num_updates) / (10 +
            num_updates)`.
        zero_debias: Whether averages of tensors, which begin with zeros, are corrected for that.
        name: What the averages are called after.

    Attributes:
        name: That name.

    >>> import scopetrie as tf
    >>> w = tf.get_variable("w", initializer=0.0)
    >>> average = tf.train.ExponentialMovingAverage(0.75)
    >>> update = average.apply([w])
    >>> average.average(w).name
    'w/ExponentialMovingAverage:0'
    >>> with tf.Session() as session:
    ...     session.run(tf.global_variables_initializer())
    ...     session.run(w.assign(4.0).op)
    ...     session.run(update)
    ...     print(session.run(average.average(w)))
    1.0
    """

    def __init__(
        self, decay: Any, num_updates: Any = None, zero_debias: bool = False,
        name: str = "ExponentialMovingAverage",
    ) -> None:  # fmt: skip
        self._decay = decay
        self._num_updates = num_updates
        self._zero_debias = zero_debias
        self.name = name
        self._averages: dict[Any, Any] = {}

    @whole
    def apply(self, var_list: Iterable[Any] | None = None) -> Operation:
        """Builds the operation that updates the averages; makes those that there are not.

        Args:
            var_list: Variables and tensors; the trainable variables if left out. Averages of variables begin
                with their initial values, those of tensors with zeros.

        Returns:
            The operation.

        Raises:
            TypeError: If something is not of float16, float32 or float64.
        """
        averaged = list(trainable_variables() if var_list is None else var_list)
        unbiased = set()
        for each in averaged:
            if each.dtype.base_dtype not in (dtypes.float16, dtypes.float32, dtypes.float64):
                raise TypeError(f"The variables must be half, float, or double: {each.name}")
            if each in self._averages:
                continue
            # As v1: first values wait for nothing that stands around, e.g. for a step of training.
            with get_default_graph().control_dependencies(None):
                if isinstance(each, Variable):
                    made = create_slot(each, each.initialized_value(), self.name)  # type: ignore[attr-defined]
                    get_default_graph().add_to_collection(GraphKeys.MOVING_AVERAGE_VARIABLES, each)
                else:
                    made = create_zeros_slot(each, self.name)
                    if self._zero_debias:
                        unbiased.add(each)
            self._averages[each] = made
        with name_scope(self.name) as scope:
            decay = convert_to_tensor(self._decay, name="decay")
            if self._num_updates is not None:
                count = cast(self._num_updates, dtypes.float32, name="num_updates")
                decay = minimum(decay, realdiv(add(1.0, count), add(10.0, count)))
            updates = [
                assign_moving_average(self._averages[each], each, decay, each in unbiased)
                for each in averaged
            ]
            return group(*updates, name=scope)

    def average(self, var: Any) -> Any:
        """Returns the variable that holds an average, or None.

        Args:
            var: The variable or tensor of which it is.
        """
        return self._averages.get(var)

    def average_name(self, var: Any) -> str:
        """Returns the name of the variable that holds an average, or the one that it would have.

        Args:
            var: The variable or tensor of which it is.
        """
        if var in self._averages:
            made: str = self._averages[var].op.name
            return made
        found: str = get_default_graph().unique_name(f"{var.op.name}/{self.name}", mark_as_used=False)
        return found

    def variables_to_restore(self, moving_avg_variables: Iterable[Any] | None = None) -> dict[str, Any]:
        """Returns names and variables, with which a checkpoint's averages are restored as the variables.

        Args:
            moving_avg_variables: The variables that have averages; the trainable ones and those of which
                averages were made if left out.
        """
        if moving_avg_variables is None:
            moving_avg_variables = [*trainable_variables(), *moving_average_variables()]
        averaged = list(dict.fromkeys(moving_avg_variables))
        found = {self.average_name(each): each for each in averaged}
        for each in global_variables():
            if each not in averaged and each.op.name not in found:
                found[each.op.name] = each
        return found
