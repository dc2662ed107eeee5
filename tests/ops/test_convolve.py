"""Convolutions in parts: any division into parts matches SciPy, and results are new arrays."""

from __future__ import annotations

import itertools

import array_api_compat.numpy as xp
import numpy as np
import pytest
import scopetrie as tf
from scopetrie.ops.nn import convolve
from scopetrie.ops.nn.window import Geometry

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
