"""Giving tensors other dtypes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ... import dtypes
from ..._core import Variable, name_scope
from ...dtypes import DType, DTypeLike, as_dtype
from ...errors import UnimplementedError
from ...graph import Tensor
from ...public import v1
from ..constant import convert_to_tensor
from ..declare import (
    attr,
    tensor,
)
from ..direct import Only, attribute, direct
from ..registry import define_op


def as_tensor(x: Any, name: str = "x") -> Tensor:
    """A tensor of `x`, which is converted only if it is none."""
    return x if isinstance(x, Tensor) else convert_to_tensor(x, name=name)


def _cast_kernel(xp: Any, DstT: DType) -> Any:
    target = None if DstT is dtypes.string else namespace_dtype(xp, DstT)

    def convert(x: Any) -> Any:
        strings = getattr(x.dtype, "hasobject", False)
        if strings or target is None:
            source = "string" if strings else x.dtype
            raise UnimplementedError(None, None, f"Cast {source} to {DstT.name} is not supported")
        if xp.isdtype(x.dtype, "complex floating") and not DstT.is_complex:
            x = xp.real(x)  # as v1: the imaginary part is dropped
        return xp.astype(x, target)

    return convert


def namespace_dtype(xp: Any, dtype: DType) -> Any:
    """The object that an array namespace has for a dtype."""
    own = getattr(xp, dtype.name, None)
    return dtype.as_numpy_dtype if own is None else own


cast_node = define_op(
    "Cast", tensor("x", attr="SrcT"),
    kernel=_cast_kernel, attributes=(attr("DstT", DType), attr("Truncate", bool, False)),
)  # fmt: skip


@v1("cast", "dtypes.cast")
@direct(cast_node, only=Only.OTHER_DTYPE, dtype=attribute("DstT"))
def cast(x: Any, dtype: DTypeLike, name: str | None = None) -> Tensor:
    """Gives a tensor another dtype.

    Args:
        x: A tensor.
        dtype: The dtype; floats are cut off to make ints.
        name: The operation's name.

    Returns:
        A tensor with the shape of `x`; `x` itself if it has the dtype.

    >>> import scopetrie as tf
    >>> tf.cast(tf.constant([1.8, 2.2]), tf.int32)
    <tf.Tensor 'Cast:0' shape=(2,) dtype=int32>
    """
    made = as_dtype(dtype).base_dtype
    if hasattr(x, "with_values"):  # a sparse tensor, as in v1
        sparse: Tensor = x if x.dtype.base_dtype is made else x.with_values(cast(x.values, made, name))
        return sparse
    if isinstance(x, (Tensor, Variable)) and x.dtype.base_dtype is made:
        return convert_to_tensor(x)
    if isinstance(x, Tensor) and name != "":
        return cast_node(x, DstT=made, name=name)
    with name_scope(name, "Cast", [x]) as scope:
        tensor = as_tensor(x)
        return tensor if tensor.dtype.base_dtype is made else cast_node(tensor, DstT=made, name=scope)


def _caster(python_name: str, name: str, dtype: DType) -> Callable[..., Tensor]:
    def to(x: Any, name: str = name) -> Tensor:
        return cast(x, dtype, name=name)

    to.__name__ = to.__qualname__ = python_name
    to.__doc__ = f"""Casts a tensor to {dtype.name}; deprecated in v1 for `cast`.

    Args:
        x: A tensor.
        name: The operation's name.

    Returns:
        A tensor with the shape of `x`.
    """
    return to


to_float = _caster("to_float", "ToFloat", dtypes.float32)
to_double = _caster("to_double", "ToDouble", dtypes.float64)
to_int32 = _caster("to_int32", "ToInt32", dtypes.int32)
to_int64 = _caster("to_int64", "ToInt64", dtypes.int64)
to_bfloat16 = _caster("to_bfloat16", "ToBFloat16", dtypes.bfloat16)
to_complex64 = _caster("to_complex64", "ToComplex64", dtypes.complex64)
to_complex128 = _caster("to_complex128", "ToComplex128", dtypes.complex128)
to_bfloat16 = v1("to_bfloat16")(to_bfloat16)
to_complex64 = v1("to_complex64")(to_complex64)
to_complex128 = v1("to_complex128")(to_complex128)
to_double = v1("to_double")(to_double)
to_float = v1("to_float")(to_float)
to_int32 = v1("to_int32")(to_int32)
to_int64 = v1("to_int64")(to_int64)
