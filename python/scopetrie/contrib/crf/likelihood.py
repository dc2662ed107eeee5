"""How likely a sequence of tags is: scores, and the sum over all sequences of tags."""

from __future__ import annotations

from typing import Any

from ...dtypes import float32, int64
from ...graph import Tensor
from ...ops.array.dims import expand_dims
from ...ops.array.fill import zeros_like
from ...ops.array.gather import gather
from ...ops.array.shape import reshape, shape
from ...ops.constant import convert_to_tensor
from ...ops.elementwise.arithmetic import maximum
from ...ops.elementwise.cast import cast
from ...ops.elementwise.compare import less_equal, where
from ...ops.math.masks import sequence_mask
from ...ops.math.reduce import reduce_logsumexp, reduce_sum
from ...ops.math.sequence import range_
from ...public import v1, whole
from ...rnn.cell import RNNCell
from ...rnn.dynamic import dynamic_rnn
from ...scopes import get_variable

__all__ = [
    "CrfForwardRnnCell",
    "crf_binary_score",
    "crf_log_likelihood",
    "crf_log_norm",
    "crf_multitag_sequence_score",
    "crf_sequence_score",
    "crf_unary_score",
]


@v1("contrib.crf.CrfForwardRnnCell")
class CrfForwardRnnCell(RNNCell):
    """Adds up the scores of all sequences, step by step, in logarithms.

    Args:
        transition_params: The scores of tag j after tag i, `[tags, tags]`.
    """

    def __init__(self, transition_params: Any) -> None:
        super().__init__()
        self._transitions = expand_dims(convert_to_tensor(transition_params), 0)

    @property
    def state_size(self) -> Any:
        """The number of tags."""
        return self._transitions.shape[-1].value

    @property
    def output_size(self) -> Any:
        """The number of tags."""
        return self._transitions.shape[-1].value

    @whole
    def __call__(self, inputs: Any, state: Any, scope: Any = None, **kwargs: Any) -> Any:
        """Makes one step.

        Args:
            inputs: The scores of the tags at this step, `[N, tags]`.
            state: The logarithm of the sum over all sequences that end in each tag, `[N, tags]`.
            scope: Accepted for v1's sake.
            **kwargs: None are taken.

        Returns:
            The same for sequences that are one longer, twice.
        """
        before = expand_dims(convert_to_tensor(state), 2)
        sums = convert_to_tensor(inputs) + reduce_logsumexp(before + self._transitions, [1])
        return sums, sums


def from_second(inputs: Tensor) -> Tensor:
    """All steps but the first one."""
    return inputs[:, 1:]


def first_step(inputs: Tensor) -> Tensor:
    """The first step, `[N, tags]`."""
    return inputs[:, 0]


def steps_after_first(lengths: Any) -> Tensor:
    """How many steps there are after the first one; none of an empty sequence."""
    lengths = convert_to_tensor(lengths)
    return maximum(convert_to_tensor(0, lengths.dtype), lengths - 1)


def _zero_if_empty(lengths: Any, values: Tensor) -> Tensor:
    return where(less_equal(lengths, 0), zeros_like(values), values)


@v1("contrib.crf.crf_unary_score")
def crf_unary_score(tag_indices: Any, sequence_lengths: Any, inputs: Any) -> Tensor:
    """Adds up the scores of the tags of sequences.

    Args:
        tag_indices: The tags, `[N, T]` of ints.
        sequence_lengths: How many of them count, `[N]`.
        inputs: The scores of all tags, `[N, T, tags]`.

    Returns:
        A vector `[N]`.
    """
    tags, inputs = cast(tag_indices, int64), convert_to_tensor(inputs)
    sizes = cast(shape(inputs), int64)
    flat_inputs = reshape(inputs, [-1])
    offsets = expand_dims(range_(sizes[0]) * sizes[1] * sizes[2], 1)
    offsets = offsets + expand_dims(range_(sizes[1]) * sizes[2], 0)
    scores = reshape(gather(flat_inputs, reshape(offsets + tags, [-1])), shape(tags))
    masks = sequence_mask(sequence_lengths, maxlen=shape(tags)[1], dtype=inputs.dtype)
    return reduce_sum(scores * masks, 1)


@v1("contrib.crf.crf_binary_score")
def crf_binary_score(tag_indices: Any, sequence_lengths: Any, transition_params: Any) -> Tensor:
    """Adds up the scores of the tags' transitions.

    Args:
        tag_indices: The tags, `[N, T]` of ints.
        sequence_lengths: How many of them count, `[N]`.
        transition_params: The scores of tag j after tag i, `[tags, tags]`.

    Returns:
        A vector `[N]`.
    """
    tags, transitions = cast(tag_indices, int64), convert_to_tensor(transition_params)
    count = cast(shape(transitions)[0], int64)
    places = tags[:, :-1] * count + tags[:, 1:]
    scores = gather(reshape(transitions, [-1]), places)
    masks = sequence_mask(sequence_lengths, maxlen=shape(tags)[1], dtype=transitions.dtype)
    return reduce_sum(scores * masks[:, 1:], 1)


@v1("contrib.crf.crf_sequence_score")
def crf_sequence_score(
    inputs: Any, tag_indices: Any, sequence_lengths: Any, transition_params: Any
) -> Tensor:
    """The scores of sequences of tags, not normalized: those of the tags, and of their transitions.

    Args:
        inputs: The scores of all tags, `[N, T, tags]`.
        tag_indices: The tags, `[N, T]` of ints.
        sequence_lengths: How many of them count, `[N]`.
        transition_params: The scores of tag j after tag i, `[tags, tags]`.

    Returns:
        A vector `[N]`; 0 for an empty sequence.
    """
    unary = crf_unary_score(tag_indices, sequence_lengths, inputs)
    binary = crf_binary_score(tag_indices, sequence_lengths, transition_params)
    return _zero_if_empty(sequence_lengths, unary + binary)


def _norm(inputs: Tensor, lengths: Any, transitions: Any) -> Tensor:
    _, last = dynamic_rnn(
        CrfForwardRnnCell(transitions), from_second(inputs), steps_after_first(lengths),
        initial_state=first_step(inputs), dtype=float32,
    )  # fmt: skip
    return _zero_if_empty(lengths, reduce_logsumexp(last, [1]))


@v1("contrib.crf.crf_multitag_sequence_score")
def crf_multitag_sequence_score(
    inputs: Any, tag_bitmap: Any, sequence_lengths: Any, transition_params: Any
) -> Tensor:
    """The logarithm of the sum over all sequences of allowed tags, of which there may be several at a step.

    Args:
        inputs: The scores of all tags, `[N, T, tags]`.
        tag_bitmap: Which tags are allowed, `[N, T, tags]` of bools.
        sequence_lengths: How many steps count, `[N]`.
        transition_params: The scores of tag j after tag i, `[tags, tags]`.

    Returns:
        A vector `[N]`; 0 for an empty sequence.
    """
    inputs = convert_to_tensor(inputs)
    nothing = zeros_like(inputs) + convert_to_tensor(float("-inf"), inputs.dtype)
    return _norm(where(tag_bitmap, inputs, nothing), sequence_lengths, transition_params)


@v1("contrib.crf.crf_log_norm")
def crf_log_norm(inputs: Any, sequence_lengths: Any, transition_params: Any) -> Tensor:
    """The logarithm of the sum over all sequences of tags.

    Args:
        inputs: The scores of all tags, `[N, T, tags]`.
        sequence_lengths: How many steps count, `[N]`.
        transition_params: The scores of tag j after tag i, `[tags, tags]`.

    Returns:
        A vector `[N]`; 0 for an empty sequence.
    """
    return _norm(convert_to_tensor(inputs), sequence_lengths, transition_params)


@v1("contrib.crf.crf_log_likelihood")
def crf_log_likelihood(
    inputs: Any, tag_indices: Any, sequence_lengths: Any, transition_params: Any = None
) -> tuple[Tensor, Any]:
    """The logarithm of the likelihood of sequences of tags.

    Args:
        inputs: The scores of all tags, `[N, T, tags]`.
        tag_indices: The tags, `[N, T]` of ints.
        sequence_lengths: How many of them count, `[N]`.
        transition_params: The scores of tag j after tag i, `[tags, tags]`; by default a variable
            "transitions".

    Returns:
        A vector `[N]`, and the scores of transitions.

    Raises:
        ValueError: If there is no `transition_params`, and the number of tags is not known.

    >>> import scopetrie as tf
    >>> scores, crf = tf.constant([[[1.0, 0], [0, 2], [1, 0]]]), tf.contrib.crf
    >>> likelihood, transitions = crf.crf_log_likelihood(scores, [[0, 1, 0]], [3], tf.zeros([2, 2]))
    >>> tags, score = crf.crf_decode(scores, transitions, [3])
    >>> with tf.Session() as session:
    ...     found = session.run([likelihood, tags, score])
    >>> print(found[0].round(3), found[1], found[2])
    [-0.753] [[0 1 0]] [4.]
    """
    inputs = convert_to_tensor(inputs)
    if transition_params is None:
        count = inputs.shape[2].value
        if count is None:
            raise ValueError(
                "crf_log_likelihood: the variable `transitions` needs the number of tags, which the shape of "
                f"inputs, {inputs.shape}, does not say. Call inputs.set_shape, or give transition_params."
            )
        transition_params = get_variable("transitions", [count, count])
    scores = crf_sequence_score(inputs, tag_indices, sequence_lengths, transition_params)
    return scores - crf_log_norm(inputs, sequence_lengths, transition_params), transition_params
