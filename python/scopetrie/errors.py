"""The exceptions raised by running a graph: TensorFlow 1's classes, codes and messages.

This is the bottom floor of the package: the module imports nothing from it.

Example:
    >>> try:
    ...     raise NotFoundError(None, None, "Key w not found in checkpoint")
    ... except OpError as error:
    ...     print(error.error_code, error)
    5 Key w not found in checkpoint
"""

from __future__ import annotations

import warnings
from typing import Any, Final, TypeAlias

from .public import v1

__all__ = [
    "ABORTED",
    "ALREADY_EXISTS",
    "CANCELLED",
    "DATA_LOSS",
    "DEADLINE_EXCEEDED",
    "FAILED_PRECONDITION",
    "INTERNAL",
    "INVALID_ARGUMENT",
    "NOT_FOUND",
    "OK",
    "OUT_OF_RANGE",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "UNAUTHENTICATED",
    "UNAVAILABLE",
    "UNIMPLEMENTED",
    "UNKNOWN",
    "AbortedError",
    "AlreadyExistsError",
    "CancelledError",
    "DataLossError",
    "DeadlineExceededError",
    "FailedPreconditionError",
    "InternalError",
    "InvalidArgumentError",
    "NotFoundError",
    "OpError",
    "OutOfRangeError",
    "Payloads",
    "PermissionDeniedError",
    "ResourceExhaustedError",
    "UnauthenticatedError",
    "UnavailableError",
    "UnimplementedError",
    "UnknownError",
    "error_code_from_exception_type",
    "exception_type_from_error_code",
]

# The canonical status codes (google.rpc.Code), as v1 numbers them.
OK: Final = 0
CANCELLED: Final = 1
UNKNOWN: Final = 2
INVALID_ARGUMENT: Final = 3
DEADLINE_EXCEEDED: Final = 4
NOT_FOUND: Final = 5
ALREADY_EXISTS: Final = 6
PERMISSION_DENIED: Final = 7
RESOURCE_EXHAUSTED: Final = 8
FAILED_PRECONDITION: Final = 9
ABORTED: Final = 10
OUT_OF_RANGE: Final = 11
UNIMPLEMENTED: Final = 12
INTERNAL: Final = 13
UNAVAILABLE: Final = 14
DATA_LOSS: Final = 15
UNAUTHENTICATED: Final = 16

# Optional details of an error by key, after Abseil's status payloads.
Payloads: TypeAlias = dict[str, Any]


class ClusterError(Exception):
    """What is wrong with a cluster that holds variables: a session raises it as it is."""


@v1("OpError")
class OpError(Exception):
    """An operation of the graph failed while it ran.

    Usually a subclass is raised, one for each error code.

    Args:
        node_def: The NodeDef of the operation that failed, or None where unknown.
        op: The `Operation` that failed, or None where unknown.
        message: What went wrong.
        error_code: One of the codes of this module, e.g. `NOT_FOUND`.
        *args: At most one dictionary with details about the error.
    """

    def __init__(self, node_def: Any, op: Any, message: str, error_code: int, *args: Payloads) -> None:
        # v1 leaves `args` empty; str() has the message.
        super().__init__()
        self._node_def = node_def
        self._op = op
        self._message = message
        self._error_code = error_code
        self._experimental_payloads: Payloads = args[0] if args else {}

    @property
    def message(self) -> str:
        """What went wrong."""
        return self._message

    @property
    def op(self) -> Any:
        """The `Operation` that failed; None if it is unknown or was made by the session itself."""
        return self._op

    @property
    def error_code(self) -> int:
        """The code of the error, e.g. `NOT_FOUND` (5)."""
        return self._error_code

    @property
    def node_def(self) -> Any:
        """The NodeDef of the operation that failed, or None where it is unknown."""
        if self._node_def is None and self._op is not None:
            # Made on demand: a NodeDef needs the protos, which raising an error must not need.
            return self._op.node_def
        return self._node_def

    @property
    def experimental_payloads(self) -> Payloads:
        """Details of the error by key; empty unless given."""
        return self._experimental_payloads

    def __reduce__(self) -> tuple[type[OpError], tuple[Any, ...]]:
        # Without the operation: a graph cannot be pickled.
        return type(self), (None, None, self._message, self._error_code, self._experimental_payloads)

    def __str__(self) -> str:
        return self._message


class _CodedError(OpError):
    """An `OpError` whose class says the code."""

    _code: int

    def __init__(self, node_def: Any, op: Any, message: str, *args: Payloads) -> None:
        super().__init__(node_def, op, message, self._code, *args)

    def __reduce__(self) -> tuple[type[OpError], tuple[Any, ...]]:
        return type(self), (None, None, self._message, self._experimental_payloads)


class CancelledError(_CodedError):
    """The operation was cancelled, for instance because its session was closed."""

    _code = CANCELLED


class UnknownError(_CodedError):
    """An error of no other kind, e.g. an exception without a code raised by a kernel."""

    _code = UNKNOWN


class InvalidArgumentError(_CodedError):
    """An operation got an argument that it cannot work with, e.g. shapes that do not match."""

    _code = INVALID_ARGUMENT


class DeadlineExceededError(_CodedError):
    """A deadline passed before the operation was done."""

    _code = DEADLINE_EXCEEDED


class NotFoundError(_CodedError):
    """Something that was asked for, e.g. a file or a key of a checkpoint, was not found."""

    _code = NOT_FOUND


class AlreadyExistsError(_CodedError):
    """Something that was to be created exists already."""

    _code = ALREADY_EXISTS


class PermissionDeniedError(_CodedError):
    """The caller may not run the operation, e.g. may not read a file."""

    _code = PERMISSION_DENIED


class ResourceExhaustedError(_CodedError):
    """Something ran out, e.g. memory or disk space."""

    _code = RESOURCE_EXHAUSTED


class FailedPreconditionError(_CodedError):
    """The system is not in the state that the operation needs, e.g. a variable is uninitialized."""

    _code = FAILED_PRECONDITION


class AbortedError(_CodedError):
    """The operation was aborted because of a concurrent one."""

    _code = ABORTED


class OutOfRangeError(_CodedError):
    """An operation went past the valid range, e.g. `count_up_to` past its limit."""

    _code = OUT_OF_RANGE


class UnimplementedError(_CodedError):
    """The operation is not implemented for these arguments, although they are valid."""

    _code = UNIMPLEMENTED


class InternalError(_CodedError):
    """An invariant of the package is broken: a bug in the package, not in the program."""

    _code = INTERNAL


class UnavailableError(_CodedError):
    """Something that the operation needs is unavailable at the moment; trying again may help."""

    _code = UNAVAILABLE


class DataLossError(_CodedError):
    """Data are lost or damaged beyond repair, e.g. in a truncated file."""

    _code = DATA_LOSS


class UnauthenticatedError(_CodedError):
    """The request has no valid credentials."""

    _code = UNAUTHENTICATED


_CLASS_OF_CODE: Final[dict[int, type[_CodedError]]] = {
    error._code: error
    for error in (
        CancelledError,
        UnknownError,
        InvalidArgumentError,
        DeadlineExceededError,
        NotFoundError,
        AlreadyExistsError,
        PermissionDeniedError,
        ResourceExhaustedError,
        FailedPreconditionError,
        AbortedError,
        OutOfRangeError,
        UnimplementedError,
        InternalError,
        UnavailableError,
        DataLossError,
        UnauthenticatedError,
    )
}


def exception_type_from_error_code(error_code: int) -> type[OpError]:
    """Returns the exception class of an error code.

    Args:
        error_code: One of the codes of this module, except `OK`.

    Returns:
        The subclass of `OpError`.

    Raises:
        KeyError: If no class has the code.

    Example:
        >>> exception_type_from_error_code(NOT_FOUND).__name__
        'NotFoundError'
    """
    return _CLASS_OF_CODE[error_code]


def error_code_from_exception_type(cls: type[Exception]) -> int | None:
    """Returns the error code of an exception class.

    Args:
        cls: A subclass of `OpError` that has a code.

    Returns:
        The code; None, with a warning, for a class that has none.

    Example:
        >>> error_code_from_exception_type(NotFoundError)
        5
    """
    for code, error in _CLASS_OF_CODE.items():
        if cls is error:
            return code
    warnings.warn("Unknown class exception", stacklevel=2)
    return None
