"""The core's random numbers: distributions, independence of the elements, and the recorded values."""

import hashlib
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scopetrie._core import random_fill

COUNT = 200_000
FLOATS = ("float32", "float64")
KINDS = ("uniform", "normal", "truncated_normal")
WORDS = st.integers(-(2**63), 2**64 - 1)


def draw(kind, dtype, count=COUNT, seed=1, seed2=2, step=3, **keywords):
    values = np.empty(count, dtype)
    random_fill(kind, values, seed, seed2, step, **keywords)
    return values


# Seeds fix the numbers, so these tests cannot fail by chance.
@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("seeds", [(0, 0, 0), (87654321, 5, 0), (-1, 2**63, 7)])
@pytest.mark.parametrize(
    ("kind", "distribution"),
    [("uniform", stats.uniform()), ("normal", stats.norm()), ("truncated_normal", stats.truncnorm(-2, 2))],
)
def test_distribution(kind, distribution, seeds, dtype):
    values = draw(kind, dtype, COUNT, *seeds).astype("float64")
    assert stats.kstest(values, distribution.cdf).pvalue > 1e-3
    deviation = distribution.std()
    assert abs(values.mean() - distribution.mean()) < 4 * deviation / math.sqrt(COUNT)
    assert values.std() == pytest.approx(deviation, rel=0.01)
    assert stats.skew(values) == pytest.approx(0, abs=0.03)
    assert stats.kurtosis(values) == pytest.approx(float(distribution.stats("k")), abs=0.06)
    # Elements are uncorrelated, within a block and across blocks.
    for lag in (1, 2, 3, 4, 5):
        assert abs(np.corrcoef(values[:-lag], values[lag:])[0, 1]) < 4 / math.sqrt(COUNT)


@pytest.mark.parametrize("dtype", ["int32", "int64"])
@pytest.mark.parametrize(("lo", "hi"), [(0, 2), (-3, 4), (0, 100), (10**6, 10**6 + 257)])
def test_integers_are_uniform(lo, hi, dtype):
    values = draw("integers", dtype, lo=lo, hi=hi)
    counts = np.bincount(values - lo, minlength=hi - lo)
    assert len(counts) == hi - lo
    assert stats.chisquare(counts).pvalue > 1e-3


@pytest.mark.parametrize(("dtype", "bits"), [("int32", 31), ("int64", 63)])
def test_integers_over_the_whole_range(dtype, bits):
    values = draw("integers", dtype, lo=-(2**bits), hi=2**bits - 1).astype("float64")
    assert stats.kstest(values / 2.0**bits, stats.uniform(-1, 2).cdf).pvalue > 1e-3


def test_normal_tails():
    values = draw("normal", "float32", 4_000_000)
    assert np.isfinite(values).all()
    for bound in (2, 3, 4, 5):
        expected = 2 * stats.norm.sf(bound) * values.size
        assert abs(np.count_nonzero(np.abs(values) > bound) - expected) < 4 * math.sqrt(expected) + 1


@given(seed=WORDS, seed2=WORDS, step=WORDS, first=st.integers(0, 2**40), count=st.integers(0, 40))
@settings(max_examples=50)
@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("kind", KINDS)
def test_an_element_depends_on_its_index_alone(kind, dtype, seed, seed2, step, first, count):
    whole = draw(kind, dtype, count, seed, seed2, step, first=first)
    again = [draw(kind, dtype, 1, seed, seed2, step, first=first + i)[0] for i in range(count)]
    assert whole.tolist() == again
    wrapped = draw(kind, dtype, count, seed % 2**64, seed2 % 2**64, step % 2**64, first=first)
    assert whole.tolist() == wrapped.tolist()


@given(a=st.tuples(WORDS, WORDS, WORDS), b=st.tuples(WORDS, WORDS, WORDS))
def test_other_seeds_give_other_numbers(a, b):
    same = all((x - y) % 2**64 == 0 for x, y in zip(a, b, strict=True))
    assert (draw("uniform", "float64", 4, *a).tolist() == draw("uniform", "float64", 4, *b).tolist()) == same


@given(lo=st.integers(-(2**31), 2**31 - 2), data=st.data())
def test_integers_stay_in_range(lo, data):
    hi = data.draw(st.integers(lo + 1, 2**31 - 1))
    values = draw("integers", "int32", 50, lo=lo, hi=hi)
    assert ((values >= lo) & (values < hi)).all()


# Changing these changes every user's initial values.
RECORDED = {
    ("uniform", "float32"): "f0c558c83451e2b8",
    ("uniform", "float64"): "515429c3cf000bc2",
    ("normal", "float32"): "aae42810b016f36e",
    ("normal", "float64"): "150050d5857be417",
    ("truncated_normal", "float32"): "f0f6fe9c76eba71b",
    ("truncated_normal", "float64"): "9bb6749b6cd9eb77",
    ("integers", "int32"): "025b0303eb4ecfe2",
    ("integers", "int64"): "dcc463ea4e46627b",
}


@pytest.mark.parametrize(("kind", "dtype"), RECORDED)
def test_the_values_are_the_recorded_ones(kind, dtype):
    bounds = {"lo": -(10**9), "hi": 10**9} if kind == "integers" else {}
    values = draw(kind, dtype, 100_001, 87654321, 12, 1, **bounds)
    data = values.astype(values.dtype.newbyteorder("<")).tobytes()
    assert hashlib.sha256(data).hexdigest()[:16] == RECORDED[kind, dtype]


def test_any_contiguous_writable_array():
    flat = draw("normal", "float32", 12)
    shaped = np.empty((3, 2, 2), "float32")
    random_fill("normal", shaped, 1, 2, 3)
    assert shaped.ravel().tolist() == flat.tolist()
    random_fill("normal", np.empty((0, 3)), 1, 2, 3)
    scalar = np.empty((), "float32")
    random_fill("normal", scalar, 1, 2, 3)
    assert scalar == flat[0]


def read_only():
    values = np.zeros(3)
    values.flags.writeable = False
    return values


@pytest.mark.parametrize(
    ("kind", "out", "bounds", "error", "message"),
    [
        ("normal", np.zeros(3, "uint32"), {}, TypeError, "must be float32, float64, int32 or int64"),
        ("normal", np.zeros(3, "float16"), {}, TypeError, "must be float32, float64, int32 or int64"),
        ("normal", np.zeros(3, "int32"), {}, ValueError, "no kind 'normal' of int32"),
        ("integers", np.zeros(3), {"lo": 1, "hi": 2}, ValueError, "no kind 'integers' of float64"),
        ("gamma", np.zeros(3), {}, ValueError, "no kind 'gamma' of float64"),
        ("normal", np.zeros((4, 4))[::2], {}, ValueError, "must be C-contiguous"),
        ("normal", read_only(), {}, (ValueError, BufferError), "read-only|not writable"),
        ("normal", [1.0], {}, TypeError, "bytes-like object"),
        ("integers", np.zeros(3, "int32"), {"lo": 2, "hi": 2}, ValueError, "lo < hi"),
        ("integers", np.zeros(3, "int32"), {"lo": 0, "hi": 2**31}, ValueError, "lo < hi"),
        ("integers", np.zeros(3, "int64"), {"lo": 0, "hi": 2**63}, OverflowError, "too big|too large"),
    ],
)
def test_refusals(kind, out, bounds, error, message):
    before = np.array(out).tolist()
    with pytest.raises(error, match=message):
        random_fill(kind, out, 1, 2, 3, **bounds)
    assert np.array(out).tolist() == before
