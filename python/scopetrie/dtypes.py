"""The types of a tensor's elements: TensorFlow 1's `DType` objects, their numbers and their names.

There is one object for each type, so `is` compares types; `==` also takes whatever `as_dtype` takes.

Example:
    >>> as_dtype("float") is float32
    True
    >>> float32 == "float32"
    True
    >>> float32.as_numpy_dtype
    <class 'numpy.float32'>
"""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any, Final, Literal, NoReturn, TypeAlias

import numpy as np

from . import _core
from .namespaces import namespace
from .public import v1

# The names of types; a text that a program computes becomes a type by `as_dtype(str)`.
DTypeName: TypeAlias = Literal[
    "bfloat16", "bool", "complex64", "complex128", "double", "float", "float16", "float32", "float64", "half",
    "int8", "int16", "int32", "int64", "qint8", "qint16", "qint32", "quint8", "quint16", "resource", "string",
    "uint8", "uint16", "uint32", "uint64", "variant",
]  # fmt: skip
# Whatever `as_dtype` takes, and None where a type may be left out: a DType, its name or number, a NumPy type,
# dtype, scalar or array, Python's float, bool or object.
DTypeLike: TypeAlias = (
    "DType | DTypeName | int | type[Any] | np.dtype[Any] | np.generic | np.ndarray[Any, Any] | None"
)

_REF_OFFSET: Final = 100


@v1("DType", "dtypes.DType")
class DType:
    """The type of the elements of a tensor.

    A type has a twin, the reference type (`float32_ref`), for tensors that stand for a variable's memory.

    Args:
        type_enum: The number of the type, as v1 and its protos number them.

    Attributes:
        name: The name, e.g. `"float32"`.
        as_datatype_enum: The number of the type in v1's protos.
        size: Bytes that an element takes; 0 for types without a fixed size.
        base_dtype: The type itself, or what a reference type refers to.
        is_floating: Whether this is a (non-quantized, real) floating point type.
        is_integer: Whether this is a (non-quantized) integer type.
        is_bool: Whether this is the boolean type.
        is_complex: Whether this is a complex type.
        is_unsigned: Whether this is an unsigned (non-quantized) integer type.
        is_quantized: Whether this is a quantized type.
        is_numeric: Whether the elements are numbers.
        is_numpy_compatible: Whether there is a NumPy type to go with it.

    Raises:
        TypeError: If no type has the number.
    """

    # Plain attributes rather than properties: they are read for every node that is built.
    __slots__ = (
        "_is_ref_dtype",
        "_numpy",
        "_ref",
        "as_datatype_enum",
        "base_dtype",
        "is_bool",
        "is_complex",
        "is_floating",
        "is_integer",
        "is_numeric",
        "is_numpy_compatible",
        "is_quantized",
        "is_unsigned",
        "name",
        "size",
    )

    _is_ref_dtype: builtins.bool
    _numpy: Any
    _ref: DType
    as_datatype_enum: int
    base_dtype: DType
    is_bool: builtins.bool
    is_complex: builtins.bool
    is_floating: builtins.bool
    is_integer: builtins.bool
    is_numeric: builtins.bool
    is_numpy_compatible: builtins.bool
    is_quantized: builtins.bool
    is_unsigned: builtins.bool
    name: str
    size: int

    def __new__(cls, type_enum: Any) -> DType:
        """Returns the one object of the type with the number `type_enum`."""
        number = int(type_enum)
        try:
            return _BY_ENUM[number]
        except KeyError:
            message = f"{number} does not correspond to a valid tensorflow::DataType"
            raise TypeError(message) from None

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise AttributeError(f"DType {self.name} cannot be changed: tried to set {name!r}")

    @property
    def as_numpy_dtype(self) -> Any:
        """The NumPy type of an element: a scalar type such as `numpy.float32`; `object` for strings.

        Raises:
            KeyError: If the type has none (`resource`, `variant`).
            TypeError: If the type is bfloat16 and the package ml_dtypes is not installed.
        """
        numpy_type = self.base_dtype._numpy
        if numpy_type is not None:
            return numpy_type
        if self.base_dtype is bfloat16:
            return _load_bfloat16()
        raise KeyError(self.as_datatype_enum)

    @property
    def real_dtype(self) -> DType:
        """The type of the real and the imaginary part of a complex type; of any other, the type itself."""
        if self.base_dtype is complex64:
            return float32
        if self.base_dtype is complex128:
            return float64
        return self

    @property
    def _as_ref(self) -> DType:
        """The reference type that refers to this type."""
        return self._ref

    @property
    def min(self) -> Any:
        """The smallest (most negative finite) value of the type.

        Raises:
            TypeError: If the type is no ordered number type.
        """
        return self._extreme("min", "minimum")

    @property
    def max(self) -> Any:
        """The largest finite value of the type.

        Raises:
            TypeError: If the type is no ordered number type.
        """
        return self._extreme("max", "maximum")

    def _extreme(self, member: str, adjective: str) -> Any:
        base = self.base_dtype
        if base.is_integer:
            return int(getattr(np.iinfo(self.as_numpy_dtype), member))
        if base is bfloat16:
            # 0x7F7F, the largest finite one; NumPy's finfo does not know the type.
            largest = 255.0 * 2.0**120
            return -largest if member == "min" else largest
        if base.is_floating:
            return getattr(np.finfo(self.as_numpy_dtype), member)
        what = f"Cannot find {adjective} value of {self}"
        if base.is_quantized:
            raise TypeError(f"{what} with quantized type {base}.")
        raise TypeError(f"{what} with type {base}." if self.is_numpy_compatible else f"{what}.")

    @property
    def limits(self) -> tuple[Any, Any]:
        """The range (0, largest) of an image's intensities in this type, for floats (0, 1).

        Raises:
            KeyError: If the type has no NumPy type.
            ValueError: If the range is not defined for the type.
        """
        if not self.is_numpy_compatible:
            raise KeyError(self.as_datatype_enum)
        base = self.base_dtype
        if base is float32 or base is float64:
            return 0, 1
        if base.is_bool:
            return 0, True
        if base.is_integer:
            return 0, self.max
        raise ValueError(f"{self} does not have defined limits.")

    def is_compatible_with(self, other: DTypeLike) -> builtins.bool:
        """Whether a tensor of type `other` may be used where this type is asked for.

        Args:
            other: A type, or what `as_dtype` takes for one.

        Returns:
            True if `other` is this type or the reference type to it.

        Raises:
            TypeError: If `other` is no type.

        Example:
            >>> float32.is_compatible_with(float32_ref), float32_ref.is_compatible_with(float32)
            (True, False)
        """
        dtype = as_dtype(other)
        return dtype is self or dtype.base_dtype is self

    def __eq__(self, other: object) -> builtins.bool:
        if self is other:
            return True
        if other is None or other.__class__ is DType:
            return False
        value: Any = other
        try:
            return as_dtype(value) is self
        except TypeError:
            return False

    def __hash__(self) -> int:
        return self.as_datatype_enum

    def __int__(self) -> int:
        return self.as_datatype_enum

    def __str__(self) -> str:
        return f"<dtype: {self.name!r}>"

    def __repr__(self) -> str:
        return "tf." + self.name

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return as_dtype, (self.name,)


def _load_bfloat16() -> Any:
    try:
        import ml_dtypes  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        raise TypeError(
            "bfloat16 has no NumPy type of its own: install the package ml_dtypes (pip install ml_dtypes)"
        ) from None
    return ml_dtypes.bfloat16


def _define(number: int, name: str, kind: str, size: int, numpy_type: Any) -> DType:
    """Makes the type and its reference type; `kind` is a NumPy kind letter, "q" for quantized types."""
    base = object.__new__(DType)
    ref = object.__new__(DType)
    for dtype, is_ref in ((base, False), (ref, True)):
        members = {
            "_is_ref_dtype": is_ref,
            "_numpy": numpy_type,
            "_ref": ref,
            "as_datatype_enum": number + _REF_OFFSET * is_ref,
            "base_dtype": base,
            "is_bool": kind == "b",
            "is_complex": kind == "c",
            "is_floating": kind == "f",
            "is_integer": kind in "iu",
            "is_numeric": kind in "iufcq",
            "is_numpy_compatible": kind != "V",
            "is_quantized": kind == "q",
            "is_unsigned": kind == "u",
            "name": name + "_ref" * is_ref,
            "size": size,
        }
        for member, value in members.items():
            object.__setattr__(dtype, member, value)
        _BY_ENUM[dtype.as_datatype_enum] = dtype
        _CONVERSIONS[dtype.as_datatype_enum] = dtype
        _CONVERSIONS[dtype.name] = dtype
    return base


def _quantized(name: str, code: str) -> np.dtype[Any]:
    """A quantized type in NumPy: the integer type in a structure, so that none takes it for integers."""
    return np.dtype([(name, code)])


_BY_ENUM: Final[dict[int, DType]] = {}
# Everything hashable that stands for a type: number, name, NumPy scalar type, Python type.
_CONVERSIONS: Final[dict[Any, DType]] = {}

float32: Final[DType] = v1("float32", "dtypes.float32")(_define(1, "float32", "f", 4, np.float32))
float64: Final[DType] = v1("float64", "dtypes.float64")(_define(2, "float64", "f", 8, np.float64))
int32: Final[DType] = v1("int32", "dtypes.int32")(_define(3, "int32", "i", 4, np.int32))
uint8: Final[DType] = v1("uint8", "dtypes.uint8")(_define(4, "uint8", "u", 1, np.uint8))
int16: Final[DType] = v1("int16", "dtypes.int16")(_define(5, "int16", "i", 2, np.int16))
int8: Final[DType] = v1("int8", "dtypes.int8")(_define(6, "int8", "i", 1, np.int8))
string: Final[DType] = v1("string", "dtypes.string")(_define(7, "string", "S", 0, object))
complex64: Final[DType] = v1("complex64", "dtypes.complex64")(_define(8, "complex64", "c", 8, np.complex64))
int64: Final[DType] = v1("int64", "dtypes.int64")(_define(9, "int64", "i", 8, np.int64))
bool: Final[DType] = v1("bool", "dtypes.bool")(_define(10, "bool", "b", 1, np.bool_))
qint8: Final[DType] = v1("qint8", "dtypes.qint8")(_define(11, "qint8", "q", 1, _quantized("qint8", "i1")))
quint8: Final[DType] = v1("quint8", "dtypes.quint8")(
    _define(12, "quint8", "q", 1, _quantized("quint8", "u1"))
)
qint32: Final[DType] = v1("qint32", "dtypes.qint32")(
    _define(13, "qint32", "q", 4, _quantized("qint32", "i4"))
)
bfloat16: Final[DType] = v1("bfloat16", "dtypes.bfloat16")(_define(14, "bfloat16", "f", 2, None))
qint16: Final[DType] = v1("qint16", "dtypes.qint16")(
    _define(15, "qint16", "q", 2, _quantized("qint16", "i2"))
)
quint16: Final[DType] = v1("quint16", "dtypes.quint16")(
    _define(16, "quint16", "q", 2, _quantized("quint16", "u2"))
)
uint16: Final[DType] = v1("uint16", "dtypes.uint16")(_define(17, "uint16", "u", 2, np.uint16))
complex128: Final[DType] = v1("complex128", "dtypes.complex128")(
    _define(18, "complex128", "c", 16, np.complex128)
)
float16: Final[DType] = v1("float16", "dtypes.float16")(_define(19, "float16", "f", 2, np.float16))
resource: Final[DType] = v1("resource", "dtypes.resource")(_define(20, "resource", "V", 0, None))
variant: Final[DType] = v1("variant", "dtypes.variant")(_define(21, "variant", "V", 0, None))
uint32: Final[DType] = v1("uint32", "dtypes.uint32")(_define(22, "uint32", "u", 4, np.uint32))
uint64: Final[DType] = v1("uint64", "dtypes.uint64")(_define(23, "uint64", "u", 8, np.uint64))

half: Final[DType] = v1("half", "dtypes.half")(float16)
double: Final[DType] = v1("double", "dtypes.double")(float64)

float32_ref: Final[DType] = v1("float32_ref")(float32._as_ref)
float64_ref: Final[DType] = v1("float64_ref")(float64._as_ref)
int32_ref: Final[DType] = v1("int32_ref")(int32._as_ref)
uint8_ref: Final[DType] = v1("uint8_ref")(uint8._as_ref)
int16_ref: Final[DType] = v1("int16_ref")(int16._as_ref)
int8_ref: Final[DType] = v1("int8_ref")(int8._as_ref)
string_ref: Final[DType] = v1("string_ref")(string._as_ref)
complex64_ref: Final[DType] = v1("complex64_ref")(complex64._as_ref)
int64_ref: Final[DType] = v1("int64_ref")(int64._as_ref)
bool_ref: Final[DType] = v1("bool_ref")(bool._as_ref)
qint8_ref: Final[DType] = v1("qint8_ref")(qint8._as_ref)
quint8_ref: Final[DType] = v1("quint8_ref")(quint8._as_ref)
qint32_ref: Final[DType] = v1("qint32_ref")(qint32._as_ref)
bfloat16_ref: Final[DType] = v1("bfloat16_ref")(bfloat16._as_ref)
qint16_ref: Final[DType] = v1("qint16_ref")(qint16._as_ref)
quint16_ref: Final[DType] = v1("quint16_ref")(quint16._as_ref)
uint16_ref: Final[DType] = v1("uint16_ref")(uint16._as_ref)
complex128_ref: Final[DType] = v1("complex128_ref")(complex128._as_ref)
float16_ref: Final[DType] = v1("float16_ref")(float16._as_ref)
resource_ref: Final[DType] = v1("resource_ref")(resource._as_ref)
variant_ref: Final[DType] = v1("variant_ref")(variant._as_ref)
uint32_ref: Final[DType] = v1("uint32_ref")(uint32._as_ref)
uint64_ref: Final[DType] = v1("uint64_ref")(uint64._as_ref)
half_ref: Final[DType] = v1("half_ref")(float16_ref)
double_ref: Final[DType] = v1("double_ref")(float64_ref)

ALL_DTYPES: Final = tuple(_BY_ENUM.values())
_core.define_dtypes(_BY_ENUM)
QUANTIZED_DTYPES: Final[frozenset[DType]] = v1("QUANTIZED_DTYPES", "dtypes.QUANTIZED_DTYPES")(
    frozenset(dtype for dtype in ALL_DTYPES if dtype.is_quantized)
)

_NUMPY_BASES: Final = [
    each for each in ALL_DTYPES if isinstance(each._numpy, type) and not each._is_ref_dtype
]
_CONVERSIONS.update({each._numpy: each for each in _NUMPY_BASES})
# Arrays' dtypes as well, which are looked up for every constant. (Quantized types share integers'.)
_CONVERSIONS.update({np.dtype(each._numpy): each for each in _NUMPY_BASES if not each.is_quantized})
_CONVERSIONS.update(
    {
        "half": half,
        "half_ref": half_ref,
        "float": float32,
        "float_ref": float32_ref,
        "double": double,
        "double_ref": double_ref,
        # Python's int is not listed: v1 leaves it to the caller to choose a width.
        float: float32,
        builtins.bool: bool,
        np.object_: string,
        np.str_: string,
        np.bytes_: string,
    }
)


@v1("as_dtype", "dtypes.as_dtype")
def as_dtype(type_value: DTypeLike) -> DType:
    """Returns the `DType` that a value stands for.

    Args:
        type_value: A `DType`; its number or name (`"float32"`, `"float"`, `"half"`); a NumPy type, dtype or
            array; Python's `float`, `bool` or `object` (for strings).

    Returns:
        The `DType`.

    Raises:
        TypeError: If the value stands for no type.

    Example:
        >>> as_dtype(np.dtype("int64")), as_dtype(float), as_dtype("half"), as_dtype(1)
        (tf.int64, tf.float32, tf.float16, tf.float32)
    """
    if type_value.__class__ is DType:
        return type_value
    try:
        return _CONVERSIONS[type_value]
    except (KeyError, TypeError):  # a TypeError for what cannot be hashed
        pass
    if isinstance(type_value, np.dtype):
        numpy_dtype = type_value
    elif isinstance(type_value, type) and issubclass(type_value, np.generic):
        numpy_dtype = np.dtype(type_value)
    else:
        found_dtype = getattr(type_value, "dtype", None)
        if not isinstance(found_dtype, np.dtype):
            raise _not_a_dtype(type_value)
        numpy_dtype = found_dtype
    found = _CONVERSIONS.get(numpy_dtype.type)
    if found is None and numpy_dtype.kind in "iu":
        # Types of the same width under another name: longlong beside int64, long beside int32 on Windows.
        found = _CONVERSIONS.get(np.dtype(f"{numpy_dtype.kind}{numpy_dtype.itemsize}").type)
    elif found is None and numpy_dtype.name == "bfloat16":
        found = bfloat16
    if found is None:
        raise _not_a_dtype(type_value)
    return found


def _not_a_dtype(type_value: object) -> TypeError:
    return TypeError(f"Cannot convert the argument `type_value`: {type_value!r} to a TensorFlow DType.")


if not TYPE_CHECKING:  # which would take any name for one of this module's
    # v1 has functions in `tf.dtypes`, too, which are defined above this module.
    __getattr__, __dir__, __all__ = namespace("dtypes")
