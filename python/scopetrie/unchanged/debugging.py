"""`tensorflow.python.debug`: programs import v1's debugger, and use it where a flag asks for it."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

__all__ = [
    "DumpingDebugHook",
    "DumpingDebugWrapperSession",
    "GrpcDebugHook",
    "GrpcDebugWrapperSession",
    "LocalCLIDebugHook",
    "LocalCLIDebugWrapperSession",
    "TensorBoardDebugHook",
    "TensorBoardDebugWrapperSession",
    "has_inf_or_nan",
]

_INSTEAD: Final = (
    "scopetrie has no debugger that wraps sessions. tf.Session(config=tf.ConfigProto(check_values=True)) "
    "names the operation that makes the first NaN or infinity, and the line that built it; session.run of "
    "any tensor gives its value."
)


def has_inf_or_nan(datum: Any, tensor: Any) -> bool:
    """Whether some number of an array is infinite or none.

    Args:
        datum: Accepted for v1's sake.
        tensor: The array.

    >>> import numpy as np
    >>> has_inf_or_nan(None, np.array([1.0, np.inf])), has_inf_or_nan(None, np.array(["a"]))
    (True, False)
    """
    values = np.asarray(tensor)
    return values.dtype.kind in "fc" and not bool(np.isfinite(values).all())


class _Refused:
    """A part of the debugger that programs name, and seldom make."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError(f"{type(self).__name__}: {_INSTEAD}")


class DumpingDebugHook(_Refused):
    """Refused: dumps of all values, by a hook."""


class DumpingDebugWrapperSession(_Refused):
    """Refused: dumps of all values."""


class GrpcDebugHook(_Refused):
    """Refused: a debugger elsewhere, by a hook."""


class GrpcDebugWrapperSession(_Refused):
    """Refused: a debugger elsewhere."""


class LocalCLIDebugHook(_Refused):
    """Refused: the debugger of the terminal, by a hook."""


class LocalCLIDebugWrapperSession(_Refused):
    """Refused: the debugger of the terminal."""


class TensorBoardDebugHook(_Refused):
    """Refused: the debugger of TensorBoard, by a hook."""


class TensorBoardDebugWrapperSession(_Refused):
    """Refused: the debugger of TensorBoard."""
