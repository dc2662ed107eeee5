"""The likeliest sequences of tags, by Viterbi's algorithm."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...dtypes import int32
from ...graph import Tensor
from ...ops.array.dims import expand_dims, squeeze
from ...ops.array.gather import gather
from ...ops.array.join import concat
from ...ops.array.reverse import reverse_sequence
from ...ops.constant import convert_to_tensor
from ...ops.elementwise.cast import cast
from ...ops.math.arg import argmax
from ...ops.math.reduce import reduce_max
from ...public import v1, whole
from ...rnn.cell import RNNCell
from ...rnn.dynamic import dynamic_rnn
from ...scopes import variable_scope
from .likelihood import first_step, from_second, steps_after_first

__all__ = ["CrfDecodeBackwardRnnCell", "CrfDecodeForwardRnnCell", "crf_decode", "viterbi_decode"]


@v1("contrib.crf.viterbi_decode")
def viterbi_decode(score: Any, transition_params: Any) -> tuple[list[int], Any]:
    """Finds the likeliest sequence of tags, of arrays.

    Args:
        score: The scores of all tags, `[T, tags]`.
        transition_params: The scores of tag j after tag i, `[tags, tags]`.

    Returns:
        A list of T tags, and their score.

    >>> import scopetrie as tf
    >>> tf.contrib.crf.viterbi_decode([[1.0, 0.0], [0.0, 2.0]], [[0.0, 0.0], [0.0, 0.0]])
    ([0, 1], np.float64(3.0))
    """
    scores, transitions = np.asarray(score), np.asarray(transition_params)
    best, came_from = scores[0], []
    for row in scores[1:]:
        sums = best[:, None] + transitions
        came_from.append(sums.argmax(0))
        best = row + sums.max(0)
    tags = [int(best.argmax())]
    for row in reversed(came_from):
        tags.append(int(row[tags[-1]]))
    return tags[::-1], best.max()


@v1("contrib.crf.CrfDecodeForwardRnnCell")
class CrfDecodeForwardRnnCell(RNNCell):
    """Keeps the best score of sequences that end in each tag, and gives the tags before.

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
            state: The best score of sequences that end in each tag, `[N, tags]`.
            scope: Accepted for v1's sake.
            **kwargs: None are taken.

        Returns:
            The best tag before each tag, `[N, tags]` of int32, and the best scores with this step.
        """
        sums = expand_dims(convert_to_tensor(state), 2) + self._transitions
        return argmax(sums, 1, output_type=int32), convert_to_tensor(inputs) + reduce_max(sums, [1])


@v1("contrib.crf.CrfDecodeBackwardRnnCell")
class CrfDecodeBackwardRnnCell(RNNCell):
    """Goes back from a tag to the one before.

    Args:
        num_tags: The number of tags.
    """

    def __init__(self, num_tags: int) -> None:
        super().__init__()
        self._count = num_tags

    @property
    def state_size(self) -> Any:
        """1: a tag."""
        return 1

    @property
    def output_size(self) -> Any:
        """1: a tag."""
        return 1

    @whole
    def __call__(self, inputs: Any, state: Any, scope: Any = None, **kwargs: Any) -> Any:
        """Makes one step.

        Args:
            inputs: The best tag before each tag, `[N, tags]` of int32.
            state: The tag, `[N, 1]` of int32.
            scope: Accepted for v1's sake.
            **kwargs: None are taken.

        Returns:
            The tag before, twice.
        """
        tag = gather(inputs, cast(state, int32), axis=1, batch_dims=1)
        return tag, tag


@v1("contrib.crf.crf_decode")
def crf_decode(potentials: Any, transition_params: Any, sequence_length: Any) -> tuple[Tensor, Tensor]:
    """Finds the likeliest sequences of tags.

    Args:
        potentials: The scores of all tags, `[N, T, tags]`.
        transition_params: The scores of tag j after tag i, `[tags, tags]`.
        sequence_length: How many steps count, `[N]`.

    Returns:
        The tags, `[N, T]` of int32 with zeros after the end, and their scores, `[N]`.
    """
    potentials = convert_to_tensor(potentials)
    lengths = convert_to_tensor(sequence_length)
    after = steps_after_first(lengths)
    forward = CrfDecodeForwardRnnCell(transition_params)
    came_from, last = dynamic_rnn(
        forward, from_second(potentials), after, initial_state=first_step(potentials), time_major=False,
        dtype=int32,
    )  # fmt: skip
    came_from = reverse_sequence(came_from, after, seq_axis=1, batch_axis=0)
    end = expand_dims(argmax(last, 1, output_type=int32), 1)
    with variable_scope("crf_decode_backward"):
        tags, _ = dynamic_rnn(
            CrfDecodeBackwardRnnCell(forward.state_size), came_from, after, initial_state=end,
            time_major=False, dtype=int32,
        )  # fmt: skip
    tags = concat([end, squeeze(tags, [2])], 1)
    return reverse_sequence(tags, lengths, seq_axis=1, batch_axis=0), reduce_max(last, 1)
