"""Beams: several states for each example, as further dimensions or as further rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ... import dtypes
from ...graph import Tensor
from ...ops.array.dims import broadcast_to
from ...ops.array.gather import gather
from ...ops.array.join import concat
from ...ops.array.shape import reshape, shape, transpose
from ...ops.control.tensor_array import TensorArray
from ...ops.control.trace import flat, packed
from ...ops.elementwise.cast import cast
from ...ops.elementwise.compare import where
from ...ops.math.masks import sequence_mask
from ...ops.math.reduce import reduce_max
from ...ops.math.sequence import range_
from ...ops.nn.beam import gather_tree
from ...public import v1
from ...scopes import name_scope

__all__ = ["gather_tree_from_array", "merge_beams", "pick_beams", "sort_beams", "split_beams"]


def _each(state: Any, change: Callable[[Tensor], Tensor], least: int = 1) -> Any:
    """A state with its tensors changed; not its TensorArrays, and not tensors of fewer dimensions."""
    made: list[Any] = []
    for each in flat(state):
        if isinstance(each, TensorArray):
            made.append(each)
            continue
        if each.shape.ndims is None:
            raise ValueError(f"Expected tensor ({each}) to have known rank, but ndims == None.")
        made.append(change(each) if each.shape.ndims >= least else each)
    return packed(state, made)


def split_beams(state: Any, batch: Any, beams: int) -> Any:
    """Makes `[N, beams, ...]` of the tensors `[N * beams, ...]` of a state.

    Args:
        state: The state: its scalars and TensorArrays stay as they are.
        batch: How many examples there are.
        beams: How many beams each has.

    Raises:
        ValueError: If the rank of a tensor is not known, or its rows are not so many.
    """

    def split(rows: Tensor) -> Tensor:
        dims = rows.shape.as_list()
        made = reshape(rows, concat([[batch, beams], shape(rows)[1:]], 0))
        made.set_shape([None if dims[0] is None else dims[0] // beams, beams, *dims[1:]])
        return made

    return _each(state, split)


def merge_beams(state: Any, batch: Any, beams: int) -> Any:
    """Makes `[N * beams, ...]` of the tensors `[N, beams, ...]` of a state; see `split_beams`."""

    def merge(value: Tensor) -> Tensor:
        dims = value.shape.as_list()
        made = reshape(value, concat([[batch * beams], shape(value)[2:]], 0))
        made.set_shape([None if dims[0] is None else dims[0] * beams, *dims[2:]])
        return made

    return _each(state, merge)


def pick_beams(state: Any, chosen: Tensor) -> Any:
    """Picks beams of each example.

    Args:
        state: The state; its tensors are `[N, beams, ...]`.
        chosen: The beams, ints `[N, beams]`.
    """

    def pick(value: Tensor) -> Tensor:
        made = gather(value, chosen, axis=1, batch_dims=1)
        made.set_shape(value.shape)
        return made

    return _each(state, pick, least=2)


@v1("contrib.seq2seq.gather_tree_from_array")
def gather_tree_from_array(t: Any, parent_ids: Any, sequence_length: Any) -> Tensor:
    """Puts what a beam search has noted at each step into the order of the sequences that it has found.

    Args:
        t: What was noted: a tensor `[T, N, beams, ...]`, or `[T, N * beams, ...]`.
        parent_ids: The beams that each goes on from, int32 `[T, N, beams]`.
        sequence_length: How many steps each sequence has, ints `[N, beams]`.

    Returns:
        A tensor of the shape of `t`: at each step that of the beam which the sequence was in.

    Raises:
        ValueError: If the shapes do not fit.

    >>> import scopetrie as tf
    >>> seen = tf.constant([[["a", "b"]], [["c", "d"]]])
    >>> parents = tf.constant([[[0, 0]], [[1, 0]]])
    >>> sorted = tf.contrib.seq2seq.gather_tree_from_array(seen, parents, [[2, 2]])
    >>> with tf.Session() as session:
    ...     print(session.run(sorted)[:, 0].tolist())
    [[b'b', b'a'], [b'c', b'd']]
    """
    with name_scope(None, "gather_tree_from_array", [t, parent_ids, sequence_length]):
        steps, batch, beams = (shape(parent_ids)[at] for at in range(3))
        own = broadcast_to(range_(beams), shape(parent_ids))
        # A beam that there is not as the end: no beam ends a sequence.
        longest = cast(reduce_max(sequence_length, axis=1), dtypes.int32)
        found = gather_tree(own, parent_ids, longest, beams + 1)
        inside = transpose(sequence_mask(sequence_length, maxlen=steps), [2, 0, 1])
        found = where(inside, found, own)
        full = reshape(t, [steps, batch, beams, -1])
        made = reshape(gather(full, found, axis=2, batch_dims=2), shape(t))
        made.set_shape(t.shape)
        return made


def sort_beams(state: Any, parent_ids: Tensor, sequence_length: Tensor) -> Any:
    """A state with tensors `[T, N * beams, ...]` in place of its TensorArrays, in the sequences' order.

    Args:
        state: The state.
        parent_ids: The beams that each goes on from, int32 `[T, N, beams]`.
        sequence_length: How many steps each sequence has, ints `[N, beams]`.
    """
    made = []
    for each in flat(state):
        # One without a known shape may hold anything.
        is_of_beams = isinstance(each, TensorArray) and bool(each.element_shape.ndims)
        made.append(
            gather_tree_from_array(each.stack(), parent_ids, sequence_length) if is_of_beams else each
        )
    # `packed` gives a tensor to a TensorArray as its rows.
    return packed(packed(state, [None] * len(made)), made)
