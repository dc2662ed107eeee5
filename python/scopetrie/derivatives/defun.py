"""Defun, of v1's module `tensorflow.python.framework.function`: here each call makes the operations anew.

>>> import scopetrie as tf
>>> from scopetrie.derivatives.defun import Defun
>>> @Defun(tf.float32, func_name="Halved", python_grad_func=lambda op, dy: 10.0 * dy)
... def halved(x):
...     return x / 2.0
>>> x = tf.constant(3.0)
>>> y = halved(x)
>>> tf.Session().run([y, tf.gradients(y, x)[0]])
[np.float32(1.5), np.float32(10.0)]
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

from .._core import name_scope
from ..dtypes import as_dtype
from ..graph import Tensor
from ..ops.constant import convert_to_tensor
from ..ops.control.trace import flat
from ..public import whole
from .custom import custom_gradient

__all__ = ["Defun"]


class Call(NamedTuple):
    """What `python_grad_func` is told of a call, as it is of an operation in v1.

    Attributes:
        inputs: The arguments.
        outputs: The results.
    """

    inputs: list[Tensor]
    outputs: list[Tensor]


class Defun:
    """Decorates a function of tensors, of whose calls v1 made one operation each.

    Args:
        *input_types: The dtypes of the arguments.
        **kwargs: `func_name`, the name of a call's scope; `python_grad_func(op, *grads)`, which gives the
            gradients by the arguments, or `grad_func(*arguments, *grads)`, which does the same; without them
            the operations' own gradients are taken. `out_names`, `shape_func`, `noinline` and others are
            accepted.

    Raises:
        ValueError: If both gradients are given; when called, if there are not as many arguments as dtypes.
    """

    def __init__(self, *input_types: Any, **kwargs: Any) -> None:
        self._types = [as_dtype(each) for each in input_types]
        self._name = kwargs.get("func_name")
        self._grad_func = kwargs.get("grad_func")
        self._python_grad_func = kwargs.get("python_grad_func")
        if self._grad_func is not None and self._python_grad_func is not None:
            raise ValueError("Gradient defined twice: Defun takes grad_func or python_grad_func.")

    def __call__(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Returns the function that converts its arguments and makes the operations.

        Args:
            func: The function.
        """
        own = getattr(func, "__name__", "function")
        name = self._name or (own if own.isidentifier() else "function").lstrip("_")

        @whole
        @functools.wraps(func)
        def called(*args: Any, **kwargs: Any) -> Any:
            if self._types and len(args) != len(self._types):
                raise ValueError(
                    f"Expected number of arguments: {len(self._types)}, received: {len(args)} ({name})"
                )
            kinds: list[Any] = [*self._types] or [None] * len(args)
            with name_scope(kwargs.get("name") or name):
                values = [
                    convert_to_tensor(each) if kind is None else convert_to_tensor(each, dtype=kind)
                    for each, kind in zip(args, kinds, strict=True)
                ]
                if self._grad_func is None and self._python_grad_func is None:
                    return func(*values)
                return custom_gradient(self._with_gradient(func))(*values)

        made: Callable[..., Any] = called
        return made

    def _with_gradient(self, func: Callable[..., Any]) -> Callable[..., Any]:
        def differentiated(*values: Any) -> Any:
            results = func(*values)

            def gradient(*grads: Any) -> Any:
                if self._python_grad_func is not None:
                    return self._python_grad_func(Call(list(values), flat(results)), *grads)
                return self._grad_func(*values, *grads)  # type: ignore[misc]

            return results, gradient

        return differentiated
