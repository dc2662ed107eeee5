"""Random tensors: uniform, normal and truncated normal numbers.

Each operation counts its runs in a session. What a run gives depends on the operation's two seeds (see
`get_seed`) and that count alone, so a new session gives the same numbers again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from ... import dtypes
from ..._core import OpFunction, name_scope, plain_constant
from ...dtypes import DType, DTypeLike, as_dtype
from ...errors import InvalidArgumentError
from ...graph import Tensor
from ...public import v1
from ..constant import convert_to_tensor, index_array
from ..declare import INDICES, attr, tensor
from ..elementwise.arithmetic import add, multiply, subtract
from ..elementwise.cast import namespace_dtype
from ..node_text import dims_text
from ..registry import define_op
from .seed import Generator, op_seeds

__all__ = ["random_normal", "random_uniform", "truncated_normal"]

# Bits of the significand of the dtypes that the core does not fill itself.
_SHORT_FLOATS: Final = {dtypes.float16: 11, dtypes.bfloat16: 8}


def _checked_shape(shape: np.ndarray[Any, Any]) -> tuple[int, ...]:
    if shape.ndim != 1:
        raise InvalidArgumentError(
            None, None, f"shape must be a vector of {{int32,int64}}, got shape {dims_text(shape.shape)}"
        )
    sizes = tuple(shape.tolist())
    for size in sizes:
        if size < 0:
            raise InvalidArgumentError(None, None, f"Dimension {size} must be >= 0")
    return sizes


def _float_kernel(kind: str) -> Callable[..., Any]:
    def kernel(xp: Any, state: Any, dtype: DType, seed: int, seed2: int) -> Any:
        generator = Generator(state, seed, seed2)
        drawn = np.float64 if dtype is dtypes.float64 else np.float32

        def draw(shape: np.ndarray[Any, Any]) -> Any:
            return generator.draw(kind, _checked_shape(shape), drawn)

        def draw_short(shape: np.ndarray[Any, Any]) -> Any:
            values = generator.fill(kind, np.empty(_checked_shape(shape), drawn))
            if kind == "uniform":
                # Cut off, not rounded: 1 is not in the range.
                scale = np.float32(2 ** _SHORT_FLOATS[dtype])
                values = np.floor(values * scale) / scale
            return xp.astype(generator.placed(values), namespace_dtype(xp, dtype))

        return draw_short if dtype in _SHORT_FLOATS else draw

    return kernel


def _define_float(type: str, kind: str) -> OpFunction[Tensor]:
    return define_op(
        type,
        tensor("shape", INDICES, host=True),
        kernel=_float_kernel(kind),
        stateful=True,
        attributes=(attr("dtype", DType), attr("seed", int), attr("seed2", int)),
    )


_uniform = _define_float("RandomUniform", "uniform")
_standard_normal = _define_float("RandomStandardNormal", "normal")
_truncated_normal = _define_float("TruncatedNormal", "truncated_normal")


def _integer_kernel(xp: Any, state: Any, seed: int, seed2: int) -> Any:
    generator = Generator(state, seed, seed2)

    def draw(shape: np.ndarray[Any, Any], minval: np.ndarray[Any, Any], maxval: np.ndarray[Any, Any]) -> Any:
        sizes = _checked_shape(shape)
        lo, hi = int(minval), int(maxval)
        if 0 in sizes:
            return generator.placed(np.empty(sizes, minval.dtype))
        if lo >= hi:
            raise InvalidArgumentError(None, None, f"Need minval < maxval, got {lo} >= {hi}")
        return generator.draw("integers", sizes, minval.dtype, lo, hi)

    return draw


_uniform_int: OpFunction[Tensor] = define_op(
    "RandomUniformInt", tensor("shape", INDICES, host=True), tensor("minval", attr="Tout", host=True),
    tensor("maxval", attr="Tout", host=True), kernel=_integer_kernel, stateful=True,
    attributes=(attr("seed", int), attr("seed2", int)),
)  # fmt: skip


def _shape_tensor(shape: Any) -> Tensor:
    if shape.__class__ in (list, tuple):
        plain = plain_constant(shape, dtypes.int32, "shape", "shape", None, None)
        if plain is not None:
            return plain
    # A list is shown as a tuple in v1's errors.
    return convert_to_tensor(index_array(tuple(shape) if isinstance(shape, list) else shape), name="shape")


_UNIFORM_DTYPES: Final = (
    dtypes.float16,
    dtypes.bfloat16,
    dtypes.float32,
    dtypes.float64,
    dtypes.int32,
    dtypes.int64,
)


@v1("random_uniform", "random.random_uniform", "random.uniform")
def random_uniform(
    shape: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: DTypeLike = dtypes.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Makes random numbers that are uniform over [minval, maxval).

    Args:
        shape: The shape: ints, or a tensor of them.
        minval: The least number; for a float dtype anything that broadcasts to the shape.
        maxval: The bound above, which is not reached; 1 for floats if left out.
        dtype: float16, bfloat16, float32, float64, int32 or int64.
        seed: The operation's seed; see `set_random_seed`.
        name: The operation's name.

    Returns:
        A tensor.

    Raises:
        ValueError: If the dtype is another one, or an integer one without `maxval`.

    Example:
        >>> import scopetrie as tf
        >>> dice = tf.random_uniform([4], 1, 7, dtype=tf.int32, seed=1)
        >>> with tf.Session() as session:
        ...     print(session.run(dice))
        [... ... ... ...]
    """
    made = as_dtype(dtype)
    if made not in _UNIFORM_DTYPES:
        accepted = ", ".join(map(repr, _UNIFORM_DTYPES))
        raise ValueError(f"Argument `dtype` got invalid value {made}. Accepted dtypes are ({accepted}).")
    if maxval is None:
        if made.is_integer:
            raise ValueError(f"Must specify maxval for integer dtype {made!r}")
        maxval = 1
    with name_scope(name, "random_uniform", [shape, minval, maxval]) as scope:
        shape = _shape_tensor(shape)
        # As v1, what would change nothing is not built: but only for Python's ints.
        from_zero = made.is_floating and isinstance(minval, int) and minval == 0
        to_one = made.is_floating and isinstance(maxval, int) and maxval == 1
        if from_zero and to_one:
            return _uniform(shape, dtype=made, **op_seeds(seed))
        minval = convert_to_tensor(minval, made, name="min")
        maxval = convert_to_tensor(maxval, made, name="max")
        if made.is_integer:
            return _uniform_int(shape, minval, maxval, name=scope, **op_seeds(seed))
        drawn = _uniform(shape, dtype=made, **op_seeds(seed))
        if from_zero:
            return multiply(drawn, maxval)
        width = subtract(maxval, minval, name="sub")
        return add(multiply(drawn, width, name="mul"), minval, name=scope)


def _normal(
    op: OpFunction[Tensor],
    shape: Any,
    mean: Any,
    stddev: Any,
    dtype: DTypeLike,
    seed: int | None,
    name: str | None,
    default: str,
) -> Tensor:
    made = as_dtype(dtype)
    with name_scope(name, default, [shape, mean, stddev]) as scope:
        shape = _shape_tensor(shape)
        mean = convert_to_tensor(mean, made, name="mean")
        stddev = convert_to_tensor(stddev, made, name="stddev")
        drawn = op(shape, dtype=made, **op_seeds(seed))
        return add(multiply(drawn, stddev, name="mul"), mean, name=scope)


@v1("random_normal", "random.normal", "random.random_normal")
def random_normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: DTypeLike = dtypes.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Makes normally distributed random numbers.

    Args:
        shape: The shape: ints, or a tensor of them.
        mean: The mean; anything that broadcasts to the shape.
        stddev: The standard deviation; anything that broadcasts to the shape.
        dtype: float16, bfloat16, float32 or float64.
        seed: The operation's seed; see `set_random_seed`.
        name: The operation's name.

    Returns:
        A tensor.

    Raises:
        TypeError: If the dtype is another one.

    Example:
        >>> import scopetrie as tf
        >>> tf.random_normal([784, 10], stddev=0.1)
        <tf.Tensor 'random_normal:0' shape=(784, 10) dtype=float32>
    """
    return _normal(_standard_normal, shape, mean, stddev, dtype, seed, name, "random_normal")


@v1("truncated_normal", "random.truncated_normal")
def truncated_normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: DTypeLike = dtypes.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Makes normally distributed random numbers, none more than two standard deviations from the mean.

    The standard deviation of what is left is smaller than `stddev`: 0.87962566 times as large.

    Args:
        shape: The shape: ints, or a tensor of them.
        mean: The mean; anything that broadcasts to the shape.
        stddev: The standard deviation before cutting off; anything that broadcasts to the shape.
        dtype: float16, bfloat16, float32 or float64.
        seed: The operation's seed; see `set_random_seed`.
        name: The operation's name.

    Returns:
        A tensor.

    Raises:
        TypeError: If the dtype is another one.

    Example:
        >>> import scopetrie as tf
        >>> tf.truncated_normal([784, 10], stddev=0.1)
        <tf.Tensor 'truncated_normal:0' shape=(784, 10) dtype=float32>
    """
    return _normal(_truncated_normal, shape, mean, stddev, dtype, seed, name, "truncated_normal")
