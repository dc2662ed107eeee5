"""Matrices of second derivatives."""

from __future__ import annotations

from typing import Any

from ..graph import Tensor
from ..ops.array.fill import zeros_like
from ..ops.array.gather import gather
from ..ops.array.join import concat
from ..ops.array.shape import reshape, shape, size
from ..ops.constant import convert_to_tensor
from ..ops.control.map import map_fn
from ..ops.math.sequence import range_
from ..public import v1
from .backprop import gradients


@v1("hessians")
def hessians(
    ys: Any,
    xs: Any,
    name: str = "hessians",
    colocate_gradients_with_ops: bool = False,
    gate_gradients: bool = False,
    aggregation_method: int | None = None,
) -> list[Tensor]:
    """Builds the second derivatives of the sum of tensors by the elements of other tensors.

    Args:
        ys: A tensor or a list of tensors.
        xs: A tensor or variable, or a list of them.
        name: The scope of the first derivatives.
        colocate_gradients_with_ops: As for `tf.gradients`.
        gate_gradients: As for `tf.gradients`.
        aggregation_method: As for `tf.gradients`.

    Returns:
        For each of `xs` a tensor of its shape twice, `[..., ...]`.

    Raises:
        ValueError: If `ys` do not depend on one of `xs`.
        LookupError: If an operation on the way has no gradient, or no second one.

    >>> import scopetrie as tf
    >>> x = tf.placeholder(tf.float32, [2])
    >>> (matrix,) = tf.hessians(x[0] * x[0] * x[1], x)
    >>> with tf.Session() as session:
    ...     print(session.run(matrix, {x: [3.0, 5.0]}).tolist())
    [[10.0, 6.0], [6.0, 0.0]]
    """
    listed = list(xs) if isinstance(xs, (list, tuple)) else [xs]
    options: Any = {
        "colocate_gradients_with_ops": colocate_gradients_with_ops, "gate_gradients": gate_gradients,
        "aggregation_method": aggregation_method,
    }  # fmt: skip
    made = []
    for grad, x in zip(gradients(ys, listed, name=name, **options), listed, strict=True):
        flat = reshape(convert_to_tensor(grad), [-1])
        source = convert_to_tensor(x)

        def row(at: Tensor, flat: Tensor = flat, x: Any = x, source: Tensor = source) -> Tensor:
            (found,) = gradients(gather(flat, at), x)
            return zeros_like(source) if found is None else convert_to_tensor(found)

        rows = map_fn(row, range_(size(flat)), dtype=flat.dtype)
        sizes = shape(source)
        made.append(reshape(rows, concat([sizes, sizes], 0)))
    return made
