"""What an exported model takes: the tensors that a caller fills, and the features that are made of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ...dtypes import string
from ...graph import Tensor
from ...ops.parsing.example import parse_example
from ...ops.placeholder import placeholder
from ...ops.sparse_tensor import SparseTensor
from ...public import v1

__all__ = [
    "ServingInputReceiver", "TensorServingInputReceiver", "build_parsing_serving_input_receiver_fn",
    "build_raw_serving_input_receiver_fn",
]  # fmt: skip


class _Fields(NamedTuple):
    features: Any
    receiver_tensors: Any
    receiver_tensors_alternatives: Any


@v1("estimator.export.ServingInputReceiver")
class ServingInputReceiver(_Fields):
    """What an exported model takes.

    Args:
        features: The features, as the model function takes them: tensors by name, or one, which is named
            "feature".
        receiver_tensors: The tensors that a caller fills, by name; or one, which is named "input".
        receiver_tensors_alternatives: Other such tensors, by the names of signatures.

    Raises:
        ValueError: If something is None, a name of a receiver no text, or a value no tensor.

    >>> import scopetrie as tf
    >>> x = tf.placeholder(tf.float32, [None, 2], name="x")
    >>> tf.estimator.export.ServingInputReceiver({"x": x / 2.0}, x).receiver_tensors
    {'input': <tf.Tensor 'x:0' shape=(?, 2) dtype=float32>}
    """

    __slots__ = ()

    def __new__(
        cls, features: Any, receiver_tensors: Any, receiver_tensors_alternatives: Any = None
    ) -> ServingInputReceiver:
        """Checks what is given."""
        if features is None:
            raise ValueError("features must be defined.")
        named = features if isinstance(features, Mapping) else {"feature": features}
        for name, each in named.items():
            _check(f"feature {name}", each)
        received = _received(receiver_tensors)
        return super().__new__(cls, named, received, _alternatives(receiver_tensors_alternatives))


@v1("estimator.export.TensorServingInputReceiver")
class TensorServingInputReceiver(_Fields):
    """What an exported model takes whose model function takes one tensor, without a name.

    Args:
        features: The tensor.
        receiver_tensors: The tensors that a caller fills, by name; or one, which is named "input".
        receiver_tensors_alternatives: Other such tensors, by the names of signatures.

    Raises:
        ValueError: As for `ServingInputReceiver`.
    """

    __slots__ = ()

    def __new__(
        cls, features: Any, receiver_tensors: Any, receiver_tensors_alternatives: Any = None
    ) -> TensorServingInputReceiver:
        """Checks what is given."""
        if features is None:
            raise ValueError("features must be defined.")
        _check("feature", features)
        received = _received(receiver_tensors)
        return super().__new__(cls, features, received, _alternatives(receiver_tensors_alternatives))


def _check(what: str, given: Any) -> None:
    if not isinstance(given, (Tensor, SparseTensor)):
        raise ValueError(f"{what} must be a Tensor, SparseTensor, or RaggedTensor.")


def _received(given: Any) -> dict[str, Any]:
    if given is None:
        raise ValueError("receiver_tensors must be defined.")
    named = dict(given) if isinstance(given, Mapping) else {"input": given}
    for name, each in named.items():
        if not isinstance(name, str):
            raise ValueError(f"receiver_tensor keys must be strings: {name}.")
        _check(f"receiver_tensor {name}", each)
    return named


def _alternatives(given: Any) -> dict[str, Any] | None:
    if given is None:
        return None
    if not isinstance(given, Mapping):
        raise ValueError(f"receiver_tensors_alternatives must be a dict: {given}.")
    return {name: _received(each) for name, each in given.items()}


@v1("estimator.export.build_raw_serving_input_receiver_fn")
def build_raw_serving_input_receiver_fn(
    features: Mapping[str, Any], default_batch_size: int | None = None
) -> Callable[[], ServingInputReceiver]:
    """Returns a function for `export_savedmodel`: the model takes its features as they are.

    Args:
        features: Tensors by name, whose dtypes and shapes are taken.
        default_batch_size: The size of a batch; None if it may be any.

    >>> import scopetrie as tf
    >>> receives = tf.estimator.export.build_raw_serving_input_receiver_fn({"x": tf.zeros([7, 2], name="x")})
    >>> receives().features["x"].shape
    TensorShape([Dimension(None), Dimension(2)])
    """
    known = {name: (each.dtype, each.shape.as_list(), each.op.name) for name, each in features.items()}

    def serving_input_receiver_fn() -> ServingInputReceiver:
        made = {
            name: placeholder(dtype, [default_batch_size, *sizes[1:]], op_name)
            for name, (dtype, sizes, op_name) in known.items()
        }
        return ServingInputReceiver(made, made)

    return serving_input_receiver_fn


@v1("estimator.export.build_parsing_serving_input_receiver_fn")
def build_parsing_serving_input_receiver_fn(
    feature_spec: Mapping[str, Any], default_batch_size: int | None = None
) -> Callable[[], ServingInputReceiver]:
    """Returns a function for `export_savedmodel`: the model takes serialized Examples.

    Args:
        feature_spec: For each feature a `FixedLenFeature` or another kind, as `parse_example` takes them.
        default_batch_size: The size of a batch; None if it may be any.

    >>> import scopetrie as tf
    >>> receives = tf.estimator.export.build_parsing_serving_input_receiver_fn(
    ...     {"x": tf.FixedLenFeature([2], tf.float32)}
    ... )
    >>> list(receives().receiver_tensors)
    ['examples']
    """

    def serving_input_receiver_fn() -> ServingInputReceiver:
        serialized = placeholder(string, [default_batch_size], "input_example_tensor")
        return ServingInputReceiver(parse_example(serialized, feature_spec), {"examples": serialized})

    return serving_input_receiver_fn
