"""optimize_loss: a step of training in one call."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

from ...graph import GraphKeys, Tensor, control_dependencies, get_collection
from ...initializers import constant_initializer
from ...ops.array.fill import identity
from ...ops.math.clipping import clip_by_global_norm
from ...public import v1
from ...scopes import get_variable, variable_scope
from ...train.steps import get_global_step

__all__ = ["OPTIMIZER_CLS_NAMES", "optimize_loss"]

# What an optimizer's name stands for: the name of its class in tf.train, and more arguments.
_NAMED: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "Adagrad": ("AdagradOptimizer", {}), "Adam": ("AdamOptimizer", {}), "Ftrl": ("FtrlOptimizer", {}),
    "Momentum": ("MomentumOptimizer", {"momentum": 0.9}), "RMSProp": ("RMSPropOptimizer", {}),
    "SGD": ("GradientDescentOptimizer", {}),
}  # fmt: skip
OPTIMIZER_CLS_NAMES: Final = tuple(_NAMED)


def _optimizer(given: Any, rate: Any) -> Any:
    """The optimizer that an argument stands for."""
    if isinstance(given, str):
        if given not in _NAMED:
            raise ValueError(f"Optimizer name should be one of [{', '.join(_NAMED)}], you provided {given}.")
        name, more = _NAMED[given]
        train = import_module("...train", __package__)
        return getattr(train, name)(learning_rate=rate, **more)
    if isinstance(given, type):
        return given(learning_rate=rate)
    if hasattr(given, "compute_gradients"):
        return given
    if callable(given):
        return given(rate) if rate is not None else given()
    raise ValueError(
        "Unrecognized optimizer: should be string, subclass of Optimizer, instance of subclass of "
        "Optimizer or "
        f"function with one argument. Got {given!r}."
    )


def _rate(learning_rate: Any, decay: Callable[..., Any] | None, step: Any) -> Any:
    if learning_rate is None:
        return None
    if not isinstance(learning_rate, Tensor):
        learning_rate = get_variable(
            "learning_rate", [], trainable=False, initializer=constant_initializer(float(learning_rate))
        )
    if decay is None:
        return learning_rate
    if step is None:
        raise ValueError("global_step is required for learning_rate_decay_fn.")
    return decay(learning_rate, step)


@v1("contrib.layers.optimize_loss", "contrib.slim.optimize_loss")
def optimize_loss(
    loss: Any, global_step: Any, learning_rate: Any, optimizer: Any,
    gradient_noise_scale: float | None = None, gradient_multipliers: dict[Any, Any] | None = None,
    clip_gradients: Any = None, learning_rate_decay_fn: Callable[..., Any] | None = None,
    update_ops: Any = None, variables: Any = None, name: str | None = None, summaries: Any = None,
    colocate_gradients_with_ops: bool = False, increment_global_step: bool = True,
) -> Tensor:  # fmt: skip
    """Makes a step of training.

    Args:
        loss: The loss.
        global_step: The variable that counts steps; None for the graph's, if there is one.
        learning_rate: A number or a tensor.
        optimizer: A name of OPTIMIZER_CLS_NAMES, a class of `tf.train`, an optimizer, or a function of the
            learning rate that gives one.
        gradient_noise_scale: Not offered: must be None.
        gradient_multipliers: What gradients are multiplied by, by variable or its name.
        clip_gradients: The largest global norm of the gradients, or a function of pairs of gradient and
            variable that gives others.
        learning_rate_decay_fn: `f(learning_rate, global_step)` gives the rate of a step.
        update_ops: What is run before; that of GraphKeys.UPDATE_OPS by default.
        variables: The variables to train; all that are trainable by default.
        name: The variable scope; "OptimizeLoss" by default.
        summaries: Accepted for v1's sake.
        colocate_gradients_with_ops: Accepted for v1's sake.
        increment_global_step: Whether the step is counted.

    Returns:
        The loss, once the step is done.

    Raises:
        ValueError: If there is no such optimizer, or no gradient.
    """
    if gradient_noise_scale is not None:
        raise ValueError("optimize_loss(gradient_noise_scale=...) is not offered: leave it out.")
    step = get_global_step() if global_step is None else global_step
    with variable_scope(name, "OptimizeLoss", [loss, global_step]):
        first = get_collection(GraphKeys.UPDATE_OPS) if update_ops is None else list(update_ops)
        if first:
            with control_dependencies(first):
                loss = identity(loss)
        made = _optimizer(optimizer, _rate(learning_rate, learning_rate_decay_fn, step))
        pairs = made.compute_gradients(
            loss, variables, colocate_gradients_with_ops=colocate_gradients_with_ops
        )
        pairs = [(grad, variable) for grad, variable in pairs if grad is not None]
        for key, factor in (gradient_multipliers or {}).items():
            name_of = key if isinstance(key, str) else key.op.name
            pairs = [
                (grad * factor if variable.op.name == name_of else grad, variable) for grad, variable in pairs
            ]
        if callable(clip_gradients):
            pairs = clip_gradients(pairs)
        elif clip_gradients is not None:
            grads, kept = zip(*pairs, strict=True)
            pairs = list(zip(clip_by_global_norm(grads, clip_gradients)[0], kept, strict=True))
        updated = made.apply_gradients(
            pairs, global_step=step if increment_global_step else None, name="train"
        )
        with control_dependencies([updated]):
            return identity(loss)
