"""Programs of tf.losses, one line each; each is a function of (tf, X), where X makes placeholders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

PROGRAMS: dict[str, Callable[[Any, Any], Any]] = {}

for _line in """
    mean_squared_error(X(2, 3), X(2, 3))
    mean_squared_error(X(2, 3), X(2, 3), weights=X(2, 1))
    mean_squared_error(X(2, 3), X(2, 3), weights=[[0.0], [2.0]], scope="mine", loss_collection="mine")
    mean_squared_error(X(2, 3), X(2, 3), weights=2.0, reduction=tf.losses.Reduction.MEAN)
    mean_squared_error(X(2, 3, dtype="float64"), X(2, 3, dtype="float64"))
    mean_squared_error(X(2, 3, dtype="int32"), X(2, 3))
    absolute_difference(X(2, 3), X(2, 3))
    huber_loss(X(2, 3), X(2, 3), delta=0.3)
    log_loss(X(2, 3, value=[[0, 1, 1], [0, 0, 1]]), X(2, 3, value=[[0.1, 0.2, 0.7], [0.4, 0.0, 1.0]]))
    hinge_loss(X(2, 3, value=[[0, 1, 1], [0, 0, 1]]), X(2, 3))
    cosine_distance(X(2, 3), X(2, 3), axis=1)
    cosine_distance(X(2, 3), X(2, 3))
    mean_pairwise_squared_error(X(2, 3), X(2, 3))
    mean_pairwise_squared_error(X(2, 3), X(2, 3), weights=[[0.0], [2.0]])
    sigmoid_cross_entropy(X(2, 3), X(2, 3), label_smoothing=0.1)
    sigmoid_cross_entropy(X(2, 3, dtype="int32"), X(2, 3))
    softmax_cross_entropy(X(2, 3), X(2, 3), label_smoothing=0.1)
    softmax_cross_entropy(X(2, 3), X(2, 3), weights=[0.0, 2.0])
    sparse_softmax_cross_entropy(X(2, dtype="int32"), X(2, 3))
    sparse_softmax_cross_entropy(X(2, 1, dtype="int64"), X(2, 3), weights=X(2, 1))
    sparse_softmax_cross_entropy(X(2, 4, dtype="int32"), X(2, 4, 3), weights=X(2, 4))
    compute_weighted_loss(X(2, 3), X(2, 1), reduction=tf.losses.Reduction.NONE)
    compute_weighted_loss(X(2, 3), X(2, 1), reduction=tf.losses.Reduction.SUM)
    compute_weighted_loss(X(2, 3), X(2, 1), reduction=tf.losses.Reduction.SUM_OVER_BATCH_SIZE)
    compute_weighted_loss(X(2, 3), X(2, 1), reduction=tf.losses.Reduction.MEAN)
    compute_weighted_loss(X(2, 3), X(2, 1))
    compute_weighted_loss(X(2, 3), 0.0)
    compute_weighted_loss(X(2, 3, unknown=(0,)), X(2, unknown=(0,))[:, tf.newaxis])
    mean_squared_error(X(2, 3), X(2, 4))
    mean_squared_error(None, X(2, 4))
    mean_squared_error(X(2, 4), None)
    mean_squared_error(X(2, 3), X(2, 3), weights=X(3, 3))
    mean_squared_error(X(2, 3), X(2, 3), weights=X(2))
    mean_squared_error(X(2, 3), X(2, 3), reduction="foo")
    Reduction.all()
    Reduction.validate("foo")
    get_total_loss() if tf.losses.mean_squared_error(X(2), X(2)) is not None else 0
""".strip().splitlines():
    _text = _line.strip()
    PROGRAMS[_text] = eval(compile(f"lambda tf, X: tf.losses.{_text}", _text, "eval"))

SAMPLED = "(tf.constant([2, 5, 1], tf.int64), X(2, 1, value=[[0.5], [0.2]]), X(3, value=[0.3, 0.1, 0.2]))"
TWICE = (
    "(tf.constant([2, 5, 1], tf.int64), X(2, 2, value=[[0.5, 0.1], [0.2, 0.7]]), X(3, value=[0.3, 0.1, 0.2]))"
)
for _line in """
    nce_loss(X(9, 4), X(9), X(2, 1, dtype="int64"), X(2, 4), 3, 9, sampled_values=SAMPLED)
    nce_loss(X(9, 4), X(9), X(2, 2, dtype="int64"), X(2, 4), 3, 9, 2, sampled_values=TWICE)
    nce_loss([X(5, 4), X(4, 4)], X(9), X(2, 1, dtype="int32"), X(2, 4), 3, 9, sampled_values=SAMPLED)
    nce_loss(X(9, 4), X(9), X(2, 1, dtype="int64"), X(2, 4), 3, 9, 1, SAMPLED, True, "div", "mine")
    sampled_softmax_loss(X(9, 4), X(9), X(2, 1, dtype="int64"), X(2, 4), 3, 9, sampled_values=SAMPLED)
    sampled_softmax_loss(X(9, 4), X(9), tf.constant([[2], [4]]), X(2, 4), 3, 9, sampled_values=SAMPLED)
    compute_accidental_hits(tf.constant([[2, 3], [5, 2]], tf.int64), tf.constant([2, 5, 1], tf.int64), 2)
    all_candidate_sampler(tf.constant([[2], [3]], tf.int64), 1, 5, True)
    uniform_candidate_sampler(tf.constant([[2], [3]], tf.int64), 1, 5, False, 8)[1:]
    log_uniform_candidate_sampler(tf.constant([[2], [3]], tf.int64), 1, 5, False, 8)[1:2]
""".strip().splitlines():
    _text = _line.strip()
    _code = _text.replace("SAMPLED", SAMPLED).replace("TWICE", TWICE)
    PROGRAMS[_text] = eval(compile(f"lambda tf, X: list(tf.nn.{_code})" if "_sampler" in _text else
                                   f"lambda tf, X: tf.nn.{_code}", _text, "eval"))  # fmt: skip
