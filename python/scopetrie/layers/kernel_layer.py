"""What layers with a kernel, and mostly a bias, have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..initializers import get as get_initializer
from ..public import whole
from .activations import activation_of
from .base import Layer

__all__ = ["KernelLayer"]


class KernelLayer(Layer):
    """A layer with a kernel, a bias if there is to be one, and a function of the result."""

    def keep_arguments(
        self, activation: Any, use_bias: bool, kernel_initializer: Any, bias_initializer: Any,
        kernel_regularizer: Any, bias_regularizer: Any, kernel_constraint: Any, bias_constraint: Any,
    ) -> None:  # fmt: skip
        """Keeps what the kernel and the bias are made with.

        Args:
            activation: A function of the result, its name, or None.
            use_bias: Whether a bias is added.
            kernel_initializer: The first value of the kernel.
            bias_initializer: The first value of the bias.
            kernel_regularizer: A function of the kernel that gives a loss, or None.
            bias_regularizer: A function of the bias that gives a loss, or None.
            kernel_constraint: A function that an optimizer applies to the kernel after an update.
            bias_constraint: A function that an optimizer applies to the bias after an update.

        Raises:
            ValueError: If an argument is none that it takes.
        """
        self.activation = activation_of(activation)
        self.use_bias = use_bias
        self.kernel_initializer = get_initializer(kernel_initializer)
        self.bias_initializer = get_initializer(bias_initializer)
        self.kernel_regularizer = kernel_regularizer
        self.bias_regularizer = bias_regularizer
        self.kernel_constraint = kernel_constraint
        self.bias_constraint = bias_constraint
        self.kernel: Any = None
        self.bias: Any = None

    @whole
    def add_kernel(self, shape: Sequence[Any]) -> None:
        """Makes the kernel.

        Args:
            shape: Its shape.
        """
        self.kernel = self.add_weight(
            "kernel", shape, initializer=self.kernel_initializer, regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )  # fmt: skip

    @whole
    def add_bias(self, size: int) -> None:
        """Makes the bias, if there is to be one.

        Args:
            size: How many elements it has.
        """
        if self.use_bias:
            self.bias = self.add_weight(
                "bias", [size], initializer=self.bias_initializer, regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )  # fmt: skip
