"""A sum of products of several inputs with one kernel, as v1's cells had it before their layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..graph import Tensor
from ..initializers import zeros_initializer
from ..ops.array.join import concat
from ..ops.constant import convert_to_tensor
from ..ops.linalg.products import matmul
from ..ops.nn.activation import bias_add
from ..public import whole
from ..scopes import get_variable, get_variable_scope, variable_scope

__all__ = ["Linear", "linear"]


def _rows(args: Any) -> list[Tensor]:
    given = args if isinstance(args, (list, tuple)) else [args]
    if not given:
        raise ValueError("`args` must be specified")
    return [convert_to_tensor(each) for each in given]


class Linear:
    """Makes `kernel` and `bias` in the current scope; a call gives inputs x kernel + bias.

    Args:
        args: A tensor `[N, size]`, or a list of them, which stand side by side.
        output_size: The size of the output.
        build_bias: Whether there is a bias.
        bias_initializer: The bias' initializer; zeros by default.
        kernel_initializer: The kernel's initializer.

    Raises:
        ValueError: If there are no inputs, one is no matrix, or its size is not known.
    """

    @whole
    def __init__(
        self, args: Any, output_size: int, build_bias: bool, bias_initializer: Any = None,
        kernel_initializer: Any = None,
    ) -> None:  # fmt: skip
        inputs, sizes = _rows(args), []
        shapes: Sequence[Any] = [each.shape for each in inputs]
        for shape in shapes:
            if shape.ndims != 2:
                raise ValueError(f"linear is expecting 2D arguments: {list(shapes)}")
            if shape[1].value is None:
                raise ValueError(
                    f"linear expects shape[1] to be provided for shape {shape}, but saw {shape[1]}"
                )
            sizes.append(shape[1].value)
        dtype = inputs[0].dtype
        with variable_scope(get_variable_scope()) as scope:
            self._kernel = get_variable(
                "kernel", [sum(sizes), output_size], dtype, initializer=kernel_initializer
            )
            self._bias = None
            if build_bias:
                with variable_scope(scope) as inner:
                    inner.set_partitioner(None)
                    self._bias = get_variable(
                        "bias", [output_size], dtype, initializer=bias_initializer or zeros_initializer(dtype)
                    )

    @whole
    def __call__(self, args: Any) -> Tensor:
        """Computes the output.

        Args:
            args: The inputs, of the sizes that the first ones had.

        Returns:
            A tensor `[N, output_size]`.
        """
        inputs = _rows(args)
        sums = matmul(inputs[0] if len(inputs) == 1 else concat(inputs, 1), self._kernel)
        return sums if self._bias is None else bias_add(sums, self._bias)


def linear(
    args: Any, output_size: int, bias: bool, bias_initializer: Any = None, kernel_initializer: Any = None
) -> Tensor:
    """Computes inputs x kernel + bias with variables of the current scope.

    Args:
        args: A tensor `[N, size]`, or a list of them, which stand side by side.
        output_size: The size of the output.
        bias: Whether there is a bias.
        bias_initializer: The bias' initializer; zeros by default.
        kernel_initializer: The kernel's initializer.

    Returns:
        A tensor `[N, output_size]`.
    """
    return Linear(args, output_size, bias, bias_initializer, kernel_initializer)(args)
