"""What programs let `Session.run` fetch and feed of types of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

__all__ = ["conversion_of", "has_conversions", "register_session_run_conversion_functions"]


class Conversion(NamedTuple):
    """How objects of a type are fetched and fed.

    Attributes:
        type: The type.
        fetch: Gives the tensors of an object, and the function that makes of their values what is returned.
        feed: Gives the tensors to feed, each with its value; None where objects cannot be fed.
    """

    type: type
    fetch: Callable[[Any], tuple[list[Any], Callable[[list[Any]], Any]]]
    feed: Callable[[Any, Any], Iterable[tuple[Any, Any]]] | None


# The last that was registered is the first to be asked.
_CONVERSIONS: Final[list[Conversion]] = []


def has_conversions() -> bool:
    """Whether any type has been registered."""
    return bool(_CONVERSIONS)


def conversion_of(value: Any) -> Conversion | None:
    """Returns what was registered for the type of an object, or for a base of it."""
    for each in _CONVERSIONS:
        if isinstance(value, each.type):
            return each
    return None


def register_session_run_conversion_functions(
    tensor_type: type,
    fetch_function: Callable[[Any], tuple[list[Any], Callable[[list[Any]], Any]]],
    feed_function: Callable[[Any, Any], Iterable[tuple[Any, Any]]] | None = None,
    feed_function_for_partial_run: Callable[[Any], list[Any]] | None = None,
) -> None:
    """Lets `Session.run` fetch and feed objects of a type of one's own; v1 has it in `python.client.session`.

    Args:
        tensor_type: The type.
        fetch_function: Takes an object, and returns a list of the tensors to compute, and a function that
            makes of the list of their values what `run` returns for the object.
        feed_function: Takes an object that is a key of `feed_dict`, and its value, and returns the pairs of
            a tensor and a value that are fed.
        feed_function_for_partial_run: Accepted for v1's sake: there are no partial runs.

    Raises:
        ValueError: If the type, or one made of it, has been registered.

    >>> import scopetrie as tf
    >>> class Doubled:
    ...     def __init__(self, tensor):
    ...         self.tensor = tf.multiply(2.0, tensor)
    >>> register_session_run_conversion_functions(
    ...     Doubled,
    ...     fetch_function=lambda doubled: ([doubled.tensor], lambda values: values[0]),
    ...     feed_function=lambda doubled, value: [(doubled.tensor, value)],
    ... )
    >>> x = Doubled(tf.constant(3.0))
    >>> with tf.Session() as session:
    ...     print(session.run(x), session.run(x.tensor + 1.0, feed_dict={x: 0.0}))
    6.0 1.0
    """
    for each in _CONVERSIONS:
        if issubclass(each.type, tensor_type):
            raise ValueError(
                f"{tensor_type} has already been registered so ignore it.\n"
                "register_session_run_conversion_functions takes a type once, before those made of it."
            )
    _CONVERSIONS.insert(0, Conversion(tensor_type, fetch_function, feed_function))
