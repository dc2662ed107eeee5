"""create_train_op: a step of training as one tensor, the loss."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from ..._core import name_scope
from ...graph import GraphKeys, Tensor, control_dependencies, get_collection, get_collection_ref
from ...ops.array.fill import identity
from ...ops.checks import check_numerics
from ...ops.control.flow import no_op
from ...ops.elementwise.arithmetic import multiply
from ...ops.elementwise.cast import cast
from ...ops.indexed_slices import IndexedSlices
from ...ops.math.clipping import clip_by_norm, global_norm
from ...public import v1, whole
from ...summary.ops import histogram, scalar
from ...train.steps import get_or_create_global_step
from ...variables import trainable_variables

__all__ = [
    "add_gradients_summaries",
    "clip_gradient_norms",
    "clip_gradient_norms_fn",
    "create_train_op",
    "multiply_gradients",
]

Pairs = list[tuple[Any, Any]]
# What stands for the graph's global step, which is made if there is none.
_GRAPH_STEP: Final = 0
_GATE_OP: Final = 1


def _values_of(gradient: Any) -> Any:
    return gradient.values if isinstance(gradient, IndexedSlices) else gradient


def _with_values(gradient: Any, values: Tensor) -> Any:
    if isinstance(gradient, IndexedSlices):
        return IndexedSlices(values, gradient.indices, gradient.dense_shape)
    return values


@v1("contrib.training.add_gradients_summaries", "contrib.slim.learning.add_gradients_summaries")
@whole
def add_gradients_summaries(grads_and_vars: Iterable[tuple[Any, Any]]) -> list[Tensor]:
    """Makes a histogram of each gradient, and a scalar of its norm.

    Args:
        grads_and_vars: Pairs of gradient and variable.

    Returns:
        The summaries, which merge_all finds.
    """
    made = []
    for gradient, variable in grads_and_vars:
        if gradient is not None:
            values = _values_of(gradient)
            made.append(histogram(f"{variable.op.name}_gradient", values))
            made.append(scalar(f"{variable.op.name}_gradient_norm", global_norm([values])))
    return made


@v1("contrib.training.clip_gradient_norms", "contrib.slim.learning.clip_gradient_norms")
@whole
def clip_gradient_norms(gradients_to_variables: Iterable[tuple[Any, Any]], max_norm: Any) -> Pairs:
    """Makes each gradient as short as a norm, by `clip_by_norm`.

    Args:
        gradients_to_variables: Pairs of gradient and variable.
        max_norm: The norm.

    Returns:
        Pairs of what became of the gradients and the variables.
    """
    made = []
    for gradient, variable in gradients_to_variables:
        if gradient is not None:
            gradient = _with_values(gradient, clip_by_norm(_values_of(gradient), max_norm))
        made.append((gradient, variable))
    return made


@v1("contrib.training.clip_gradient_norms_fn")
def clip_gradient_norms_fn(max_norm: Any) -> Callable[[Pairs], Pairs]:
    """Returns a function for `transform_grads_fn` that calls `clip_gradient_norms`.

    Args:
        max_norm: The norm.
    """
    return lambda pairs: clip_gradient_norms(pairs, max_norm)


@v1("contrib.training.multiply_gradients", "contrib.slim.learning.multiply_gradients")
@whole
def multiply_gradients(
    grads_and_vars: Iterable[tuple[Any, Any]], gradient_multipliers: Mapping[Any, Any]
) -> Pairs:
    """Multiplies the gradients of some variables.

    Args:
        grads_and_vars: Pairs of gradient and variable.
        gradient_multipliers: What gradients are multiplied by, by variable or its name.

    Returns:
        Pairs of what became of the gradients and the variables.

    Raises:
        ValueError: If there are no multipliers, or a variable that has one has no gradient.
    """
    if not isinstance(gradient_multipliers, Mapping):
        raise ValueError("`gradient_multipliers` must be a dict.")
    if not gradient_multipliers:
        raise ValueError("`gradient_multipliers` is empty.")
    made = []
    for gradient, variable in grads_and_vars:
        factor = gradient_multipliers.get(variable, gradient_multipliers.get(variable.op.name))
        if factor is not None:
            if gradient is None:
                raise ValueError("Requested multiple of `None` gradient.")
            values = _values_of(gradient)
            gradient = _with_values(gradient, multiply(values, cast(factor, values.dtype)))
        made.append((gradient, variable))
    return made


@v1("contrib.training.create_train_op")
@whole
def create_train_op(
    total_loss: Any, optimizer: Any, global_step: Any = _GRAPH_STEP, update_ops: Any = None,
    variables_to_train: Any = None, transform_grads_fn: Callable[[Pairs], Any] | None = None,
    summarize_gradients: bool = False, gate_gradients: int = _GATE_OP, aggregation_method: Any = None,
    colocate_gradients_with_ops: bool = False, check_numerics: bool = True,
) -> Tensor:  # fmt: skip
    """Makes a step of training.

    Args:
        total_loss: The loss.
        optimizer: An optimizer.
        global_step: The variable that counts steps; the graph's by default, which is made if there is none.
            With None, steps are not counted.
        update_ops: What is run before; that of GraphKeys.UPDATE_OPS by default.
        variables_to_train: The variables to train; all that are trainable by default.
        transform_grads_fn: A function of pairs of gradient and variable that gives others.
        summarize_gradients: Whether to make summaries of the gradients.
        gate_gradients: As `Optimizer.compute_gradients` takes it.
        aggregation_method: As `Optimizer.compute_gradients` takes it.
        colocate_gradients_with_ops: Accepted for v1's sake.
        check_numerics: Whether a loss that is no number raises an error.

    Returns:
        The loss, once the step is done. It is added to GraphKeys.TRAIN_OP.

    >>> import scopetrie as tf
    >>> w = tf.get_variable("w", initializer=4.0)
    >>> optimizer = tf.train.GradientDescentOptimizer(0.25)
    >>> step = tf.contrib.training.create_train_op(w * w, optimizer)
    >>> with tf.Session() as session:
    ...     session.run(tf.global_variables_initializer())
    ...     print(session.run([step, tf.train.get_global_step()]), session.run(w))
    [np.float32(16.0), np.int64(1)] 2.0
    """
    return _train_op(
        total_loss, optimizer, global_step, update_ops, variables_to_train, transform_grads_fn,
        summarize_gradients, gate_gradients, aggregation_method, colocate_gradients_with_ops, check_numerics,
    )  # fmt: skip


def _train_op(
    loss: Any, optimizer: Any, step: Any, update_ops: Any, variables: Any, transform: Any, summarize: bool,
    gate: int, aggregation: Any, colocate: bool, checked: bool,
) -> Tensor:  # fmt: skip
    if step is _GRAPH_STEP:
        step = get_or_create_global_step()
    first = list(dict.fromkeys(get_collection(GraphKeys.UPDATE_OPS) if update_ops is None else update_ops))
    if first:
        with control_dependencies(first):
            barrier = no_op(name="update_barrier")
        loss = _after(barrier, loss)
    trained = trainable_variables() if variables is None else variables
    pairs = optimizer.compute_gradients(
        loss,
        trained,
        gate_gradients=gate,
        aggregation_method=aggregation,
        colocate_gradients_with_ops=colocate,
    )
    if transform is not None:
        pairs = transform(pairs)
    if summarize:
        with name_scope("summarize_grads"):
            add_gradients_summaries(pairs)
    updated = optimizer.apply_gradients(pairs, global_step=step)
    with name_scope("train_op"):
        if checked:
            loss = check_numerics(loss, "LossTensor is inf or nan")
        made = _after(updated, loss)
    kept = get_collection_ref(GraphKeys.TRAIN_OP)
    if made not in kept:
        kept.append(made)
    return made


def _after(operation: Any, tensor: Any) -> Tensor:
    """The tensor, once an operation is done."""
    with name_scope("control_dependency") as scope, control_dependencies([operation]):
        return identity(tensor, name=scope)


@v1("contrib.slim.learning.create_train_op")
@whole
def create_slim_train_op(
    total_loss: Any, optimizer: Any, global_step: Any = _GRAPH_STEP, update_ops: Any = None,
    variables_to_train: Any = None, clip_gradient_norm: float = 0, summarize_gradients: bool = False,
    gate_gradients: int = _GATE_OP, aggregation_method: Any = None, colocate_gradients_with_ops: bool = False,
    gradient_multipliers: Mapping[Any, Any] | None = None, check_numerics: bool = True,
) -> Tensor:  # fmt: skip
    """Makes a step of training, as `contrib.training.create_train_op`.

    Args:
        total_loss: The loss.
        optimizer: An optimizer.
        global_step: The variable that counts steps; the graph's by default. With None, none are counted.
        update_ops: What is run before; that of GraphKeys.UPDATE_OPS by default.
        variables_to_train: The variables to train; all that are trainable by default.
        clip_gradient_norm: The largest norm of each gradient; 0 for any.
        summarize_gradients: Whether to make summaries of the gradients.
        gate_gradients: As `Optimizer.compute_gradients` takes it.
        aggregation_method: As `Optimizer.compute_gradients` takes it.
        colocate_gradients_with_ops: Accepted for v1's sake.
        gradient_multipliers: What gradients are multiplied by, by variable or its name.
        check_numerics: Whether a loss that is no number raises an error.

    Returns:
        The loss, once the step is done.
    """

    def transform(pairs: Pairs) -> Pairs:
        if gradient_multipliers:
            with name_scope("multiply_grads"):
                pairs = multiply_gradients(pairs, gradient_multipliers)
        if clip_gradient_norm > 0:
            with name_scope("clip_grads"):
                pairs = clip_gradient_norms(pairs, clip_gradient_norm)
        return pairs

    return _train_op(
        total_loss, optimizer, global_step, update_ops, variables_to_train, transform, summarize_gradients,
        gate_gradients, aggregation_method, colocate_gradients_with_ops, check_numerics,
    )  # fmt: skip
