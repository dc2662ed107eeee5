"""What the arguments of losses mean."""

from __future__ import annotations

from typing import Final

from ..describe import describer

__all__ = ["described"]

_ARGUMENTS: Final = {
    "axis": "The dimension of the vectors.",
    "delta": "Which differences count as small.",
    "dim": "Deprecated name of `axis`.",
    "epsilon": "A small number that keeps logarithms from 0.",
    "label_smoothing": "How much of the labels is spread over all classes, or between true and not.",
    "labels": "What is true.",
    "logits": "The logits.",
    "loss_collection": "The collection that the loss is added to; None for none.",
    "multi_class_labels": "What is true, for each class by itself.",
    "onehot_labels": "What is true: probabilities of the classes, `[N, classes]`.",
    "predictions": "What is predicted, of the shape of `labels`.",
    "reduction": "One of `Reduction`: by default the weighted sum divided by how many weights are not 0.",
    "scope": "The operations' scope.",
    "weights": "The elements' weights: a scalar, or a tensor that broadcasts to the elements.",
}

described = describer(_ARGUMENTS)
