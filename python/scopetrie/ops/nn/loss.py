"""Losses of classifiers: cross entropies of logits, and Poisson regression."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from ... import dtypes
from ..._core import OpFunction, name_scope
from ...graph import Tensor
from ...public import v1
from ..array.dims import renamed
from ..array.fill import ones_like, stop_gradient, zeros_like
from ..array.indices import check_indices, count_up, readable
from ..array.join import concat
from ..array.shape import known_size, rank, reshape, shape, shape_internal, transpose
from ..array.slice import slice_
from ..constant import constant, convert_to_tensor
from ..declare import FLOATS_HALF_FIRST, INDICES, tensor
from ..elementwise.arithmetic import add, multiply, subtract
from ..elementwise.cast import cast
from ..elementwise.compare import greater_equal, less_equal, logical_and, where
from ..elementwise.unary import abs, exp, log, log1p, negative
from ..math.sequence import range_
from ..registry import define_op
from .activation import relu


def _named_only(function: str, labels: Any, logits: Any) -> None:
    if labels is None or logits is None:
        raise ValueError(f"Only call `{function}` with named arguments (labels=..., logits=..., ...).")


@v1("nn.sigmoid_cross_entropy_with_logits")
def sigmoid_cross_entropy_with_logits(
    labels: Any = None, logits: Any = None, name: str | None = None
) -> Tensor:
    """The cross entropy of independent yes-or-no decisions: max(x, 0) - x z + log(1 + exp(-|x|)).

    Args:
        labels: Probabilities z, a tensor of floats.
        logits: Their logits x, of the same dtype and shape.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `logits`.

    Raises:
        ValueError: If the shapes differ.
    """
    _named_only("sigmoid_cross_entropy_with_logits", labels, logits)
    with name_scope(name, "logistic_loss", [logits, labels]) as scope:
        x = convert_to_tensor(logits, name="logits")
        z = convert_to_tensor(
            labels, x.dtype.base_dtype if not isinstance(labels, Tensor) else None, name="labels"
        )
        if not x.shape.is_compatible_with(z.shape):
            raise ValueError(
                f"`logits` and `labels` must have the same shape, received ({x.shape} vs {z.shape})."
            )
        nothing = zeros_like(x)
        positive = greater_equal(x, nothing)
        above = where(positive, x, nothing)
        size = where(positive, negative(x), x)
        return add(subtract(above, multiply(x, z, name="mul"), name="sub"), log1p(exp(size)), name=scope)


@v1("nn.weighted_cross_entropy_with_logits")
def weighted_cross_entropy_with_logits(
    labels: Any = None,
    logits: Any = None,
    pos_weight: Any = None,
    name: str | None = None,
    targets: Any = None,
) -> Tensor:
    """As `sigmoid_cross_entropy_with_logits`, with misses weighing `pos_weight` times what false alarms do.

    Args:
        labels: Probabilities, a tensor of floats.
        logits: Their logits, of the same dtype and shape.
        pos_weight: The weight of positive examples.
        name: The operation's name.
        targets: Deprecated name of `labels`.

    Returns:
        A tensor with the dtype and shape of `logits`.

    Raises:
        ValueError: If the shapes differ.
    """
    labels = renamed(labels, "labels", targets, "targets")
    with name_scope(name, "logistic_loss", [logits, labels]) as scope:
        x = convert_to_tensor(logits, name="logits")
        z = convert_to_tensor(labels, name="labels")
        if not x.shape.is_compatible_with(z.shape):
            raise ValueError(
                f"`logits` and `targets` must have the same shape, received ({x.shape} vs {z.shape})."
            )
        extra = multiply(
            pos_weight - 1 if not isinstance(pos_weight, Tensor) else subtract(pos_weight, 1), z, name="mul"
        )
        weight = add(1, extra, name="add")
        first = multiply(subtract(1, z, name="sub"), x, name="mul")
        tail = add(log1p(exp(negative(abs(x)))), relu(negative(x)), name="add")
        return add(first, multiply(weight, tail, name="mul"), name=scope)


# Bytes of logits to go through at a time with NumPy, so that they stay in a core's cache.
_BYTES: Final = 1 << 18


def _by_rows(losses: Any) -> Any:
    """A function of logits `[N, classes]` and labels, a few rows after another where arrays are NumPy's."""

    def computed(x: Any, labels: Any) -> tuple[Any, Any]:
        if not isinstance(x, np.ndarray) or x.nbytes <= 2 * _BYTES or x.ndim != 2 or len(labels) != len(x):
            made: tuple[Any, Any] = losses(x, labels)
            return made
        loss, gradient = np.empty(len(x), x.dtype), np.empty(x.shape, x.dtype)
        each = max(1, _BYTES * len(x) // x.nbytes)
        for first in range(0, len(x), each):
            part = slice(first, first + each)
            loss[part], gradient[part] = losses(x[part], labels[part])
        return loss, gradient

    return computed


def _scaled(xp: Any, x: Any) -> tuple[Any, Any, Any]:
    """Logits without their maximum, the exponentials of these, and the sums of those; new arrays."""
    low = x - xp.max(x, axis=-1, keepdims=True) if x.shape[-1] else x
    powers = xp.exp(low)
    return low, powers, xp.sum(powers, axis=-1, keepdims=True)


def _cross_entropy_kernel(xp: Any) -> Any:
    def losses(x: Any, labels: Any) -> Any:
        low, powers, total = _scaled(xp, x)
        if not readable(x):
            return xp.sum((xp.log(total) - low) * labels, axis=-1), powers / total - labels
        # In place, in arrays that are made here. PyTorch goes back through the values of its own.
        weighed = xp.log(total) - low
        weighed *= labels
        powers /= total
        powers -= labels
        return xp.sum(weighed, axis=-1), powers

    return _by_rows(losses)


_softmax_cross_entropy: OpFunction[list[Tensor]] = define_op(
    "SoftmaxCrossEntropyWithLogits", tensor("features", FLOATS_HALF_FIRST), tensor("labels"),
    kernel=_cross_entropy_kernel,
)  # fmt: skip


_HALVES = (dtypes.float16, dtypes.bfloat16)


def _class_last(x: Tensor, axis: int, ranks: Tensor) -> Tensor:
    """The tensor with an axis moved behind the others; as in v1, a negative one but -1 is refused."""
    return transpose(x, concat([range_(axis), range_(axis + 1, ranks), [axis]], 0))


def _rows(x: Tensor) -> Tensor:
    """A tensor with all dimensions but the last made into one."""
    ranks = rank(x)
    own = shape_internal(x, optimize=False)
    classes = slice_(own, [subtract(ranks, 1, name="Sub")], [1])
    rows = reshape(x, concat([[-1], classes], 0))
    if x._dims is not None:
        lead = known_size(x._dims[:-1])
        rows.set_shape([lead, x._dims[-1]])
    return rows


@v1("nn.softmax_cross_entropy_with_logits_v2")
def softmax_cross_entropy_with_logits_v2(
    labels: Any, logits: Any, axis: Any = None, name: str | None = None, dim: Any = None
) -> Tensor:
    """The cross entropy of a choice among classes.

    Args:
        labels: Probabilities of the classes, a tensor of floats.
        logits: Their logits, of the same dtype and shape.
        axis: The dimension of the classes; the last one by default.
        name: The operation's name.
        dim: Deprecated name of `axis`.

    Returns:
        A tensor of the shape of `logits` without `axis`.

    Raises:
        ValueError: If the shapes do not go together.

    >>> import scopetrie as tf
    >>> tf.nn.softmax_cross_entropy_with_logits_v2(
    ...     labels=tf.ones([2, 3]), logits=tf.ones([2, 3])
    ... ).shape.as_list()
    [2]
    """
    axis = renamed(axis, "axis", dim, "dim")
    with name_scope(name, "softmax_cross_entropy_with_logits", [logits, labels]) as scope:
        x = convert_to_tensor(logits, name="logits")
        z = convert_to_tensor(labels, name="labels")
        own = x.dtype.base_dtype
        if own in _HALVES:  # as v1: computed in float32
            x = cast(x, dtypes.float32)
        z = cast(z, x.dtype.base_dtype)
        at = -1 if axis is None else int(axis)
        ranks, whole = rank(x), x.shape
        if at != -1:
            x, z = _class_last(x, at, ranks), _class_last(z, at, ranks)
        sizes = shape(x)
        losses = _softmax_cross_entropy(_rows(x), _rows(z), name=scope)[0]
        losses = reshape(losses, slice_(sizes, [0], [subtract(ranks, 1, name="sub")]))
        if whole.ndims is not None and -whole.ndims <= at < whole.ndims:
            dims = whole.as_list()
            del dims[at]
            losses.set_shape(dims)
        return cast(losses, own)


@v1("nn.softmax_cross_entropy_with_logits")
def softmax_cross_entropy_with_logits(
    labels: Any = None, logits: Any = None, dim: Any = -1, name: str | None = None, axis: Any = None
) -> Tensor:
    """As `softmax_cross_entropy_with_logits_v2`, with no gradient to the labels.

    Args:
        labels: Probabilities of the classes, a tensor of floats.
        logits: Their logits, of the same dtype and shape.
        dim: Deprecated name of `axis`.
        name: The operation's name.
        axis: The dimension of the classes; the last one by default.

    Returns:
        A tensor of the shape of `logits` without `axis`.
    """
    _named_only("softmax_cross_entropy_with_logits", labels, logits)
    with name_scope(name, "softmax_cross_entropy_with_logits_sg", [logits, labels]) as scope:
        fixed = stop_gradient(labels, name="labels_stop_gradient")
        return softmax_cross_entropy_with_logits_v2(
            fixed, logits, axis=dim if axis is None else axis, name=scope
        )


def _sparse_kernel(xp: Any) -> Any:
    def losses(x: Any, labels: Any) -> Any:
        classes = x.shape[-1]
        low, powers, total = _scaled(xp, x)
        if readable(x) and x.ndim == 2:
            powers /= total
            places = np.arange(len(labels)), labels
            powers[places] -= 1
            return np.log(total[:, 0]) - low[places], powers
        outside = (labels < 0) | (labels >= classes)
        chosen = labels[:, None] == count_up(xp, labels, classes)[None, :]
        # What is not chosen does not count, infinite or not.
        loss = xp.sum(xp.where(chosen, xp.log(total) - low, xp.zeros_like(low)), axis=-1)
        gradient = powers / total - xp.astype(chosen, x.dtype)
        return xp.where(outside, xp.full_like(loss, math.nan), loss), gradient

    in_parts = _by_rows(losses)

    def checked(x: Any, labels: Any) -> Any:
        classes = x.shape[-1]
        if tuple(labels.shape) != tuple(x.shape[:-1]):
            raise ValueError(
                "logits and labels must have the same first dimension, "
                f"got logits shape {list(x.shape)} and labels shape {list(labels.shape)}"
            )
        check_indices(labels, classes, "labels")
        return in_parts(x, labels)

    return checked


_sparse_cross_entropy: OpFunction[list[Tensor]] = define_op(
    "SparseSoftmaxCrossEntropyWithLogits", tensor("features", FLOATS_HALF_FIRST),
    tensor("labels", INDICES, "Tlabels"), kernel=_sparse_kernel,
)  # fmt: skip


@v1("nn.sparse_softmax_cross_entropy_with_logits")
def sparse_softmax_cross_entropy_with_logits(
    labels: Any = None, logits: Any = None, name: str | None = None
) -> Tensor:
    """The cross entropy of a choice among classes, whose right one is known.

    Args:
        labels: The numbers of the right classes, int32 or int64.
        logits: Logits of the classes, one dimension more than `labels`.
        name: The operation's name.

    Returns:
        A tensor of the shape of `labels` with the dtype of `logits`; not a number where a label is out of
        range.

    Raises:
        ValueError: If the shapes do not go together.
    """
    _named_only("sparse_softmax_cross_entropy_with_logits", labels, logits)
    with name_scope(name, "SparseSoftmaxCrossEntropyWithLogits", [labels, logits]):
        picked = convert_to_tensor(labels)
        x = convert_to_tensor(logits)
        dims, at = x._dims, picked._dims
        if dims == ():
            raise ValueError(f"`logits` cannot be a scalar. Received logits={logits}`")
        if dims is not None and at is not None and len(at) != len(dims) - 1:
            raise ValueError(
                "`labels.shape.rank` must equal `logits.shape.rank - 1`. "
                f"Received: labels.shape={picked.shape} of rank {len(at)} and logits.shape={x.shape} of "
                f"rank {len(dims)}"
            )
        if (
            dims is not None
            and at is not None
            and any(None not in (a, b) and a != b for a, b in zip(at, dims[:-1], strict=True))
        ):
            raise ValueError(
                "`labels.shape` must equal `logits.shape` except for the last dimension. "
                f"Received: labels.shape={picked.shape} and logits.shape={x.shape}"
            )
        own = x.dtype.base_dtype
        if own is dtypes.float16:
            x = cast(x, dtypes.float32)
        if dims is not None and len(dims) == 2:
            return cast(_sparse_cross_entropy(x, picked)[0], own)
        classes = x._dims[-1] if x._dims else shape(x)[-1]
        rows = reshape(x, [-1, shape(x)[-1] if classes is None else classes])
        losses = _sparse_cross_entropy(rows, reshape(picked, [-1]))[0]
        return cast(reshape(losses, shape(picked)), own)


@v1("nn.log_poisson_loss")
def log_poisson_loss(
    targets: Any, log_input: Any, compute_full_loss: bool = False, name: str | None = None
) -> Tensor:
    """The loss of Poisson regression: exp(c) - z c, and an approximation of log z! if asked for.

    Args:
        targets: Counts z, a tensor of floats.
        log_input: The logarithm c of their expectations, of the same dtype and shape.
        compute_full_loss: Whether to add Stirling's approximation of log z!.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `log_input`.

    Raises:
        ValueError: If the shapes differ.
    """
    with name_scope(name, "log_poisson_loss", [log_input, targets]):
        c = convert_to_tensor(log_input, name="log_input")
        z = convert_to_tensor(targets, name="targets")
        if not c.shape.is_compatible_with(z.shape):
            raise ValueError(
                f"`log_input` and `targets` must have the same shape, received ({c.shape} vs {z.shape})."
            )
        result = subtract(exp(c), multiply(c, z, name="mul"), name="sub")
        if compute_full_loss:
            half = constant(np.asarray(0.5, c.dtype.as_numpy_dtype))
            stirling = z * log(z) - z + half * log(np.asarray(2 * math.pi, c.dtype.as_numpy_dtype) * z)
            small = logical_and(greater_equal(z, zeros_like(z)), less_equal(z, ones_like(z)))
            result = add(result, where(small, zeros_like(z), stirling), name="add")
        return result
