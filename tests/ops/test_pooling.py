"""Poolings and their gradients: special values as TensorFlow has them, and windows of all kinds."""

from __future__ import annotations

import itertools
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scopetrie as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from scopetrie import _core
from scopetrie.ops.registry import OPS

sys.path.insert(0, str(Path(__file__).parent.parent / "recorded"))
import pooling_cases

RECORDED = json.loads(pooling_cases.RECORDED.read_text())


@pytest.mark.parametrize(
    "library, dtype",
    [*(("numpy", kind) for kind in pooling_cases.DTYPES), ("array_api_strict", "float32")],
)
def test_ties_nan_and_infinities_as_tensorflow(library: str, dtype: str) -> None:
    tf.set_default_backend(pytest.importorskip(library))
    try:
        for row, window, kind in pooling_cases.cases():
            if kind != dtype:
                continue
            found = pooling_cases.outcome(tf, row, window, kind)
            for ours, theirs in zip(found, RECORDED[pooling_cases.key(row, window, kind)], strict=True):
                np.testing.assert_allclose(
                    np.asarray(ours, float), np.asarray(theirs, float),
                    rtol=2 * np.finfo(dtype).eps, err_msg=pooling_cases.key(row, window, kind),
                )  # fmt: skip
    finally:
        tf.set_default_backend(None)


def spans(sizes: tuple[int, ...], window: list[int], strides: list[int], padding: str) -> list[list[range]]:
    """For each dimension, the elements of each window."""
    found = []
    for size, length, stride in zip(sizes, window, strides, strict=True):
        count = -(-size // stride) if padding == "SAME" else (size - length) // stride + 1
        before = max((count - 1) * stride + length - size, 0) // 2 if padding == "SAME" else 0
        starts = [at * stride - before for at in range(count)]
        found.append([range(max(start, 0), min(start + length, size)) for start in starts])
    return found


def by_hand(x: Any, grads: Any, found: list[list[range]]) -> tuple[Any, Any, Any, Any]:
    """Both poolings of channels-last arrays, and their gradients, an element at a time."""
    largest, mean = np.zeros_like(grads), np.zeros_like(grads)
    by_largest, by_mean = np.zeros_like(x), np.zeros_like(x)
    for image, channel in itertools.product(range(x.shape[0]), range(x.shape[-1])):
        for at in itertools.product(*map(range, grads.shape[1:-1])):
            entries = [*itertools.product(*(each[i] for each, i in zip(found, at, strict=True)))]
            keys = [(image, *entry, channel) for entry in entries]
            place, first = (image, *at, channel), keys[0]
            best = np.iinfo(x.dtype).min if x.dtype.kind == "i" else np.finfo(x.dtype).min
            for each in keys:
                if x[each] > best:
                    best = x[each]
                if x[each] > x[first]:
                    first = each
                mean[place] += x[each]
                by_mean[each] += grads[place] / len(keys)
            largest[place] = best
            mean[place] = mean[place] / len(keys)
            by_largest[first] += grads[place]
    return largest, mean, by_largest, by_mean


@st.composite
def poolings(draw: st.DrawFn) -> dict[str, Any]:
    rank = draw(st.integers(2, 3))
    window = [draw(st.integers(1, 4)) for _ in range(rank)]
    padding = draw(st.sampled_from(["SAME", "VALID"]))
    least = window if padding == "VALID" else [1] * rank
    sizes = tuple(each + draw(st.integers(0, 5)) for each in least)
    return {
        "sizes": (draw(st.integers(0, 2)), *sizes, draw(st.sampled_from([1, 2, 3, 17]))),
        "window": window,
        "strides": [draw(st.integers(1, 5)) for _ in range(rank)],
        "padding": padding,
        "first": draw(st.booleans()),
        "kind": draw(st.sampled_from(["float32", "float64", "int32"])),
        "seed": draw(st.integers(0, 1000)),
        "special": draw(st.booleans()),
    }


@settings(max_examples=40, deadline=None)
@given(poolings())
def test_windows_of_all_kinds(case: dict[str, Any]) -> None:
    kind, window, strides, padding = case["kind"], case["window"], case["strides"], case["padding"]
    rank = len(window)
    if rank == 3 and kind != "float32":
        kind = "float32"
    draw = np.random.default_rng(case["seed"])
    x = draw.integers(-3, 4, case["sizes"]).astype(kind)  # small numbers: ties
    if case["special"] and kind != "int32":
        x[draw.random(x.shape) < 0.2] = np.nan
        x[draw.random(x.shape) < 0.2] = -np.inf
    found = spans(x.shape[1:-1], window, strides, padding)
    grads = draw.integers(-4, 5, (x.shape[0], *map(len, found), x.shape[-1])).astype(kind)
    expected = by_hand(x, grads, found)
    first = case["first"]
    to_last, to_first = (0, *range(2, rank + 2), 1), (0, rank + 1, *range(1, rank + 1))

    def whole(spatial: list[int]) -> tuple[int, ...]:
        return (1, 1, *spatial) if first else (1, *spatial, 1)

    attrs = {
        "ksize": whole(window),
        "strides": whole(strides),
        "padding": padding,
        "data_format": ("NCDHW" if first else "NDHWC") if rank == 3 else ("NCHW" if first else "NHWC"),
    }
    wide = "3D" if rank == 3 else ""
    with tf.Graph().as_default(), tf.Session() as session:
        image, by = (tf.constant(each.transpose(to_first) if first else each) for each in (x, grads))
        out = OPS[f"MaxPool{wide}"].function(image, **attrs)
        nodes: list[Any] = [out, OPS[f"MaxPool{wide}Grad"].function(image, out, by, **attrs)]
        wanted = [expected[0], expected[2]]
        if kind != "int32":
            nodes.append(OPS[f"AvgPool{wide}"].function(image, **attrs))
            nodes.append(OPS[f"AvgPool{wide}Grad"].function(list(image.shape.as_list()), by, **attrs))
            wanted += [expected[1], expected[3]]
        values = session.run(nodes)
    for value, each in zip(values, wanted, strict=True):
        np.testing.assert_allclose(
            value.transpose(to_last) if first else value, each, rtol=1e-5, atol=1e-5, strict=True
        )


def test_shapes_that_do_not_go_with_the_windows() -> None:
    x, good, bad = (tf.zeros([1, size, 2, 1]) for size in (4, 2, 3))
    attrs = {"ksize": (1, 2, 1, 1), "strides": (1, 2, 1, 1), "padding": "SAME"}
    for out, grad, message in (
        (good, bad, "Expected grad shape to be [1, 2, 2, 1], but got [1, 3, 2, 1]"),
        (bad, good, "Expected orig_output shape to be [1, 2, 2, 1], but got [1, 3, 2, 1]"),
    ):
        with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError) as caught:
            session.run(OPS["MaxPoolGrad"].function(x, out, grad, **attrs))
        assert str(caught.value).startswith(message)


def test_the_core_refuses_what_it_cannot_pool() -> None:
    x, made = np.zeros((1, 4, 4, 2), np.float32), np.zeros((1, 2, 2, 2), np.float32)
    two = (2, 2)
    _core.pool_largest(x, made, two, two, (0, 0))
    for arguments in (
        (x, made, two, two, (0,)),
        (x, made, two, two, [0, 0]),
        (x, made, (0, 2), two, (0, 0)),
        (x, made, two, (2, 0), (0, 0)),
        (x, made, two, two, (0, -1)),
        (x, made, two, (2, 2**31), (0, 0)),
        (x, made, two, (2, 2**70), (0, 0)),
        (x, made, two, (2, 2.0), (0, 0)),
        (x, made.astype(np.float64), two, two, (0, 0)),
        (x.astype(np.int32), made.astype(np.int32), two, two, (0, 0)),
        (x, made[..., :1].copy(), two, two, (0, 0)),
        (x, np.zeros((2, 2, 2, 2), np.float32), two, two, (0, 0)),
        (x[0], made, two, two, (0, 0)),
        (np.zeros(3, np.float32), np.zeros(3, np.float32), (), (), ()),
    ):
        with pytest.raises((TypeError, OverflowError)):
            _core.pool_largest(*arguments)
        with pytest.raises((TypeError, OverflowError)):
            _core.spread_mean(arguments[1], arguments[0], *arguments[2:])
        with pytest.raises((TypeError, OverflowError)):
            _core.spread_largest(arguments[0], arguments[1], arguments[0].copy(), *arguments[2:])
    with pytest.raises(TypeError):
        _core.spread_largest(x[:, :3].copy(), made, x, two, two, (0, 0))
    for wrong in (x[..., :1], made.view()):
        wrong.flags.writeable = False
        with pytest.raises((ValueError, BufferError)):
            _core.pool_mean(x, wrong, two, two, (0, 0))


def test_threads_pool_at_once() -> None:
    x = tf.placeholder(tf.float32, [None, 40, 40, 8])
    out = tf.nn.max_pool(x, 3, 2, "SAME")
    grad = tf.gradients(out, x)[0]
    fed = [np.random.default_rng(seed).normal(size=(8, 40, 40, 8)).astype(np.float32) for seed in range(4)]
    with tf.Session() as session:
        alone = [session.run([out, grad], {x: each}) for each in fed]
        with ThreadPoolExecutor(4) as threads:
            together = [*threads.map(lambda at: session.run([out, grad], {x: fed[at % 4]}), range(40))]
    for at, values in enumerate(together):
        for value, each in zip(values, alone[at % 4], strict=True):
            np.testing.assert_array_equal(value, each)
