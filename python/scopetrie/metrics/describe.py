"""What the arguments of metrics mean."""

from __future__ import annotations

from typing import Final

from ..describe import describer

__all__ = ["RETURNS", "described"]

RETURNS: Final = "The figure so far, and an operation that takes a batch in and gives the figure after it."
_ARGUMENTS: Final = {
    "class_id": "The only class that counts; all if left out.",
    "curve": '"ROC" or "PR".',
    "dim": "The dimension of the vectors.",
    "k": "How many classes are taken.",
    "labels": "What is true.",
    "metrics_collections": "Collections that the figure is added to.",
    "name": "The name of the variables' scope.",
    "normalizer": "What differences are divided by.",
    "num_classes": "How many classes there are.",
    "num_thresholds": "How many thresholds there are.",
    "predictions": "What is predicted, of the shape of `labels`.",
    "predictions_idx": "The predicted classes of each entry, the best first.",
    "sensitivity": "The sensitivity.",
    "specificity": "The specificity.",
    "summation_method": '"trapezoidal", "minoring", "majoring" or "careful_interpolation".',
    "threshold": "The threshold.",
    "thresholds": "The thresholds, a list of numbers in [0, 1].",
    "updates_collections": "Collections that the operation is added to.",
    "values": "A tensor of numbers.",
    "weights": "The elements' weights; they broadcast to the elements.",
}

described = describer(_ARGUMENTS)
