"""Distributions: what they compute beside TensorFlow's values, what they draw, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scopetrie as tf
from distributions.distribution_programs import PROGRAMS

RECORDED = json.loads((Path(__file__).parent / "recorded.json").read_text("utf-8"))
D = tf.distributions


@pytest.fixture(autouse=True)
def graph() -> Iterator[tf.Graph]:
    with tf.Graph().as_default() as graph:
        yield graph


def run(fetches: Any, feeds: Any = None) -> Any:
    with tf.Session() as session:
        return session.run(fetches, feeds)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda each: each.__name__)
def test_values(program: Any) -> None:
    found = run(program(tf))
    expected = RECORDED[program.__name__]
    assert len(found) == len(expected)
    for at, (one, other) in enumerate(zip(found, expected, strict=True)):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6, err_msg=f"value {at}")
        assert np.shape(one) == np.shape(other), at


def test_what_is_drawn() -> None:
    tf.set_random_seed(3)
    drawn = run(
        {
            "normal": D.Normal([1.0, -1.0], 2.0).sample(5000),
            "uniform": D.Uniform(-1.0, 3.0).sample(5000),
            "laplace": D.Laplace(1.0, 2.0).sample(5000),
            "exponential": D.Exponential(0.5).sample(5000),
            "bernoulli": D.Bernoulli(probs=[0.2, 0.9]).sample(5000),
            "categorical": D.Categorical(probs=[0.2, 0.5, 0.3]).sample(5000),
        }
    )
    np.testing.assert_allclose(drawn["normal"].mean(0), [1, -1], atol=0.1)
    np.testing.assert_allclose(drawn["normal"].std(0), [2, 2], atol=0.1)
    assert abs(drawn["uniform"].mean() - 1) < 0.1 and drawn["uniform"].min() >= -1
    assert abs(drawn["laplace"].mean() - 1) < 0.15 and abs(drawn["laplace"].std() - 8**0.5) < 0.2
    assert abs(drawn["exponential"].mean() - 2) < 0.1 and drawn["exponential"].min() >= 0
    np.testing.assert_allclose(drawn["bernoulli"].mean(0), [0.2, 0.9], atol=0.03)
    np.testing.assert_allclose(np.bincount(drawn["categorical"]) / 5000, [0.2, 0.5, 0.3], atol=0.03)


def test_shapes_of_what_is_drawn() -> None:
    x = tf.placeholder(tf.float32, [None, 2])
    one = D.Normal(x, 1.0)
    assert (str(one.batch_shape), one.event_shape.as_list()) == ("(?, 2)", [])
    assert (
        str(one) == 'tfp.distributions.Normal("Normal/", batch_shape=(?, 2), event_shape=(), dtype=float32)'
    )
    drawn = [
        one.sample(),
        one.sample(1),
        one.sample([3, 4]),
        one.sample(tf.placeholder_with_default([2], [1])),
    ]
    assert [str(each.shape) for each in drawn] == ["(?, 2)", "(1, ?, 2)", "(3, 4, ?, 2)", "(?, ?, 2)"]
    assert [each.shape for each in run(drawn, {x: np.zeros([5, 2])})] == [
        (5, 2), (1, 5, 2), (3, 4, 5, 2), (2, 5, 2)
    ]  # fmt: skip
    choice = D.Categorical(logits=tf.zeros([2, 3, 4]))
    assert [choice.sample(5).shape.as_list(), choice.sample().dtype] == [[5, 2, 3], tf.int32]
    assert run(choice.sample(5)).shape == (5, 2, 3)
    row = tf.contrib.distributions.OneHotCategorical(logits=tf.zeros([2, 4]))
    assert row.event_shape.as_list() == [4]
    assert run(row.sample(3)).sum(-1).tolist() == [[1, 1]] * 3
    np.testing.assert_allclose(run(row.log_prob([[0, 1, 0, 0], [0, 0, 0, 1]])), np.log([0.25] * 2), rtol=1e-6)


def test_vectors() -> None:
    loc, scale = np.array([[1.0, 2.0], [0.0, -1.0]], np.float32), np.array([0.5, 2.0], np.float32)
    one = tf.contrib.distributions.MultivariateNormalDiag(loc, scale)
    parts = D.Normal(loc, scale)
    pairs = [
        (one.log_prob([0.3, 0.4]), tf.reduce_sum(parts.log_prob([0.3, 0.4]), -1)),
        (one.entropy(), tf.reduce_sum(parts.entropy(), -1)),
        (one.stddev(), parts.stddev()),
        (
            one.kl_divergence(tf.contrib.distributions.MultivariateNormalDiag(tf.zeros([2, 2]))),
            tf.reduce_sum(parts.kl_divergence(D.Normal(0.0, 1.0)), -1),
        ),
    ]
    for found, expected in run(pairs):
        np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert run(one.sample(7)).shape == (7, 2, 2)
    more = tf.contrib.distributions.MultivariateNormalDiag(loc, scale_identity_multiplier=3.0)
    assert run(more.stddev()).tolist() == [[3.0, 3.0]] * 2


def test_gradients_go_through_what_is_drawn() -> None:
    loc, scale = tf.constant([1.0, 2.0]), tf.constant([3.0, 4.0])
    drawn = D.Normal(loc, scale).sample(seed=1)
    by_loc, by_scale = tf.gradients(drawn, [loc, scale])
    noise, found = run([(drawn - loc) / scale, by_scale])
    assert run(by_loc).tolist() == [1.0, 1.0]
    np.testing.assert_allclose(found, noise, rtol=1e-5)
    logits = tf.constant([[1.0, 2.0, 3.0]])
    found = run(tf.gradients(D.Categorical(logits=logits).log_prob([1]), logits)[0])
    chances = np.exp([1, 2, 3]) / np.exp([1, 2, 3]).sum()
    np.testing.assert_allclose(found[0], [0, 1, 0] - chances, rtol=1e-5)


def test_what_is_refused() -> None:
    cases: list[tuple[Any, type[Exception], str]] = [
        (lambda: D.Categorical(), ValueError, "Must pass probs or logits, but not both"),
        (
            lambda: D.Bernoulli(logits=[1.0], probs=[0.5]),
            ValueError,
            "Must pass probs or logits, but not both",
        ),
        (lambda: D.Normal(1, 2), ValueError, "Expected floating point type, got"),
        (
            lambda: D.Categorical([1.0, 2.0]).mean(),
            NotImplementedError,
            "mean is not implemented: Categorical",
        ),
        (lambda: D.Normal(0.0, 1.0).foo, AttributeError, "'Normal' object has no attribute 'foo'"),
        (
            lambda: D.kl_divergence(D.Normal(0.0, 1.0), D.Uniform()),
            NotImplementedError,
            r"No KL\(distribution_a \|\| distribution_b\) registered for distribution_a type Normal and "
            "distribution_b type Uniform",
        ),
        (lambda: D.RegisterKL(D.Normal, D.Normal)(print), ValueError, "has already been registered"),
        (lambda: D.Beta, AttributeError, "does not offer tf.distributions.Beta: it draws no gamma"),
        (
            lambda: tf.contrib.distributions.MultivariateNormalDiag(),
            ValueError,
            "Must specify one or both of `loc`, `scale_diag`",
        ),
    ]
    for call, kind, text in cases:
        with pytest.raises(kind, match=text):
            call()


def test_a_distribution_of_a_program() -> None:
    class Constant(D.Distribution):
        def __init__(self, value: float) -> None:
            super().__init__(tf.float32, D.NOT_REPARAMETERIZED, name="Constant/")
            self.value = value

        def _batch_shape(self) -> Any:
            return []

        def _event_shape(self) -> Any:
            return []

        def _sample_n(self, n: Any, seed: int | None) -> Any:
            return tf.fill([n], self.value)

        def _variance(self) -> Any:
            return tf.constant(0.0)

    one = Constant(3.0)
    assert run(one.sample(2)).tolist() == [3.0, 3.0] and run(one.stddev()) == 0
    assert one.is_scalar_batch() and run(one.batch_shape_tensor()).tolist() == []
    assert D.Normal(0.0, 1.0).copy(scale=tf.constant(2.0)).scale.name == "Normal_1/scale:0"
