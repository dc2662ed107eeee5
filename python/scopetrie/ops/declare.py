"""Declarations of ops: inputs, attributes and element types.

Example:
    >>> from scopetrie.ops import declare
    >>> declare.tensor("x")
    Input(name='x', kind='tensor', types=None, attr='T', host=False)
    >>> declare.index("axis").types
    (tf.int32, tf.int64)
"""

from __future__ import annotations

from typing import Any, Final, Literal, NamedTuple, TypeAlias

from .. import dtypes as t
from ..dtypes import DType

Types: TypeAlias = tuple[DType, ...]
Kind: TypeAlias = Literal["tensor", "reference", "index", "axes", "order", "list", "mixed"]

# Element types in the orders in which v1's messages list them.
FLOATS: Final[Types] = (t.bfloat16, t.float16, t.float32, t.float64)
FLOATS_HALF_FIRST: Final[Types] = (t.float16, t.bfloat16, t.float32, t.float64)
COMPLEX: Final[Types] = (t.complex64, t.complex128)
INEXACT: Final[Types] = (*FLOATS, *COMPLEX)
SIGNED: Final[Types] = (*FLOATS, t.int8, t.int16, t.int32, t.int64, *COMPLEX)
REALS: Final[Types] = (
    t.float32,
    t.float64,
    t.int32,
    t.uint8,
    t.int16,
    t.int8,
    t.int64,
    t.bfloat16,
    t.uint16,
    t.float16,
    t.uint32,
    t.uint64,
)
NUMBERS: Final[Types] = (
    t.float32,
    t.float64,
    t.int32,
    t.uint8,
    t.int16,
    t.int8,
    t.complex64,
    t.int64,
    t.qint8,
    t.quint8,
    t.qint32,
    t.bfloat16,
    t.qint16,
    t.quint16,
    t.uint16,
    t.complex128,
    t.float16,
    t.uint32,
    t.uint64,
)
ORDERED: Final[Types] = (*REALS, t.qint8, t.quint8, t.qint32, t.qint16, t.quint16)
ARITHMETIC: Final[Types] = (
    *FLOATS,
    t.uint8,
    t.int8,
    t.uint16,
    t.int16,
    t.int32,
    t.uint32,
    t.uint64,
    t.int64,
    *COMPLEX,
)
INTEGERS: Final[Types] = (t.int8, t.int16, t.int32, t.int64, t.uint8, t.uint16, t.uint32, t.uint64)
INDICES: Final[Types] = (t.int32, t.int64)
SHORT_INDICES: Final[Types] = (t.int16, t.int32, t.int64)
BOOL: Final[Types] = (t.bool,)


class Input(NamedTuple):
    """One input of an op; made by the functions below.

    Attributes:
        name: Its name, also of constants made from Python values.
        kind: What it accepts besides a tensor; see `tensor`, `reference`, `index`, `axes`, `order`, `tensors`
            and `mixed`.
        types: The element types that it may have; None for any.
        attr: The attribute of the node that holds its element type; inputs with one attribute have one
            element type. None for an element type of its own that no attribute holds.
        host: Whether the kernel wants it as a NumPy array on the host; None if it takes it from where it is.
    """

    name: str
    kind: Kind
    types: Types | None
    attr: str | None
    host: bool | None

    @property
    def is_list(self) -> bool:
        """Whether it is a list of tensors."""
        return self.kind in ("list", "mixed")


def tensor(
    name: str, types: Types | None = None, attr: str | None = "T", *, host: bool | None = False
) -> Input:
    """A tensor, or a value that becomes one."""
    return Input(name, "tensor", types, attr, host)


def reference(name: str, types: Types | None = None, attr: str | None = "T") -> Input:
    """A variable's own memory, which the op changes."""
    return Input(name, "reference", types, attr, False)


def index(name: str, types: Types | None = INDICES, attr: str | None = "Tidx", *, host: bool = True) -> Input:
    """A shape, axes or positions: ints become int32, or int64 if they do not fit, as in v1."""
    return Input(name, "index", types, attr, host)


def axes(name: str, types: Types | None = INDICES, attr: str | None = "Tidx") -> Input:
    """The same; None means all axes of the first input, which become a separate constant."""
    return Input(name, "axes", types, attr, True)


def order(name: str, types: Types | None = INDICES, attr: str | None = "Tidx") -> Input:
    """The same; None means the axes of the first input from last to first."""
    return Input(name, "order", types, attr, True)


def tensors(name: str, types: Types | None = None, attr: str | None = "T") -> Input:
    """A list of tensors of one element type; the node's attribute `N` is its length."""
    return Input(name, "list", types, attr, False)


def mixed(name: str, attr: str | None = None, *, host: bool | None = None) -> Input:
    """A list of tensors of any element types; `attr` holds that of the last."""
    return Input(name, "mixed", None, attr, host)


class Given:
    """The type of `GIVEN`: no default, every node has the attribute."""

    def __repr__(self) -> str:
        return "GIVEN"


class Ints:
    """The type of an attribute that is a tuple of ints."""


class Sizes:
    """The type of an attribute that is a shape: a tuple with None for unknown sizes, or None."""


GIVEN: Final = Given()


class Attribute(NamedTuple):
    """An attribute of an op's nodes, besides those that hold its inputs' element types; made by `attr`."""

    name: str
    type: type
    default: Any


def attr(name: str, type: type, default: Any = GIVEN) -> Attribute:
    """An attribute of an op's nodes.

    Args:
        name: Its name.
        type: The type of its values: bool, int, float, str, DType, `Ints`, `Sizes` or object.
        default: Its value for nodes without it; left out if every node has it.
    """
    return Attribute(name, type, default)


def flags(*names: str) -> tuple[Attribute, ...]:
    """Attributes that are False by default."""
    return tuple(Attribute(name, bool, False) for name in names)
