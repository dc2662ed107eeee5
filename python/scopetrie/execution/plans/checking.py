"""A session's debug mode: every value is looked at as soon as it is computed.

`ConfigProto(check_values=True)` asks for it. A kernel that gives another dtype or shape than its operation
declares is found, and so is the operation that the first NaN or infinity comes from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...backends import Array, Backend
from ...dtypes import DType, variant
from ...errors import InternalError, InvalidArgumentError
from ...ops.node_text import Dims, dims_text


def checked(
    function: Callable[..., Any], specs: Sequence[tuple[DType, Dims]], backend: Backend
) -> Callable[..., Any]:
    """Returns a kernel's function with a look at what it gives.

    Args:
        function: The function of arrays.
        specs: The dtypes and static shapes of its results.
        backend: The library that computes.

    Returns:
        A function of the same arrays with the same results. It raises `errors.InternalError` for a result of
        another dtype or shape, and `errors.InvalidArgumentError` for one that is not finite although all
        arguments are.
    """

    def compute(*arrays: Array) -> Any:
        # The arguments first: a kernel may write into a variable that it reads.
        begins = all(_finite(array, backend) for array in arrays)
        made = function(*arrays)
        results = made if isinstance(made, (list, tuple)) else (made,)
        for at, (result, (dtype, dims)) in enumerate(zip(results, specs, strict=True)):
            _check(result, dtype, dims, at, backend)
            if begins and not _finite(result, backend):
                raise InvalidArgumentError(
                    None, None, f"check_values: output {at} begins to be NaN or infinite"
                )
        return made

    return compute


def _check(result: Array, dtype: DType, dims: Dims, at: int, backend: Backend) -> None:
    if dtype is variant:  # what nodes keep for their gradients
        return
    found, shape = getattr(result, "dtype", None), tuple(getattr(result, "shape", ()))
    wanted: Any = np.dtype(dtype.as_numpy_dtype)
    if wanted.hasobject:
        same = isinstance(result, bytes) or getattr(found, "hasobject", False)
    elif isinstance(result, (np.ndarray, np.generic)):
        same = found == wanted
    else:
        same = found == backend.dtype(wanted)
    fits = dims is None or (
        len(dims) == len(shape) and all(size in (None, own) for size, own in zip(dims, shape, strict=True))
    )
    if not (same and fits):
        declared = f"{dtype.name} {dims_text(dims)}"
        text = f"check_values: output {at} is {found} {dims_text(shape)}, declared {declared}"
        raise InternalError(None, None, text)


def _finite(array: Array, backend: Backend) -> bool:
    if isinstance(array, (np.ndarray, np.generic)):
        if array.dtype.kind in "biuOSU":
            return True
        return bool(np.isfinite(array).all())
    if not hasattr(array, "dtype") or not backend.xp.isdtype(
        array.dtype, ("real floating", "complex floating")
    ):
        return True
    return bool(backend.xp.all(backend.xp.isfinite(array)))
