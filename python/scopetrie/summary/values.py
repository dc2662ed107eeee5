"""The field of a TensorProto that holds the elements of a constant."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ..dtypes import DType

# Constants with a single value are written as a number: it is readable, and valid for any shape.
_FIELDS: Final = {"f": "float_val", "b": "bool_val", "i": "int_val", "u": "int_val", "c": "scomplex_val"}
_FIELDS_OF_TYPE: Final = {
    "float64": "double_val",
    "float16": "half_val",
    "bfloat16": "half_val",
    "int64": "int64_val",
    "uint32": "uint32_val",
    "uint64": "uint64_val",
    "complex128": "dcomplex_val",
}


def field_values(dtype: DType, value: np.ndarray[Any, Any]) -> tuple[str, Any]:
    """Returns the field for the elements of an array, and its content.

    Args:
        dtype: The constant's dtype.
        value: The constant.

    Returns:
        The field's name with a list of Python values; or "tensor_content" with all the elements' bytes.

    >>> from scopetrie.dtypes import float32
    >>> field_values(float32, np.zeros([], np.float32))
    ('float_val', [0.0])
    """
    if value.dtype.hasobject:
        return "string_val", value.ravel().tolist()
    field = _FIELDS_OF_TYPE.get(dtype.name) or _FIELDS.get(value.dtype.kind)
    stands_for_all = value.size and not any(value.strides)
    if not stands_for_all or field is None:
        return "tensor_content", value.tobytes()
    one = value.reshape(-1)[:1]
    if field == "half_val":
        return field, one.view(np.uint16).tolist()
    if one.dtype.kind == "c":
        return field, [float(one[0].real), float(one[0].imag)]
    return field, one.tolist()
