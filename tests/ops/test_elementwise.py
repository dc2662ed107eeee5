"""Arithmetic against NumPy and SciPy, on random broadcastable shapes and numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.special
import scopetrie as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

# Where neither a number nor a product of two is subnormal: a run takes those as zeros, and NumPy does not.
NORMAL = st.floats(-1e3, 1e3, width=32).map(lambda x: x if abs(x) > 1e-12 else 0.0)
FLOATS = NORMAL | st.sampled_from([0.0, -0.0, np.inf, -np.inf, np.nan])
INTS = st.integers(-(2**31), 2**31 - 1)


def run(build: Any, *arrays: np.ndarray) -> Any:
    """The results of ops for fed arrays."""
    with tf.Graph().as_default():
        inputs = [tf.placeholder(each.dtype, [None] * each.ndim) for each in arrays]
        with tf.Session() as session:
            return session.run(build(*inputs), dict(zip(inputs, arrays, strict=True)))


def pairs(dtype: Any, elements: Any) -> Any:
    """Two arrays that broadcast."""

    def arrays(shapes: Any) -> Any:
        return st.tuples(*(hnp.arrays(dtype, shape, elements=elements) for shape in shapes.input_shapes))

    return hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=4).flatmap(arrays)


BINARY = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "squared_difference": lambda x, y: np.square(x - y),
    "less": np.less,
    "greater_equal": np.greater_equal,
    "equal": np.equal,
    "not_equal": np.not_equal,
    "atan2": np.arctan2,
}


@pytest.mark.parametrize("name", list(BINARY))
@given(arrays=pairs(np.float32, FLOATS))
@settings(max_examples=25, deadline=None)
def test_binary(name: str, arrays: Any) -> None:
    with np.errstate(all="ignore"):
        wanted = BINARY[name](*arrays)
    found = run(getattr(tf, name), *arrays)
    assert found.dtype == wanted.dtype
    np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize(
    "name", ["add", "subtract", "multiply", "bitwise.bitwise_and", "bitwise.bitwise_xor"]
)
@given(arrays=pairs(np.int32, INTS))
@settings(max_examples=25, deadline=None)
def test_integers_wrap_around(name: str, arrays: Any) -> None:
    function = tf
    for part in name.split("."):
        function = getattr(function, part)
    found = run(function, *arrays)
    wanted = getattr(np, name.rpartition(".")[2])(*arrays)
    assert found.dtype == np.int32
    np.testing.assert_array_equal(found, wanted)


@given(arrays=pairs(np.int32, st.integers(-50, 50)), shift=st.integers(1, 7))
@settings(max_examples=50, deadline=None)
def test_division_of_integers(arrays: Any, shift: int) -> None:
    x, y = arrays
    y = np.where(y == 0, np.int32(shift), y).astype(np.int32)
    np.testing.assert_array_equal(run(tf.floordiv, x, y), x // y)
    np.testing.assert_array_equal(run(tf.floormod, x, y), x % y)
    np.testing.assert_array_equal(run(tf.truncatediv, x, y), np.trunc(x / y).astype(np.int32))
    np.testing.assert_array_equal(run(tf.truncatemod, x, y), np.fmod(x, y))
    quotient = run(tf.truediv, x, y)
    assert quotient.dtype == np.float64
    np.testing.assert_array_equal(quotient, x / y)


UNARY = {
    "abs": np.abs,
    "negative": np.negative,
    "sign": np.sign,
    "square": np.square,
    "exp": np.exp,
    "expm1": np.expm1,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "atan": np.arctan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "asinh": np.arcsinh,
    "floor": np.floor,
    "ceil": np.ceil,
    "round": np.round,
    "rint": np.rint,
    "is_nan": np.isnan,
    "is_inf": np.isinf,
    "is_finite": np.isfinite,
    "log": np.log,
    "log1p": np.log1p,
    "sqrt": np.sqrt,
    "rsqrt": lambda x: 1 / np.sqrt(x),
    "sigmoid": scipy.special.expit,
    "erf": scipy.special.erf,
    "erfc": scipy.special.erfc,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atanh": np.arctanh,
    "nn.relu": lambda x: np.maximum(x, np.float32(0)),
    "nn.softplus": lambda x: np.logaddexp(x, np.float32(0)),
    "nn.relu6": lambda x: np.clip(x, 0, 6),
    "nn.softsign": lambda x: x / (1 + np.abs(x)),
}


@pytest.mark.parametrize("name", list(UNARY))
@given(
    x=hnp.arrays(
        np.float32, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4), elements=FLOATS
    )
)
@settings(max_examples=25, deadline=None)
def test_unary(name: str, x: Any) -> None:
    function = tf
    for part in name.split("."):
        function = getattr(function, part)
    with np.errstate(all="ignore"):
        wanted = UNARY[name](x)
    found = run(function, x)
    assert found.dtype == np.asarray(wanted).dtype
    if name == "nn.softsign":  # infinity over infinity
        x, found, wanted = x[np.isfinite(x)], found[np.isfinite(x)], wanted[np.isfinite(x)]
    np.testing.assert_allclose(found, wanted, rtol=2e-6, atol=1e-7)


@pytest.mark.parametrize("name", ["erf", "erfc", "gammaln", "digamma"])
def test_formulas_of_special_functions(name: str) -> None:
    """The formulas used when the library has no such function."""
    import array_api_compat.numpy as xp
    from scopetrie.ops.elementwise import special_kernels

    x = np.concatenate([np.linspace(-9.75, 9.75, 4000), [30.0, 100.0, 170.5, 1e-3]])
    with np.errstate(all="ignore"):
        found = getattr(special_kernels, name)(xp, x)
    wanted = getattr(scipy.special, name)(x)
    np.testing.assert_allclose(found, wanted, rtol=1e-11, atol=1e-12)


def test_casts() -> None:
    x = np.array([-1.7, 0.0, 2.9, 300.0], np.float32)
    np.testing.assert_array_equal(run(lambda t: tf.cast(t, tf.int32), x), [-1, 0, 2, 300])
    np.testing.assert_array_equal(run(lambda t: tf.cast(t, tf.bool), x), [True, False, True, True])
    np.testing.assert_array_equal(run(lambda t: tf.saturate_cast(t, tf.uint8), x), [0, 0, 2, 255])
    assert run(lambda t: tf.cast(t, tf.complex64), x).dtype == np.complex64


def test_operators_of_python_values() -> None:
    x = np.array([1.0, 2.0], np.float32)
    built = lambda t: (1 + t, t - 1, 2 * t, 2 / t, t**2, 7 // t, 5 % t, -t, abs(-t), t > 1, t > 1)  # noqa: E731
    found = run(lambda t: list(built(t)), x)
    for each, wanted in zip(found, built(x), strict=True):
        assert each.dtype == wanted.dtype
        np.testing.assert_allclose(each, wanted)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32", "int64", "complex64", "bool"])
@pytest.mark.parametrize("shape", [(70, 130), (130, 70)])
def test_large_choices_are_numpys_bit_by_bit(dtype: str, shape: tuple[int, int]) -> None:
    random = np.random.default_rng(0)
    x, y = (random.normal(size=shape).astype(dtype) for _ in range(2))
    if x.dtype.kind == "f":
        x[::7], y[::5], x[1, ::3] = np.nan, np.inf, -0.0
    mask = random.random(shape) < 0.5
    for left, right in ((x, y), (x, y.T.copy().T), (x, y[:1])):
        with tf.Graph().as_default(), tf.Session() as session:
            fed = [tf.placeholder(each.dtype, each.shape) for each in (mask, left, right)]
            found = session.run(tf.where_v2(*fed), dict(zip(fed, (mask, left, right), strict=True)))
        expected = np.where(mask, left, right)
        assert found.dtype == expected.dtype
        assert found.tobytes() == np.ascontiguousarray(expected).tobytes()
