"""Signatures: which tensors of a graph a model takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..dtypes import as_dtype, string
from ..graph import Tensor, get_default_graph
from ..ops.sparse_tensor import SparseTensor
from ..public import v1
from ..summary.protos import proto
from .keys import CLASSIFY_METHOD_NAME, PREDICT_METHOD_NAME, REGRESS_METHOD_NAME

__all__ = ["build_signature_def", "build_tensor_info", "predict_signature_def"]


@v1("saved_model.build_tensor_info", "saved_model.utils.build_tensor_info")
def build_tensor_info(tensor: Any) -> Any:
    """Returns what a signature says of a tensor, as a TensorInfo: its name, dtype and shape.

    Args:
        tensor: A tensor, a variable, or a SparseTensor.

    Raises:
        ImportError: If the extra `tensorboard` is not installed.

    >>> import scopetrie as tf
    >>> tf.saved_model.utils.build_tensor_info(tf.placeholder(tf.float32, [None, 3], name="x")).name
    'x:0'
    """
    made = proto("meta_graph").TensorInfo(
        dtype=as_dtype(tensor.dtype).base_dtype.as_datatype_enum, tensor_shape=tensor.shape.as_proto()
    )
    if isinstance(tensor, SparseTensor):
        sparse = made.coo_sparse
        sparse.values_tensor_name = tensor.values.name
        sparse.indices_tensor_name = tensor.indices.name
        sparse.dense_shape_tensor_name = tensor.dense_shape.name
    else:
        made.name = tensor.name
    return made


@v1("saved_model.get_tensor_from_tensor_info", "saved_model.utils.get_tensor_from_tensor_info")
def get_tensor_from_tensor_info(tensor_info: Any, graph: Any = None, import_scope: str | None = None) -> Any:
    """Returns the tensor of which a TensorInfo speaks.

    Args:
        tensor_info: The TensorInfo.
        graph: The graph; the default one if left out.
        import_scope: What comes before the names.

    Raises:
        KeyError: If the graph does not have it.
        ValueError: If it speaks of none.
    """
    found: Any = graph or get_default_graph()

    def named(name: str) -> Tensor:
        made: Tensor = found.get_tensor_by_name(f"{import_scope}/{name}" if import_scope else name)
        return made

    kind = tensor_info.WhichOneof("encoding")
    if kind == "name":
        return named(tensor_info.name)
    if kind == "coo_sparse":
        sparse = tensor_info.coo_sparse
        return SparseTensor(
            named(sparse.indices_tensor_name),
            named(sparse.values_tensor_name),
            named(sparse.dense_shape_tensor_name),
        )
    raise ValueError(f"Invalid TensorInfo.encoding: {kind}. Expected `coo_sparse` or `name`.")


@v1("saved_model.build_signature_def", "saved_model.signature_def_utils.build_signature_def")
def build_signature_def(
    inputs: Mapping[str, Any] | None = None, outputs: Mapping[str, Any] | None = None,
    method_name: str | None = None,
) -> Any:  # fmt: skip
    """Returns a SignatureDef.

    Args:
        inputs: TensorInfos by the names of arguments.
        outputs: TensorInfos by the names of results.
        method_name: What is done, e.g. `signature_constants.PREDICT_METHOD_NAME`.

    Raises:
        ValueError: If a text has a lone surrogate, which is no character.
        ImportError: If the extra `tensorboard` is not installed.
    """
    made = proto("meta_graph").SignatureDef()
    for field, given in ((made.inputs, inputs), (made.outputs, outputs)):
        for name, info in (given or {}).items():
            field[_checked(name)].CopyFrom(info)
    if method_name is not None:
        made.method_name = _checked(method_name)
    return made


def _checked(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError(
            f"build_signature_def: {text!a} has a lone surrogate, which is no character"
        ) from None
    return text


@v1("saved_model.predict_signature_def", "saved_model.signature_def_utils.predict_signature_def")
def predict_signature_def(inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Any:
    """Returns the SignatureDef of a prediction.

    Args:
        inputs: Tensors by the names of arguments.
        outputs: Tensors by the names of results.

    Raises:
        ValueError: If there are none of one kind.
    """
    for what, given in (("inputs", inputs), ("outputs", outputs)):
        if not given:
            raise ValueError(f"Prediction signature requires one or more {what}.")
    taken = {name: build_tensor_info(each) for name, each in inputs.items()}
    made = {name: build_tensor_info(each) for name, each in outputs.items()}
    return build_signature_def(taken, made, PREDICT_METHOD_NAME)


@v1(
    "saved_model.classification_signature_def", "saved_model.signature_def_utils.classification_signature_def"
)
def classification_signature_def(examples: Any, classes: Any, scores: Any) -> Any:
    """Returns the SignatureDef of a classification.

    Args:
        examples: A tensor of strings: serialized Examples.
        classes: A tensor of strings: the classes, or None.
        scores: A tensor of floats: the classes' scores, or None.

    Raises:
        ValueError: If there are no examples, neither classes nor scores, or a dtype is another one.
    """
    if examples is None:
        raise ValueError("Classification `examples` cannot be None.")
    if classes is None and scores is None:
        raise ValueError("Classification `classes` and `scores` cannot both be None.")
    _check_texts("Classification input tensors", examples)
    outputs = {}
    if classes is not None:
        _check_texts("Classification classes", classes)
        outputs["classes"] = build_tensor_info(classes)
    if scores is not None:
        _check_floats("Classification scores", scores)
        outputs["scores"] = build_tensor_info(scores)
    return build_signature_def({"inputs": build_tensor_info(examples)}, outputs, CLASSIFY_METHOD_NAME)


@v1("saved_model.regression_signature_def", "saved_model.signature_def_utils.regression_signature_def")
def regression_signature_def(examples: Any, predictions: Any) -> Any:
    """Returns the SignatureDef of a regression.

    Args:
        examples: A tensor of strings: serialized Examples.
        predictions: A tensor of floats.

    Raises:
        ValueError: If one is None, or a dtype is another one.
    """
    for name, given in (("examples", examples), ("predictions", predictions)):
        if given is None:
            raise ValueError(f"Regression `{name}` cannot be None.")
    _check_texts("Regression input tensors", examples)
    _check_floats("Regression output tensors", predictions)
    infos = {"inputs": build_tensor_info(examples)}, {"outputs": build_tensor_info(predictions)}
    return build_signature_def(*infos, REGRESS_METHOD_NAME)


def _check_texts(what: str, tensor: Any) -> None:
    if tensor.dtype.base_dtype is not string:
        raise ValueError(f"{what} must be of type string. Found tensors with type {tensor.dtype.name}.")


def _check_floats(what: str, tensor: Any) -> None:
    if tensor.dtype.base_dtype.name != "float32":
        raise ValueError(f"{what} must be of type float. Found tensors with type {tensor.dtype.name}.")


@v1("saved_model.is_valid_signature", "saved_model.signature_def_utils.is_valid_signature")
def is_valid_signature(signature_def: Any) -> bool:
    """Returns whether a signature has what its method needs.

    Args:
        signature_def: The SignatureDef.
    """
    if signature_def is None:
        return False
    inputs, outputs = signature_def.inputs, signature_def.outputs
    texts, floats = string.as_datatype_enum, as_dtype("float32").as_datatype_enum
    kinds = {name: info.dtype for name, info in outputs.items()}
    if signature_def.method_name == PREDICT_METHOD_NAME:
        return bool(inputs) and bool(outputs)
    if list(inputs) != ["inputs"] or inputs["inputs"].dtype != texts:
        return False
    if signature_def.method_name == REGRESS_METHOD_NAME:
        return kinds == {"outputs": floats}
    wanted = {"classes": texts, "scores": floats}
    return (
        signature_def.method_name == CLASSIFY_METHOD_NAME and bool(kinds) and kinds.items() <= wanted.items()
    )
