"""The kernels that a function of arrays becomes, to look at them without a device."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .launch import Fused, Library
from .namespace import tracing_namespace
from .trace import Trace


def sources(
    kernel: Callable[..., Callable[..., Any]], *shapes: Sequence[int], dtype: Any = np.float32
) -> list[str]:
    """Returns the CUDA C++ of the kernels that a function of arrays is fused into.

    Args:
        kernel: The kernel of an op: a function of the namespace that returns the function of arrays.
        *shapes: The shapes of the arrays.
        dtype: Their dtype.

    Raises:
        NotTraceableError: If the function does more than what is fused.

    Example:
        >>> len(sources(lambda xp: lambda x, y: xp.tanh(x * y) + 1, (3, 4), (4,)))
        1
    """
    trace = Trace()
    inputs = [trace.input(at, "array", np.dtype(dtype), tuple(shape)) for at, shape in enumerate(shapes)]
    made = kernel(tracing_namespace(trace))(*inputs)
    outputs = [each.node for each in (made if isinstance(made, (tuple, list)) else [made])]
    library = Library(np, np.empty, np.zeros, lambda *_: _not_run, {})
    return Fused(library, [each.node for each in inputs], {}, outputs, {}).sources


def _not_run(*_: Any) -> None:
    raise RuntimeError("kernels that are only looked at")
