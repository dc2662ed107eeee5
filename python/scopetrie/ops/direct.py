"""Public functions whose common calls go straight to the op function of their node."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from .._core import DirectFunction, OpFunction

if TYPE_CHECKING:
    from typing import ParamSpec, TypeVar

    P = ParamSpec("P")
    Result = TypeVar("Result")

_REQUIRED: Final = inspect.Parameter.empty


class Role(NamedTuple):
    """What a parameter of a function is to an op; see `given`, `attribute`, `OWN`."""

    kind: Literal["own", "name", "input", "attribute"]
    input: int = 0
    attribute: str | None = None
    form: Literal["", "sizes", "axes", "ints", "count"] = ""
    omitted: bool = False
    default: Any = _REQUIRED
    choices: tuple[str, ...] = ()


class Only(IntEnum):
    """What else must hold for a call to go straight to the op.

    Attributes:
        ALWAYS: Nothing.
        OTHER_DTYPE: The attribute, a dtype, is another than that of the first input.
        SEVERAL: The first input is a list of at least two.
        MATRICES: The first two inputs are tensors of rank 2.
    """

    ALWAYS = 0
    OTHER_DTYPE = 1
    SEVERAL = 2
    MATRICES = 3


OWN: Final = Role("own")
_NAME: Final = Role("name")


def given(input: int, default: Any = _REQUIRED) -> Role:
    """An input, by its number; `default` where the call leaves it out."""
    return Role("input", input, default=default)


def attribute(name: str | None = None, *, omitted: bool = False, choices: tuple[str, ...] = ()) -> Role:
    """An attribute, called as the parameter if there is no `name`; `omitted` where it is the default.

    Where there are `choices`, calls that give another value are the function's.
    """
    return Role("attribute", attribute=name, omitted=omitted, choices=choices)


def sizes(name: str | None = None) -> Role:
    """An attribute that is a shape."""
    return Role("attribute", attribute=name, form="sizes")


def axes(name: str | None = None) -> Role:
    """An attribute that is a tuple of axes, of one or of none where None is given."""
    return Role("attribute", attribute=name, form="axes")


def ints(name: str | None = None) -> Role:
    """An attribute that is a tuple of ints."""
    return Role("attribute", attribute=name, form="ints")


def count(name: str | None = None) -> Role:
    """An attribute that is the number of outputs; where it is 1, the call is the function's, for a list."""
    return Role("attribute", attribute=name, form="count")


def direct(
    op: OpFunction[Any], *, called: str | None = None, only: Only = Only.ALWAYS, **roles: Role
) -> Callable[[Callable[P, Result]], Callable[P, Result]]:
    """Makes of a public function one whose common calls go straight to the op function of its node.

    What a call gives beyond tensors and plain values, and what the op's rules cannot decide by themselves, is
    left to the function; so it must make the same node for all that these decide.

    Args:
        op: The op function.
        called: The node's default name; that of the function, or else of the op, if left out.
        only: What else must hold.
        **roles: What parameters of the function are to the op. Of those that are not mentioned, `name` is
            the node's name, the first are the inputs that no other is, in their order, and the rest are
            nothing to the op: calls that give them are the function's.

    Returns:
        A decorator.
    """

    def decorate(function: Callable[P, Result]) -> Callable[P, Result]:
        parameters = inspect.signature(function).parameters
        unknown = roles.keys() - parameters.keys()
        if unknown:
            raise TypeError(f"direct: {function.__name__}() has no parameter {min(unknown)!r}")
        taken = {role.input for role in roles.values() if role.kind == "input"}
        spec = []
        default_name = called or op.__name__
        for at, (name, parameter) in enumerate(parameters.items()):
            role = roles.get(name)
            if role is None:
                is_input = at < len(op.definition.inputs) and at not in taken
                role = _NAME if name == "name" else given(at) if is_input else OWN
            default = parameter.default if role.default is _REQUIRED else role.default
            if role.kind == "name" and called is None and default:
                default_name = default
            has_default = default is not _REQUIRED
            fallback = default if has_default else None
            attribute = role.attribute or name
            spec.append(
                (
                    name,
                    role.kind,
                    role.input,
                    attribute,
                    role.form,
                    role.omitted,
                    has_default,
                    fallback,
                    role.choices,
                )
            )
        made: Any = DirectFunction(function, op, default_name, tuple(spec), only)
        functools.update_wrapper(made, function)
        wrapped: Callable[P, Result] = made
        return wrapped

    return decorate
