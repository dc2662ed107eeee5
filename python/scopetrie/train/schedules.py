"""Learning rates that change with the step: tensors, to be given to an optimizer."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

from .. import dtypes
from .._core import Variable, name_scope
from ..graph import Tensor, control_dependencies
from ..ops.array.gather import gather
from ..ops.array.join import stack
from ..ops.array.shape import shape
from ..ops.checks import Assert
from ..ops.constant import constant, convert_to_tensor
from ..ops.elementwise.arithmetic import add, minimum, multiply, pow, realdiv, subtract
from ..ops.elementwise.cast import cast
from ..ops.elementwise.compare import equal, greater, logical_and, logical_not, where_v2
from ..ops.elementwise.unary import ceil, cos, exp, floor, log, negative
from ..ops.folding import known_elements
from ..ops.math.reduce import reduce_any, reduce_sum
from ..ops.random.draws import random_normal
from ..public import v1

__all__ = [
    "cosine_decay",
    "cosine_decay_restarts",
    "exponential_decay",
    "inverse_time_decay",
    "linear_cosine_decay",
    "natural_exp_decay",
    "noisy_linear_cosine_decay",
    "piecewise_constant",
    "polynomial_decay",
]


def _start(rate: Any, step: Any, *numbers: Any) -> list[Tensor]:
    """A learning rate as a tensor, and the step and other numbers in its dtype."""
    if step is None:
        raise ValueError("None values not supported.")
    first = convert_to_tensor(rate, name="initial_learning_rate")
    dtype = first.dtype.base_dtype
    return [first, *(cast(each, dtype) for each in (step, *numbers))]


@v1("train.exponential_decay")
def exponential_decay(
    learning_rate: Any, global_step: Any, decay_steps: Any, decay_rate: Any, staircase: bool = False,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """`learning_rate * decay_rate ** (global_step / decay_steps)`.

    Args:
        learning_rate: The rate at step 0.
        global_step: The step.
        decay_steps: After how many steps the rate has been multiplied by `decay_rate` once.
        decay_rate: The factor.
        staircase: Whether the quotient is rounded down, so that the rate changes at once.
        name: The operation's name.

    Returns:
        The rate, a scalar.

    >>> import scopetrie as tf
    >>> step = tf.placeholder(tf.int32, [])
    >>> rate = tf.train.exponential_decay(0.5, step, 100, 0.5)
    >>> with tf.Session() as session:
    ...     print(session.run(rate, {step: 200}))
    0.125
    """
    with name_scope(name, "ExponentialDecay", [learning_rate, global_step, decay_steps, decay_rate]) as scope:
        first, step, length, factor = _start(learning_rate, global_step, decay_steps, decay_rate)
        return multiply(first, pow(factor, _passed(step, length, staircase)), name=scope)


def _passed(step: Tensor, length: Tensor, staircase: bool) -> Tensor:
    share = realdiv(step, length, name="truediv")
    return floor(share) if staircase else share


@v1("train.natural_exp_decay")
def natural_exp_decay(
    learning_rate: Any, global_step: Any, decay_steps: Any, decay_rate: Any, staircase: bool = False,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """`learning_rate * exp(-decay_rate * global_step / decay_steps)`.

    Args:
        learning_rate: The rate at step 0.
        global_step: The step.
        decay_steps: The unit in which steps are counted.
        decay_rate: How fast the rate decays.
        staircase: Whether the quotient is rounded down.
        name: The operation's name.

    Returns:
        The rate, a scalar.
    """
    factor = exp(negative(convert_to_tensor(decay_rate)))
    return exponential_decay(learning_rate, global_step, decay_steps, factor, staircase, name)


@v1("train.inverse_time_decay")
def inverse_time_decay(
    learning_rate: Any, global_step: Any, decay_steps: Any, decay_rate: Any, staircase: bool = False,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """`learning_rate / (1 + decay_rate * global_step / decay_steps)`.

    Args:
        learning_rate: The rate at step 0.
        global_step: The step.
        decay_steps: The unit in which steps are counted.
        decay_rate: How fast the rate decays.
        staircase: Whether the quotient is rounded down.
        name: The operation's name.

    Returns:
        The rate, a scalar.
    """
    values = [learning_rate, global_step, decay_rate]
    with name_scope(name, "InverseTimeDecay", values) as scope:
        first, step, length, factor = _start(learning_rate, global_step, decay_steps, decay_rate)
        divisor = add(1, multiply(factor, _passed(step, length, staircase)))
        return realdiv(first, divisor, name=scope)


@v1("train.polynomial_decay")
def polynomial_decay(
    learning_rate: Any, global_step: Any, decay_steps: Any, end_learning_rate: Any = 0.0001, power: Any = 1.0,
    cycle: bool = False, name: str | None = None,
) -> Tensor:  # fmt: skip
    """`(learning_rate - end_learning_rate) * (1 - global_step / decay_steps) ** power + end_learning_rate`.

    Args:
        learning_rate: The rate at step 0.
        global_step: The step; counts as `decay_steps` beyond it.
        decay_steps: After how many steps the end is reached.
        end_learning_rate: The rate at the end.
        power: The exponent.
        cycle: Whether the decay is made longer by its own length at each end, instead of staying there.
        name: The operation's name.

    Returns:
        The rate, a scalar.
    """
    values = [learning_rate, global_step, decay_steps, end_learning_rate, power]
    with name_scope(name, "PolynomialDecay", values) as scope:
        first, step, length, last, exponent = _start(
            learning_rate, global_step, decay_steps, end_learning_rate, power
        )
        if cycle:
            one = constant(1.0, first.dtype)
            times = where_v2(equal(step, 0), one, ceil(realdiv(step, length)))
            length = multiply(length, times)
        else:
            step = minimum(step, length)
        left = subtract(1, realdiv(step, length))
        return add(multiply(subtract(first, last), pow(left, exponent)), last, name=scope)


@v1("train.piecewise_constant", "train.piecewise_constant_decay")
def piecewise_constant(x: Any, boundaries: Any, values: Any, name: str | None = None) -> Tensor:
    """One of several values, as a number is between boundaries.

    Args:
        x: The number, a scalar: the step.
        boundaries: Increasing numbers of its dtype: `values[i]` holds up to and including `boundaries[i]`.
        values: The values, one more than boundaries.
        name: The operations' scope.

    Returns:
        The value, a scalar.

    Raises:
        ValueError: If there is not one value more, or the dtypes differ.
    """
    if len(boundaries) != len(values) - 1:
        raise ValueError("The length of boundaries should be 1 less than the length of values")
    with name_scope(name, "PiecewiseConstant", [x, boundaries, values, name]):
        number = convert_to_tensor(x)
        if number.shape.rank not in (0, None):
            raise ValueError(f"Shape must be rank 0 but is rank {number.shape.rank}: x, {number!r}")
        own = number.dtype.base_dtype
        limits = [convert_to_tensor(each) for each in boundaries]
        for at, each in enumerate(limits):
            dtype = each.dtype.base_dtype
            if dtype is dtypes.int32 and own is dtypes.int64:
                limits[at] = cast(each, own)
            elif dtype is not own:
                raise ValueError(f"Boundaries ({dtype!r}) must have the same dtype as x ({own!r}).")
        rates = [convert_to_tensor(each) for each in values]
        kind = rates[0].dtype.base_dtype
        for each in rates:
            if each.dtype.base_dtype is not kind:
                raise ValueError(
                    f"Values must have elements all with the same dtype ({kind!r} vs "
                    f"{each.dtype.base_dtype!r})."
                )
        if not limits:
            return rates[0]
        above = greater(number, stack(limits))
        with control_dependencies(_in_order(limits, above)):
            place = reduce_sum(cast(above, dtypes.int32))
        return gather(stack(rates), place)


def _in_order(limits: list[Tensor], above: Tensor) -> list[Any]:
    """Refuses numbers that lie between boundaries that decrease: two values would hold."""
    known = [known_elements(each) for each in limits]
    if all(one and two and one[0] <= two[0] for one, two in pairwise(known)):
        return []
    both = logical_and(logical_not(above[:-1]), above[1:])
    words = ["Input error: exclusive=True: more than 1 conditions evaluated as True: boundaries", *limits]
    return [Assert(logical_not(reduce_any(both)), words)]


def _cosine(completed: Tensor) -> Tensor:
    """From 1 at 0 to 0 at 1, along half a wave."""
    return multiply(0.5, add(1.0, cos(multiply(math.pi, completed))))


@v1("train.cosine_decay")
def cosine_decay(
    learning_rate: Any, global_step: Any, decay_steps: Any, alpha: Any = 0.0, name: str | None = None
) -> Tensor:
    """Half a cosine wave, from `learning_rate` to `alpha * learning_rate` (Loshchilov and Hutter, 2016).

    Args:
        learning_rate: The rate at step 0.
        global_step: The step; counts as `decay_steps` beyond it.
        decay_steps: After how many steps the end is reached.
        alpha: The share of the rate that is left at the end.
        name: The operations' scope.

    Returns:
        The rate, a scalar.
    """
    with name_scope(name, "CosineDecay", [learning_rate, global_step]):
        first, step, length = _start(learning_rate, global_step, decay_steps)
        completed = realdiv(minimum(step, length), length)
        share = add(multiply(subtract(1.0, _scalar(alpha, first)), _cosine(completed)), _scalar(alpha, first))
        return multiply(first, share)


def _scalar(value: Any, like: Tensor) -> Tensor:
    if isinstance(value, (Tensor, Variable)):
        return cast(value, like.dtype.base_dtype)
    return constant(float(value), like.dtype.base_dtype)


@v1("train.cosine_decay_restarts")
def cosine_decay_restarts(
    learning_rate: Any, global_step: Any, first_decay_steps: Any, t_mul: Any = 2.0, m_mul: Any = 1.0,
    alpha: Any = 0.0, name: str | None = None,
) -> Tensor:  # fmt: skip
    """Cosine decay that begins anew, each time `t_mul` times as long (Loshchilov and Hutter, 2016).

    Args:
        learning_rate: The rate at step 0.
        global_step: The step.
        first_decay_steps: The length of the first decay.
        t_mul: What the length is multiplied by from one decay to the next.
        m_mul: What the first rate is multiplied by.
        alpha: The share of the rate that is left at an end.
        name: The operation's name.

    Returns:
        The rate, a scalar.
    """
    with name_scope(name, "SGDRDecay", [learning_rate, global_step]) as scope:
        first, step, length = _start(learning_rate, global_step, first_decay_steps)
        longer, smaller, rest = _scalar(t_mul, first), _scalar(m_mul, first), _scalar(alpha, first)
        completed = realdiv(step, length)
        even = equal(longer, 1.0)
        # The lengths are a geometric series: how many decays have passed, and what part of this one.
        safe = where_v2(even, constant(2.0, first.dtype), longer)
        less = subtract(1.0, safe)
        count = floor(realdiv(log(subtract(1.0, multiply(completed, less))), log(safe)))
        begun = realdiv(subtract(1.0, pow(safe, count)), less)
        within = realdiv(subtract(completed, begun), pow(safe, count))
        whole = floor(completed)
        decays = where_v2(even, whole, count)
        part = where_v2(even, subtract(completed, whole), within)
        size = pow(smaller, decays)
        share = add(multiply(subtract(1.0, rest), multiply(size, _cosine(part))), rest)
        return multiply(first, share, name=scope)


@v1("train.linear_cosine_decay")
def linear_cosine_decay(
    learning_rate: Any, global_step: Any, decay_steps: Any, num_periods: Any = 0.5, alpha: Any = 0.0,
    beta: Any = 0.001, name: str | None = None,
) -> Tensor:  # fmt: skip
    """A line to 0 times a cosine wave, between factors `alpha` and `beta` (Bello et al., 2017).

    Args:
        learning_rate: The rate at step 0.
        global_step: The step; counts as `decay_steps` beyond it.
        decay_steps: After how many steps the end is reached.
        num_periods: The number of waves.
        alpha: What is added to the line.
        beta: What is added to the product.
        name: The operation's name.

    Returns:
        The rate, a scalar.
    """
    with name_scope(name, "LinearCosineDecay", [learning_rate, global_step]) as scope:
        first, step, length = _start(learning_rate, global_step, decay_steps)
        return _linear_cosine(first, step, length, num_periods, alpha, beta, None, scope)


def _linear_cosine(
    first: Tensor, step: Tensor, length: Tensor, periods: Any, alpha: Any, beta: Any, noise: Any, name: str
) -> Tensor:
    step = minimum(step, length)
    line = realdiv(subtract(length, step), length)
    if noise is not None:
        line = add(line, noise(step))
    completed = realdiv(step, length)
    waves = _cosine(multiply(multiply(2.0, _scalar(periods, first)), completed))
    share = add(multiply(add(_scalar(alpha, first), line), waves), _scalar(beta, first))
    return multiply(first, share, name=name)


@v1("train.noisy_linear_cosine_decay")
def noisy_linear_cosine_decay(
    learning_rate: Any, global_step: Any, decay_steps: Any, initial_variance: Any = 1.0,
    variance_decay: Any = 0.55, num_periods: Any = 0.5, alpha: Any = 0.0, beta: Any = 0.001,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """Linear cosine decay with noise on the line (Bello et al., 2017).

    Args:
        learning_rate: The rate at step 0.
        global_step: The step; counts as `decay_steps` beyond it.
        decay_steps: After how many steps the end is reached.
        initial_variance: The variance of the noise at step 0.
        variance_decay: How fast the variance decays.
        num_periods: The number of waves.
        alpha: What is added to the line.
        beta: What is added to the product.
        name: The operation's name.

    Returns:
        The rate, a scalar.
    """
    with name_scope(name, "NoisyLinearCosineDecay", [learning_rate, global_step]) as scope:
        first, step, length = _start(learning_rate, global_step, decay_steps)

        def noise(at: Tensor) -> Tensor:
            variance = realdiv(
                _scalar(initial_variance, first), pow(add(1.0, at), _scalar(variance_decay, first))
            )
            spread = pow(variance, 0.5)
            return multiply(spread, random_normal(shape(spread), dtype=first.dtype.base_dtype))

        return _linear_cosine(first, step, length, num_periods, alpha, beta, noise, scope)
