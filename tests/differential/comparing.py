"""Where the outcome of a call differs from the one that was recorded."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

# Relative to an output's largest finite value, and to each value: what arithmetic in another order may give.
TOLERANCES: Final = {
    "float16": 4e-3, "bfloat16": 2e-2, "float32": 2e-5, "float64": 1e-11, "complex64": 2e-5,
    "complex128": 1e-11,
}  # fmt: skip


def difference(recorded: Sequence[Any], found: Sequence[Any], of_gradients: bool = False) -> str | None:
    """The first of the kinds of difference that there is between two outcomes, or None.

    The kinds, in this order: `"no error"` (TensorFlow raises one), `"error"` (TensorFlow does not),
    `"error class"`, `"error when"` (building or running), `"outputs"` (how many), `"dtype"`,
    `"static shape"`, `"shape"`, `"value"`, `"name"` (name and type of the output's op). Gradients are sums of
    numbers that may cancel each other: what remains is compared with 1.
    """
    if recorded[0] == "crashes":
        return None
    if recorded[0] != found[0]:
        return "no error" if recorded[0] == "fails" else "error"
    if recorded[0] == "fails":
        if recorded[2] != found[2]:
            return "error class"
        return None if recorded[1] == found[1] else "error when"
    if len(recorded[1]) != len(found[1]):
        return "outputs"
    pairs = list(zip(recorded[1], found[1], strict=True))
    least = 1.0 if of_gradients else 1e-3
    if any(len(one) != len(other) for one, other in pairs):
        return "outputs"
    for at, kind in ((1, "dtype"), (2, "static shape"), (3, "shape"), (4, "value"), (0, "name")):
        for one, other in pairs:
            if len(one) <= at:
                continue
            if (at == 0 and named(one[0]) != named(other[0])) or (0 < at < 4 and one[at] != other[at]):
                return kind
            if at == 4 and one[4] != other[4] and not close(precision(one), one[4], other[4], least):
                return kind
    return None


def named(name: str) -> str:
    """The name and type of an op, without the scope of the call where it is named in the middle."""
    return re.sub(r"(^|/)c[0-9]+/", r"\1", name)


def precision(output: Sequence[Any]) -> str:
    """The dtype that an output's values were computed in: that of the numbers, where they were cast."""
    name, dtype, *_, values = output
    if dtype != "float64" or not name.endswith(" Cast") or not isinstance(values, list):
        return str(dtype)
    exact = np.array(values, np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        short = exact.astype(np.float32).astype(np.float64)
    return "float32" if np.allclose(short, exact, rtol=1e-13, atol=0, equal_nan=True) else "float64"


def close(dtype: str, wanted: Any, found: Any, least: float = 1e-3) -> bool:
    """Whether values are equal, as far as their dtype goes; below `least` it is that which goes so far."""
    if not isinstance(wanted, list) or not isinstance(found, list) or len(wanted) != len(found):
        return False
    if dtype not in TOLERANCES or any(isinstance(each, str) for each in found):
        return wanted == found
    one, other = np.array(wanted, np.float64), np.array(found, np.float64)
    finite = np.isfinite(one)
    if not np.array_equal(one[~finite], other[~finite], equal_nan=True):
        return False
    if not np.isfinite(other[finite]).all():
        return False
    scale = np.maximum(np.abs(one[finite]), min(np.max(np.abs(one[finite]), initial=0), 100.0))
    return bool(np.all(np.abs(one[finite] - other[finite]) <= TOLERANCES[dtype] * np.maximum(scale, least)))
