"""Attention: which rows of a memory a step looks at."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from ... import dtypes
from ...dtypes import DTypeLike
from ...graph import Tensor
from ...initializers import constant_initializer, ones_initializer, zeros_initializer
from ...layers.matrix import Dense
from ...ops.array.dims import expand_dims, squeeze
from ...ops.array.fill import fill, identity, zeros
from ...ops.array.join import concat
from ...ops.array.shape import reshape, shape
from ...ops.constant import convert_to_tensor
from ...ops.elementwise.compare import where
from ...ops.elementwise.unary import rsqrt, square, tanh
from ...ops.linalg.products import matmul
from ...ops.math.masks import sequence_mask
from ...ops.math.reduce import reduce_sum
from ...ops.nn.activation import softmax
from ...public import v1, whole
from ...scopes import get_variable, name_scope, variable_scope

__all__ = ["AttentionMechanism", "BahdanauAttention", "LuongAttention"]


@v1("contrib.seq2seq.AttentionMechanism")
class AttentionMechanism:
    """What scores the rows of a memory for a query.

    Args:
        memory: The memory, `[N, T, ...]`.
        memory_sequence_length: How many rows of each example count, a vector `[N]` of ints.
        query_layer: A layer that is applied to the query, or None.
        memory_layer: A layer that is applied to the memory, or None.
        probability_fn: What makes probabilities of scores; softmax by default.
        score_mask_value: What the score of rows is that do not count; minus infinity by default.
    """

    def __init__(
        self, memory: Any, memory_sequence_length: Any, query_layer: Any, memory_layer: Any,
        probability_fn: Callable[[Any], Any] | None, score_mask_value: Any,
    ) -> None:  # fmt: skip
        self.query_layer = query_layer
        self.memory_layer = memory_layer
        self._probability_fn: Callable[[Any], Any] = probability_fn or softmax
        self._lengths = memory_sequence_length
        with name_scope(None, "AttentionMechanismInit", [memory]):
            values = convert_to_tensor(memory, name="memory")
            if memory_sequence_length is not None:
                self._lengths = convert_to_tensor(memory_sequence_length, name="memory_sequence_length")
                mask = sequence_mask(self._lengths, shape(values)[1], dtype=values.dtype.base_dtype)
                values = values * reshape(
                    mask, concat([shape(mask), [1] * (len(values.shape.dims or ()) - 2)], 0)
                )
            self._values = values
            self._keys = values if memory_layer is None else memory_layer(values)
            known = self._keys.shape[0].value
            self._batch: Any = shape(self._keys)[0] if known is None else known
            rows = self._keys.shape[1].value
            self._size: Any = shape(self._keys)[1] if rows is None else rows
            self._mask_value = score_mask_value

    @property
    def keys(self) -> Tensor:
        """What queries are compared with, `[N, T, size]`."""
        return self._keys

    @property
    def values(self) -> Tensor:
        """The memory, with zeros where it does not count."""
        return self._values

    @property
    def batch_size(self) -> Any:
        """How many examples there are."""
        return self._batch

    @property
    def alignments_size(self) -> Any:
        """How many rows the memory has."""
        return self._size

    @property
    def state_size(self) -> Any:
        """The size of the state: how many rows the memory has."""
        return self._size

    @whole
    def initial_alignments(self, batch_size: Any, dtype: DTypeLike) -> Tensor:
        """Returns the probabilities to begin with: zeros.

        Args:
            batch_size: How many examples there are.
            dtype: The dtype.
        """
        return zeros([batch_size, self._size], dtype)

    @whole
    def initial_state(self, batch_size: Any, dtype: DTypeLike) -> Tensor:
        """Returns the state to begin with: the probabilities.

        Args:
            batch_size: How many examples there are.
            dtype: The dtype.
        """
        return identity(self.initial_alignments(batch_size, dtype))

    def _probabilities(self, score: Tensor, state: Any) -> Tensor:
        """The probabilities of rows, by their scores, and by the state where it matters."""
        found: Tensor = self._probability_fn(self._masked(score))
        return found

    def _masked(self, score: Tensor) -> Tensor:
        if self._lengths is not None:
            low = self._mask_value
            if low is None:
                low = np.asarray(-np.inf, score.dtype.as_numpy_dtype)
            rows = sequence_mask(self._lengths, shape(score)[1])
            score = where(
                rows, score, fill(shape(score), convert_to_tensor(low, dtype=score.dtype.base_dtype))
            )
        return score

    def __call__(self, query: Any, state: Any) -> tuple[Tensor, Any]:
        """Scores the rows for a query.

        Args:
            query: The query, `[N, size]`.
            state: The state.

        Returns:
            The probabilities, `[N, T]`, and the next state.
        """
        raise NotImplementedError


@v1("contrib.seq2seq.BahdanauAttention")
class BahdanauAttention(AttentionMechanism):
    """Attention by a sum of query and keys (Bahdanau et al., 2015).

    Args:
        num_units: The size of queries and keys.
        memory: The memory, `[N, T, ...]`.
        memory_sequence_length: How many rows of each example count, a vector `[N]` of ints.
        normalize: Whether the weights have a length of their own (Salimans and Kingma, 2016).
        probability_fn: What makes probabilities of scores; softmax by default.
        score_mask_value: What the score of rows is that do not count; minus infinity by default.
        dtype: The dtype of the layers.
        custom_key_value_fn: Not offered: must be None.
        name: The name of the operations' scope.
    """

    _scope: ClassVar[str] = "bahdanau_attention"

    def __init__(
        self, num_units: int, memory: Any, memory_sequence_length: Any = None, normalize: bool = False,
        probability_fn: Callable[[Any], Any] | None = None, score_mask_value: Any = None,
        dtype: DTypeLike = None, custom_key_value_fn: Any = None, name: str = "BahdanauAttention",
    ) -> None:  # fmt: skip
        kind = dtype or dtypes.float32
        super().__init__(
            memory, memory_sequence_length, Dense(num_units, name="query_layer", use_bias=False, dtype=kind),
            Dense(num_units, name="memory_layer", use_bias=False, dtype=kind), probability_fn,
            score_mask_value,
        )  # fmt: skip
        self._num_units = num_units
        self._normalize = normalize

    @whole
    def __call__(self, query: Any, state: Any) -> tuple[Tensor, Any]:
        """Scores the rows for a query.

        Args:
            query: The query, `[N, size]`.
            state: The state.
        """
        with variable_scope(None, self._scope, [query]):
            wanted = expand_dims(self.query_layer(query), 1)
            dtype, units = query.dtype.base_dtype, self._num_units
            v: Any = get_variable("attention_v", [units], dtype=dtype)
            sums = self._keys + wanted
            if self._normalize:
                g = get_variable(
                    "attention_g",
                    shape=(),
                    dtype=dtype,
                    initializer=constant_initializer(math.sqrt(1.0 / units)),
                )
                b = get_variable("attention_b", [units], dtype=dtype, initializer=zeros_initializer())
                v = g * v * rsqrt(reduce_sum(square(v)))
                sums = sums + b
            found = self._probabilities(reduce_sum(v * tanh(sums), [2]), state)
        return found, found


@v1("contrib.seq2seq.LuongAttention")
class LuongAttention(AttentionMechanism):
    """Attention by products of query and keys (Luong et al., 2015).

    Args:
        num_units: The size of keys, which is that of queries.
        memory: The memory, `[N, T, ...]`.
        memory_sequence_length: How many rows of each example count, a vector `[N]` of ints.
        scale: Whether scores are multiplied by a variable.
        probability_fn: What makes probabilities of scores; softmax by default.
        score_mask_value: What the score of rows is that do not count; minus infinity by default.
        dtype: The dtype of the layer.
        custom_key_value_fn: Not offered: must be None.
        name: The name of the operations' scope.
    """

    _scope: ClassVar[str] = "luong_attention"

    def __init__(
        self, num_units: int, memory: Any, memory_sequence_length: Any = None, scale: bool = False,
        probability_fn: Callable[[Any], Any] | None = None, score_mask_value: Any = None,
        dtype: DTypeLike = None, custom_key_value_fn: Any = None, name: str = "LuongAttention",
    ) -> None:  # fmt: skip
        super().__init__(
            memory, memory_sequence_length, None,
            Dense(num_units, name="memory_layer", use_bias=False, dtype=dtype or dtypes.float32),
            probability_fn, score_mask_value,
        )  # fmt: skip
        self._num_units = num_units
        self._scale = scale

    @whole
    def __call__(self, query: Any, state: Any) -> tuple[Tensor, Any]:
        """Scores the rows for a query.

        Args:
            query: The query, `[N, num_units]`.
            state: The state.

        Raises:
            ValueError: If query and keys are of different sizes.
        """
        depth, units = query.shape[-1].value, self._keys.shape[-1].value
        if depth != units:
            raise ValueError(
                "Incompatible or unknown inner dimensions between query and keys. Query "
                f"({query}) has units: {depth}. Keys ({self._keys}) have units: {units}. Perhaps you need "
                "to set "
                f"num_units to the keys' dimension ({units})?"
            )
        with variable_scope(None, self._scope, [query]):
            score = squeeze(matmul(expand_dims(query, 1), self._keys, transpose_b=True), [1])
            if self._scale:
                g = get_variable(
                    "attention_g", dtype=query.dtype.base_dtype, initializer=ones_initializer(), shape=()
                )
                score = g * score
            found = self._probabilities(score, state)
        return found, found
