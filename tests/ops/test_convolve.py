"""Convolutions in parts: any division into parts matches SciPy, and results are new arrays."""

from __future__ import annotations

import itertools

import array_api_compat.numpy as xp
import numpy as np
import pytest
import scopetrie as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from scopetrie import _core
from scopetrie.backends.numpy import XP
from scopetrie.derivatives.nn import conv
from scopetrie.ops.nn.windows import conv_transpose, convolve
from scopetrie.ops.nn.windows.window import Geometry

signal = pytest.importorskip("scipy.signal")


def images(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).standard_normal(shape)


def by_scipy(x: np.ndarray, taps: np.ndarray) -> np.ndarray:
    return np.stack(
        [
            sum(signal.correlate(image[..., c], taps[..., c, d], mode="valid") for c in range(taps.shape[-2]))
            for image, d in itertools.product(x, range(taps.shape[-1]))
        ],
    ).reshape(len(x), taps.shape[-1], *np.subtract(x.shape[1:-1], np.subtract(taps.shape[:-2], 1)))


@pytest.mark.parametrize("most", [1, 1000, 3000, 20_000, 5 << 20])
@pytest.mark.parametrize(
    "shape, window", [((3, 7, 6, 2), (3, 2)), ((2, 9, 3), (4,)), ((2, 4, 5, 3, 2), (2, 2, 3))]
)
def test_parts_of_any_size_make_the_whole(monkeypatch, most, shape, window):
    monkeypatch.setattr(convolve, "_HOST_BYTES", most)
    monkeypatch.setattr(convolve, "_LEAST", 1)
    x, taps = images(*shape), images(*window, shape[-1], 4)
    ones = (1,) * len(window)
    got = convolve.convolve(xp, x, taps, Geometry(ones, ones, "VALID"))
    assert np.allclose(np.moveaxis(got, -1, 1), by_scipy(x, taps))
    assert got.flags.owndata or got.base.flags.owndata


@pytest.mark.parametrize("count, most", [*itertools.product([1, 2, 7, 64], [1, 2, 3, 7, 100])])
def test_spans_cover_a_range_evenly(count, most):
    spans = list(convolve._divided(count, most))
    lengths = [last - first for first, last in spans]
    assert [0, *(last for _, last in spans)] == [*(first for first, _ in spans), count]
    assert lengths[0] == max(lengths) <= most and len(spans) <= -(-count // most)


def test_no_images_give_none():
    with tf.Graph().as_default(), tf.Session() as session:
        made = session.run(tf.nn.conv2d(np.empty((0, 5, 5, 2), np.float32), tf.ones((3, 3, 2, 4)), 1, "SAME"))
    assert made.shape == (0, 5, 5, 4)


@pytest.mark.parametrize("most", [1, 3000, 5 << 20])
@pytest.mark.parametrize("depth, out_depth", [(1, 3), (3, 2)])
@pytest.mark.parametrize("padding", ["SAME", "VALID", [(0, 0), (2, 1), (0, 3), (0, 0)]])
@pytest.mark.parametrize("dilation", [1, 2])
def test_both_gradients_are_transposes_of_the_convolution(
    monkeypatch, most, depth, out_depth, padding, dilation
):
    monkeypatch.setattr(convolve, "_HOST_BYTES", most)
    monkeypatch.setattr(convolve, "_LEAST", 1)
    x, taps = images(3, 8, 7, depth), images(3, 2, depth, out_depth)
    with tf.Graph().as_default(), tf.Session() as session:
        inputs = [tf.constant(x), tf.constant(taps)]
        y = tf.nn.conv2d(*inputs, 1, padding, dilations=dilation)
        given = images(*y.shape.as_list())
        by_x, by_taps, out = session.run([*tf.gradients(y, inputs, given), y])
    # The convolution is linear in both.
    assert np.vdot(by_x, x) == pytest.approx(np.vdot(out, given))
    assert np.vdot(by_taps, taps) == pytest.approx(np.vdot(out, given))
    for at in np.ndindex(2, 2):  # and what a single element gives is what its gradient says
        one = np.zeros_like(x)
        one[(0, *at, 0)] = 1
        with tf.Graph().as_default(), tf.Session() as session:
            made = session.run(
                tf.nn.conv2d(tf.constant(one), tf.constant(taps), 1, padding, dilations=dilation)
            )
        assert by_x[(0, *at, 0)] == pytest.approx(np.vdot(made, given))


@st.composite
def convolutions(draw):
    rank = draw(st.integers(1, 3))
    window = tuple(draw(st.integers(1, 3)) for _ in range(rank))
    dilations = tuple(draw(st.integers(1, 3)) for _ in range(rank))
    padding = draw(st.sampled_from(["SAME", "VALID", "EXPLICIT"]))
    reach = [(length - 1) * step + 1 for length, step in zip(window, dilations, strict=True)]
    sizes = tuple(each + draw(st.integers(0, 4)) for each in reach)
    strides = tuple(draw(st.integers(1, 3)) for _ in range(rank))
    pairs = tuple((draw(st.integers(0, 4)), draw(st.integers(0, 4))) for _ in range(rank))
    shape = Geometry(strides, dilations, padding, pairs if padding == "EXPLICIT" else ())
    depths = draw(st.sampled_from([(1, 3), (2, 2), (3, 1), (3, 7), (5, 17)]))
    images, kind = draw(st.integers(1, 3)), draw(st.sampled_from(["float32", "float64"]))
    return (
        (images, *sizes, depths[0]),
        (*window, *depths),
        shape,
        kind,
        draw(st.sampled_from([1, 500, 1 << 20])),
    )


@settings(max_examples=60, deadline=None)
@given(convolutions())
def test_windows_written_by_the_core_give_what_numpys_views_give(case):
    sizes, filter_sizes, shape, kind, most = case
    x, taps = images(*sizes).astype(kind), images(*filter_sizes).astype(kind)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(convolve, "_HOST_BYTES", most)
        patch.setattr(convolve, "_LEAST", 1)
        out = convolve.convolve(XP, x, taps, shape)
        grad = images(*out.shape).astype(kind)
        for function, arguments in (
            (convolve.convolve, (x, taps)),
            (conv._by_filter, (x, grad, filter_sizes)),
            (conv_transpose._spread_windows, (sizes, taps, grad)),
        ):
            ours, plain = (function(namespace, *arguments, shape) for namespace in (XP, xp))
            np.testing.assert_allclose(ours, plain, rtol=1e-4, atol=1e-4 if kind == "float32" else 1e-9)
            assert ours.dtype == plain.dtype == kind


def test_the_core_refuses_what_it_cannot_unfold():
    x, rows = np.ones((2, 4, 4, 3), np.float32), np.ones((18, 12), np.float32)
    three, two, one, none = (3, 3), (2, 2), (1, 1), (0, 0)
    _core.unfold(x, rows, False, three, two, one, one, none)
    for arguments in (
        (x, rows, two, two, one, one, none),
        (x, rows, three, three, one, one, none),
        (x, rows, (9,), two, one, one, none),
        (x, rows, [3, 3], two, one, one, none),
        (x, rows, (-3, -3), two, one, one, none),
        (x, rows, (2**31, 2**31), two, one, one, none),
        (x, rows, three, two, none, one, none),
        (x, rows, three, two, one, none, none),
        (x, rows, three, two, one, one, (0, -(2**31))),
        (x, rows, three, two, one, one, (0, 0.0)),
        (x, rows.astype(np.float64), three, two, one, one, none),
        (x.astype(np.int32), rows.astype(np.int32), three, two, one, one, none),
        (x, rows.reshape(9, 2, 12), three, two, one, one, none),
        (x[..., :2], rows, three, two, one, one, none),
    ):
        array, matrix, *rest = arguments
        with pytest.raises((TypeError, OverflowError, ValueError)):
            _core.unfold(array, matrix, False, *rest)
        with pytest.raises((TypeError, OverflowError, ValueError)):
            _core.fold(matrix, array, *rest)
    with pytest.raises(TypeError):  # its rows are not the columns
        _core.unfold(x, rows, True, three, two, one, one, none)
    far = (2**31 - 1,) * 2
    _core.unfold(x, rows, False, three, two, far, far, far)
    assert not rows.any()
