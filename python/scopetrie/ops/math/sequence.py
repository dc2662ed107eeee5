"""Numbers in a row: range and linspace; and grids of them."""

from __future__ import annotations

import math
from typing import Any

from ... import dtypes
from ..._core import Variable, name_scope
from ...dtypes import DTypeLike, as_dtype
from ...graph import Tensor
from ...public import v1
from ..array.dims import broadcast_dynamic_shape, broadcast_to, expand_dims
from ..array.fill import ones, zeros_like
from ..array.join import concat, stack
from ..array.shape import reshape, shape, size
from ..array.slice import slice_
from ..constant import convert_to_tensor
from ..declare import FLOATS, INDICES, SHORT_INDICES, tensor
from ..elementwise.arithmetic import maximum
from ..elementwise.cast import cast, cast_node
from ..elementwise.compare import equal, where_v2
from ..registry import define_op


def range_length(first: float, last: float, step: float) -> int:
    """How many numbers there are from `first` by `step` before `last`.

    Raises:
        ValueError: If the step leads away from the limit, or there is no end.
    """
    if step == 0:
        raise ValueError("Requires delta != 0")
    if step > 0 and first > last:
        raise ValueError(f"Requires start <= limit when delta > 0: {first}/{last}")
    if step < 0 and first < last:
        raise ValueError(f"Requires start >= limit when delta < 0: {first}/{last}")
    if isinstance(first, int) and isinstance(last, int) and isinstance(step, int):
        return -((first - last) // step)
    length = (last - first) / step
    if not math.isfinite(length):
        raise ValueError(f"Requires ((limit - start) / delta) to be finite: {first}, {last}, {step}")
    return math.ceil(length)


def _range_kernel(xp: Any) -> Any:
    def count(start: Any, limit: Any, delta: Any) -> Any:
        first, last, step = start.item(), limit.item(), delta.item()
        length = range_length(first, last, step)
        # Multiples of the step, as many as the shape rule counts; a library's arange may return one more.
        steps = xp.arange(length, dtype=getattr(xp, start.dtype.name, start.dtype))
        return steps * step + first

    return count


_range = define_op(
    "Range",
    tensor(
        "start",
        (*FLOATS, dtypes.int8, *SHORT_INDICES, dtypes.uint16, dtypes.uint32, dtypes.uint64),
        attr="Tidx",
        host=True,
    ),
    tensor("limit", attr="Tidx", host=True),
    tensor("delta", attr="Tidx", host=True),
    kernel=_range_kernel,
)
_INT32 = 2**31
_HIERARCHY = (
    dtypes.int32, dtypes.int64, dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64,
)  # fmt: skip


@v1("range")
def range_(
    start: Any, limit: Any = None, delta: Any = 1, dtype: DTypeLike = None, name: str | None = "range"
) -> Tensor:
    """Counts from a number up to, and without, another.

    Args:
        start: The first number; or the limit, if that is left out.
        limit: The number to stop before.
        delta: The step.
        dtype: The dtype; by default the widest among the arguments.
        name: The operation's name.

    Returns:
        A vector.

    Raises:
        ValueError: If the step leads away from the limit.

    >>> import scopetrie as tf
    >>> tf.range(3, 18, 3)
    <tf.Tensor 'range:0' shape=(5,) dtype=int32>
    """
    if limit is None:
        start, limit = 0, start
    numbers = start, limit, delta
    if dtype is None and name != "" and all(x.__class__ is int and -_INT32 <= x < _INT32 for x in numbers):
        return _range(start, limit, delta, name=name)
    with name_scope(name, "Range", [start, limit, delta]) as scope:
        made = None if dtype is None else as_dtype(dtype)
        arguments = []
        for value, label in ((start, "start"), (limit, "limit"), (delta, "delta")):
            if isinstance(value, Variable):
                value = value.value()
            arguments.append(
                value if isinstance(value, Tensor) else convert_to_tensor(value, made, name=label)
            )
        if made is None:
            kinds = [each.dtype.base_dtype for each in arguments]
            for kind in kinds:
                if kind not in _HIERARCHY:
                    raise TypeError(f"range: tell the dtype where there is {kind.name} among the arguments")
            made = max(kinds, key=_HIERARCHY.index)
        return _range(*(cast(each, made) for each in arguments), name=scope)


def _linspace_kernel(xp: Any) -> Any:
    def spread(start: Any, stop: Any, num: Any) -> Any:
        dtype = getattr(xp, start.dtype.name, start.dtype)
        return xp.linspace(start.item(), stop.item(), int(num.item()), dtype=dtype)

    return spread


# linspace makes v1's many nodes; the type is there for graphs that hold it.
define_op(
    "LinSpace", tensor("start", FLOATS, host=True), tensor("stop", host=True),
    tensor("num", INDICES, "Tidx", host=True), name="linspace", kernel=_linspace_kernel,
)  # fmt: skip


@v1("lin_space", "linspace")
def linspace(start: Any, stop: Any, num: Any, name: str | None = None, axis: int = 0) -> Tensor:
    """Makes evenly spaced numbers, both ends among them.

    Args:
        start: The first numbers.
        stop: The last numbers, which broadcast with the first.
        num: How many.
        name: The operations' scope.
        axis: Where the dimension of the numbers goes.

    Returns:
        A tensor of one rank more than the ends.

    Raises:
        ValueError: If the ends do not broadcast, or are tensors of different dtypes.
    """
    with name_scope(name, "linspace", [start, stop]):
        kinds = [end.dtype.base_dtype for end in (start, stop) if isinstance(end, (Tensor, Variable))]
        first = convert_to_tensor(start, kinds[0] if kinds else None, name="start")
        last = convert_to_tensor(stop, first.dtype.base_dtype, name="stop")
        count = convert_to_tensor(num, preferred_dtype=dtypes.int32, name="num")
        if not count.dtype.is_integer:
            raise TypeError(f"num must be an integer tensor; dtype={count.dtype}")
        count = cast_node(count, DstT=dtypes.int32)
        cast(count, first.dtype.base_dtype)
        whole = broadcast_dynamic_shape(shape(first), shape(last))
        first, last = (expand_dims(broadcast_to(end, whole), axis=axis) for end in (first, last))
        sizes = shape(first)
        ranks = shape(sizes)[0]
        at = where_v2(axis >= 0, axis, ranks + axis)
        between = maximum(count - 2, 0)
        steps = maximum(count - 1, 1)
        delta = (last - first) / cast(steps, last.dtype.base_dtype)
        first, last = cast(first, delta.dtype.base_dtype), cast(last, delta.dtype.base_dtype)
        # Of fewer than no numbers, the range says that it cannot be.
        end = where_v2(count >= 0, steps, -1)
        ranged = cast(range_(1, end, dtype=dtypes.int64), delta.dtype.base_dtype)
        along = where_v2(equal(at, range_(ranks)), between, 1)
        inner = first + delta * reshape(ranged, along)
        every = concat([first, inner, last], axis=at)
        kept = concat([sizes[0:at], reshape(count, [1]), sizes[at + 1 :]], axis=0)
        return slice_(every, zeros_like(sizes), kept)


@v1("meshgrid")
def meshgrid(*args: Any, **kwargs: Any) -> list[Tensor]:
    """Makes coordinate grids of coordinate vectors.

    Args:
        *args: One vector for each dimension.
        **kwargs: `indexing`, "xy" (the default: the first two dimensions change places) or "ij"; `name`.

    Returns:
        A list with a tensor of the grid's shape for each vector.

    Raises:
        TypeError: If there is an unknown keyword.
        ValueError: If `indexing` is neither.
    """
    indexing = kwargs.pop("indexing", "xy")
    name = kwargs.pop("name", "meshgrid")
    if kwargs:
        raise TypeError(f"'{next(iter(kwargs))}' is an invalid keyword argument for this function")
    if indexing not in ("xy", "ij"):
        raise ValueError(f"Argument `indexing` parameter must be either 'xy' or 'ij', got '{indexing}'")
    with name_scope(name, "meshgrid", args):
        count = len(args)
        if not count:
            return []
        flat = [reshape(stack(x), [1] * i + [-1] + [1] * (count - i - 1)) for i, x in enumerate(args)]
        shapes: list[Any] = [size(x) for x in args]
        if indexing == "xy" and count > 1:
            flat[0] = reshape(flat[0], [1, -1] + [1] * (count - 2))
            flat[1] = reshape(flat[1], [-1, 1] + [1] * (count - 2))
            shapes[0], shapes[1] = shapes[1], shapes[0]
        dims = [x._dims[0] if x._dims else None for x in map(convert_to_tensor, args)]
        filler = ones(shapes if None in dims else stack(shapes), dtype=flat[0].dtype.base_dtype)
        return [x * filler for x in flat]
