"""The sequences that a beam search has found: gather_tree."""

from __future__ import annotations

from typing import Any

from ... import dtypes
from ...backends import host_view
from ...errors import InvalidArgumentError
from ...graph import Tensor
from ...public import v1
from ..array.indices import count_up
from ..declare import tensor
from ..registry import define_op

__all__ = ["gather_tree"]


def _tree_kernel(xp: Any) -> Any:
    def gather(steps: Any, parents: Any, lengths: Any, end: Any) -> Any:
        count, batch, beams = steps.shape
        if not count * batch * beams:
            return steps
        _check_parents(parents, lengths)
        rows = count_up(xp, steps, batch)[:, None] * beams
        at = xp.broadcast_to(count_up(xp, steps, beams)[None, :], (batch, beams))
        found = []
        for time in range(count - 1, -1, -1):
            inside = lengths[:, None] > time
            places = xp.reshape(rows + at, (-1,))
            one, before = (
                xp.reshape(xp.take(xp.reshape(each[time, ...], (-1,)), places, axis=0), (batch, beams))
                for each in (steps, parents)
            )
            found.append(xp.where(inside, one, end))
            # A device does not look at the values: parents that there are not are the nearest that there are.
            at = xp.where(inside, xp.clip(before, 0, beams - 1), at)
        sequences = xp.stack(found[::-1], axis=0)
        ends = xp.astype(sequences == end, xp.int32)
        earlier = xp.cumulative_sum(ends, axis=0) - ends
        return xp.where(earlier > 0, end, sequences)

    return gather


def _check_parents(parents: Any, lengths: Any) -> None:
    """Refuses parents on the way to a sequence's first step that are none, where values can be seen.

    Raises:
        InvalidArgumentError: If there is one.
    """
    parents, lengths = host_view(parents), host_view(lengths)
    if parents is None or lengths is None:
        return
    count, batch, beams = parents.shape
    if (parents >= 0).all() and (parents < beams).all():
        return
    for row in range(batch):
        for beam in range(beams):
            at = beam
            for time in range(min(count, int(lengths[row])) - 1, 0, -1):
                at = int(parents[time, row, at])
                if not 0 <= at < beams:
                    raise InvalidArgumentError(
                        None,
                        None,
                        f"Saw invalid parent id {at} at (batch, time, beam) == ({row}, {time - 1}, {beam})",
                    )


_INT32 = (dtypes.int32,)
_gather_tree = define_op(
    "GatherTree", tensor("step_ids", _INT32), tensor("parent_ids", _INT32),
    tensor("max_sequence_lengths", _INT32, None), tensor("end_token", _INT32), kernel=_tree_kernel,
)  # fmt: skip


@v1("contrib.seq2seq.gather_tree")
def gather_tree(
    step_ids: Any, parent_ids: Any, max_sequence_lengths: Any, end_token: Any, name: str | None = None
) -> Tensor:
    """Returns the sequences that a beam search has found, each from its first step to its last.

    A beam search keeps for each step what was chosen, and which beam of the step before that goes on from.
    This goes from the last step of each beam back to the first.

    Args:
        step_ids: What was chosen, int32 `[T, N, beams]`.
        parent_ids: The beams that each goes on from, int32 `[T, N, beams]`.
        max_sequence_lengths: For each example how many steps it has, an int32 vector `[N]`.
        end_token: What ends a sequence: an int32 scalar. All behind the first one, and all behind an
            example's last step, is this.
        name: The operation's name.

    Returns:
        An int32 tensor `[T, N, beams]`.

    Raises:
        ValueError: If the shapes do not fit.
        InvalidArgumentError: If a parent is no beam, as far as values are on the host.

    >>> import scopetrie as tf
    >>> chosen = [[[1, 2, 3]], [[4, 5, 6]], [[7, 8, 9]]]
    >>> parents = [[[0, 0, 0]], [[0, 1, 1]], [[2, 1, 2]]]
    >>> with tf.Session() as session:
    ...     print(session.run(tf.contrib.seq2seq.gather_tree(chosen, parents, [3], 10))[:, 0])
    [[2 2 2]
     [6 5 6]
     [7 8 9]]
    """
    return _gather_tree(step_ids, parent_ids, max_sequence_lengths, end_token, name=name)
