"""Programs of tf.metrics, one line each; each is a function of (tf, X), where X makes placeholders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

PROGRAMS: dict[str, Callable[[Any, Any], Any]] = {}
SHORT = {
    "LABELS": 'X(6, dtype="int32", value=[0, 1, 1, 0, 1, 1])',
    "GUESSES": 'X(6, dtype="int32", value=[0, 1, 0, 1, 1, 0])',
    "CHANCES": "X(6, value=[0.1, 0.9, 0.4, 0.6, 0.55, 0.3])",
    "CLASSES": 'X(6, dtype="int32", value=[0, 2, 1, 0, 2, 1])',
    "CHOICES": 'X(6, dtype="int32", value=[0, 2, 0, 1, 2, 1])',
    "SOUGHT": 'X(3, 2, dtype="int64", value=[[0, 2], [1, 1], [9, 3]])',
    "SPARSE": "tf.SparseTensor([[0, 0], [0, 2], [1, 1]], tf.constant([0, 3, 1], tf.int64), [3, 4])",
    "SCORES": "X(3, 4, value=[[0.5, 0.1, 0.3, 0.2], [0.2, 0.3, 0.4, 0.1], [0.1, 0.2, 0.3, 0.4]])",
    "BEST": 'X(3, 2, dtype="int64", value=[[2, 0], [1, 1], [3, 2]])',
    "EACH": "X(3, value=[1, 2, 0.5])",
    "WEIGHTS": "X(6, value=[1, 0, 2, 1, 0.5, 1])",
}

for _line in """
    mean(X(2, 3))
    mean(X(2, 3), weights=X(2, 1), name="mine", metrics_collections=["mine"], updates_collections="losses")
    mean(X(2, 3, dtype="int32"))
    mean(X(2, 3), weights=X(3))
    mean_tensor(X(2, 3))
    mean_tensor(X(2, 3), weights=X(2, 1))
    accuracy(LABELS, GUESSES)
    accuracy(LABELS, GUESSES, weights=WEIGHTS)
    accuracy(LABELS, tf.cast(GUESSES, tf.int64))
    accuracy(X(4, 1), X(4))
    accuracy(LABELS, X(6, 2))
    mean_squared_error(X(2, 3), X(2, 3))
    root_mean_squared_error(X(2, 3), X(2, 3))
    mean_absolute_error(X(2, 3), X(2, 3), weights=X(2, 1))
    mean_relative_error(X(4), X(4), X(4, value=[1, 0, 2, 3]))
    mean_cosine_distance(X(4, 3), X(4, 3), 1)
    percentage_below(X(4, 3), 0.2)
    precision(LABELS, GUESSES)
    precision(LABELS, GUESSES, weights=WEIGHTS)
    precision(tf.zeros([3]), tf.zeros([3]))
    recall(LABELS, GUESSES)
    recall(LABELS, GUESSES, WEIGHTS, name="mine")
    true_positives(LABELS, GUESSES)
    true_negatives(LABELS, GUESSES, WEIGHTS)
    false_positives(LABELS, GUESSES)
    false_negatives(LABELS, GUESSES)
    true_positives_at_thresholds(LABELS, CHANCES, [0.2, 0.5])
    true_negatives_at_thresholds(LABELS, CHANCES, [0.2, 0.5], WEIGHTS)
    false_positives_at_thresholds(LABELS, CHANCES, [0.2, 0.5])
    false_negatives_at_thresholds(LABELS, CHANCES, [0.2, 0.5])
    precision_at_thresholds(LABELS, CHANCES, [0.2, 0.5])
    recall_at_thresholds(LABELS, CHANCES, [0.2, 0.5])
    auc(LABELS, CHANCES)
    auc(LABELS, CHANCES, WEIGHTS, num_thresholds=20)
    auc(LABELS, CHANCES, curve="PR")
    auc(LABELS, CHANCES, curve="PR", summation_method="careful_interpolation")
    auc(LABELS, CHANCES, summation_method="minoring")
    auc(LABELS, CHANCES, summation_method="majoring")
    auc(LABELS, CHANCES, thresholds=[0.25, 0.5])
    auc(LABELS, CHANCES, curve="foo")
    sensitivity_at_specificity(LABELS, CHANCES, 0.5)
    specificity_at_sensitivity(LABELS, CHANCES, 0.5)
    mean_iou(CLASSES, CHOICES, 3)
    mean_iou(CLASSES, CHOICES, 3, WEIGHTS)
    mean_per_class_accuracy(CLASSES, CHOICES, 3)
    mean_per_class_accuracy(CLASSES, CHOICES, 3, WEIGHTS)
    precision_at_k(SOUGHT, SCORES, 2)
    precision_at_k(SOUGHT, SCORES, 3, class_id=2, weights=EACH, name="mine")
    precision_at_k(SOUGHT[:, 0], SCORES, 1, updates_collections="losses")
    precision_at_k(SPARSE, SCORES, 2)
    precision_at_k(SOUGHT, SCORES, 2, class_id=7)
    precision_at_k(tf.cast(SOUGHT, tf.int32), SCORES, 2)
    sparse_precision_at_k(SOUGHT, SCORES, 2)
    precision_at_top_k(SOUGHT, BEST)
    precision_at_top_k(SOUGHT, BEST, k=2, class_id=1)
    recall_at_k(SOUGHT, SCORES, 2)
    recall_at_k(SOUGHT, SCORES, 2, weights=2.0)
    recall_at_k(SPARSE, SCORES, 2, class_id=3)
    recall_at_k(SPARSE, SCORES, 2, weights=EACH)
    recall_at_top_k(SOUGHT, BEST, k=2)
    recall_at_top_k(SPARSE, BEST, k=2)
    average_precision_at_k(SOUGHT, SCORES, 2)
    average_precision_at_k(SOUGHT, SCORES, 3, weights=EACH)
    average_precision_at_k(SPARSE, SCORES, 3, name="mine")
    average_precision_at_k(SOUGHT, SCORES, 0)
    sparse_average_precision_at_k(SOUGHT, SCORES, 1)
""".strip().splitlines():
    _text = _line.strip()
    _code = _text
    for _word, _meaning in SHORT.items():
        _code = _code.replace(_word, _meaning)
    PROGRAMS[_text] = eval(compile(f"lambda tf, X: tf.metrics.{_code}", _text, "eval"))
