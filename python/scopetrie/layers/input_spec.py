"""What a layer expects of its inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..dtypes import DTypeLike, as_dtype
from ..public import v1
from ..shapes import TensorShape

__all__ = ["InputSpec", "check_inputs"]


@v1("layers.InputSpec")
class InputSpec:
    """What a layer expects of one of its inputs; what is None may be anything.

    Args:
        dtype: The dtype.
        shape: The shape, with None for sizes that may be anything.
        ndim: The rank.
        max_ndim: The largest rank.
        min_ndim: The smallest rank.
        axes: Sizes by dimension.
    """

    def __init__(
        self,
        dtype: DTypeLike = None,
        shape: Any = None,
        ndim: int | None = None,
        max_ndim: int | None = None,
        min_ndim: int | None = None,
        axes: dict[int, Any] | None = None,
    ) -> None:
        self.dtype = None if dtype is None else as_dtype(dtype).name
        self.shape = None if shape is None else tuple(TensorShape(shape).as_list())
        self.ndim = ndim if self.shape is None else len(self.shape)
        self.max_ndim = max_ndim
        self.min_ndim = min_ndim
        self.axes = {} if axes is None else dict(axes)

    def __repr__(self) -> str:
        names = ("dtype", "shape", "ndim", "max_ndim", "min_ndim", "axes")
        said = [f"{name}={getattr(self, name)}" for name in names if getattr(self, name)]
        return f"InputSpec({', '.join(said)})"

    def fault(self, value: Any) -> str | None:
        """What is wrong with a tensor; None if nothing is."""
        if self.dtype is not None and value.dtype.base_dtype.name != self.dtype:
            return f"expected dtype={self.dtype}, found dtype={value.dtype.base_dtype.name}"
        shape = value.shape
        if shape.ndims is None:
            return None
        whole = f"Full shape received: {tuple(shape)}"
        if self.ndim is not None and shape.ndims != self.ndim:
            return f"expected ndim={self.ndim}, found ndim={shape.ndims}. {whole}"
        if self.max_ndim is not None and shape.ndims > self.max_ndim:
            return f"expected max_ndim={self.max_ndim}, found ndim={shape.ndims}"
        if self.min_ndim is not None and shape.ndims < self.min_ndim:
            return f"expected min_ndim={self.min_ndim}, found ndim={shape.ndims}. {whole}"
        dims = shape.as_list()
        for axis in self.axes:  # not items(): where memory ends, Python 3.11 ends the process in them
            size = self.axes[axis]
            if size is not None and dims[int(axis)] not in (size, None):
                return (
                    f"expected axis {axis} of input shape to have value {size}, but received input with "
                    f"shape {shape}"
                )
        for wanted, found in zip(self.shape or (), dims, strict=False):
            if wanted is not None and found is not None and wanted != found:
                return f"expected shape={self.shape}, found shape={shape}"
        return None


def check_inputs(specs: Any, inputs: Sequence[Any], layer: str) -> None:
    """Refuses inputs that a layer does not take.

    Args:
        specs: An InputSpec, or one for each input; None for no expectations.
        inputs: The inputs.
        layer: The layer's name.

    Raises:
        ValueError: If one of them is not as it is expected.
    """
    if specs is None:
        return
    listed = list(specs) if isinstance(specs, (list, tuple)) else [specs]
    if len(listed) != len(inputs):
        raise ValueError(
            f'Layer "{layer}" expects {len(listed)} input(s), but it received {len(inputs)} input tensors. '
            f"Inputs received: {list(inputs)}"
        )
    for number, (spec, value) in enumerate(zip(listed, inputs, strict=True)):
        fault = None if spec is None else spec.fault(value)
        if fault is not None:
            raise ValueError(f'Input {number} of layer "{layer}" is incompatible with the layer: {fault}')
