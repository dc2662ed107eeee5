"""What an exported model gives: outputs of one kind, and the signature that they make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ...dtypes import string
from ...graph import Tensor
from ...public import v1, whole
from ...saved_model.signatures import (
    classification_signature_def,
    predict_signature_def,
    regression_signature_def,
)

__all__ = ["ClassificationOutput", "ExportOutput", "PredictOutput", "RegressionOutput", "signatures"]

DEFAULT: Final = "serving_default"


@v1("estimator.export.ExportOutput")
class ExportOutput:
    """Outputs of an exported model; the base of the kinds."""

    def as_signature_def(self, receiver_tensors: Mapping[str, Any]) -> Any:
        """Returns the SignatureDef of a model that gives these outputs.

        Args:
            receiver_tensors: The tensors that the model takes, by name.

        Raises:
            ValueError: If this kind of output needs other tensors.
        """
        raise NotImplementedError(f"{type(self).__name__} does not say its signature.")


@v1("estimator.export.PredictOutput")
class PredictOutput(ExportOutput):
    """Any outputs.

    Args:
        outputs: Tensors by name, or one, whose name is "output".

    Raises:
        ValueError: If a name is no text, or an output no tensor.

    >>> import scopetrie as tf
    >>> list(tf.estimator.export.PredictOutput(tf.zeros([2])).outputs)
    ['output']
    """

    def __init__(self, outputs: Any) -> None:
        self._outputs = dict(outputs) if isinstance(outputs, Mapping) else {"output": outputs}
        for key, value in self._outputs.items():
            if not isinstance(key, str):
                raise ValueError(f"Prediction output key must be a string; got {key}.")
            if not isinstance(value, Tensor):
                raise ValueError(f"Prediction output value must be a Tensor; got {value}.")

    @property
    def outputs(self) -> dict[str, Tensor]:
        """The tensors by name."""
        return self._outputs

    @whole
    def as_signature_def(self, receiver_tensors: Mapping[str, Any]) -> Any:
        """Returns the SignatureDef of a prediction.

        Args:
            receiver_tensors: The tensors that the model takes, by name.
        """
        return predict_signature_def(receiver_tensors, self._outputs)


@v1("estimator.export.ClassificationOutput")
class ClassificationOutput(ExportOutput):
    """Classes, their scores, or both. A model with them takes one tensor of serialized Examples.

    Args:
        scores: A tensor of floats, `[N, classes]`.
        classes: A tensor of strings, `[N, classes]`.

    Raises:
        ValueError: If both are None, or one is something else.

    >>> import scopetrie as tf
    >>> tf.estimator.export.ClassificationOutput(scores=tf.zeros([1, 3])).classes is None
    True
    """

    def __init__(self, scores: Any = None, classes: Any = None) -> None:
        if scores is not None and not (isinstance(scores, Tensor) and scores.dtype.is_floating):
            raise ValueError(f"Classification scores must be a float32 Tensor; got {scores}")
        if classes is not None and not (isinstance(classes, Tensor) and classes.dtype is string):
            raise ValueError(f"Classification classes must be a string Tensor; got {classes}")
        if scores is None and classes is None:
            raise ValueError(
                "Cannot create a ClassificationOutput with empty arguments. At least one of `scores` and "
                "`classes` must be defined."
            )
        self._scores: Tensor | None = scores
        self._classes: Tensor | None = classes

    @property
    def scores(self) -> Tensor | None:
        """The scores, or None."""
        return self._scores

    @property
    def classes(self) -> Tensor | None:
        """The classes, or None."""
        return self._classes

    @whole
    def as_signature_def(self, receiver_tensors: Mapping[str, Any]) -> Any:
        """Returns the SignatureDef of a classification.

        Args:
            receiver_tensors: The tensor that the model takes, by name.

        Raises:
            ValueError: If it is not one tensor of strings.
        """
        return classification_signature_def(_examples(receiver_tensors), self._classes, self._scores)


@v1("estimator.export.RegressionOutput")
class RegressionOutput(ExportOutput):
    """A number for each example. A model with it takes one tensor of serialized Examples.

    Args:
        value: A tensor of floats.

    Raises:
        ValueError: If it is something else.

    >>> import scopetrie as tf
    >>> tf.estimator.export.RegressionOutput(tf.zeros([4], name="value")).value.name
    'value:0'
    """

    def __init__(self, value: Any) -> None:
        if not (isinstance(value, Tensor) and value.dtype.is_floating):
            raise ValueError(f"Regression output value must be a float32 Tensor; got {value}")
        self._value = value

    @property
    def value(self) -> Tensor:
        """The numbers."""
        return self._value

    @whole
    def as_signature_def(self, receiver_tensors: Mapping[str, Any]) -> Any:
        """Returns the SignatureDef of a regression.

        Args:
            receiver_tensors: The tensor that the model takes, by name.

        Raises:
            ValueError: If it is not one tensor of strings.
        """
        return regression_signature_def(_examples(receiver_tensors), self._value)


def _examples(receiver_tensors: Mapping[str, Any]) -> Any:
    """The one tensor that a model takes.

    Raises:
        ValueError: If it takes several.
    """
    if len(receiver_tensors) != 1:
        raise ValueError(
            f"Classification and regression signatures need one input, not {sorted(receiver_tensors)}."
        )
    (only,) = receiver_tensors.values()
    return only


def checked_outputs(given: Any) -> Any:
    """The export outputs of a model function, in v1's words if they are something else.

    Raises:
        TypeError: If they are no dict of ExportOutputs.
        ValueError: If there are several, and none is the default one.
    """
    if given is None:
        return None
    if not isinstance(given, dict):
        raise TypeError(f"`export_outputs` must be dict, received: {given}.")
    if not all(isinstance(each, ExportOutput) for each in given.values()):
        raise TypeError(f"Values in `export_outputs` must be ExportOutput objects, received: {given}.")
    if len(given) == 1 and DEFAULT not in given:
        (only,) = given.values()
        return {**given, DEFAULT: only}
    if len(given) > 1 and DEFAULT not in given:
        raise ValueError(
            "Multiple `export_outputs` were provided, but none of them are specified as the default. Use"
            "`tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY` to specify a default."
        )
    return given


def signatures(
    outputs: Mapping[str, ExportOutput], received: Mapping[str, Any], others: Mapping[str, Any] | None
) -> tuple[dict[str, Any], dict[str, str]]:
    """The signatures of a model.

    Args:
        outputs: The outputs by the signatures' names.
        received: The tensors that it takes.
        others: Other tensors that it takes instead, by names.

    Returns:
        The signatures by name, and why others are left out.
    """
    made: dict[str, Any] = {}
    left_out: dict[str, str] = {}
    for prefix, tensors in {"": received, **(others or {})}.items():
        for key, output in outputs.items():
            name = f"{prefix}:{key}" if prefix else key
            try:
                made[name] = output.as_signature_def(tensors)
            except ValueError as error:
                left_out[name] = str(error)
    return made, left_out
