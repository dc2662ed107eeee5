"""dtypes.py against what TensorFlow 2.21's v1 mode does."""

import copy
import importlib.util
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scopetrie import dtypes
from scopetrie.dtypes import DType, as_dtype

# Recorded from TensorFlow: number, name, size, kind, NumPy type, (min, max) or None, upper limit or None.
TABLE = [
    (1, "float32", 4, "floating", np.float32, "finfo", 1),
    (2, "float64", 8, "floating", np.float64, "finfo", 1),
    (3, "int32", 4, "integer", np.int32, (-2147483648, 2147483647), 2147483647),
    (4, "uint8", 1, "unsigned", np.uint8, (0, 255), 255),
    (5, "int16", 2, "integer", np.int16, (-32768, 32767), 32767),
    (6, "int8", 1, "integer", np.int8, (-128, 127), 127),
    (7, "string", 0, "string", object, None, None),
    (8, "complex64", 8, "complex", np.complex64, None, None),
    (9, "int64", 8, "integer", np.int64, (-9223372036854775808, 9223372036854775807), 9223372036854775807),
    (10, "bool", 1, "bool", np.bool_, None, True),
    (11, "qint8", 1, "quantized", np.dtype([("qint8", "i1")]), None, None),
    (12, "quint8", 1, "quantized", np.dtype([("quint8", "u1")]), None, None),
    (13, "qint32", 4, "quantized", np.dtype([("qint32", "i4")]), None, None),
    (15, "qint16", 2, "quantized", np.dtype([("qint16", "i2")]), None, None),
    (16, "quint16", 2, "quantized", np.dtype([("quint16", "u2")]), None, None),
    (17, "uint16", 2, "unsigned", np.uint16, (0, 65535), 65535),
    (18, "complex128", 16, "complex", np.complex128, None, None),
    (19, "float16", 2, "floating", np.float16, "finfo", None),
    (22, "uint32", 4, "unsigned", np.uint32, (0, 4294967295), 4294967295),
    (23, "uint64", 8, "unsigned", np.uint64, (0, 18446744073709551615), 18446744073709551615),
]
KINDS = ("floating", "integer", "unsigned", "complex", "bool", "quantized")


@pytest.mark.parametrize("row", TABLE, ids=[row[1] for row in TABLE])
def test_types(row):
    number, name, size, kind, numpy_type, extremes, limit = row
    dtype = getattr(dtypes, name)
    assert (dtype.as_datatype_enum, int(dtype), hash(dtype)) == (number,) * 3
    assert (dtype.name, repr(dtype), str(dtype)) == (name, f"tf.{name}", f"<dtype: '{name}'>")
    assert dtype.size == size
    flags = {each: getattr(dtype, f"is_{each}") for each in KINDS}
    assert flags == {each: each == kind or (each == "integer" and kind == "unsigned") for each in KINDS}
    assert dtype.is_numeric == (kind not in ("bool", "string"))
    assert dtype.is_numpy_compatible is True
    assert dtype.as_numpy_dtype == numpy_type
    assert dtype.base_dtype is dtype
    if extremes == "finfo":
        assert (dtype.min, dtype.max) == (np.finfo(numpy_type).min, np.finfo(numpy_type).max)
        assert type(dtype.min) is numpy_type
    elif extremes:
        assert (dtype.min, dtype.max) == extremes
        assert type(dtype.min) is int
    else:
        word = "quantized type" if kind == "quantized" else "type"
        for member, adjective in (("min", "minimum"), ("max", "maximum")):
            with pytest.raises(TypeError) as caught:
                getattr(dtype, member)
            assert str(caught.value) == f"Cannot find {adjective} value of {dtype} with {word} {dtype}."
    if limit is None:
        with pytest.raises(ValueError, match=f"^<dtype: '{name}'> does not have defined limits.$"):
            _ = dtype.limits
    else:
        assert dtype.limits == (0, limit)


@pytest.mark.parametrize(("number", "name"), [(20, "resource"), (21, "variant")])
def test_types_without_a_numpy_type(number, name):
    dtype = getattr(dtypes, name)
    assert (dtype.as_datatype_enum, dtype.size, dtype.is_numpy_compatible) == (number, 0, False)
    assert not dtype.is_numeric
    for member in ("as_numpy_dtype", "limits"):
        with pytest.raises(KeyError, match=f"^{number}$"):
            getattr(dtype, member)
    with pytest.raises(TypeError, match=f"^Cannot find minimum value of <dtype: '{name}'>.$"):
        _ = dtype.min


def test_bfloat16():
    dtype = dtypes.bfloat16
    assert (dtype.as_datatype_enum, dtype.size, dtype.is_floating, dtype.is_numeric) == (14, 2, True, True)
    assert dtype.min == -3.3895313892515355e38
    assert dtype.max == 3.3895313892515355e38
    if importlib.util.find_spec("ml_dtypes"):
        assert np.dtype(dtype.as_numpy_dtype).name == "bfloat16"
        assert as_dtype(dtype.as_numpy_dtype) is dtype
    else:
        with pytest.raises(TypeError, match="install the package ml_dtypes"):
            _ = dtype.as_numpy_dtype


@pytest.mark.parametrize("dtype", [d for d in dtypes.ALL_DTYPES if not d._is_ref_dtype], ids=str)
def test_reference_types(dtype):
    ref = dtype._as_ref
    assert ref._as_ref is ref
    assert ref._is_ref_dtype
    assert not dtype._is_ref_dtype
    assert ref.base_dtype is dtype
    assert ref.as_datatype_enum == dtype.as_datatype_enum + 100
    assert (ref.name, repr(ref)) == (f"{dtype.name}_ref", f"tf.{dtype.name}_ref")
    assert getattr(dtypes, ref.name) is ref
    assert ref.size == dtype.size
    assert ref.is_floating == dtype.is_floating
    assert ref != dtype
    assert dtype != ref
    assert dtype.is_compatible_with(ref)
    assert not ref.is_compatible_with(dtype)
    assert ref.is_compatible_with(ref)


def test_real_dtype():
    assert dtypes.complex64.real_dtype is dtypes.float32
    assert dtypes.complex128_ref.real_dtype is dtypes.float64
    assert dtypes.float32_ref.real_dtype is dtypes.float32_ref
    assert dtypes.string.real_dtype is dtypes.string


def test_min_of_a_reference_type_names_both():
    with pytest.raises(TypeError) as caught:
        _ = dtypes.string_ref.min
    assert (
        str(caught.value) == "Cannot find minimum value of <dtype: 'string_ref'> with type <dtype: 'string'>."
    )


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("float", "float32"),
        ("double", "float64"),
        ("half", "float16"),
        ("half_ref", "float16_ref"),
        ("double_ref", "float64_ref"),
        ("float32_ref", "float32_ref"),
        ("bfloat16", "bfloat16"),
        ("resource", "resource"),
        (float, "float32"),
        (bool, "bool"),
        (object, "string"),
        (np.float32, "float32"),
        (np.dtype("f4"), "float32"),
        (np.dtype(">f4"), "float32"),
        (np.dtype("S3"), "string"),
        (np.dtype("U3"), "string"),
        (np.dtype("O"), "string"),
        (np.str_, "string"),
        (np.object_, "string"),
        (np.bytes_, "string"),
        (np.longlong, "int64"),
        (np.ulonglong, "uint64"),
        (np.intc, "int32"),
        (np.array([1], np.int64), "int64"),
        (np.zeros(2, ">f4"), "float32"),
        (1, "float32"),
        (101, "float32_ref"),
        (True, "float32"),
    ],
    ids=repr,
)
def test_as_dtype(value, name):
    assert as_dtype(value) is getattr(dtypes, name)


@pytest.mark.parametrize(
    "value",
    [
        *("int", "str", "object", "foo", "FLOAT", "complex", b"float32", int, str, bytes, complex, None, 3.5),
        *([1], (1, 2), 999, 0, -1, float("nan"), np.datetime64, np.dtype([("a", "f4")]), np.longdouble),
    ],
    ids=repr,
)
def test_as_dtype_refuses(value):
    if value is np.longdouble and np.dtype(value).itemsize == 8:
        pytest.skip("long double is double on this platform")
    with pytest.raises(TypeError) as caught:
        as_dtype(value)
    assert str(caught.value) == f"Cannot convert the argument `type_value`: {value!r} to a TensorFlow DType."


@given(st.one_of(st.integers(), st.text(), st.floats(), st.binary(), st.none(), st.lists(st.integers())))
def test_as_dtype_gives_a_type_or_a_type_error(value):
    try:
        dtype = as_dtype(value)
    except TypeError:
        assert dtypes.float32 != value
    else:
        assert dtype == value


def test_equality():
    float32 = dtypes.float32
    for same in ("float32", "float", np.float32, np.dtype("f4"), float, 1, float32):
        assert float32 == same
    for other in ("foo", None, 3.5, object(), [1], dtypes.float64, dtypes.float32_ref, "float64", 2):
        assert float32 != other
    assert {float32: "found"}[as_dtype("float")] == "found"


def test_is_compatible_with():
    assert dtypes.float32.is_compatible_with("float32")
    assert dtypes.float32.is_compatible_with(np.float32)
    assert not dtypes.float32.is_compatible_with(dtypes.float64)
    with pytest.raises(TypeError, match=r"^Cannot convert the argument `type_value`: 'foo' to"):
        dtypes.float32.is_compatible_with("foo")


@pytest.mark.parametrize("dtype", dtypes.ALL_DTYPES, ids=str)
def test_there_is_one_object_per_type(dtype):
    for same in (pickle.loads(pickle.dumps(dtype)), copy.copy(dtype), copy.deepcopy(dtype)):
        assert same is dtype
    assert DType(dtype.as_datatype_enum) is dtype
    assert as_dtype(dtype.name) is dtype


def test_constructor_takes_numbers_only():
    assert DType("1") is dtypes.float32
    with pytest.raises(TypeError, match=r"^999 does not correspond to a valid tensorflow::DataType$"):
        DType(999)
    with pytest.raises(ValueError, match="invalid literal"):
        DType("foo")
    with pytest.raises(TypeError):
        DType(None)


@pytest.mark.parametrize("name", ["name", "size", "new"])
def test_types_cannot_be_changed(name):
    with pytest.raises(AttributeError, match="float32 cannot be changed"):
        setattr(dtypes.float32, name, 1)
    assert dtypes.float32.name == "float32"


def test_quantized_types():
    names = {dtype.name for dtype in dtypes.QUANTIZED_DTYPES}
    base = {"qint8", "quint8", "qint16", "quint16", "qint32"}
    assert names == base | {f"{name}_ref" for name in base}
