"""What a decoder is given at each step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ... import dtypes
from ...graph import Tensor
from ...ops.array.fill import zeros_like
from ...ops.array.shape import shape, size
from ...ops.constant import convert_to_tensor
from ...ops.control.branch import cond
from ...ops.control.tensor_array import TensorArray
from ...ops.control.trace import flat, packed
from ...ops.elementwise.cast import cast
from ...ops.elementwise.compare import equal, greater_equal
from ...ops.math.arg import argmax
from ...ops.math.reduce import reduce_all
from ...public import v1, whole
from ...rnn.steps import as_inputs, swapped
from ...scopes import name_scope
from ...shapes import TensorShape

__all__ = ["CustomHelper", "Helper", "HelperOfSamples", "TrainingHelper"]


@v1("contrib.seq2seq.Helper")
class Helper:
    """What gives a decoder its inputs; a helper of your own defines all of this."""

    @property
    def batch_size(self) -> Any:
        """How many examples there are."""
        raise NotImplementedError("batch_size has not been implemented")

    @property
    def sample_ids_shape(self) -> TensorShape:
        """The shape of one example's sample."""
        raise NotImplementedError("sample_ids_shape has not been implemented")

    @property
    def sample_ids_dtype(self) -> dtypes.DType:
        """The dtype of samples."""
        raise NotImplementedError("sample_ids_dtype has not been implemented")

    def initialize(self, name: str | None = None) -> tuple[Any, Any]:
        """Returns for each example whether it has ended before the first step, and the first inputs.

        Args:
            name: The operations' scope.
        """
        raise NotImplementedError("initialize has not been implemented")

    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        """Returns samples for the outputs of a step.

        Args:
            time: The number of the step.
            outputs: The outputs.
            state: The state.
            name: The operations' scope.
        """
        raise NotImplementedError("sample has not been implemented")

    def next_inputs(
        self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None
    ) -> tuple[Any, Any, Any]:
        """Returns for each example whether it has ended, the next inputs and the next state.

        Args:
            time: The number of the step.
            outputs: Its outputs.
            state: The state after it.
            sample_ids: The samples.
            name: The operations' scope.
        """
        raise NotImplementedError("next_inputs has not been implemented")


class HelperOfSamples(Helper):
    """A helper that knows what its samples are: the numbers of classes, where it says nothing else."""

    _shape = TensorShape([])
    _dtype = dtypes.int32

    @property
    def sample_ids_shape(self) -> TensorShape:
        """The shape of one example's sample."""
        return self._shape

    @property
    def sample_ids_dtype(self) -> dtypes.DType:
        """The dtype of samples."""
        return self._dtype


@v1("contrib.seq2seq.TrainingHelper")
class TrainingHelper(HelperOfSamples):
    """A helper for training: the inputs are given, and samples are the likeliest classes.

    Args:
        inputs: A tensor `[N, T, ...]`, or a structure of such tensors.
        sequence_length: How many steps each example has, a vector `[N]` of ints.
        time_major: Whether inputs are `[T, N, ...]`.
        name: The operations' scope.

    Raises:
        ValueError: If `sequence_length` is no vector.
    """

    def __init__(
        self, inputs: Any, sequence_length: Any, time_major: bool = False, name: str | None = None
    ) -> None:
        with name_scope(name, "TrainingHelper", [inputs, sequence_length]):
            values = as_inputs(inputs)
            self._inputs = values
            if not time_major:
                values = packed(values, [swapped(each) for each in flat(values)])
            self._arrays = [
                TensorArray(each.dtype, shape(each)[0], element_shape=each.shape[1:]).unstack(each)
                for each in flat(values)
            ]
            self._structure = values
            self._lengths = convert_to_tensor(sequence_length, name="sequence_length")
            if self._lengths.shape.ndims != 1:
                raise ValueError(
                    f"Expected sequence_length to be a vector, but received shape: {self._lengths.shape}"
                )
            self._zeros = packed(values, [zeros_like(each[0]) for each in flat(values)])
            self._batch = size(self._lengths)

    @property
    def inputs(self) -> Any:
        """The inputs."""
        return self._inputs

    @property
    def sequence_length(self) -> Tensor:
        """How many steps each example has."""
        return self._lengths

    @property
    def batch_size(self) -> Tensor:
        """How many examples there are."""
        return self._batch

    def _read(self, time: Any, ended: Tensor) -> Any:
        def rows() -> Any:
            return [each.read(time) for each in self._arrays]

        found = cond(reduce_all(ended), lambda: flat(self._zeros), rows, strict=True)
        for row, each in zip(found, flat(self._zeros), strict=True):
            row.set_shape(each.shape)
        return packed(self._structure, found)

    @whole
    def initialize(self, name: str | None = None) -> tuple[Any, Any]:
        """Returns which examples are empty, and the first inputs.

        Args:
            name: The operations' scope.
        """
        with name_scope(name, "TrainingHelperInitialize"):
            ended = equal(0, self._lengths)
            return ended, self._read(0, ended)

    @whole
    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        """Returns the likeliest classes.

        Args:
            time: The number of the step.
            outputs: The outputs, `[N, classes]`.
            state: The state.
            name: The operations' scope.
        """
        with name_scope(name, "TrainingHelperSample", [time, outputs]):
            return cast(argmax(outputs, axis=-1), dtypes.int32)

    @whole
    def next_inputs(
        self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None
    ) -> tuple[Any, Any, Any]:
        """Returns which examples have ended, the given inputs and the state.

        Args:
            time: The number of the step.
            outputs: Its outputs.
            state: The state after it.
            sample_ids: The samples.
            name: The operations' scope.
        """
        with name_scope(name, "TrainingHelperNextInputs", [time, outputs]):
            following = time + 1
            ended = greater_equal(following, self._lengths)
            return ended, self._read(following, ended), state


@v1("contrib.seq2seq.CustomHelper")
class CustomHelper(HelperOfSamples):
    """A helper made of functions.

    Args:
        initialize_fn: `f()` gives for each example whether it has ended, and the first inputs.
        sample_fn: `f(time=, outputs=, state=)` gives samples.
        next_inputs_fn: `f(time=, outputs=, state=, sample_ids=)` gives for each example whether it has ended,
            the next inputs and the next state.
        sample_ids_shape: The shape of one example's sample; a scalar by default.
        sample_ids_dtype: The dtype of samples; int32 by default.
    """

    def __init__(
        self, initialize_fn: Callable[[], Any], sample_fn: Callable[..., Any],
        next_inputs_fn: Callable[..., Any], sample_ids_shape: Any = None, sample_ids_dtype: Any = None,
    ) -> None:  # fmt: skip
        self._initialize_fn = initialize_fn
        self._sample_fn = sample_fn
        self._next_inputs_fn = next_inputs_fn
        self._batch: Any = None
        self._shape = TensorShape(sample_ids_shape or [])
        self._dtype = dtypes.as_dtype(sample_ids_dtype or dtypes.int32)

    @property
    def batch_size(self) -> Any:
        """How many examples there are; known once `initialize` was called."""
        if self._batch is None:
            raise ValueError("batch_size accessed before initialize was called")
        return self._batch

    @whole
    def initialize(self, name: str | None = None) -> tuple[Any, Any]:
        """Calls `initialize_fn`.

        Args:
            name: The operations' scope.
        """
        with name_scope(name, "CustomHelperInitialize"):
            ended, inputs = self._initialize_fn()
            self._batch = size(ended)
            return ended, inputs

    @whole
    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        """Calls `sample_fn`.

        Args:
            time: The number of the step.
            outputs: The outputs.
            state: The state.
            name: The operations' scope.
        """
        with name_scope(name, "CustomHelperSample"):
            return self._sample_fn(time=time, outputs=outputs, state=state)

    @whole
    def next_inputs(
        self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None
    ) -> tuple[Any, Any, Any]:
        """Calls `next_inputs_fn`.

        Args:
            time: The number of the step.
            outputs: Its outputs.
            state: The state after it.
            sample_ids: The samples.
            name: The operations' scope.
        """
        with name_scope(name, "CustomHelperNextInputs"):
            made: tuple[Any, Any, Any] = self._next_inputs_fn(
                time=time, outputs=outputs, state=state, sample_ids=sample_ids
            )
            return made
