"""Helpers that feed samples back now and then (Bengio et al., "Scheduled sampling", arXiv:1506.03099)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ... import dtypes
from ...graph import Tensor
from ...ops.array.dims import expand_dims
from ...ops.array.fill import fill
from ...ops.array.join import concat
from ...ops.array.shape import reshape, shape
from ...ops.constant import convert_to_tensor
from ...ops.control.branch import cond
from ...ops.control.tensor_array import TensorArray
from ...ops.elementwise.arithmetic import maximum
from ...ops.elementwise.cast import cast
from ...ops.elementwise.compare import greater, less, where, where_v2
from ...ops.math.reduce import reduce_all
from ...ops.nn.embedding import embedding_lookup
from ...ops.random.choice import multinomial
from ...ops.random.draws import random_uniform
from ...public import v1, whole
from ...rnn.steps import swapped
from ...scopes import name_scope
from .helpers import TrainingHelper

__all__ = ["ScheduledEmbeddingTrainingHelper", "ScheduledOutputTrainingHelper"]


class ScheduledHelper(TrainingHelper):
    """A helper for training that draws for each example whether its input is a sample."""

    _probability: Tensor

    def _keep_probability(self, probability: Any) -> None:
        self._probability = convert_to_tensor(probability, name="sampling_probability")
        if self._probability.shape.ndims not in (0, 1):
            raise ValueError(
                "sampling_probability must be either a scalar or a vector. saw shape: "
                f"{self._probability.shape}"
            )

    def _drawn(self, seed: int | None) -> Tensor:
        draws = random_uniform([self.batch_size], dtype=self._probability.dtype, seed=seed)
        return less(draws, self._probability)

    def _chosen(self, ended: Tensor, which: Tensor, given: Tensor, make: Callable[[], Any]) -> Any:
        """The inputs of a step: what `make` gives for examples that were drawn, else the given ones."""

        def mixed() -> Tensor:
            choice = which
            for _ in range((given.shape.ndims or 1) - 1):
                choice = expand_dims(choice, -1)
            return where_v2(choice, make(), given)

        found = cond(reduce_all(ended), lambda: given, mixed)
        found.set_shape(given.shape)
        return found


@v1("contrib.seq2seq.ScheduledEmbeddingTrainingHelper")
class ScheduledEmbeddingTrainingHelper(ScheduledHelper):
    """A helper for training whose inputs are, with a probability, rows of classes that are drawn.

    Samples are -1 where the given input is taken.

    Args:
        inputs: A tensor `[N, T, ...]`.
        sequence_length: How many steps each example has, a vector `[N]` of ints.
        embedding: A function of numbers that gives rows, or the table of rows.
        sampling_probability: The probability that a sample is fed back: a scalar, or one for each example.
        time_major: Whether inputs are `[T, N, ...]`.
        seed: The seed of classes.
        scheduling_seed: The seed of what is chosen.
        name: The operations' scope.

    Raises:
        ValueError: If the probability is neither a scalar nor a vector.
    """

    def __init__(
        self, inputs: Any, sequence_length: Any, embedding: Any, sampling_probability: Any,
        time_major: bool = False, seed: int | None = None, scheduling_seed: int | None = None,
        name: str | None = None,
    ) -> None:  # fmt: skip
        with name_scope(name, "ScheduledEmbeddingSamplingWrapper", [embedding, sampling_probability]):
            self._rows: Callable[[Any], Tensor] = (
                embedding if callable(embedding) else lambda ids: embedding_lookup(embedding, ids)
            )
            self._keep_probability(sampling_probability)
            self._seed, self._scheduling_seed = seed, scheduling_seed
            super().__init__(inputs, sequence_length, time_major, name)

    @whole
    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        """Returns classes that are drawn, and -1 where the given input is taken.

        Args:
            time: The number of the step.
            outputs: The logits, `[N, classes]`.
            state: The state.
            name: The operations' scope.
        """
        with name_scope(name, "ScheduledEmbeddingTrainingHelperSample", [time, outputs]):
            drawn = cast(reshape(multinomial(outputs, 1, seed=self._seed), [-1]), dtypes.int32)
            return where(self._drawn(self._scheduling_seed), drawn, fill([self.batch_size], -1))

    @whole
    def next_inputs(
        self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None
    ) -> tuple[Any, Any, Any]:
        """Returns which examples have ended, the inputs or rows of samples, and the state.

        Args:
            time: The number of the step.
            outputs: Its outputs.
            state: The state after it.
            sample_ids: The samples.
            name: The operations' scope.
        """
        with name_scope(name, "ScheduledEmbeddingTrainingHelperNextInputs", [time, outputs]):
            ended, given, state = super().next_inputs(time, outputs, state, sample_ids)
            which = greater(sample_ids, -1)
            return ended, self._chosen(ended, which, given, lambda: self._rows(maximum(sample_ids, 0))), state


@v1("contrib.seq2seq.ScheduledOutputTrainingHelper")
class ScheduledOutputTrainingHelper(ScheduledHelper):
    """A helper for training whose inputs are, with a probability, the last outputs.

    Samples are 1 where the output is fed back, and 0 where the given input is taken.

    Args:
        inputs: A tensor `[N, T, ...]`.
        sequence_length: How many steps each example has, a vector `[N]` of ints.
        sampling_probability: The probability that an output is fed back: a scalar, or one for each example.
        time_major: Whether inputs are `[T, N, ...]`.
        seed: The seed of what is chosen.
        next_inputs_fn: `f(outputs)` gives inputs; the outputs themselves by default.
        auxiliary_inputs: What stands beside inputs and outputs at each step, `[N, T, ...]`; or None.
        name: The operations' scope.

    Raises:
        ValueError: If the probability is neither a scalar nor a vector.
    """

    def __init__(
        self, inputs: Any, sequence_length: Any, sampling_probability: Any, time_major: bool = False,
        seed: int | None = None, next_inputs_fn: Callable[[Any], Any] | None = None,
        auxiliary_inputs: Any = None, name: str | None = None,
    ) -> None:  # fmt: skip
        with name_scope(name, "ScheduledOutputTrainingHelper", [inputs, auxiliary_inputs]):
            self._keep_probability(sampling_probability)
            self._seed, self._next_inputs_fn = seed, next_inputs_fn
            self._beside: Any = None
            if auxiliary_inputs is not None:
                beside = convert_to_tensor(auxiliary_inputs)
                inputs = concat([convert_to_tensor(inputs), beside], -1)
                steps = beside if time_major else swapped(beside)
                self._beside = TensorArray(
                    steps.dtype, shape(steps)[0], element_shape=steps.shape[1:]
                ).unstack(steps)
            super().__init__(inputs, sequence_length, time_major, name)

    @whole
    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        """Returns 1 for examples whose output is fed back, and 0 for the others.

        Args:
            time: The number of the step.
            outputs: The outputs.
            state: The state.
            name: The operations' scope.
        """
        with name_scope(name, "ScheduledOutputTrainingHelperSample", [time, outputs]):
            return cast(self._drawn(self._seed), dtypes.int32)

    @whole
    def next_inputs(
        self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None
    ) -> tuple[Any, Any, Any]:
        """Returns which examples have ended, the inputs or outputs, and the state.

        Args:
            time: The number of the step.
            outputs: Its outputs.
            state: The state after it.
            sample_ids: The samples.
            name: The operations' scope.
        """

        def fed_back() -> Any:
            made = outputs if self._next_inputs_fn is None else self._next_inputs_fn(outputs)
            return made if self._beside is None else concat([made, self._beside.read(time + 1)], -1)

        with name_scope(name, "ScheduledOutputTrainingHelperNextInputs", [time, outputs]):
            ended, given, state = super().next_inputs(time, outputs, state, sample_ids)
            return ended, self._chosen(ended, greater(sample_ids, 0), given, fed_back), state
