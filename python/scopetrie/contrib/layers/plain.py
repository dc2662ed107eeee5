"""Layers without variables, and short forms, as contrib calls them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ... import dtypes
from ...graph import Tensor
from ...layers.pooling import AveragePooling2D, AveragePooling3D, MaxPooling2D, MaxPooling3D
from ...layers.stateless import Dropout
from ...layers.stateless import flatten as flat_layer
from ...ops.constant import convert_to_tensor
from ...ops.elementwise.cast import cast
from ...ops.elementwise.unary import sqrt, square
from ...ops.math.masks import one_hot
from ...ops.math.reduce import reduce_sum
from ...ops.nn.activation import relu as nn_relu
from ...ops.nn.activation import relu6 as nn_relu6
from ...ops.nn.activation import softmax as nn_softmax
from ...ops.nn.embedding import embedding_lookup
from ...public import v1
from ...scopes import name_scope, variable_scope
from ..framework.kept import model_variable
from ..framework.scopes_of_arguments import add_arg_scope
from .dense import channels_first, fully_connected
from .describe import described
from .model_scope import collected

_RETURNS = "The result."
_RAISES = "ValueError: If an argument is none that it takes."


def _pooled(kind: Any, default: str, given: dict[str, Any]) -> Tensor:
    with name_scope(given["scope"], default, [given["inputs"]]) as within:
        layer = kind(
            given["kernel_size"], given["stride"], given["padding"].lower(),
            channels_first(given["data_format"]),
        )  # fmt: skip
        # The layer's own operations, in this scope.
        outputs = layer.call(convert_to_tensor(given["inputs"]))
        return collected(given["outputs_collections"], within, outputs)  # type: ignore[no-any-return]


@v1("contrib.layers.max_pool2d", "contrib.slim.max_pool2d")
@add_arg_scope
@described(_RETURNS, _RAISES)
def max_pool2d(
    inputs: Any, kernel_size: Any, stride: Any = 2, padding: str = "VALID", data_format: str = "NHWC",
    outputs_collections: Any = None, scope: str | None = None,
) -> Tensor:  # fmt: skip
    """Takes the largest element of each window of images.

    >>> import scopetrie as tf
    >>> tf.contrib.layers.max_pool2d(tf.zeros([2, 8, 8, 3]), [2, 2])
    <tf.Tensor 'MaxPool2D/MaxPool:0' shape=(2, 4, 4, 3) dtype=float32>
    """
    return _pooled(MaxPooling2D, "MaxPool2D", locals())


@v1("contrib.layers.avg_pool2d", "contrib.slim.avg_pool2d")
@add_arg_scope
@described(_RETURNS, _RAISES)
def avg_pool2d(
    inputs: Any, kernel_size: Any, stride: Any = 2, padding: str = "VALID", data_format: str = "NHWC",
    outputs_collections: Any = None, scope: str | None = None,
) -> Tensor:  # fmt: skip
    """Takes the mean of each window of images."""
    return _pooled(AveragePooling2D, "AvgPool2D", locals())


@v1("contrib.layers.max_pool3d", "contrib.slim.max_pool3d")
@add_arg_scope
@described(_RETURNS, _RAISES)
def max_pool3d(
    inputs: Any, kernel_size: Any, stride: Any = 2, padding: str = "VALID", data_format: str = "NDHWC",
    outputs_collections: Any = None, scope: str | None = None,
) -> Tensor:  # fmt: skip
    """Takes the largest element of each window of volumes."""
    return _pooled(MaxPooling3D, "MaxPool3D", locals())


@v1("contrib.layers.avg_pool3d", "contrib.slim.avg_pool3d")
@add_arg_scope
@described(_RETURNS, _RAISES)
def avg_pool3d(
    inputs: Any, kernel_size: Any, stride: Any = 2, padding: str = "VALID", data_format: str = "NDHWC",
    outputs_collections: Any = None, scope: str | None = None,
) -> Tensor:  # fmt: skip
    """Takes the mean of each window of volumes."""
    return _pooled(AveragePooling3D, "AvgPool3D", locals())


@v1("contrib.layers.dropout", "contrib.slim.dropout")
@add_arg_scope
@described(_RETURNS, _RAISES)
def dropout(
    inputs: Any, keep_prob: Any = 0.5, noise_shape: Any = None, is_training: Any = True,
    outputs_collections: Any = None, scope: Any = None, seed: int | None = None,
) -> Tensor:  # fmt: skip
    """Sets elements to 0 at random in training, and scales the others up so that the expectation stays."""
    with variable_scope(scope, "Dropout", [inputs]) as within:
        layer = Dropout(1 - keep_prob, noise_shape, seed, name=within.name, _scope=within)
        outputs = layer(convert_to_tensor(inputs), training=is_training)
        return collected(outputs_collections, within.name, outputs)  # type: ignore[no-any-return]


@v1("contrib.layers.flatten", "contrib.slim.flatten")
@add_arg_scope
@described("A tensor `[N, size of an example]`.", _RAISES)
def flatten(inputs: Any, outputs_collections: Any = None, scope: str | None = None) -> Tensor:
    """Makes a row of each example.

    >>> import scopetrie as tf
    >>> tf.contrib.layers.flatten(tf.zeros([2, 8, 3]))
    <tf.Tensor 'Flatten/flatten/Reshape:0' shape=(2, 24) dtype=float32>
    """
    with name_scope(scope, "Flatten", [inputs]) as within:
        outputs = flat_layer(convert_to_tensor(inputs))
        return collected(outputs_collections, within, outputs)  # type: ignore[no-any-return]


@v1("contrib.layers.one_hot_encoding", "contrib.slim.one_hot_encoding")
@add_arg_scope
@described(
    _RETURNS, labels="The numbers of the classes.", num_classes="How many classes there are.",
    on_value="What stands at the number of the class.", off_value="What stands elsewhere.",
)  # fmt: skip
def one_hot_encoding(
    labels: Any, num_classes: int, on_value: float = 1.0, off_value: float = 0.0,
    outputs_collections: Any = None, scope: str | None = None,
) -> Tensor:  # fmt: skip
    """Makes a row of each class's number."""
    with name_scope(scope, "OneHotEncoding", [labels, num_classes]) as within:
        numbers = convert_to_tensor(labels)
        if numbers.dtype.base_dtype is dtypes.int32:
            numbers = cast(numbers, dtypes.int64)
        outputs = one_hot(numbers, num_classes, on_value=on_value, off_value=off_value)
        return collected(outputs_collections, within, outputs)  # type: ignore[no-any-return]


@v1("contrib.layers.softmax", "contrib.slim.softmax")
@add_arg_scope
@described(_RETURNS, logits="The logits, `[N, ..., classes]`.")
def softmax(logits: Any, scope: Any = None) -> Tensor:
    """Normalizes exp(x) along the last dimension."""
    with variable_scope(scope, "softmax", [logits]):
        made: Tensor = nn_softmax(logits)
        return made


@v1("contrib.layers.unit_norm", "contrib.slim.unit_norm")
@add_arg_scope
@described(_RETURNS, dim="The dimension.")
def unit_norm(inputs: Any, dim: int, epsilon: float = 1e-7, scope: Any = None) -> Tensor:
    """Divides by the length along a dimension."""
    with variable_scope(scope, "UnitNorm", [inputs]):
        made: Tensor = inputs / sqrt(epsilon + reduce_sum(square(inputs), [dim], keepdims=True))
        return made


@v1("contrib.layers.repeat", "contrib.slim.repeat")
def repeat(inputs: Any, repetitions: int, layer: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Applies a layer several times, each with variables of its own.

    Args:
        inputs: The input.
        repetitions: How many times.
        layer: The function of a layer.
        *args: Its arguments after the input.
        **kwargs: The same, by name; `scope` is the scope of all.

    Returns:
        The last output.
    """
    scope = kwargs.pop("scope", None)
    with variable_scope(scope, "Repeat", [inputs]):
        within = scope or getattr(layer, "__name__", "repeat")
        for number in range(repetitions):
            inputs = layer(inputs, *args, scope=f"{within}_{number + 1}", **kwargs)
        return inputs


@v1("contrib.layers.stack", "contrib.slim.stack")
def stack(inputs: Any, layer: Callable[..., Any], stack_args: Any, **kwargs: Any) -> Any:
    """Applies a layer several times with different arguments, each with variables of its own.

    Args:
        inputs: The input.
        layer: The function of a layer.
        stack_args: For each time the argument after the input, or a tuple of them.
        **kwargs: More arguments; `scope` is the scope of all.

    Returns:
        The last output.
    """
    scope = kwargs.pop("scope", None)
    with variable_scope(scope, "Stack", [inputs]):
        within = scope or getattr(layer, "__name__", "stack")
        for number, given in enumerate(stack_args):
            more = given if isinstance(given, (list, tuple)) else [given]
            inputs = layer(inputs, *more, scope=f"{within}_{number + 1}", **kwargs)
        return inputs


@v1("contrib.layers.embed_sequence")
@described(
    "A tensor `[N, T, embed_dim]`.",
    ids="The numbers of rows, `[N, T]`.",
    vocab_size="How many rows there are.",
    embed_dim="How long a row is.",
    unique="Accepted for v1's sake.",
    initializer="The first value of the table.",
    regularizer="A function of the table that gives a loss, or None.",
)
def embed_sequence(
    ids: Any, vocab_size: int | None = None, embed_dim: int | None = None, unique: bool = False,
    initializer: Any = None, regularizer: Any = None, trainable: bool = True, scope: Any = None,
    reuse: Any = None,
) -> Tensor:  # fmt: skip
    """Looks rows up in a table of its own."""
    if not (reuse or (vocab_size and embed_dim)):
        raise ValueError(
            "Must specify vocab size and embedding dimension when not reusing. Got "
            f"vocab_size={vocab_size} and "
            f"embed_dim={embed_dim}"
        )
    with variable_scope(scope, "EmbedSequence", [ids], reuse=reuse):
        table = model_variable(
            "embeddings", [vocab_size, embed_dim], initializer=initializer, regularizer=regularizer,
            trainable=trainable,
        )  # fmt: skip
        return embedding_lookup(table, ids)


relu: Any = functools.partial(fully_connected, activation_fn=nn_relu)
relu6: Any = functools.partial(fully_connected, activation_fn=nn_relu6)
linear: Any = functools.partial(fully_connected, activation_fn=None)
relu = v1("contrib.layers.relu", "contrib.slim.relu")(relu)
relu6 = v1("contrib.layers.relu6", "contrib.slim.relu6")(relu6)
linear = v1("contrib.layers.linear", "contrib.slim.linear")(linear)
