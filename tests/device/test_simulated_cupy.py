"""The simulated CuPy refuses what CuPy refuses, and counts what the host and the device ask of each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from simulated_cupy import counted, installed


@pytest.fixture(scope="module")
def cupy() -> Iterator[Any]:
    with installed() as module:
        yield module


def test_copies_and_waits_are_counted(cupy: Any) -> None:
    with counted() as counts:
        x = cupy.asarray(np.arange(3.0))
        assert counts.all == (1, 0, 0)
        y = x + 1.0
        assert (counts.all, counts.launches) == ((1, 0, 0), 1)
        assert y.get().tolist() == [1.0, 2.0, 3.0]
        assert counts.all == (1, 1, 1)
        assert float(y[0]) == 1.0 and bool(y[1] > 0)
        assert counts.all == (1, 3, 3)
        assert x[x > 0].shape == (2,)
        assert counts.all == (1, 3, 4)
        x[[0, 1]] = 5.0  # a list of indices goes up
        assert counts.all == (2, 3, 4)
        assert cupy.nonzero(x)[0].shape == (3,)
        assert counts.all == (2, 3, 5)


def test_what_cupy_refuses(cupy: Any) -> None:
    x = cupy.asarray(np.arange(3.0))
    with pytest.raises(TypeError, match="Implicit conversion to a NumPy array is not allowed"):
        np.asarray(x)
    with pytest.raises(TypeError, match="Unsupported type"):
        x + np.ones(3)
    with pytest.raises(TypeError, match="Unsupported type"):
        cupy.concatenate([x, np.ones(3)])
    with pytest.raises(TypeError):
        np.ones(3) + x
    with pytest.raises(ValueError, match="Unsupported dtype"):
        cupy.asarray(np.array(["text"]))
    with pytest.raises(NotImplementedError, match=r"cupy_multiply.at"):
        cupy.multiply.at(x, cupy.asarray([0]), x[:1])
    with pytest.raises(TypeError, match="Wrong type"):
        cupy.bitwise_and(x, x)
    with pytest.raises(TypeError):  # NumPy has this parameter, CuPy has not
        cupy.take(x, cupy.asarray([0]), mode="clip")
    assert not hasattr(cupy, "vecdot")


def test_indices_out_of_range_wrap_around(cupy: Any) -> None:
    x = cupy.asarray(np.arange(3.0))
    assert x[cupy.asarray(np.array([3, -1]))].tolist() == [0.0, 2.0]
    assert cupy.take(x, cupy.asarray(np.array([4]))).tolist() == [1.0]


def test_python_numbers_are_weak(cupy: Any) -> None:
    x = cupy.asarray(np.arange(3, dtype=np.float32))
    assert (x + 1.0).dtype == np.float32
    assert (x + np.float64(1)).dtype == np.float64
    assert (cupy.asarray(np.arange(3)) / 2).dtype == np.float64
