"""partitioners.py against what TensorFlow 2.21's v1 mode does."""

from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
import scopetrie as tf
from hypothesis import given
from hypothesis import strategies as st
from recorded_cases import outcome, recorded
from scopetrie import dtypes, partitioners
from scopetrie.partitioners import PartitionInfo
from scopetrie.shapes import TensorShape

TF = SimpleNamespace(
    TensorShape=TensorShape,
    PartitionInfo=PartitionInfo,
    fixed_size_partitioner=partitioners.fixed_size_partitioner,
    variable_axis_size_partitioner=partitioners.variable_axis_size_partitioner,
    min_max_variable_partitioner=partitioners.min_max_variable_partitioner,
    **{dtype.name: dtype for dtype in dtypes.ALL_DTYPES},
)
SHAPES = st.lists(st.integers(1, 40), min_size=1, max_size=4)
SIZED = st.sampled_from([dtypes.float32, dtypes.float64, dtypes.bool, dtypes.int16])


@pytest.mark.parametrize(("expression", "expected"), recorded("partitioners.json"))
def test_as_recorded_from_tensorflow(expression, expected):
    found = outcome(expression, TF)
    if expected[:2] in (
        ["raises", "TypeError"],
        ["raises", "AttributeError"],
        ["raises", "ZeroDivisionError"],
    ):
        # TensorFlow fails by accident here; the message does not matter, only that there is an error.
        assert found[0] == "raises"
    else:
        assert found == expected


class Part(NamedTuple):
    offset: list[int]
    shape: list[int]


def parts_of(shape: list[int], partitioner: Any, dtype: Any = dtypes.float32) -> list[Part]:
    """Where the parts of a variable of this shape lie."""
    with tf.Graph().as_default():
        whole = tf.get_variable("w", shape, dtype, tf.zeros_initializer(), partitioner=partitioner)
        places = [part._get_save_slice_info() for part in whole]
    assert all(place.full_shape == shape for place in places)
    assert [part.shape.as_list() for part in whole] == [place.var_shape for place in places]
    return [Part(place.var_offset, place.var_shape) for place in places]


@given(SHAPES, st.data())
def test_slices_tile_the_variable(shape, data):
    axis = data.draw(st.integers(0, len(shape) - 1))
    number = data.draw(st.integers(1, shape[axis]))
    partitions = [1] * len(shape)
    partitions[axis] = number
    parts = parts_of(shape, lambda **_: partitions)
    assert len(parts) == number
    end = 0
    for part in parts:
        assert part.offset == [end if each == axis else 0 for each in range(len(shape))]
        assert [size for each, size in enumerate(part.shape) if each != axis] == shape[:axis] + shape[
            axis + 1 :
        ]
        end += part.shape[axis]
        info = PartitionInfo(shape, part.offset)
        assert info.single_slice_dim(part.shape) == (None if number == 1 else axis)
        assert info.single_offset(part.shape) == part.offset[axis]
    assert end == shape[axis]
    # The remainder goes first, one each.
    sizes = [part.shape[axis] for part in parts]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] - sizes[-1] <= 1


@given(SHAPES, SIZED, st.data())
def test_partitioners_give_one_axis_at_most_its_size(shape, dtype, data):
    axis = data.draw(st.integers(0, len(shape) - 1))
    limit = data.draw(st.integers(1, 5000))
    number = data.draw(st.integers(1, 50))
    for partitioner in (
        partitioners.fixed_size_partitioner(number, axis),
        partitioners.variable_axis_size_partitioner(limit, axis, max_shards=number),
        partitioners.min_max_variable_partitioner(number, axis, limit),
    ):
        partitions = partitioner(shape=TensorShape(shape), dtype=dtype)
        assert partitions[:axis] + partitions[axis + 1 :] == [1] * (len(shape) - 1)
        assert 1 <= partitions[axis] <= min(number, shape[axis])


@given(SHAPES, SIZED, st.integers(1, 5000))
def test_variable_axis_size_keeps_parts_small(shape, dtype, limit):
    partitions = partitioners.variable_axis_size_partitioner(limit)(TensorShape(shape), dtype)
    assert partitions[1:] == [1] * (len(shape) - 1)
    entry = TensorShape(shape).num_elements() // shape[0] * dtype.size
    for part in parts_of(shape, lambda **_: partitions):
        assert part.shape[0] == 1 or part.shape[0] * entry <= limit


def test_an_axis_of_unknown_size_is_refused_by_name():
    with pytest.raises(ValueError, match="axis 0, whose size is unknown"):
        partitioners.fixed_size_partitioner(3)(shape=TensorShape([None, 2]))
    with pytest.raises(ValueError, match="not fully defined"):
        partitioners.min_max_variable_partitioner(3)(TensorShape([None, 2]), dtypes.float32)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (3, "Partitioner must return a sequence, but saw: 3"),
        (
            [2],
            "Partitioner returned a partition list that does not match the Variable's rank: [2] vs. (7, 2)",
        ),
        ([0, 1], "Partitioner returned zero partitions for some axes: [0, 1]"),
        ([-1, 1], "Partitioner returned zero partitions for some axes: [-1, 1]"),
    ],
)
def test_answers_that_are_refused(answer, message):
    with tf.Graph().as_default(), pytest.raises(ValueError) as caught:
        tf.get_variable("w", [7, 2], partitioner=lambda shape, dtype: answer)
    assert str(caught.value) == message


def test_only_one_axis_is_cut():
    with tf.Graph().as_default(), pytest.raises(ValueError) as caught:
        tf.get_variable("w", [7, 2], partitioner=lambda **_: [2, 2])
    assert (
        str(caught.value)
        == "Can only slice a variable along one dimension: shape: (7, 2), partitioning: [2, 2]"
    )


def test_scalars_and_unknown_shapes_are_not_partitioned():
    one = partitioners.fixed_size_partitioner(1)
    with tf.Graph().as_default():
        with pytest.raises(ValueError, match=r"must have rank at least 1, shape: \(\)"):
            tf.get_variable("w", tf.TensorShape([]), partitioner=one)
        with pytest.raises(ValueError, match=r"must be fully defined, but instead was \(\?,\)\."):
            tf.get_variable("w", [None], partitioner=one)
        assert tf.get_variable("w", [], partitioner=one).name == "w:0"


def test_partition_info_keeps_what_it_is_given():
    info = PartitionInfo((6, 4), (2, 0))
    assert (info.full_shape, info.var_offset) == ((6, 4), (2, 0))
    assert repr(info) == "PartitionInfo(full_shape=(6, 4), var_offset=(2, 0))"
