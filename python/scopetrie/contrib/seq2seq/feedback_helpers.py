"""What feeds a decoder's samples back to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ... import dtypes
from ...graph import Tensor
from ...ops.array.fill import fill
from ...ops.array.shape import reshape, shape, size
from ...ops.constant import convert_to_tensor
from ...ops.control.branch import cond
from ...ops.elementwise.cast import cast
from ...ops.elementwise.compare import equal
from ...ops.math.arg import argmax
from ...ops.math.reduce import reduce_all
from ...ops.nn.embedding import embedding_lookup
from ...ops.random.choice import multinomial
from ...public import v1, whole
from ...shapes import TensorShape
from .helpers import HelperOfSamples

__all__ = ["GreedyEmbeddingHelper", "InferenceHelper", "SampleEmbeddingHelper"]


@v1("contrib.seq2seq.GreedyEmbeddingHelper")
class GreedyEmbeddingHelper(HelperOfSamples):
    """A helper that feeds back the row of the likeliest class.

    Args:
        embedding: A function of numbers that gives rows, or the table of rows.
        start_tokens: The first numbers, a vector `[N]` of ints.
        end_token: The number that ends an example.

    Raises:
        ValueError: If the first numbers are no vector, or the last one is no scalar.
    """

    def __init__(self, embedding: Any, start_tokens: Any, end_token: Any) -> None:
        self._rows: Callable[[Any], Tensor] = (
            embedding if callable(embedding) else lambda ids: embedding_lookup(embedding, ids)
        )
        self._start = convert_to_tensor(start_tokens, dtype=dtypes.int32, name="start_tokens")
        self._end = convert_to_tensor(end_token, dtype=dtypes.int32, name="end_token")
        if self._start.shape.ndims != 1:
            raise ValueError("start_tokens must be a vector")
        if self._end.shape.ndims != 0:
            raise ValueError("end_token must be a scalar")
        self._batch = size(self._start)
        self._first = self._rows(self._start)

    @property
    def batch_size(self) -> Tensor:
        """How many examples there are."""
        return self._batch

    @whole
    def initialize(self, name: str | None = None) -> tuple[Any, Any]:
        """Returns that no example has ended, and the rows of the first numbers.

        Args:
            name: The operations' scope.
        """
        return fill([self._batch], False), self._first

    @whole
    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        """Returns the likeliest classes.

        Args:
            time: The number of the step.
            outputs: The outputs, `[N, classes]`.
            state: The state.
            name: The operations' scope.

        Raises:
            TypeError: If the outputs are no tensor.
        """
        if not isinstance(outputs, Tensor):
            raise TypeError(f"Expected outputs to be a single Tensor, got: {type(outputs)}")
        return argmax(outputs, axis=-1, output_type=dtypes.int32)

    @whole
    def next_inputs(
        self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None
    ) -> tuple[Any, Any, Any]:
        """Returns which examples have ended, the rows of the samples and the state.

        Args:
            time: The number of the step.
            outputs: Its outputs.
            state: The state after it.
            sample_ids: The samples.
            name: The operations' scope.
        """
        ended = equal(sample_ids, self._end)
        rows = cond(reduce_all(ended), lambda: self._first, lambda: self._rows(sample_ids))
        rows.set_shape(self._first.shape)
        return ended, rows, state


@v1("contrib.seq2seq.SampleEmbeddingHelper")
class SampleEmbeddingHelper(GreedyEmbeddingHelper):
    """A helper that feeds back the row of a class that is drawn.

    Args:
        embedding: A function of numbers that gives rows, or the table of rows.
        start_tokens: The first numbers, a vector `[N]` of ints.
        end_token: The number that ends an example.
        softmax_temperature: What logits are divided by.
        seed: The operation's seed.

    Raises:
        ValueError: If the first numbers are no vector, or the last one is no scalar.
    """

    def __init__(
        self, embedding: Any, start_tokens: Any, end_token: Any, softmax_temperature: Any = None,
        seed: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__(embedding, start_tokens, end_token)
        self._temperature = softmax_temperature
        self._seed = seed

    @whole
    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        """Returns classes that are drawn.

        Args:
            time: The number of the step.
            outputs: The logits, `[N, classes]`.
            state: The state.
            name: The operations' scope.
        """
        logits = outputs if self._temperature is None else outputs / self._temperature
        drawn = multinomial(logits, 1, seed=self._seed)
        return cast(reshape(drawn, [-1]), dtypes.int32)


@v1("contrib.seq2seq.InferenceHelper")
class InferenceHelper(HelperOfSamples):
    """A helper that feeds back samples.

    Args:
        sample_fn: `f(outputs)` gives samples.
        sample_shape: The shape of one example's sample.
        sample_dtype: The dtype of samples.
        start_inputs: The first inputs, `[N, ...]`.
        end_fn: `f(samples)` gives for each example whether it has ended.
        next_inputs_fn: `f(samples)` gives the next inputs; the samples themselves by default.
    """

    def __init__(
        self, sample_fn: Callable[[Any], Any], sample_shape: Any, sample_dtype: Any, start_inputs: Any,
        end_fn: Callable[[Any], Any], next_inputs_fn: Callable[[Any], Any] | None = None,
    ) -> None:  # fmt: skip
        self._sample_fn = sample_fn
        self._end_fn = end_fn
        self._next_inputs_fn = next_inputs_fn
        self._shape = TensorShape(sample_shape)
        self._dtype = dtypes.as_dtype(sample_dtype)
        self._first = convert_to_tensor(start_inputs, name="start_inputs")
        self._batch = shape(self._first)[0]

    @property
    def batch_size(self) -> Tensor:
        """How many examples there are."""
        return self._batch

    @whole
    def initialize(self, name: str | None = None) -> tuple[Any, Any]:
        """Returns that no example has ended, and the first inputs.

        Args:
            name: The operations' scope.
        """
        return fill([self._batch], False), self._first

    @whole
    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        """Calls `sample_fn`.

        Args:
            time: The number of the step.
            outputs: The outputs.
            state: The state.
            name: The operations' scope.
        """
        return self._sample_fn(outputs)

    @whole
    def next_inputs(
        self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None
    ) -> tuple[Any, Any, Any]:
        """Returns which examples have ended, the next inputs and the state.

        Args:
            time: The number of the step.
            outputs: Its outputs.
            state: The state after it.
            sample_ids: The samples.
            name: The operations' scope.
        """
        following = sample_ids if self._next_inputs_fn is None else self._next_inputs_fn(sample_ids)
        return self._end_fn(sample_ids), following, state
