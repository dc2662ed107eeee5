"""Beam search: the likeliest sequences, of which the best few are gone on with at each step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ... import dtypes
from ...graph import Tensor
from ...layers.base import Layer
from ...ops.array.dims import expand_dims
from ...ops.array.fill import fill, ones_like, zeros
from ...ops.array.gather import gather
from ...ops.array.join import concat
from ...ops.array.pad import tile
from ...ops.array.shape import reshape, shape, size
from ...ops.constant import convert_to_tensor
from ...ops.control.branch import cond
from ...ops.control.trace import flat
from ...ops.elementwise.arithmetic import floormod, minimum
from ...ops.elementwise.cast import cast
from ...ops.elementwise.compare import equal, logical_not, logical_or, where
from ...ops.elementwise.divide import floordiv
from ...ops.elementwise.unary import log
from ...ops.folding import constant_value
from ...ops.math.masks import one_hot
from ...ops.math.reduce import reduce_all, reduce_max, reduce_sum
from ...ops.math.sort import top_k
from ...ops.nn.activation import log_softmax
from ...ops.nn.beam import gather_tree
from ...ops.nn.embedding import embedding_lookup
from ...public import v1, whole
from ...rnn.steps import require_cell
from ...scopes import name_scope
from ...shapes import TensorShape
from .attention_wrapper import AttentionWrapperState
from .beams import merge_beams, pick_beams, sort_beams, split_beams
from .decoding import Decoder

__all__ = ["BeamSearchDecoder", "BeamSearchDecoderOutput", "BeamSearchDecoderState",
           "FinalBeamSearchDecoderOutput"]  # fmt: skip


@v1("contrib.seq2seq.BeamSearchDecoderState")
class BeamSearchDecoderState(NamedTuple):
    """The state of a BeamSearchDecoder.

    Attributes:
        cell_state: The states of the cell, `[N, beams, ...]`.
        log_probs: The logarithms of the sequences' probabilities, `[N, beams]`.
        finished: Whether they have ended, `[N, beams]`.
        lengths: How many steps they have, with that of the end: int64 `[N, beams]`.
        accumulated_attention_probs: What was attended to so far, `[N, beams, rows]`; () if it does not count.
    """

    cell_state: Any
    log_probs: Any
    finished: Any
    lengths: Any
    accumulated_attention_probs: Any


@v1("contrib.seq2seq.BeamSearchDecoderOutput")
class BeamSearchDecoderOutput(NamedTuple):
    """What a BeamSearchDecoder gives at each step.

    Attributes:
        scores: The scores, `[N, beams]`, the best first.
        predicted_ids: The tokens, int32 `[N, beams]`.
        parent_ids: The beams of the step before that these go on from, int32 `[N, beams]`.
    """

    scores: Any
    predicted_ids: Any
    parent_ids: Any


@v1("contrib.seq2seq.FinalBeamSearchDecoderOutput")
class FinalBeamSearchDecoderOutput(NamedTuple):
    """What `dynamic_decode` gives of a BeamSearchDecoder.

    Attributes:
        predicted_ids: The sequences, int32 `[N, T, beams]`, the best first.
        beam_search_decoder_output: What it gave at each step.
    """

    predicted_ids: Any
    beam_search_decoder_output: BeamSearchDecoderOutput


@v1("contrib.seq2seq.BeamSearchDecoder")
class BeamSearchDecoder(Decoder):
    """A decoder that looks for the likeliest sequences, for `dynamic_decode`.

    The score of a sequence is the logarithm of its probability, divided by `((5 + length) / 6) ** weight`;
    and with a penalty for rows of the memory that were not attended to. As in v1, the length is that without
    the end at the step at which a sequence ends, and with it at later steps.

    Args:
        cell: The cell.
        embedding: A function of tokens that gives rows, or the table of rows.
        start_tokens: The first tokens, an int32 vector `[N]`.
        end_token: The token that ends a sequence, an int32 scalar.
        initial_state: The state to begin with: that of `N * beam_width` rows, as `tile_batch` makes it. What
            a wrapper attends to has as many rows.
        beam_width: How many sequences are gone on with.
        output_layer: A layer that is applied to the cell's outputs; those are the classes' logits.
        length_penalty_weight: How much longer sequences are preferred; 0 for not at all.
        coverage_penalty_weight: How much it counts that not all rows of the memory were attended to.
        reorder_tensor_arrays: Whether the TensorArrays of the state (an AttentionWrapper's
            `alignment_history`) are given as tensors `[T, N * beams, ...]` in the order of the sequences. As
            in v1, a step's row is that which was in the sequence's place behind the step.

    Raises:
        TypeError: If `cell` or `output_layer` is none.
        ValueError: If the first tokens are no vector, or the last one is no scalar; if the rank of a tensor
            of the state is not known.

    >>> import scopetrie as tf
    >>> seq2seq = tf.contrib.seq2seq
    >>> cell = tf.nn.rnn_cell.GRUCell(4)
    >>> state = seq2seq.tile_batch(cell.zero_state(2, tf.float32), 3)
    >>> table = tf.get_variable("table", [7, 5])
    >>> decoder = seq2seq.BeamSearchDecoder(cell, table, [1, 1], 0, state, 3, tf.layers.Dense(7))
    >>> outputs, state, lengths = seq2seq.dynamic_decode(decoder, maximum_iterations=10)
    >>> outputs.predicted_ids.shape.as_list(), state.log_probs.shape.as_list()
    ([2, None, 3], [2, 3])
    """

    def __init__(
        self, cell: Any, embedding: Any, start_tokens: Any, end_token: Any, initial_state: Any,
        beam_width: int, output_layer: Any = None, length_penalty_weight: Any = 0.0,
        coverage_penalty_weight: Any = 0.0, reorder_tensor_arrays: bool = True,
    ) -> None:  # fmt: skip
        require_cell(cell)
        if output_layer is not None and not isinstance(output_layer, Layer):
            raise TypeError(f"output_layer must be a Layer, received: {type(output_layer)}")
        self._cell = cell
        self._output_layer = output_layer
        self._sort = reorder_tensor_arrays
        self._rows: Callable[[Any], Tensor] = (
            embedding if callable(embedding) else lambda ids: embedding_lookup(embedding, ids)
        )
        start = convert_to_tensor(start_tokens, dtype=dtypes.int32, name="start_tokens")
        self._end = convert_to_tensor(end_token, dtype=dtypes.int32, name="end_token")
        if start.shape.ndims != 1:
            raise ValueError("start_tokens must be a vector")
        if self._end.shape.ndims != 0:
            raise ValueError("end_token must be a scalar")
        self._beams = beam_width
        self._batch = size(start)
        self._length_weight = length_penalty_weight
        self._coverage_weight = coverage_penalty_weight
        self._state = split_beams(initial_state, self._batch, beam_width)
        self._start = tile(expand_dims(start, 1), [1, beam_width])
        self._first = self._rows(self._start)
        opened = fill([self._batch], 0)
        self._ended = one_hot(opened, beam_width, on_value=False, off_value=True, dtype=dtypes.bool)

    @property
    def batch_size(self) -> Tensor:
        """How many examples there are."""
        return self._batch

    @property
    def tracks_own_finished(self) -> bool:
        """Whether a beam that has ended may go on: others take its place."""
        return True

    @property
    def output_size(self) -> BeamSearchDecoderOutput:
        """The size of one example's outputs."""
        shapes = [TensorShape([self._beams]) for _ in BeamSearchDecoderOutput._fields]
        return BeamSearchDecoderOutput(*shapes)

    @property
    def output_dtype(self) -> BeamSearchDecoderOutput:
        """The dtypes of the outputs."""
        return BeamSearchDecoderOutput(self._dtype, dtypes.int32, dtypes.int32)

    @property
    def _dtype(self) -> dtypes.DType:
        dtype: dtypes.DType = flat(self._state)[0].dtype.base_dtype
        return dtype

    @whole
    def initialize(self, name: str | None = None) -> tuple[Any, Any, Any]:
        """Returns that one beam of each example has begun, the first rows, and the first state.

        Args:
            name: The operations' scope.
        """
        dtype = self._dtype
        log_probs = one_hot(
            fill([self._batch], 0), self._beams, on_value=convert_to_tensor(0.0, dtype),
            off_value=convert_to_tensor(-float("inf"), dtype), dtype=dtype,
        )  # fmt: skip
        attended = self._attended(self._state)
        state = BeamSearchDecoderState(
            self._state,
            log_probs,
            self._ended,
            zeros([self._batch, self._beams], dtypes.int64),
            () if attended is None else attended,
        )
        return self._ended, self._first, state

    @whole
    def step(self, time: Any, inputs: Any, state: Any, name: str | None = None) -> tuple[Any, Any, Any, Any]:
        """Makes one step of the cell for all beams, and chooses those that are gone on with.

        Args:
            time: The number of the step.
            inputs: The inputs, `[N, beams, ...]`.
            state: The state.
            name: The operations' scope.
        """
        with name_scope(name, "BeamSearchDecoderStep", (time, inputs)):
            rows = merge_beams(inputs, self._batch, self._beams)
            cell_state = merge_beams(state.cell_state, self._batch, self._beams)
            outputs, after = self._cell(rows, cell_state)
            logits = split_beams(outputs, self._batch, self._beams)
            after = split_beams(after, self._batch, self._beams)
            if self._output_layer is not None:
                logits = self._output_layer(logits)
            output, following = self._choose(logits, after, state)
            ended = following.finished
            inputs = cond(reduce_all(ended), lambda: self._first, lambda: self._rows(output.predicted_ids))
            return output, following, inputs, ended

    @whole
    def finalize(self, outputs: Any, final_state: Any, sequence_lengths: Any) -> tuple[Any, Any]:
        """Returns the sequences, and the state in their order.

        Args:
            outputs: All outputs, `[T, N, beams]`.
            final_state: The last state.
            sequence_lengths: Not used: the state has the lengths.
        """
        longest = cast(reduce_max(final_state.lengths, axis=1), dtypes.int32)
        found = gather_tree(outputs.predicted_ids, outputs.parent_ids, longest, self._end)
        if self._sort:
            cell_state = sort_beams(final_state.cell_state, outputs.parent_ids, final_state.lengths)
            final_state = final_state._replace(cell_state=cell_state)
        return FinalBeamSearchDecoderOutput(found, outputs), final_state

    def _choose(self, logits: Tensor, after: Any, state: Any) -> tuple[Any, Any]:
        """Chooses the best among all that each beam may go on with."""
        ended, going = state.finished, logical_not(state.finished)
        classes = logits.shape.as_list()[-1] or shape(logits)[-1]
        own = log_softmax(logits)
        # A beam that has ended goes on with the end alone.
        only_end = one_hot(
            fill(shape(ended), self._end), classes, on_value=convert_to_tensor(0.0, own.dtype),
            off_value=convert_to_tensor(own.dtype.min, own.dtype), dtype=own.dtype,
        )  # fmt: skip
        spread = tile(expand_dims(ended, 2), [1, 1, classes])
        totals = expand_dims(state.log_probs, 2) + where(spread, only_end, own)
        longer = one_hot(
            fill(shape(ended), self._end), classes, on_value=convert_to_tensor(0, dtypes.int64),
            off_value=convert_to_tensor(1, dtypes.int64), dtype=dtypes.int64,
        )  # fmt: skip
        lengths = expand_dims(state.lengths, 2) + longer * expand_dims(cast(going, dtypes.int64), 2)
        attended = self._attended(after)
        if attended is not None:
            attended *= expand_dims(cast(going, attended.dtype), 2)
            attended += state.accumulated_attention_probs
        scores = self._scores(totals, lengths, ended, attended)
        best, places = top_k(reshape(scores, [self._batch, -1]), self._beams)
        best.set_shape([None, self._beams])
        words, parents = floormod(places, classes), floordiv(places, classes)
        before = pick_beams(ended, parents)
        made = BeamSearchDecoderState(
            pick_beams(after, parents),
            _like(gather(reshape(totals, [self._batch, -1]), places, batch_dims=1), state.log_probs),
            _like(logical_or(before, equal(words, self._end)), ended),
            pick_beams(state.lengths, parents) + cast(logical_not(before), dtypes.int64),
            () if attended is None else pick_beams(attended, parents),
        )
        return BeamSearchDecoderOutput(best, words, parents), made

    def _scores(self, totals: Tensor, lengths: Tensor, ended: Tensor, attended: Any) -> Tensor:
        """The scores of sequences, `[N, beams, classes]`."""
        scores = totals
        weight = _weight(self._length_weight, "length_penalty_weight", totals.dtype)
        if weight is not None:
            five = convert_to_tensor(5.0, totals.dtype)
            scores = totals / ((five + cast(lengths, totals.dtype)) ** weight / (five + 1.0) ** weight)
        weight = _weight(self._coverage_weight, "coverage_penalty_weight", totals.dtype)
        if weight is None:
            return scores
        # Rows behind the end of the memory count as attended to: their probabilities are all 0.
        seen = where(equal(attended, 0.0), ones_like(attended), attended)
        penalty = reduce_sum(log(minimum(seen, 1.0)), 2)
        # It counts for an example all of whose beams have ended.
        penalty *= cast(reduce_all(ended, axis=1, keepdims=True), penalty.dtype)
        return scores + expand_dims(penalty * weight, 2)

    def _attended(self, state: Any) -> Tensor | None:
        """The probabilities of the memory's rows; None without a penalty."""
        if _is_none(self._coverage_weight):
            return None
        found = list(_alignments(state))
        if not found:
            raise ValueError("coverage_penalty_weight must be 0.0 if no cell is attentional.")
        return found[0] if len(found) == 1 else concat(found, -1)


def _like(value: Tensor, other: Tensor) -> Tensor:
    value.set_shape(other.shape)
    return value


def _is_none(weight: Any) -> bool:
    value = constant_value(weight) if isinstance(weight, Tensor) else weight
    return value is not None and not value


def _weight(weight: Any, name: str, dtype: dtypes.DType) -> Tensor | None:
    """A weight as a tensor; None for 0."""
    if _is_none(weight):
        return None
    value = convert_to_tensor(weight, dtype=dtype, name=name)
    if value.shape.ndims != 0:
        raise ValueError(f"{name} should be a scalar, but saw shape: {value.shape}")
    return value


def _alignments(state: Any) -> Any:
    """The alignments of all attention in a state."""
    if isinstance(state, AttentionWrapperState):
        yield from flat(state.alignments)
    elif isinstance(state, (tuple, list)):
        for each in state:
            yield from _alignments(each)
