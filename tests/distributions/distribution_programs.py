"""What distributions compute, written so that TensorFlow 1's API and ours both run it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

VALUES = [[0.3, -1.5], [2.0, 0.7]]


def normal(tf: Any) -> Any:
    one = tf.distributions.Normal(loc=tf.constant([0.5, -1.0]), scale=tf.constant([[0.7], [2.0]]))
    return [*_all(one, VALUES, tf.distributions.Normal(0.0, 1.5)), one.quantile([0.1, 0.8])]


def uniform(tf: Any) -> Any:
    one = tf.distributions.Uniform([-2.0, 0.0], 1.0)
    return [*_some(one, [[0.3, 0.5], [1.5, 0.0]]), one.range(), one.cdf(VALUES)]


def laplace(tf: Any) -> Any:
    one = tf.distributions.Laplace([0.5, 1.0], [2.0, 0.3])
    return [*_some(one, VALUES), one.mode(), one.cdf(VALUES)]


def exponential(tf: Any) -> Any:
    one = tf.distributions.Exponential([0.5, 3.0])
    return [*_some(one, [[0.3, 1.5], [2.0, 0.7]]), one.cdf([0.3, 2.0])]


def bernoulli(tf: Any) -> Any:
    one = tf.distributions.Bernoulli(logits=[1.0, -2.0])
    return [
        *_some(one, [[1, 0], [0, 1]]),
        one.mode(),
        *_divergence(one, tf.distributions.Bernoulli(probs=0.3)),
    ]


def categorical(tf: Any) -> Any:
    one = tf.distributions.Categorical(logits=[[1.0, 2.0, 0.5], [0.0, 0.0, -1.0]])
    other = tf.distributions.Categorical(probs=[[0.2, 0.3, 0.5], [0.1, 0.1, 0.8]])
    found = [
        one.log_prob([2, 0]),
        one.prob(1),
        one.entropy(),
        one.mode(),
        other.logits,
        one.probs,
        one.event_size,
    ]
    return [*found, *_divergence(one, other), one.log_prob([[0, 1], [2, 2]])]


def _some(one: Any, values: Any) -> list[Any]:
    return [one.log_prob(values), one.prob(values), one.entropy(), one.mean(), one.stddev(), one.variance()]


def _divergence(one: Any, other: Any) -> list[Any]:
    return [one.kl_divergence(other), one.cross_entropy(other)]


def _all(one: Any, values: Any, other: Any) -> list[Any]:
    found = [*_some(one, values), one.mode(), one.cdf(values), one.log_cdf(values)]
    found += [one.survival_function(values), one.log_survival_function(values)]
    return found + _divergence(one, other)


PROGRAMS: list[Callable[[Any], Any]] = [normal, uniform, laplace, exponential, bernoulli, categorical]
