"""Every op type that computes element by element is fused, or is named here with the reason why it is not.

Which op types these are is found by running their kernels: a permutation of the elements permutes the result,
and one element's change changes one. So an op type that comes new is looked at, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import scopetrie as tf
from device_programs import programs
from every_op import every_op
from program_kernels import built_kernels
from scopetrie.backends.fusion.namespace import tracing_namespace
from scopetrie.backends.fusion.trace import NotTraceableError, Trace, Traced
from scopetrie.backends.numpy import XP
from scopetrie.ops.declare import Given

# Special functions of CuPy's, most of which CUDA's own library does not have.
SPECIAL = (
    "BesselI0 BesselI0e BesselI1 BesselI1e Betainc Digamma Igamma IgammaGradA Igammac Ndtri Polygamma Zeta"
)
NOT_FUSED = {
    **dict.fromkeys(SPECIAL.split(), "a special function of CuPy's"),
    "Complex": "complex numbers are not fused",
    "Pow": "of integers: CuPy's, which says what a negative power is",
}

DTYPES = [("float32",), ("int32",), ("bool",), ("bool", "float32", "float32"), ("complex64",)]
SIZE = 12


def samples(dtype: str, seed: int) -> Any:
    numbers = np.random.default_rng(seed)
    if dtype == "bool":
        return numbers.random(SIZE) < 0.5
    made = numbers.permutation(SIZE) + 1
    return made.astype(dtype) if dtype == "int32" else (made / (SIZE + 2)).astype(dtype)


def functions() -> Iterator[tuple[str, Any, tuple[str, ...]]]:
    """The kernels that take arrays alone, by op type, with dtypes that they take."""
    for name, op in sorted(every_op().items()):
        if op.kernel is None or op.stateful or not op.inputs or op.host_outputs:
            continue
        if any(each.is_list or each.host is not False for each in op.inputs):
            continue
        attrs = {each.name: each.default for each in op.attributes if not isinstance(each.default, Given)}
        for dtypes in DTYPES:
            given = dtypes * len(op.inputs) if len(dtypes) == 1 else dtypes
            if len(given) == len(op.inputs) and all(
                each.types is None or tf.as_dtype(dtype) in each.types
                for each, dtype in zip(op.inputs, given, strict=True)
            ):
                yield name, (op.kernel, attrs), given


def is_of_elements(function: Any, arrays: list[Any]) -> bool:
    """Whether a function of arrays computes each element of its result of those at the same place."""
    made = function(*arrays)
    if not isinstance(made, np.ndarray) or made.shape != (SIZE,) or made is arrays[0]:
        return False
    order = np.random.default_rng(1).permutation(SIZE)
    if not np.array_equal(
        function(*[each[order] for each in arrays]), made[order], equal_nan=made.dtype.kind in "fc"
    ):
        return False
    for at in range(0, SIZE, 5):
        others = [each.copy() for each in arrays]
        for each in others:
            each[at] = each[(at + 1) % SIZE]
        changed = function(*others)
        if not np.array_equal(np.delete(changed, at), np.delete(made, at), equal_nan=made.dtype.kind in "fc"):
            return False
    return True


def found() -> dict[str, list[str]]:
    """Op types of elements, each with what is not traced of it."""
    types: dict[str, list[str]] = {}
    for name, (kernel, attrs), dtypes in functions():
        arrays = [samples(dtype, at) for at, dtype in enumerate(dtypes)]
        try:
            with np.errstate(all="ignore"):
                if not is_of_elements(kernel(XP, **attrs), arrays):
                    continue
        except Exception:
            continue  # not for these dtypes, or not for vectors
        faults = types.setdefault(name, [])
        trace = Trace()
        try:
            taken = [trace.input(at, "array", each.dtype, each.shape) for at, each in enumerate(arrays)]
            made = kernel(tracing_namespace(trace), **attrs)(*taken)
            assert isinstance(made, Traced)
            assert made.dtype == kernel(XP, **attrs)(*arrays).dtype, "another dtype"
        except (AssertionError, AttributeError, NotTraceableError, TypeError) as error:
            faults.append(f"{dtypes[0]}: {error}")
    return types


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_op_types_of_elements() -> None:
    types = found()
    assert len(types) > 80
    missing = {name: each for name, each in types.items() if each}
    real = {
        name: [fault for fault in each if not fault.startswith("complex")] for name, each in missing.items()
    }
    assert {name for name, each in real.items() if each} == NOT_FUSED.keys()


def test_the_kernels_of_all_programs_are_built() -> None:
    kernels, faults = built_kernels(programs())
    assert faults == []
    assert len(kernels) > 400
