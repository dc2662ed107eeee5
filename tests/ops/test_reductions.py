"""Reductions, sorting, segments and linear algebra against NumPy and SciPy on random shapes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.special
import scopetrie as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

FINITE = st.floats(-8, 8, width=32, allow_subnormal=False)  # a run takes these as zeros, and NumPy does not
ARRAYS = hnp.arrays(np.float32, hnp.array_shapes(min_dims=1, max_dims=4, max_side=4), elements=FINITE)


def run(build: Any, *arrays: np.ndarray, known: bool = False) -> Any:
    """The results of ops for fed arrays, of known or unknown shape."""
    with tf.Graph().as_default():
        inputs = [tf.placeholder(each.dtype, each.shape if known else None) for each in arrays]
        with tf.Session() as session:
            return session.run(build(*inputs), dict(zip(inputs, arrays, strict=True)))


REDUCTIONS = {
    "reduce_sum": np.sum,
    "reduce_mean": np.mean,
    "reduce_max": np.max,
    "reduce_min": np.min,
    "reduce_prod": np.prod,
    "reduce_logsumexp": scipy.special.logsumexp,
    "math.reduce_std": np.std,
    "math.reduce_variance": np.var,
}


@pytest.mark.parametrize("name", list(REDUCTIONS))
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_reduction(name: str, data: Any) -> None:
    x = data.draw(ARRAYS)
    axis = data.draw(st.none() | hnp.valid_tuple_axes(x.ndim, min_size=1))
    keep, known = data.draw(st.booleans()), data.draw(st.booleans())
    function = tf
    for part in name.split("."):
        function = getattr(function, part)
    axes = None if axis is None else list(axis)
    found = run(lambda t: function(t, axis=axes, keepdims=keep), x, known=known)
    with np.errstate(all="ignore"):
        wanted = REDUCTIONS[name](x, axis=axis, keepdims=keep)
    assert found.dtype == np.float32
    assert found.shape == wanted.shape
    np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=1e-3)


@given(
    x=hnp.arrays(np.int32, hnp.array_shapes(max_dims=3, max_side=4), elements=st.integers(-(2**30), 2**30))
)
@settings(max_examples=50, deadline=None)
def test_sums_of_integers_wrap_around(x: Any) -> None:
    found = run(lambda t: tf.reduce_sum(t, 0), x)
    assert found.dtype == np.int32
    np.testing.assert_array_equal(found, np.sum(x, axis=0, dtype=np.int32))


@given(data=st.data())
@settings(max_examples=50, deadline=None)
def test_places_and_running_totals(data: Any) -> None:
    x = data.draw(ARRAYS)
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    np.testing.assert_array_equal(run(lambda t: tf.argmax(t, axis), x), np.argmax(x, axis))
    np.testing.assert_array_equal(run(lambda t: tf.argmin(t, axis), x), np.argmin(x, axis))
    np.testing.assert_allclose(run(lambda t: tf.cumsum(t, axis), x), np.cumsum(x, axis), rtol=1e-4, atol=1e-4)
    np.testing.assert_array_equal(run(lambda t: tf.sort(t, axis), x), np.sort(x, axis))
    found = run(lambda t: tf.argsort(t, axis), x)
    np.testing.assert_array_equal(found, np.argsort(x, axis, kind="stable"))
    largest, places = run(lambda t: tf.nn.top_k(t, x.shape[-1]), x)
    np.testing.assert_array_equal(largest, np.sort(x, -1)[..., ::-1])
    np.testing.assert_array_equal(np.take_along_axis(x, places, -1), largest)


@pytest.mark.parametrize("dtype", [np.float32, np.int32, np.float16, np.uint8])
def test_of_nothing(dtype: Any) -> None:
    x = np.zeros((0, 3), dtype)
    np.testing.assert_array_equal(run(lambda t: tf.reduce_sum(t, 0), x), np.zeros(3, dtype))
    np.testing.assert_array_equal(run(lambda t: tf.reduce_prod(t, 0), x), np.ones(3, dtype))
    if np.issubdtype(dtype, np.floating):
        assert np.isnan(run(lambda t: tf.reduce_mean(t, 0), x)).all()
        np.testing.assert_array_equal(run(lambda t: tf.reduce_max(t, 0), x), np.full(3, -np.inf, dtype))
    else:
        np.testing.assert_array_equal(
            run(lambda t: tf.reduce_max(t, 0), x), np.full(3, np.iinfo(dtype).min, dtype)
        )


@given(data=st.data())
@settings(max_examples=50, deadline=None)
def test_products_of_matrices(data: Any) -> None:
    sizes = st.integers(0, 4)
    m, k, n = data.draw(sizes), data.draw(sizes), data.draw(sizes)
    batches = data.draw(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=2, max_side=3))
    a, b = (
        data.draw(hnp.arrays(np.float32, (*lead, *shape), elements=FINITE))
        for lead, shape in zip(batches.input_shapes, ((m, k), (k, n)), strict=True)
    )
    transpose_a, transpose_b = data.draw(st.booleans()), data.draw(st.booleans())
    left = np.swapaxes(a, -1, -2).copy() if transpose_a else a
    right = np.swapaxes(b, -1, -2).copy() if transpose_b else b
    build = lambda x, y: tf.matmul(x, y, transpose_a=transpose_a, transpose_b=transpose_b)  # noqa: E731
    for known in (False, True):
        np.testing.assert_allclose(run(build, left, right, known=known), a @ b, rtol=1e-4, atol=1e-3)


@given(data=st.data())
@settings(max_examples=50, deadline=None)
def test_segments(data: Any) -> None:
    count = data.draw(st.integers(1, 4))
    x = data.draw(hnp.arrays(np.float32, st.tuples(st.integers(0, 6), st.just(2)), elements=FINITE))
    ids = data.draw(hnp.arrays(np.int32, len(x), elements=st.integers(0, count - 1)))
    wanted = np.zeros((count, 2), np.float32)
    np.add.at(wanted, ids, x)
    found = run(lambda t, i: tf.unsorted_segment_sum(t, i, count), x, ids)
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-5)
    ids.sort()
    wanted = np.zeros((count, 2), np.float32)
    np.add.at(wanted, ids, x)
    found = run(tf.segment_sum, x, ids)
    np.testing.assert_allclose(found, wanted[: ids[-1] + 1 if len(ids) else 0], rtol=1e-5, atol=1e-5)


def test_decompositions() -> None:
    x = np.random.RandomState(0).randn(2, 4, 4)
    spd = x @ np.swapaxes(x, -1, -2) + np.eye(4)
    lower = run(tf.cholesky, spd)
    np.testing.assert_allclose(lower @ np.swapaxes(lower, -1, -2), spd)
    q, r = run(tf.qr, x)
    np.testing.assert_allclose(q @ r, x)
    s, u, v = run(tf.svd, x)
    np.testing.assert_allclose((u * s[:, None, :]) @ np.swapaxes(v, -1, -2), x)
    values, vectors = run(tf.self_adjoint_eig, spd)
    np.testing.assert_allclose(spd @ vectors, vectors * values[:, None, :])
    np.testing.assert_allclose(
        run(tf.matrix_inverse, spd) @ spd, np.broadcast_to(np.eye(4), spd.shape), atol=1e-9
    )
    np.testing.assert_allclose(run(tf.matrix_determinant, x), np.linalg.det(x))
    np.testing.assert_allclose(spd @ run(tf.matrix_solve, spd, x), x, atol=1e-9)
    np.testing.assert_allclose(
        run(lambda a: tf.einsum("bij,bkj->bik", a, a), x), np.einsum("bij,bkj->bik", x, x), atol=1e-12
    )
