"""Random choices: shuffled rows, and classes drawn with given log-probabilities."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import dtypes
from ..._core import OpFunction, name_scope
from ...dtypes import DType, DTypeLike, as_dtype
from ...errors import InvalidArgumentError
from ...graph import Tensor
from ...public import v1
from ..array.indices import readable
from ..constant import convert_to_tensor
from ..declare import REALS, attr, tensor
from ..registry import define_op
from ..values import make_array
from .seed import Generator, op_seeds


def _shuffle_kernel(xp: Any, state: Any, seed: int, seed2: int) -> Any:
    generator = Generator(state, seed, seed2)

    def shuffle(value: Any) -> Any:
        if not value.shape or value.shape[0] < 2:
            return value
        # Sorting random keys: the same permutation on every platform. Should two of 2^63 keys agree once in a
        # blue moon, they keep their order.
        if readable(value):  # with any backend, if it is text
            keys = generator.fill("integers", np.empty(value.shape[0], np.int64), 0, 2**63 - 1)
            return value[np.argsort(keys, kind="stable")]
        keys = generator.draw("integers", (value.shape[0],), np.int64, 0, 2**63 - 1)
        return xp.take(value, xp.argsort(keys, stable=True), axis=0)

    return shuffle


_random_shuffle: OpFunction[Tensor] = define_op(
    "RandomShuffle", tensor("value"), kernel=_shuffle_kernel, stateful=True,
    attributes=(attr("seed", int), attr("seed2", int)),
)  # fmt: skip

__all__ = ["categorical", "multinomial", "random_shuffle"]


@v1("random_shuffle", "random.shuffle")
def random_shuffle(value: Any, seed: int | None = None, name: str | None = None) -> Tensor:
    """Puts the rows of a tensor (its parts along the first axis) in random order.

    Args:
        value: A tensor.
        seed: The operation's seed; see `set_random_seed`.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `value`.

    Example:
        >>> import scopetrie as tf
        >>> tf.random_shuffle([[1, 2], [3, 4], [5, 6]])
        <tf.Tensor 'RandomShuffle:0' shape=(3, 2) dtype=int32>
    """
    return _random_shuffle(value, name=name, **op_seeds(seed))


def _multinomial_kernel(xp: Any, state: Any, output_dtype: DType, seed: int, seed2: int) -> Any:
    generator = Generator(state, seed, seed2)

    def sample(logits: Any, num_samples: np.ndarray[Any, Any]) -> Any:
        rows, classes = logits.shape
        count = int(num_samples)
        if count < 0:
            raise InvalidArgumentError(None, None, f"num_samples should be non-negative, got {count}")
        if classes < 1:
            raise InvalidArgumentError(None, None, f"num_classes should be positive, got {classes}")
        draws = generator.draw("uniform", (rows, count), np.float64)
        if not readable(logits):
            return xp.astype(_classes_of_all(xp, logits, draws), getattr(xp, output_dtype.name))
        out = np.empty((rows, count), output_dtype.as_numpy_dtype)
        for row in range(rows):
            out[row] = _classes_at(logits[row].astype(np.float64), draws[row])
        return out

    return sample


def _classes_at(logits: np.ndarray[Any, Any], draws: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The classes where the numbers in [0, 1) fall, each class as wide as it is likely."""
    possible = np.isfinite(logits)  # infinite and undefined ones never come up, as in v1
    weights = np.zeros_like(logits)
    if possible.any():
        weights[possible] = np.exp(logits[possible] - logits[possible].max())
    ends = np.cumsum(weights)
    classes: np.ndarray[Any, Any] = np.searchsorted(ends, draws * ends[-1], side="right")
    return classes


def _classes_of_all(xp: Any, logits: Any, draws: Any) -> Any:
    """The same for all rows at once, without a look at the values."""
    logits = xp.astype(logits, xp.float64)
    possible = xp.isfinite(logits)
    lowest = xp.min(xp.where(possible, logits, xp.zeros_like(logits)), axis=-1, keepdims=True)
    largest = xp.max(xp.where(possible, logits, lowest), axis=-1, keepdims=True)
    weights = xp.where(possible, xp.exp(logits - largest), xp.zeros_like(logits))
    ends = xp.cumulative_sum(weights, axis=-1)
    return xp.count_nonzero(ends[:, None, :] <= (draws * ends[:, -1:])[:, :, None], axis=-1)


_multinomial: OpFunction[Tensor] = define_op(
    "Multinomial",
    tensor("logits", REALS),
    tensor("num_samples", (dtypes.int32,), None, host=True),
    kernel=_multinomial_kernel,
    stateful=True,
    attributes=(attr("output_dtype", DType), attr("seed", int), attr("seed2", int)),
)


@v1("multinomial", "random.multinomial")
def multinomial(
    logits: Any,
    num_samples: Any,
    seed: int | None = None,
    name: str | None = None,
    output_dtype: DTypeLike = None,
) -> Tensor:
    """Draws classes with given log-probabilities.

    Args:
        logits: A tensor [rows, classes]: the logarithms of the probabilities, up to a constant for each row.
        num_samples: How many to draw for each row.
        seed: The operation's seed; see `set_random_seed`.
        name: The operation's name.
        output_dtype: int32 or int64, which is the default.

    Returns:
        A tensor [rows, num_samples] of class numbers.

    Raises:
        TypeError: If the logits are no real numbers.
        ValueError: If the shapes or the output dtype are others.

    Example:
        >>> import scopetrie as tf
        >>> tf.multinomial([[0.0, 1.0], [5.0, 0.0]], 3)
        <tf.Tensor 'multinomial/Multinomial:0' shape=(2, 3) dtype=int64>
    """
    with name_scope(name, "multinomial", [logits]):
        return _categorical(logits, num_samples, output_dtype, seed)


@v1("categorical", "random.categorical")
def categorical(
    logits: Any,
    num_samples: Any,
    dtype: DTypeLike = None,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Draws classes with given log-probabilities: `multinomial` under its later name.

    Args:
        logits: A tensor [rows, classes]: the logarithms of the probabilities, up to a constant for each row.
        num_samples: How many to draw for each row.
        dtype: int32 or int64, which is the default.
        seed: The operation's seed; see `set_random_seed`.
        name: The operation's name.

    Returns:
        A tensor [rows, num_samples] of class numbers.

    Raises:
        TypeError: If the logits are no real numbers.
        ValueError: If the shapes or the dtype are others.
    """
    with name_scope(name, "categorical", [logits]):
        return _categorical(logits, num_samples, dtype, seed)


def _categorical(logits: Any, num_samples: Any, dtype: DTypeLike, seed: int | None) -> Tensor:
    logits = convert_to_tensor(logits, name="logits")
    made = dtypes.int64 if dtype is None else as_dtype(dtype)
    if not isinstance(num_samples, Tensor):
        num_samples = _sample_count(num_samples)
    return _multinomial(logits, num_samples, output_dtype=made, **op_seeds(seed))


def _sample_count(value: Any) -> np.ndarray[Any, Any]:
    try:
        return make_array(value, dtypes.int32)
    except TypeError as fault:
        raise TypeError(
            "Expected int32 passed to parameter 'num_samples' of op 'Multinomial', "
            f"got {value} of type '{type(value).__name__}' instead. Error: {fault}"
        ) from None
