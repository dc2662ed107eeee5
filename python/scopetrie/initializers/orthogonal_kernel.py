"""Norm-preserving convolution kernels as initial values.

A kernel [..., inputs, outputs] maps `inputs` channels to as many or more `outputs`; with circular padding the
convolution is an orthogonal map. From Xiao et al., "Dynamical isometry and a mean field theory of CNNs", ICML
2018.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .. import dtypes
from ..dtypes import DType, DTypeLike, as_dtype
from ..graph import Tensor
from ..ops.array.dims import expand_dims
from ..ops.array.fill import zeros
from ..ops.array.join import stack
from ..ops.array.scatter import scatter_nd
from ..ops.elementwise.arithmetic import multiply
from ..ops.elementwise.cast import cast
from ..ops.linalg.diag import eye
from ..ops.linalg.products import matmul, matrix_transpose
from ..ops.random.draws import random_normal
from ..public import whole
from .base import Initializer, require_float
from .orthogonal_matrix import random_orthogonal

if TYPE_CHECKING:
    from ..partitioners import PartitionInfo

# A kernel as the matrices [channels, channels] at its positions.
Grid = dict[tuple[int, ...], Tensor]


def _check_channels(shape: Sequence[int]) -> None:
    if shape[-2] > shape[-1]:
        raise ValueError(
            f"In_filters, specified by shape[-2]={shape[-2]} cannot be greater than out_filters, "
            f"specified by shape[-1]={shape[-1]}."
        )


class ConvolutionDeltaOrthogonal(Initializer):
    """Kernels that are an orthogonal matrix times a factor at their centre, and zero elsewhere.

    For convolutions over one, two or three axes.

    Args:
        gain: The factor.
        seed: The seed; see `set_random_seed`.
        dtype: The dtype where a variable says none; a floating point type.

    Raises:
        ValueError: If the dtype is another one; when called, if the rank is not 3, 4 or 5, or there are more
            inputs than outputs.
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
        """Returns the kernel; see `Initializer`."""
        made = self.dtype if dtype is None else as_dtype(dtype)
        if len(shape) < 3 or len(shape) > 5:
            raise ValueError(
                "The tensor to initialize, specified by argument `shape` must be at least three-dimensional "
                f"and at most five-dimensional. Received shape={shape}"
            )
        sizes = [int(size) for size in shape]
        _check_channels(sizes)
        matrix = random_orthogonal([sizes[-1], sizes[-1]], made, self.seed)[: sizes[-2], :]
        matrix *= cast(self.gain, made)
        centre = [(size - 1) // 2 for size in sizes[:-2]]
        return scatter_nd([centre], expand_dims(matrix, 0), sizes)

    def get_config(self) -> dict[str, Any]:
        """Returns the configuration."""
        return {"gain": self.gain, "seed": self.seed, "dtype": self.dtype.name}


class ConvolutionOrthogonal(Initializer):
    """The base of the initializers of orthogonal kernels over one, two and three axes.

    A kernel of size k is the convolution of k - 1 kernels of size 2, each made from random projections.

    Args:
        gain: The factor.
        seed: The seed. As in v1, each matrix drawn increments it, so a second kernel differs.
        dtype: The dtype where a variable says none; a floating point type.

    Raises:
        ValueError: If the dtype is another one; when called, if the rank does not fit, there are more inputs
            than outputs, or the kernel's sizes differ.
    """

    _axes = 0

    __slots__ = ("dtype", "gain", "seed")

    def __init__(self, gain: float = 1.0, seed: int | None = None, dtype: DTypeLike = dtypes.float32) -> None:
        self.gain = gain
        self.dtype = require_float(as_dtype(dtype))
        self.seed = seed

    @whole
    def __call__(
        self, shape: Any, dtype: DTypeLike = None, partition_info: PartitionInfo | None = None
    ) -> Tensor:
        """Returns the kernel; see `Initializer`."""
        made = self.dtype if dtype is None else as_dtype(dtype)
        self._check(shape)
        sizes = [int(size) for size in shape]
        kernel = self._kernel(sizes[0], sizes[-2], sizes[-1], made)
        return kernel * cast(self.gain, made)

    def get_config(self) -> dict[str, Any]:
        """Returns the configuration."""
        return {"gain": self.gain, "seed": self.seed, "dtype": self.dtype.name}

    def _check(self, shape: Sequence[int]) -> None:
        raise NotImplementedError

    def _next_seed(self) -> int | None:
        seed = self.seed
        if seed:
            self.seed = seed + 1
        return seed

    def _orthogonal(self, channels: int, dtype: DType) -> Tensor:
        return random_orthogonal([channels, channels], dtype, self._next_seed())

    def _projection(self, channels: int, dtype: DType) -> Tensor:
        """A random symmetric projection: on the span of a random choice of a random basis."""
        basis = self._orthogonal(channels, dtype)
        chosen = cast(random_normal([channels], seed=self._next_seed()) > 0, dtype)
        columns = multiply(basis, chosen)
        return matmul(columns, matrix_transpose(columns))

    def _kernel(self, size: int, inputs: int, outputs: int, dtype: DType) -> Tensor:
        matrix = self._orthogonal(outputs, dtype)[:inputs, :]
        if size == 1:
            for _ in range(self._axes):
                matrix = expand_dims(matrix, 0)
            return matrix
        grid = self._blocks(outputs, dtype)
        for _ in range(size - 2):
            grid = self._convolved(grid, self._blocks(outputs, dtype), outputs, dtype)
        grid = {at: matmul(matrix, grid[at]) for at in _positions(size, self._axes)}
        return _stacked(grid, size, ())

    def _blocks(self, channels: int, dtype: DType) -> Grid:
        """An orthogonal kernel of size 2: along each axis a projection and its complement."""
        projections = [self._projection(channels, dtype) for _ in range(self._axes)]
        one = eye(channels, dtype=dtype)
        return {at: self._block(at, projections, one) for at in _positions(2, self._axes)}

    def _block(self, at: tuple[int, ...], projections: list[Tensor], one: Tensor) -> Tensor:
        sides = [one - p if side else p for side, p in zip(at, projections, strict=True)]
        return sides[0] if len(sides) == 1 else matmul(sides[0], sides[1])

    def _convolved(self, first: Grid, second: Grid, channels: int, dtype: DType) -> Grid:
        """The convolution of two kernels, the second of size 2."""
        size = max(first)[0] + 2
        result: Grid = {}
        for at in _positions(size, self._axes):
            total = zeros([channels, channels], dtype)
            for left in itertools.product(*[range(min(size - 2, place) + 1) for place in at]):
                right = tuple(place - part for place, part in zip(at, left, strict=True))
                if right in second:
                    total += matmul(first[left], second[right])
            result[at] = total
        return result


def _positions(size: int, axes: int) -> itertools.product[tuple[int, ...]]:
    return itertools.product(range(size), repeat=axes)


def _stacked(grid: Grid, size: int, at: tuple[int, ...]) -> Tensor:
    """The matrices as one tensor, the last axis of the kernel stacked first."""
    if at in grid:
        return grid[at]
    return stack([_stacked(grid, size, (*at, place)) for place in range(size)], 0)


class ConvolutionOrthogonal1D(ConvolutionOrthogonal):
    """Orthogonal kernels [width, inputs, outputs]; see `ConvolutionOrthogonal`."""

    _axes = 1

    def _check(self, shape: Sequence[int]) -> None:
        if len(shape) != 3:
            raise ValueError(
                "The tensor to initialize, specified by argument `shape` must be three-dimensional. "
                f"Received shape={shape}"
            )
        _check_channels(shape)


class ConvolutionOrthogonal2D(ConvolutionOrthogonal):
    """Orthogonal kernels [height, width, inputs, outputs], square ones; see `ConvolutionOrthogonal`."""

    _axes = 2

    def _check(self, shape: Sequence[int]) -> None:
        if len(shape) != 4:
            raise ValueError(
                "The tensor to initialize, specified by argument `shape` must be four-dimensional. "
                f"Received: {shape}"
            )
        _check_channels(shape)
        if shape[0] != shape[1]:
            raise ValueError(
                f"Kernel sizes, specified by shape[0]={shape[0]} and shape[1]={shape[1]} must be equal."
            )


class ConvolutionOrthogonal3D(ConvolutionOrthogonal):
    """Orthogonal kernels [depth, height, width, inputs, outputs], cubes; see `ConvolutionOrthogonal`."""

    _axes = 3

    def _check(self, shape: Sequence[int]) -> None:
        if len(shape) != 5:
            raise ValueError(
                "The tensor to initialize, specified by argument `shape` must be five-dimensional. "
                f"Received shape={shape}"
            )
        _check_channels(shape)
        if shape[0] != shape[1] or shape[0] != shape[2]:
            raise ValueError(
                f"Kernel sizes, specified by shape[0]={shape[0]},  shape[1]={shape[1]} and "
                f"shape[2]={shape[2]} must be equal."
            )

    def _block(self, at: tuple[int, ...], projections: list[Tensor], one: Tensor) -> Tensor:
        # v1 builds these in reverse and with more operations; the order is kept for the sake of names.
        x, y, z = [side * p + (1 - side) * (one - p) for side, p in zip(at, projections, strict=True)]
        return matmul(matmul(x, y), z)


convolutional_delta_orthogonal = ConvolutionDeltaOrthogonal
convolutional_orthogonal_1d = ConvolutionOrthogonal1D
convolutional_orthogonal_2d = ConvolutionOrthogonal2D
convolutional_orthogonal_3d = ConvolutionOrthogonal3D
