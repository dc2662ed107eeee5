"""The random numbers of devices are those of the core."""

from __future__ import annotations

import numpy as np
import pytest
from scopetrie.backends import get_backend
from scopetrie.backends.philox import draw
from simulated_cupy import counted, installed

NUMPY = get_backend("numpy")
SEEDS = [(1, 2), (0, 2**63 + 5), (-3, 12345678901234567)]


def both(kind: str, shape: tuple[int, ...], dtype: type, seeds: tuple[int, int], step: int, *bounds: int):
    """What the core draws, and what array operations do."""
    kind_ = np.dtype(dtype)
    seeds = seeds[0] % 2**64, seeds[1] % 2**64
    expected = NUMPY.draw(kind, shape, kind_, seeds, step, *bounds)
    with np.errstate(all="ignore"):
        return expected, draw(NUMPY.xp, kind, shape, kind_, seeds, step, *bounds)


@pytest.mark.parametrize("seeds", SEEDS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(), (1,), (7,), (3, 5), (1000,), (0,)])
def test_uniform_numbers_are_equal_bit_by_bit(shape, dtype, seeds) -> None:
    for step in (0, 3, 2**40):
        expected, found = both("uniform", shape, dtype, seeds, step)
        assert (found.dtype, found.shape) == (expected.dtype, expected.shape)
        assert np.array_equal(found, expected)


@pytest.mark.parametrize(
    ("dtype", "lo", "hi"),
    [
        (np.int32, 0, 6), (np.int32, -(2**31), 2**31 - 1), (np.int64, -5, 2**62 + 12345),
        (np.int64, 0, 2**63 - 1), (np.int64, -(2**63), 2**63 - 1), (np.int32, 5, 6),
    ],
)  # fmt: skip
def test_integers_are_equal(dtype, lo, hi) -> None:
    expected, found = both("integers", (501,), dtype, (3, 4), 1, lo, hi)
    assert found.dtype == expected.dtype
    assert np.array_equal(found, expected)


@pytest.mark.parametrize("kind", ["normal", "truncated_normal"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_normal_numbers_are_near(kind, dtype) -> None:
    expected, found = both(kind, (100_000,), dtype, (5, 6), 0)
    assert found.dtype == expected.dtype
    distance = np.abs(found - expected) / np.spacing(np.abs(expected))
    assert distance.max() <= (1 if dtype is np.float32 else 8)


def test_a_drawing_neither_copies_nor_waits() -> None:
    with installed():
        cupy = get_backend("cupy")
        with counted() as counts:
            found = cupy.draw("normal", (10, 3), np.dtype(np.float32), (1, 2), 5)
        assert counts.all == (0, 0, 0)
        expected = NUMPY.draw("normal", (10, 3), np.dtype(np.float32), (1, 2), 5)
        np.testing.assert_allclose(cupy.to_host(found), expected, rtol=1e-6)
