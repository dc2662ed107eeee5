"""Keras's layers of several inputs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

from ...graph import Tensor
from ...ops.array.dims import expand_dims, squeeze
from ...ops.array.join import concat
from ...ops.array.shape import transpose
from ...ops.elementwise.arithmetic import maximum, minimum
from ...ops.linalg.products import matmul
from ...ops.nn.norm import l2_normalize
from ...public import v1, whole
from ...shapes import TensorShape
from .base import Layer

__all__ = ["Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract"]


class Merge(Layer):
    """A layer that makes one tensor of several of the same shape, or of shapes that broadcast."""

    fewest = 1

    def build(self, input_shape: Any) -> None:
        """Checks the shapes.

        Args:
            input_shape: The shapes of the inputs.

        Raises:
            ValueError: If the input is no list, or the shapes do not go together.
        """
        if not isinstance(input_shape, (list, tuple)) or len(input_shape) < self.fewest:
            raise ValueError(
                f"A `{type(self).__name__}` layer should be called on a list of at least {self.fewest} "
                f"input{'s' * (self.fewest > 1)}. Received: input_shape={input_shape}"
            )
        examples = [TensorShape(each).as_list()[1:] for each in input_shape]
        for each in examples[1:]:
            for one, other in zip(examples[0][::-1], each[::-1], strict=False):
                if None not in (one, other) and one != other and 1 not in (one, other):
                    raise ValueError(
                        "Inputs have incompatible shapes. Received shapes "
                        f"{tuple(examples[0])} and {tuple(each)}"
                    )
        self.built = True

    @whole
    def call(self, inputs: Any) -> Tensor:
        """Merges.

        Args:
            inputs: A list of tensors.
        """
        rank = max(each.shape.ndims for each in inputs)
        same = list(inputs)
        for at, each in enumerate(same):
            while each.shape.ndims < rank:
                each = expand_dims(each, 1)
            same[at] = each
        made: Tensor = self.merged(same)
        return made

    def merged(self, inputs: Sequence[Any]) -> Any:
        """What is made of tensors of the same rank.

        Args:
            inputs: The tensors.
        """
        raise NotImplementedError


@v1("keras.layers.Add")
class Add(Merge):
    """A layer that adds tensors.

    Args:
        trainable: Accepted as in every layer.
        name: The name of its name scope.
        dtype: Accepted as in every layer.
        **kwargs: More arguments of `Layer`.

    >>> import scopetrie as tf
    >>> tf.keras.layers.Add()([tf.zeros([2, 3]), tf.ones([2, 3])])
    <tf.Tensor 'add/add:0' shape=(2, 3) dtype=float32>
    """

    def merged(self, inputs: Sequence[Any]) -> Any:
        """The sum.

        Args:
            inputs: The tensors.
        """
        return reduce(lambda total, each: total + each, inputs)


@v1("keras.layers.Subtract")
class Subtract(Merge):
    """A layer that subtracts the second of two tensors from the first.

    Args:
        trainable: Accepted as in every layer.
        name: The name of its name scope.
        dtype: Accepted as in every layer.
        **kwargs: More arguments of `Layer`.
    """

    fewest = 2

    def merged(self, inputs: Sequence[Any]) -> Any:
        """The difference.

        Args:
            inputs: The tensors.

        Raises:
            ValueError: If there are not two.
        """
        if len(inputs) != 2:
            raise ValueError(
                f"A `Subtract` layer should be called on exactly 2 inputs. Received: inputs={list(inputs)}"
            )
        return inputs[0] - inputs[1]


@v1("keras.layers.Multiply")
class Multiply(Merge):
    """A layer that multiplies tensors, element by element.

    Args:
        trainable: Accepted as in every layer.
        name: The name of its name scope.
        dtype: Accepted as in every layer.
        **kwargs: More arguments of `Layer`.
    """

    def merged(self, inputs: Sequence[Any]) -> Any:
        """The product.

        Args:
            inputs: The tensors.
        """
        return reduce(lambda total, each: total * each, inputs)


@v1("keras.layers.Average")
class Average(Merge):
    """A layer that takes the mean of tensors.

    Args:
        trainable: Accepted as in every layer.
        name: The name of its name scope.
        dtype: Accepted as in every layer.
        **kwargs: More arguments of `Layer`.
    """

    def merged(self, inputs: Sequence[Any]) -> Any:
        """The mean.

        Args:
            inputs: The tensors.
        """
        return reduce(lambda total, each: total + each, inputs) / len(inputs)


@v1("keras.layers.Maximum")
class Maximum(Merge):
    """A layer that takes the largest of each element.

    Args:
        trainable: Accepted as in every layer.
        name: The name of its name scope.
        dtype: Accepted as in every layer.
        **kwargs: More arguments of `Layer`.
    """

    def merged(self, inputs: Sequence[Any]) -> Any:
        """The largest.

        Args:
            inputs: The tensors.
        """
        return reduce(maximum, inputs)


@v1("keras.layers.Minimum")
class Minimum(Merge):
    """A layer that takes the least of each element.

    Args:
        trainable: Accepted as in every layer.
        name: The name of its name scope.
        dtype: Accepted as in every layer.
        **kwargs: More arguments of `Layer`.
    """

    def merged(self, inputs: Sequence[Any]) -> Any:
        """The least.

        Args:
            inputs: The tensors.
        """
        return reduce(minimum, inputs)


@v1("keras.layers.Concatenate")
class Concatenate(Merge):
    """A layer that puts tensors side by side.

    Args:
        axis: Along which dimension.
        **kwargs: More arguments of `Layer`.

    Raises:
        ValueError: When called, if other sizes differ.

    >>> import scopetrie as tf
    >>> tf.keras.layers.Concatenate()([tf.zeros([2, 3]), tf.zeros([2, 4])])
    <tf.Tensor 'concatenate/concat:0' shape=(2, 7) dtype=float32>
    """

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def build(self, input_shape: Any) -> None:
        """Checks the shapes.

        Args:
            input_shape: The shapes of the inputs.

        Raises:
            ValueError: If the input is no list, or other sizes than those along the axis differ.
        """
        if not isinstance(input_shape, (list, tuple)) or not input_shape:
            raise ValueError(
                "A `Concatenate` layer should be called on a list of at least 1 input. Received: "
                f"input_shape={input_shape}"
            )
        shapes = [TensorShape(each).as_list() for each in input_shape]
        rest = [[size for at, size in enumerate(each) if at != self.axis % len(each)] for each in shapes]
        for each in rest[1:]:
            if len(each) != len(rest[0]) or any(
                None not in pair and pair[0] != pair[1] for pair in zip(each, rest[0], strict=True)
            ):
                raise ValueError(
                    "A `Concatenate` layer requires inputs with matching shapes except for the concatenation "
                    f"axis. Received: input_shape={[tuple(each) for each in shapes]}"
                )
        self.built = True

    def merged(self, inputs: Sequence[Any]) -> Any:
        """All in one.

        Args:
            inputs: The tensors.
        """
        return concat(inputs, self.axis)


@v1("keras.layers.Dot")
class Dot(Merge):
    """A layer that multiplies two tensors of each example as matrices.

    Args:
        axes: Over which dimension of each is summed: an int, or two.
        normalize: Whether each is scaled to the length 1 along it: the result is then the cosine.
        **kwargs: More arguments of `Layer`.

    >>> import scopetrie as tf
    >>> tf.keras.layers.Dot(axes=(2, 1))([tf.zeros([2, 3, 4]), tf.zeros([2, 4, 5])]).shape.as_list()
    [2, 3, 5]
    """

    fewest = 2

    def __init__(self, axes: Any, normalize: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axes, self.normalize = axes, normalize

    def build(self, input_shape: Any) -> None:
        """Checks the shapes.

        Args:
            input_shape: The shapes of the inputs.

        Raises:
            ValueError: If there are not two, or the sizes along the axes differ.
        """
        if not isinstance(input_shape, (list, tuple)) or len(input_shape) != 2:
            raise ValueError(
                f"A `Dot` layer should be called on a list of 2 inputs. Received: input_shape={input_shape}"
            )
        shapes = [TensorShape(each).as_list() for each in input_shape]
        sizes = [shape[axis] for shape, axis in zip(shapes, self._axes(shapes), strict=True)]
        if None not in sizes and sizes[0] != sizes[1]:
            raise ValueError(
                f"Incompatible input shapes: axis values {sizes[0]} (at axis {self.axes}) != {sizes[1]}. "
                f"Full input shapes: {shapes[0]}, {shapes[1]}"
            )
        self.built = True

    def _axes(self, shapes: Sequence[Any]) -> list[int]:
        given = [self.axes] * 2 if isinstance(self.axes, int) else list(self.axes)
        return [axis % len(shape) for axis, shape in zip(given, shapes, strict=True)]

    @whole
    def call(self, inputs: Any) -> Tensor:
        """Multiplies.

        Args:
            inputs: Two tensors `[N, ...]`.
        """
        a, b = inputs
        first, second = self._axes([a.shape.as_list(), b.shape.as_list()])
        if self.normalize:
            a, b = l2_normalize(a, first), l2_normalize(b, second)
        if max(a.shape.ndims, b.shape.ndims) > 3:
            raise ValueError("A `Dot` layer takes inputs of rank 2 or 3. Use tensordot or einsum for others.")
        left = expand_dims(a, 1) if a.shape.ndims == 2 else transpose(a, (0, 2, 1)) if first == 1 else a
        right = expand_dims(b, 2) if b.shape.ndims == 2 else transpose(b, (0, 2, 1)) if second == 2 else b
        made = matmul(left, right)
        if a.shape.ndims == 2:
            made = squeeze(made, [1])
        elif b.shape.ndims == 2:
            made = squeeze(made, [2])
        return made


@v1("keras.layers.add")
def add(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """Adds tensors, as the layer `Add`.

    Args:
        inputs: The tensors.
        **kwargs: Arguments of the layer.
    """
    return Add(**kwargs)(inputs)


@v1("keras.layers.subtract")
def subtract(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """Subtracts the second tensor from the first, as the layer `Subtract`.

    Args:
        inputs: Two tensors.
        **kwargs: Arguments of the layer.
    """
    return Subtract(**kwargs)(inputs)


@v1("keras.layers.multiply")
def multiply(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """Multiplies tensors, as the layer `Multiply`.

    Args:
        inputs: The tensors.
        **kwargs: Arguments of the layer.
    """
    return Multiply(**kwargs)(inputs)


@v1("keras.layers.average")
def average(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """Takes the mean of tensors, as the layer `Average`.

    Args:
        inputs: The tensors.
        **kwargs: Arguments of the layer.
    """
    return Average(**kwargs)(inputs)


@v1("keras.layers.maximum")
def largest(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """Takes the largest of each element, as the layer `Maximum`.

    Args:
        inputs: The tensors.
        **kwargs: Arguments of the layer.
    """
    return Maximum(**kwargs)(inputs)


@v1("keras.layers.minimum")
def least(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """Takes the least of each element, as the layer `Minimum`.

    Args:
        inputs: The tensors.
        **kwargs: Arguments of the layer.
    """
    return Minimum(**kwargs)(inputs)


@v1("keras.layers.concatenate")
def concatenate(inputs: Sequence[Any], axis: int = -1, **kwargs: Any) -> Any:
    """Puts tensors side by side, as the layer `Concatenate`.

    Args:
        inputs: The tensors.
        axis: Along which dimension.
        **kwargs: More arguments of the layer.
    """
    return Concatenate(axis, **kwargs)(inputs)


@v1("keras.layers.dot")
def dot(inputs: Sequence[Any], axes: Any, normalize: bool = False, **kwargs: Any) -> Any:
    """Multiplies two tensors as matrices, as the layer `Dot`.

    Args:
        inputs: Two tensors.
        axes: Over which dimension of each is summed.
        normalize: Whether each is scaled to the length 1 along it.
        **kwargs: More arguments of the layer.
    """
    return Dot(axes, normalize, **kwargs)(inputs)
