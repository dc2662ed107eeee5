"""Random parts of tensors."""

from __future__ import annotations

from typing import Any

from ..._core import name_scope
from ...graph import Tensor, control_dependencies
from ...public import v1
from ..array.fill import identity
from ..array.shape import shape
from ..array.slice import slice_
from ..checks import Assert
from ..constant import convert_to_tensor
from ..elementwise.arithmetic import add, floormod, subtract
from ..elementwise.compare import greater_equal
from ..math.reduce import reduce_all
from .draws import random_uniform

__all__ = ["random_crop"]


@v1("random_crop", "image.random_crop")
def random_crop(value: Any, size: Any, seed: int | None = None, name: str | None = None) -> Tensor:
    """Cuts a part of a given size out of a tensor, at a random place.

    Args:
        value: A tensor.
        size: The part's sizes, one for each dimension; those that are not to be cut are the tensor's own.
        seed: The operation's seed; see `set_random_seed`.
        name: The operations' scope.

    Returns:
        A tensor of shape `size` with the dtype of `value`.

    Raises:
        InvalidArgumentError: When run, if the part is larger than the tensor.

    Example:
        >>> import scopetrie as tf
        >>> tf.random_crop(tf.zeros([28, 28, 3]), [24, 24, 3])
        <tf.Tensor 'random_crop:0' shape=(24, 24, 3) dtype=float32>
    """
    with name_scope(name, "random_crop", [value, size]) as scope:
        whole = convert_to_tensor(value, name="value")
        part = convert_to_tensor(size, dtype="int32", name="size")
        sizes = shape(whole)
        check = Assert(
            reduce_all(greater_equal(sizes, part)),
            ["Need value.shape >= size, got ", sizes, part],
            summarize=1000,
        )
        with control_dependencies([check]):
            sizes = identity(sizes, name="control_dependency")
        limit = add(subtract(sizes, part, name="sub"), 1, name="add")
        drawn = random_uniform(shape(sizes), minval=0, maxval=2**31 - 1, dtype=sizes.dtype, seed=seed)
        return slice_(whole, floormod(drawn, limit, name="mod"), part, name=scope)
