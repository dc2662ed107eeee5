"""Each function that kernels are made of, with each dtype, against NumPy: the C++ is compiled and run."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from scopetrie.backends.fusion.expressions import COMPARES, EXPRESSIONS, LOGICAL
from scopetrie.backends.fusion.launch import Fused, Library
from scopetrie.backends.fusion.namespace import tracing_namespace
from scopetrie.backends.fusion.trace import NotTraceableError, Trace, mapped
from simulated_cupy import COMPILER, NEEDS_COMPILER, compiled, installed

pytestmark = pytest.mark.skipif(COMPILER is None, reason=NEEDS_COMPILER)

# Not all widths: each kernel takes the compiler some milliseconds.
INTS = ["int8", "int32", "int64", "uint8", "uint64"]
DTYPES = ["bool", *INTS, "float16", "bfloat16", "float32", "float64"]
BINARY = """
    add subtract multiply divide floor_divide remainder fmod pow atan2 hypot copysign nextafter maximum
    minimum equal not_equal less less_equal greater greater_equal logical_and logical_or logical_xor
    bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift
""".split()
_LOOSE = """
    exp expm1 log log1p log2 log10 sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh pow atan2 hypot
""".split()
# In units of the last place: what the C library and NumPy may differ by; -1 if only a zero's sign may differ,
# as NumPy does not say which of two zeros is the larger. All others are equal bit by bit.
ULPS = {**dict.fromkeys(_LOOSE, 4), "maximum": -1, "minimum": -1}


def samples(dtype: str) -> np.ndarray[Any, Any]:
    """Numbers with all the edges: NaN, infinities, zeros of both signs, denormals, the largest."""
    kind = np.dtype(ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype)
    if dtype == "bool":
        return np.array([True, False] * 8)
    numbers = np.random.default_rng(7)
    if kind.kind in "iu":
        limits = np.iinfo(kind)
        edges = [0, 1, 2, 3, 7, limits.max, limits.max - 1, limits.min, limits.min + 1]
        edges += [-1, -2, -7] if kind.kind == "i" else [255]
        return np.array(edges, dtype=object).astype(kind)
    limits = ml_dtypes.finfo(kind)
    edges = [0.0, -0.0, 1, -1, 0.5, 2.5, -2.5, 1.5, np.nan, np.inf, -np.inf, 3.7, -7.3]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = np.array([*edges, *numbers.normal(size=19) * 3], np.float64).astype(kind)
        own = np.array([limits.max, -limits.max, limits.tiny, limits.smallest_subnormal]).astype(kind)
    return np.concatenate([made, own])


def pairs(dtype: str) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    one = samples(dtype)
    x, y = np.meshgrid(one, one)
    return np.ascontiguousarray(x.ravel()), np.ascontiguousarray(y.ravel())


class Case:
    """A kernel of one function, and what NumPy gives.

    Attributes:
        name: The function and its dtypes.
        ulps: How far the results may be apart.
    """

    def __init__(self, name: str, function: Any, arrays: list[Any], expected: Any, ulps: int = 0) -> None:
        self.name = name
        self.arrays = arrays
        self.ulps = ulps
        self.expected = expected
        trace = Trace()
        inputs = [trace.input(at, "array", each.dtype, each.shape) for at, each in enumerate(arrays)]
        made = function(trace, *inputs)
        self.fused = (inputs, made.node)

    def source(self, library: Library) -> None:
        inputs, output = self.fused
        self.run = Fused(library, [each.node for each in inputs], {}, [output], {})

    def check(self, upload: Any) -> None:
        found = self.run([upload(each) for each in self.arrays])[0]._host
        if self.fused[1].dtype.name == "bfloat16":
            found = found.view(ml_dtypes.bfloat16)
        assert found.dtype == self.expected.dtype, self.name
        wrong = ~same(found, self.expected, self.ulps)
        if wrong.any():
            given = [each[wrong][:3].tolist() for each in self.arrays]
            shown = found[wrong][:3].tolist(), self.expected[wrong][:3].tolist()
            raise AssertionError(f"{self.name} of {given}: {shown[0]}, not {shown[1]}")


def same(found: Any, expected: Any, ulps: int) -> Any:
    if found.dtype.kind in "biu":
        return found == expected
    nan = np.isnan(found) & np.isnan(expected)
    if ulps <= 0:
        alike = np.signbit(found) == np.signbit(expected)
        return nan | ((found == expected) & (alike | (ulps < 0)))
    with np.errstate(all="ignore"):
        apart = np.abs(found.astype(np.float64) - expected.astype(np.float64))
        step = np.abs(np.spacing(np.abs(expected))).astype(np.float64)
        return nan | (found == expected) | (apart <= ulps * step)


def upload(array: np.ndarray[Any, Any]) -> Any:
    from simulated_cupy.array import ndarray

    return ndarray(array.view(np.uint16) if array.dtype == ml_dtypes.bfloat16 else array)


def functions() -> Iterator[Case]:
    for name in EXPRESSIONS:
        if name in ("where", "erf", "erfc", "erfinv", "gammaln"):
            continue
        numpy = getattr(np, name)
        for dtype in DTYPES:
            if dtype == "bfloat16":
                continue
            arrays = list(pairs(dtype)) if name in BINARY else [samples(dtype)]
            if name in ("floor_divide", "remainder", "fmod", "divide") and dtype in INTS:
                arrays = [each[arrays[1] != 0] for each in arrays]  # NumPy warns, and gives 0
            try:
                with np.errstate(all="ignore"):
                    expected = np.asarray(numpy(*arrays))
            except (TypeError, ValueError):
                continue
            try:
                yield Case(
                    f"{name} {dtype}",
                    lambda trace, *x, name=name: mapped(name, *x),
                    arrays,
                    expected,
                    ULPS.get(name, 0),
                )
            except NotTraceableError:
                assert dtype == "bool" or expected.dtype == "float16" or name == "pow", (name, dtype)


def casts() -> Iterator[Case]:
    for source in DTYPES:
        array = samples(source)
        for target in DTYPES:
            kind = np.dtype(ml_dtypes.bfloat16 if target == "bfloat16" else target)
            own = array
            if array.dtype.kind not in "iub" and target in INTS:  # beyond the range, any number may come out
                limits = np.iinfo(kind)
                wide = array.astype(np.float64)
                own = array[np.isfinite(wide) & (wide > limits.min / 2) & (wide < limits.max / 2)]
            with np.errstate(all="ignore"):
                expected = own.astype(kind)
            yield Case(f"{source} to {target}", lambda trace, x, kind=kind: x.astype(kind), [own], expected)


def formulas() -> Iterator[Case]:
    """Short floats: rounded after each operation, as their own kernels do it."""
    for dtype in ("float16", "bfloat16"):
        x, y = pairs(dtype)
        with np.errstate(all="ignore"):
            expected = (x * y + y) * x
        yield Case(f"{dtype} rounds", lambda trace, x, y: (x * y + y) * x, [x, y], expected)
    x, y = pairs("float32")
    condition = x > y
    yield Case(
        "where",
        lambda trace, c, x, y: mapped("where", c, x, y),
        [condition, x, y],
        np.where(condition, x, y),
    )
    special = pytest.importorskip("scipy.special")
    for name in ("erf", "erfc", "erfinv", "gammaln"):
        for dtype in ("float32", "float64"):
            given = samples(dtype)
            given = given[np.abs(given) < 3] if name == "erfc" else given[(given == 0) | (given > 1e-30)]
            with np.errstate(all="ignore"):
                expected = getattr(special, name)(given)
            yield Case(f"{name} {dtype}", lambda trace, x, name=name: mapped(name, x), [given], expected, 16)


def test_every_function_with_every_dtype() -> None:
    cases = [*functions(), *casts(), *formulas()]
    assert len(cases) > 350
    with installed() as cupy:
        wanted: list[tuple[str, str]] = []

        def note(source: str, name: str, options: Any) -> Any:
            wanted.append((name, source))
            return cupy.RawKernel(source, name, options)

        library = Library(cupy, cupy.empty, cupy.zeros, note, {})

        def empty(shape: Any, dtype: Any) -> Any:
            return cupy.empty(shape, np.uint16 if np.dtype(dtype).name == "bfloat16" else dtype)

        library = library._replace(empty=empty)
        for each in cases:
            each.source(library)
        compiled(wanted)
        faults = []
        for each in cases:
            try:
                each.check(upload)
            except AssertionError as error:
                faults.append(str(error))
    assert not faults, "\n".join(faults)


def test_names_of_functions_are_those_of_the_array_api() -> None:
    xp = tracing_namespace(Trace())
    for name in EXPRESSIONS:
        assert name in ("erf", "erfc", "erfinv", "gammaln") or callable(getattr(xp, name))
    assert EXPRESSIONS.keys() >= COMPARES | LOGICAL
