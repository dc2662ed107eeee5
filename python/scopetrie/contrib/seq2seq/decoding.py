"""Decoders, and the loop that runs one."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, NamedTuple

from ... import dtypes
from ...graph import Tensor
from ...layers.base import Layer
from ...ops.array.fill import fill, zeros, zeros_like
from ...ops.array.shape import shape
from ...ops.constant import constant, convert_to_tensor
from ...ops.control.loop import while_loop
from ...ops.control.tensor_array import TensorArray
from ...ops.control.trace import check_alike, flat, packed
from ...ops.elementwise.compare import greater_equal, logical_not, logical_or, where
from ...ops.folding import constant_value
from ...ops.math.reduce import reduce_all
from ...public import v1, whole
from ...rnn.steps import keep_where, output_dims, require_cell, swapped
from ...scopes import name_scope, variable_scope
from ...shapes import TensorShape

__all__ = ["BasicDecoder", "BasicDecoderOutput", "Decoder", "dynamic_decode"]


@v1("contrib.seq2seq.Decoder")
class Decoder:
    """What is run step by step by `dynamic_decode`; a decoder of your own defines all of this."""

    @property
    def batch_size(self) -> Any:
        """How many examples there are."""
        raise NotImplementedError

    @property
    def output_size(self) -> Any:
        """The size of one example's outputs, in their structure."""
        raise NotImplementedError

    @property
    def output_dtype(self) -> Any:
        """The dtypes of the outputs, in their structure."""
        raise NotImplementedError

    def initialize(self, name: str | None = None) -> tuple[Any, Any, Any]:
        """Returns for each example whether it has ended, the first inputs and the first state.

        Args:
            name: The operations' scope.
        """
        raise NotImplementedError

    def step(self, time: Any, inputs: Any, state: Any, name: str | None = None) -> tuple[Any, Any, Any, Any]:
        """Returns outputs, next state, next inputs, and for each example whether it has ended.

        Args:
            time: The number of the step.
            inputs: The inputs.
            state: The state.
            name: The operations' scope.
        """
        raise NotImplementedError

    def finalize(self, outputs: Any, final_state: Any, sequence_lengths: Any) -> tuple[Any, Any]:
        """Returns outputs and state as they are to be given.

        Args:
            outputs: All outputs.
            final_state: The last state.
            sequence_lengths: How many steps each example had.
        """
        raise NotImplementedError

    @property
    def tracks_own_finished(self) -> bool:
        """Whether an example that has ended may go on."""
        return False


@v1("contrib.seq2seq.BasicDecoderOutput")
class BasicDecoderOutput(NamedTuple):
    """What a BasicDecoder gives.

    Attributes:
        rnn_output: The outputs of the cell, or of the layer after it.
        sample_id: The samples.
    """

    rnn_output: Any
    sample_id: Any


@v1("contrib.seq2seq.BasicDecoder")
class BasicDecoder(Decoder):
    """A decoder of a cell and a helper.

    Args:
        cell: The cell.
        helper: What gives it its inputs.
        initial_state: The state to begin with.
        output_layer: A layer that is applied to the cell's outputs, before they are sampled.

    Raises:
        TypeError: If one of them is none.

    >>> import scopetrie as tf
    >>> seq2seq = tf.contrib.seq2seq
    >>> cell = tf.nn.rnn_cell.GRUCell(4)
    >>> helper = seq2seq.TrainingHelper(tf.zeros([2, 5, 3]), [5, 3])
    >>> decoder = seq2seq.BasicDecoder(cell, helper, cell.zero_state(2, tf.float32), tf.layers.Dense(7))
    >>> outputs, state, lengths = seq2seq.dynamic_decode(decoder)
    >>> outputs.rnn_output.shape.as_list(), outputs.sample_id.shape.as_list()
    ([2, None, 7], [2, None])
    """

    def __init__(self, cell: Any, helper: Any, initial_state: Any, output_layer: Any = None) -> None:
        require_cell(cell)
        if not all(hasattr(helper, each) for each in ("initialize", "sample", "next_inputs")):
            raise TypeError(f"helper must be a Helper, received: {type(helper)}")
        if output_layer is not None and not isinstance(output_layer, Layer):
            raise TypeError(f"output_layer must be a Layer, received: {type(output_layer)}")
        self._cell = cell
        self._helper = helper
        self._initial_state = initial_state
        self._output_layer = output_layer

    @property
    def batch_size(self) -> Any:
        """How many examples there are."""
        return self._helper.batch_size

    def _rnn_size(self) -> Any:
        size = self._cell.output_size
        if self._output_layer is None:
            return size
        whole_one = TensorShape([None, *output_dims(size)])
        return self._output_layer.compute_output_shape(whole_one)[1:]

    @property
    def output_size(self) -> BasicDecoderOutput:
        """The size of one example's outputs."""
        return BasicDecoderOutput(self._rnn_size(), self._helper.sample_ids_shape)

    @property
    def output_dtype(self) -> BasicDecoderOutput:
        """The dtypes of the outputs."""
        dtype = flat(self._initial_state)[0].dtype.base_dtype
        size = self._rnn_size()
        return BasicDecoderOutput(packed(size, [dtype] * len(flat(size))), self._helper.sample_ids_dtype)

    @whole
    def initialize(self, name: str | None = None) -> tuple[Any, Any, Any]:
        """Returns for each example whether it has ended, the first inputs and the first state.

        Args:
            name: The operations' scope.
        """
        return (*self._helper.initialize(), self._initial_state)

    @whole
    def step(self, time: Any, inputs: Any, state: Any, name: str | None = None) -> tuple[Any, Any, Any, Any]:
        """Makes one step of the cell, and asks the helper.

        Args:
            time: The number of the step.
            inputs: The inputs.
            state: The state.
            name: The operations' scope.
        """
        with name_scope(name, "BasicDecoderStep", (time, inputs)):
            outputs, after = self._cell(inputs, state)
            if self._output_layer is not None:
                outputs = self._output_layer(outputs)
            samples = self._helper.sample(time=time, outputs=outputs, state=after)
            ended, following, after = self._helper.next_inputs(
                time=time, outputs=outputs, state=after, sample_ids=samples
            )
            return BasicDecoderOutput(outputs, samples), after, following, ended


@v1("contrib.seq2seq.dynamic_decode")
def dynamic_decode(
    decoder: Any, output_time_major: bool = False, impute_finished: bool = False,
    maximum_iterations: Any = None, parallel_iterations: int = 32, swap_memory: bool = False,
    scope: Any = None, **kwargs: Any,
) -> tuple[Any, Any, Any]:  # fmt: skip
    """Runs a decoder until all examples have ended.

    Args:
        decoder: The decoder.
        output_time_major: Whether outputs are `[T, N, ...]`.
        impute_finished: Whether outputs are zeros and the state stays once an example has ended.
        maximum_iterations: How many steps there are at most.
        parallel_iterations: Accepted for v1's sake.
        swap_memory: Accepted for v1's sake.
        scope: The variable scope, or its name; "decoder" by default.
        **kwargs: Accepted for v1's sake.

    Returns:
        The outputs, `[N, T, ...]` in the decoder's structure; the last state; how many steps each example
        had.

    Raises:
        TypeError: If `decoder` is none.
        ValueError: If `maximum_iterations` is no scalar.
    """
    if not all(hasattr(decoder, each) for each in ("initialize", "step", "output_size")):
        raise TypeError(f"Expected decoder to be type Decoder, but saw: {type(decoder)}")
    with variable_scope(scope, "decoder"):
        limit = None
        if maximum_iterations is not None:
            limit = convert_to_tensor(maximum_iterations, dtype=dtypes.int32, name="maximum_iterations")
            if limit.shape.ndims != 0:
                raise ValueError("maximum_iterations must be a scalar")
        ended, inputs, state = decoder.initialize()
        ended = convert_to_tensor(ended)
        batch = decoder.batch_size
        sizes, kinds = flat(decoder.output_size), flat(decoder.output_dtype)
        blank = packed(decoder.output_size, [
            zeros([batch, *output_dims(each)], kind) for each, kind in zip(sizes, kinds, strict=True)
        ])  # fmt: skip
        if limit is not None:
            ended = logical_or(ended, greater_equal(0, limit))
        known = _known(batch)
        arrays = [
            TensorArray(kind, 0, dynamic_size=True, element_shape=[known, *output_dims(each)])
            for each, kind in zip(sizes, kinds, strict=True)
        ]
        state = packed(state, [
            each if isinstance(each, (Tensor, TensorArray)) else convert_to_tensor(each) for each in
            flat(state)
        ])  # fmt: skip

        def step(time: Tensor, written: Any, before: Any, current: Any, done: Tensor, lengths: Tensor) -> Any:
            outputs, after, following, own = decoder.step(time, current, before)
            check_alike(before, after)
            next_done = own if decoder.tracks_own_finished else logical_or(own, done)
            counted = where(logical_not(done), fill(shape(lengths), time + 1), lengths)
            if impute_finished:
                outputs, after = keep_where(done, blank, outputs), keep_where(done, before, after)
            rows = [array.write(time, row) for array, row in zip(written, flat(outputs), strict=True)]
            return time + 1, rows, after, following, next_done, counted

        _, written, last, _, _, lengths = while_loop(
            lambda time, written, before, current, done, lengths: logical_not(reduce_all(done)), step,
            (constant(0, dtypes.int32, name="time"), arrays, state, inputs, ended,
             zeros_like(ended, dtype=dtypes.int32)),
            maximum_iterations=limit,
        )  # fmt: skip
        outputs = packed(decoder.output_size, [array.stack() for array in written])
        with suppress(NotImplementedError):
            outputs, last = decoder.finalize(outputs, last, lengths)
        if not output_time_major:
            outputs = packed(outputs, [swapped(each) for each in flat(outputs)])
        return outputs, last, lengths


def _known(batch: Any) -> int | None:
    if isinstance(batch, Tensor):
        found = constant_value(batch)
        return None if found is None else int(found)
    return None if batch is None else int(batch)
