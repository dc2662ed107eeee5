"""Translation of exceptions in kernels to v1's classes, with the operation and the line that built it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from .. import errors
from ..backends import Array, Backend
from ..ops.node_text import dims_text
from .cells import UNINITIALIZED, Cell

# v1's translation of exceptions of a py_func; any other becomes an UnknownError.
_CLASSES: Final[tuple[tuple[type[Exception], type[errors.OpError]], ...]] = (
    (NotImplementedError, errors.UnimplementedError),
    (StopIteration, errors.OutOfRangeError),
    (MemoryError, errors.ResourceExhaustedError),
    (ValueError, errors.InvalidArgumentError),
    (TypeError, errors.InvalidArgumentError),
)
# Exceptions of array libraries and arithmetic for arguments that do not fit.
_OF_ARGUMENTS: Final = (ValueError, TypeError, IndexError, ZeroDivisionError, OverflowError)
_INITIALIZE: Final = (
    "Run its initializer first, or that of all variables: session.run(tf.global_variables_initializer()); a "
    "Saver that restores them does it, too."
)
# Kernels that call functions of the program.
_FOREIGN: Final = frozenset({"EagerPyFunc", "PyFunc", "PyFuncStateless"})
# Those of which NumPy says that a "core dimension" does not fit.
_PRODUCTS: Final = frozenset({"BatchMatMul", "BatchMatMulV2", "MatMul"})


def located(
    error: Exception,
    op: Any,
    function: Any,
    arrays: Sequence[Array],
    backend: Backend | None = None,
    hint: str = "",
) -> Exception:
    """Returns the error to raise for an exception in a step of a plan.

    Args:
        error: The kernel's exception.
        op: The operation, or None if a fetched variable has no value.
        function: The kernel's function, or the `Cell` that was read.
        arrays: The values of the inputs that are still alive.
        backend: The library that computed; None where it had no part.
        hint: What to do, if the fault is a frequent one.

    Returns:
        An `errors.OpError`. Its message starts with v1's line for the fault, then has the node, the line of
        the program that built it, the inputs' dtypes and shapes, and the hint. What is wrong with a cluster
        that holds variables stays the error that it is, with a note of the node.
    """
    if isinstance(error, AttributeError) and isinstance(error.obj, Cell):
        error = error.obj.uninitialized()
    elif backend is not None:
        error = backend.failure(error)
    if isinstance(error, errors.FailedPreconditionError) and error.message.startswith(UNINITIALIZED):
        hint = _INITIALIZE
    if isinstance(error, errors.ClusterError):
        if op is not None:
            error.add_note(f"[[node {op.name} (of type {op.type}){made_at(op)}]]")
        return error
    if isinstance(error, errors.OpError):
        if error.op is not None:
            return error  # from an inner plan, whose error is more precise
        kind, message = errors.exception_type_from_error_code(error.error_code), error.message
    else:
        kind, message = _translated(error, op, function, arrays)
    if op is not None:
        message += f"\n\t [[node {op.name} (of type {op.type}){made_at(op)}]]"
        if arrays:
            message += (
                f"\n\t Inputs: {', '.join(_described(op, at, array) for at, array in enumerate(arrays))}"
            )
    if hint:
        message += f"\n{hint}"
    made: Any = kind
    result: errors.OpError = made(None, op, message)
    return result


def of_program(error: Exception) -> errors.OpError:
    """v1's error for an exception of a Python function of the program's that a kernel has called."""
    if isinstance(error, errors.OpError):
        return error
    made: Any = next((ours for python, ours in _CLASSES if isinstance(error, python)), errors.UnknownError)
    result: errors.OpError = made(None, None, f"{type(error).__name__}: {error}")
    return result


def _translated(
    error: Exception, op: Any, function: Any, arrays: Sequence[Array]
) -> tuple[type[errors.OpError], str]:
    text = f"{type(error).__name__}: {error}"
    if op is None or op.type in _FOREIGN:
        made = of_program(error)
        return type(made), made.message
    if isinstance(error, MemoryError):
        return errors.ResourceExhaustedError, f"OOM when computing {op.name}: {error}"
    if isinstance(error, NotImplementedError):
        return errors.UnimplementedError, str(error) or text
    if isinstance(error, _OF_ARGUMENTS):
        shapes = [getattr(array, "shape", ()) for array in arrays]
        if (
            isinstance(error, ValueError)
            and len(shapes) == 2
            and not _broadcast(*shapes)
            and "broadcast" in str(error)
        ):
            return errors.InvalidArgumentError, f"Incompatible shapes: {' vs. '.join(map(dims_text, shapes))}"
        if op.type in _PRODUCTS and "core dimension" in str(error):
            sizes = ", ".join(f"In[{at}]: {dims_text(shape)}" for at, shape in enumerate(shapes))
            return errors.InvalidArgumentError, f"Matrix size-incompatible: {sizes}"
        return errors.InvalidArgumentError, str(error) if isinstance(error, ValueError) else text
    return errors.UnknownError, text


def _broadcast(shape: tuple[int, ...], other: tuple[int, ...]) -> bool:
    pairs = zip(reversed(shape), reversed(other), strict=False)
    return all(a == b or a == 1 or b == 1 for a, b in pairs)


def made_at(op: Any) -> str:
    """Says on which line of the program an operation was made: ", built at ..."; "" where that is unknown."""
    site: tuple[str, int, str] | None = op._site
    if site is None:
        return ""
    file, line, function = site
    return f", built at {file}:{line}" + (f" in {function}" if function else "")


def _described(op: Any, at: int, array: Array) -> str:
    name = str(op.inputs[at].name)
    if array is None:
        return name
    return f"{name} {getattr(array, 'dtype', type(array).__name__)} {dims_text(getattr(array, 'shape', ()))}"
