"""Orthogonal matrices as initial values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .. import dtypes
from ..dtypes import DTypeLike, as_dtype
from ..graph import Tensor
from ..ops.array.shape import reshape
from ..ops.elementwise.unary import sign
from ..ops.linalg.decomposition import qr
from ..ops.linalg.products import matrix_transpose
from ..ops.linalg.tensor_diag import tensor_diag_part
from ..ops.random.draws import random_normal
from ..public import v1, whole
from .base import Initializer, require_float

if TYPE_CHECKING:
    from ..partitioners import PartitionInfo


def random_orthogonal(sizes: Sequence[int], dtype: DTypeLike, seed: int | None) -> Tensor:
    """Makes a uniformly distributed matrix with orthonormal columns.

    Args:
        sizes: Rows and columns, no more columns than rows.
        dtype: A floating point dtype.
        seed: The seed; see `set_random_seed`.

    Returns:
        A tensor.
    """
    normal = random_normal(sizes, dtype=dtype, seed=seed)
    q, r = qr(normal, full_matrices=False)
    # QR is unique up to signs; with r's diagonal made positive, q is uniformly distributed.
    return q * sign(tensor_diag_part(r))


@v1("orthogonal_initializer")
class Orthogonal(Initializer):
    """Orthogonal matrices times a factor.

    A matrix has orthonormal columns, or rows if there are fewer of them. A variable of higher rank is treated
    as a matrix: all axes but the last are merged.

    Args:
        gain: The factor.
        seed: The seed; see `set_random_seed`.
        dtype: The dtype where a variable says none; a floating point type.

    Raises:
        ValueError: If the dtype is another one; when called, if the rank is less than 2.

    Example:
        >>> import scopetrie as tf
        >>> w = tf.get_variable("w", [5, 3], initializer=tf.orthogonal_initializer())
        >>> gram = tf.round(tf.abs(tf.matmul(w, w, transpose_a=True)))
        >>> with tf.Session() as session:
        ...     session.run(w.initializer)
        ...     print(session.run(gram))
        [[1. 0. 0.]
         [0. 1. 0.]
         [0. 0. 1.]]
    """

    __slots__ = ("dtype", "gain", "seed")

    def __init__(self, gain: float = 1.0, seed: int | None = None, dtype: DTypeLike = dtypes.float32) -> None:
        self.gain = gain
        self.dtype = require_float(as_dtype(dtype))
        self.seed = seed

    @whole
    def __call__(
        self, shape: Any, dtype: DTypeLike = None, partition_info: PartitionInfo | None = None
    ) -> Tensor:
        """Returns the matrix; see `Initializer`."""
        made = self.dtype if dtype is None else as_dtype(dtype)
        if len(shape) < 2:
            raise ValueError(
                "The tensor to initialize, specified by argument `shape` must be at least two-dimensional. "
                f"Received shape={shape}"
            )
        sizes = [int(size) for size in shape]
        rows, columns = math.prod(sizes[:-1]), sizes[-1]
        matrix = random_orthogonal([max(rows, columns), min(rows, columns)], made, self.seed)
        if rows < columns:
            matrix = matrix_transpose(matrix)
        return self.gain * reshape(matrix, shape)

    def get_config(self) -> dict[str, Any]:
        """Returns the configuration."""
        return {"gain": self.gain, "seed": self.seed, "dtype": self.dtype.name}


orthogonal_initializer = Orthogonal
