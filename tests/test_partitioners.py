"""partitioners.py against what TensorFlow 2.21's v1 mode does."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded_cases import outcome, recorded
from scopetrie import dtypes, partitioners
from scopetrie.partitioners import PartitionInfo, call_partitioner, slices
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


@given(SHAPES, st.data())
def test_slices_tile_the_variable(shape, data):
    axis = data.draw(st.integers(0, len(shape) - 1))
    number = data.draw(st.integers(1, shape[axis]))
    partitions = [1] * len(shape)
    partitions[axis] = number
    parts = list(slices(shape, partitions))
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
        partitions = call_partitioner(partitioner, TensorShape(shape), dtype)
        assert partitions[:axis] + partitions[axis + 1 :] == [1] * (len(shape) - 1)
        assert 1 <= partitions[axis] <= min(number, shape[axis])


@given(SHAPES, SIZED, st.integers(1, 5000))
def test_variable_axis_size_keeps_parts_small(shape, dtype, limit):
    partitions = partitioners.variable_axis_size_partitioner(limit)(TensorShape(shape), dtype)
    entry = TensorShape(shape).num_elements() // shape[0] * dtype.size
    for part in slices(shape, partitions):
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
    with pytest.raises(ValueError) as caught:
        call_partitioner(lambda shape, dtype: answer, TensorShape([7, 2]), dtypes.float32)
    assert str(caught.value) == message


def test_only_one_axis_is_cut():
    with pytest.raises(ValueError) as caught:
        list(slices([7, 2], [2, 2]))
    assert (
        str(caught.value)
        == "Can only slice a variable along one dimension: shape: (7, 2), partitioning: [2, 2]"
    )


def test_scalars_and_unknown_shapes_are_not_partitioned():
    one = partitioners.fixed_size_partitioner(1)
    with pytest.raises(ValueError, match=r"must have rank at least 1, shape: \(\)"):
        call_partitioner(one, TensorShape([]), dtypes.float32)
    with pytest.raises(ValueError, match=r"must be fully defined, but instead was \(\?,\)\."):
        call_partitioner(one, TensorShape([None]), dtypes.float32)


def test_partition_info_keeps_what_it_is_given():
    info = PartitionInfo((6, 4), (2, 0))
    assert (info.full_shape, info.var_offset) == ((6, 4), (2, 0))
    assert repr(info) == "PartitionInfo(full_shape=(6, 4), var_offset=(2, 0))"
