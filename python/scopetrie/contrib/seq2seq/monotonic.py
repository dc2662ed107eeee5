"""Attention that only moves on, and functions that attentions are written with."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...dtypes import DTypeLike
from ...graph import Tensor
from ...initializers import constant_initializer
from ...ops.array.fill import ones, zeros
from ...ops.array.join import concat
from ...ops.array.shape import shape, transpose
from ...ops.constant import convert_to_tensor
from ...ops.control.map import scan
from ...ops.elementwise.cast import cast
from ...ops.elementwise.compare import clip_by_value, greater
from ...ops.elementwise.unary import exp, log, sigmoid
from ...ops.math.arg import argmax
from ...ops.math.masks import one_hot
from ...ops.math.scan import cumprod, cumsum
from ...ops.random.draws import random_normal
from ...public import v1, whole
from ...scopes import get_variable, name_scope
from .attention import AttentionMechanism, BahdanauAttention, LuongAttention

__all__ = ["BahdanauMonotonicAttention", "LuongMonotonicAttention", "hardmax", "monotonic_attention"]


@v1("contrib.seq2seq.hardmax")
def hardmax(logits: Any, name: str | None = None) -> Tensor:
    """Returns 1 at the place of the largest logit, and 0 elsewhere.

    Args:
        logits: Scores, `[..., classes]`.
        name: The operations' scope.

    >>> import scopetrie as tf
    >>> tf.Session().run(hardmax(tf.constant([[1.0, 3.0, 2.0]]))).tolist()
    [[0.0, 1.0, 0.0]]
    """
    with name_scope(name, "Hardmax", [logits]):
        values = convert_to_tensor(logits, name="logits")
        known = values.shape[-1].value
        depth: Any = shape(values)[-1] if known is None else known
        return one_hot(argmax(values, axis=-1), depth, dtype=values.dtype)


@v1("contrib.seq2seq.safe_cumprod")
def safe_cumprod(x: Any, *args: Any, **kwargs: Any) -> Tensor:
    """Returns the product of elements up to each, by a sum of logarithms: gradients at 0 are finite.

    Args:
        x: A tensor of numbers in [0, 1].
        *args: Arguments of `cumsum`.
        **kwargs: The same, by name.

    >>> import scopetrie as tf
    >>> tf.Session().run(safe_cumprod(tf.constant([0.5, 0.5]), exclusive=True)).round(4).tolist()
    [1.0, 0.5]
    """
    with name_scope(None, "SafeCumprod", [x]):
        values = convert_to_tensor(x, name="x")
        tiny = np.finfo(values.dtype.as_numpy_dtype).tiny
        return exp(cumsum(log(clip_by_value(values, tiny, 1)), *args, **kwargs))


@v1("contrib.seq2seq.monotonic_attention")
def monotonic_attention(p_choose_i: Any, previous_attention: Any, mode: str) -> Tensor:
    """Returns how likely each row is attended to, by an attention that only moves on.

    With p the probability to stop at a row and q what was attended to before, a row's is
    p_j sum over i <= j of q_i times the product of (1 - p_k) for i <= k < j: Raffel et al., "Online and
    linear-time attention by enforcing monotonic alignments", arXiv:1704.00784.

    Args:
        p_choose_i: Probabilities to stop at each row, `[N, T]`.
        previous_attention: What was attended to at the last step, `[N, T]`.
        mode: "recursive" for a loop, "parallel" for sums and products, which are less exact for long
            memories, or "hard" for probabilities that are 0 or 1.

    Raises:
        ValueError: If it is another one.

    >>> import scopetrie as tf
    >>> p, before = tf.constant([[0.5, 0.5, 1.0]]), tf.constant([[1.0, 0.0, 0.0]])
    >>> tf.Session().run(monotonic_attention(p, before, "recursive")).tolist()
    [[0.5, 0.25, 0.25]]
    """
    p = convert_to_tensor(p_choose_i, name="p_choose_i")
    before = convert_to_tensor(previous_attention, name="previous_attention")
    made: Any
    if mode == "recursive":
        batch: Any = shape(p)[0] if p.shape[0].value is None else p.shape[0].value
        passed = concat([ones([batch, 1], p.dtype), 1 - p[:, :-1]], 1)
        steps = [transpose(passed), transpose(before)]
        reached = scan(lambda last, each: each[0] * last + each[1], steps, zeros([batch], p.dtype))
        made = p * transpose(reached)
    elif mode == "parallel":
        product = safe_cumprod(1 - p, axis=1, exclusive=True)
        made = p * product * cumsum(before / clip_by_value(product, 1e-10, 1.0), axis=1)
    elif mode == "hard":
        p = p * cumsum(before, axis=1)
        made = p * cumprod(1 - p, axis=1, exclusive=True)
    else:
        raise ValueError("mode must be 'recursive', 'parallel', or 'hard'.")
    result: Tensor = made
    return result


class MonotonicAttention(AttentionMechanism):
    """What both attentions that only move on have in common."""

    _noise: float
    _noise_seed: int | None
    _bias_init: Any
    _mode: str

    def _keep(self, noise: float, seed: int | None, bias: Any, mode: str) -> None:
        if mode not in ("recursive", "parallel", "hard"):
            raise ValueError("mode must be 'recursive', 'parallel', or 'hard'.")
        self._noise, self._noise_seed, self._bias_init, self._mode = noise, seed, bias, mode

    @whole
    def initial_alignments(self, batch_size: Any, dtype: DTypeLike) -> Tensor:
        """Returns the probabilities to begin with: the first row's is 1.

        Args:
            batch_size: How many examples there are.
            dtype: The dtype.
        """
        return one_hot(zeros([batch_size], "int32"), self.alignments_size, dtype=dtype)

    def _probabilities(self, score: Tensor, state: Any) -> Tensor:
        bias = get_variable(
            "attention_score_bias",
            [],
            score.dtype.base_dtype,
            initializer=constant_initializer(self._bias_init),
        )
        score = self._masked(score + bias)
        if self._noise > 0:
            noise = random_normal(shape(score), dtype=score.dtype, seed=self._noise_seed)
            score = score + self._noise * noise
        stops = cast(greater(score, 0), score.dtype) if self._mode == "hard" else sigmoid(score)
        return monotonic_attention(stops, state, self._mode)


@v1("contrib.seq2seq.BahdanauMonotonicAttention")
class BahdanauMonotonicAttention(MonotonicAttention, BahdanauAttention):
    """Attention by a sum of query and keys that only moves on (Raffel et al., arXiv:1704.00784).

    Args:
        num_units: The size of queries and keys.
        memory: The memory, `[N, T, ...]`.
        memory_sequence_length: How many rows of each example count, a vector `[N]` of ints.
        normalize: Whether the weights have a length of their own.
        score_mask_value: What the score of rows is that do not count; minus infinity by default.
        sigmoid_noise: The standard deviation of what is added to scores in training.
        sigmoid_noise_seed: The seed of it.
        score_bias_init: The first value of what is added to scores.
        mode: How probabilities are computed: see `monotonic_attention`.
        dtype: The dtype of the layers.
        name: The name of the operations' scope.

    Raises:
        ValueError: If there is no such mode.
    """

    _scope = "bahdanau_monotonic_attention"

    def __init__(
        self, num_units: int, memory: Any, memory_sequence_length: Any = None, normalize: bool = False,
        score_mask_value: Any = None, sigmoid_noise: float = 0.0, sigmoid_noise_seed: int | None = None,
        score_bias_init: Any = 0.0, mode: str = "parallel", dtype: DTypeLike = None,
        name: str = "BahdanauMonotonicAttention",
    ) -> None:  # fmt: skip
        self._keep(sigmoid_noise, sigmoid_noise_seed, score_bias_init, mode)
        BahdanauAttention.__init__(
            self, num_units, memory, memory_sequence_length, normalize, None, score_mask_value, dtype
        )


@v1("contrib.seq2seq.LuongMonotonicAttention")
class LuongMonotonicAttention(MonotonicAttention, LuongAttention):
    """Attention by products of query and keys that only moves on (Raffel et al., arXiv:1704.00784).

    Args:
        num_units: The size of keys, which is that of queries.
        memory: The memory, `[N, T, ...]`.
        memory_sequence_length: How many rows of each example count, a vector `[N]` of ints.
        scale: Whether scores are multiplied by a variable.
        score_mask_value: What the score of rows is that do not count; minus infinity by default.
        sigmoid_noise: The standard deviation of what is added to scores in training.
        sigmoid_noise_seed: The seed of it.
        score_bias_init: The first value of what is added to scores.
        mode: How probabilities are computed: see `monotonic_attention`.
        dtype: The dtype of the layer.
        name: The name of the operations' scope.

    Raises:
        ValueError: If there is no such mode.
    """

    _scope = "luong_monotonic_attention"

    def __init__(
        self, num_units: int, memory: Any, memory_sequence_length: Any = None, scale: bool = False,
        score_mask_value: Any = None, sigmoid_noise: float = 0.0, sigmoid_noise_seed: int | None = None,
        score_bias_init: Any = 0.0, mode: str = "parallel", dtype: DTypeLike = None,
        name: str = "LuongMonotonicAttention",
    ) -> None:  # fmt: skip
        self._keep(sigmoid_noise, sigmoid_noise_seed, score_bias_init, mode)
        LuongAttention.__init__(
            self, num_units, memory, memory_sequence_length, scale, None, score_mask_value, dtype
        )
