"""shapes.py and dimension.py against what TensorFlow 2.21's v1 mode does."""

import copy
import pickle
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded_cases import outcome, recorded
from scopetrie import dimension, shapes
from scopetrie.dimension import Dimension
from scopetrie.shapes import TensorShape, as_dims, as_shape, broadcast_dims

TF = SimpleNamespace(
    Dimension=Dimension,
    TensorShape=TensorShape,
    broadcast_static_shape=shapes.broadcast_static_shape,
    dimension_at_index=shapes.dimension_at_index,
    dimension_value=shapes.dimension_value,
)
SIZES = st.one_of(st.none(), st.integers(0, 4))
SHAPES = st.one_of(st.none(), st.lists(SIZES, max_size=4).map(tuple))
FULL = st.lists(st.integers(1, 3), max_size=4).map(tuple)


@pytest.mark.parametrize(("expression", "expected"), recorded("shapes.json"))
def test_as_recorded_from_tensorflow(expression, expected):
    assert outcome(expression, TF) == expected


@given(SHAPES)
def test_every_form_of_a_shape_is_the_same_shape(dims):
    shape = TensorShape(dims)
    forms = [dims, shape, as_shape(shape), pickle.loads(pickle.dumps(shape)), copy.deepcopy(shape)]
    if dims is not None:
        forms += [list(dims), [Dimension(size) for size in dims], iter(dims)]
        if None not in dims:
            forms += [np.array(dims, np.int64), np.array(dims, np.int32)]
    for form in forms:
        converted = as_dims(form)
        assert converted == dims
        assert converted is None or all(type(size) is int for size in converted if size is not None)
    assert shape == dims
    assert hash(shape) == hash(dims)
    assert as_shape(shape) is shape


def test_sizes_become_plain_ints():
    for one in (True, np.int8(1), np.array(1), Dimension(1)):
        assert [type(size) for size in as_dims([one])] == [int]
        assert as_dims(one) == (1,)


class Proto:
    """What TensorShapeProto looks like."""

    def __init__(self, *sizes, unknown_rank=False):
        self.dim = [SimpleNamespace(size=size) for size in sizes]
        self.unknown_rank = unknown_rank


def test_protos():
    assert as_dims(Proto(2, -1)) == (2, None)
    assert as_dims(Proto(unknown_rank=True)) is None
    pytest.importorskip("tensorboard")
    for dims in (None, (), (2, None)):
        assert as_dims(TensorShape(dims).as_proto()) == dims


@given(SHAPES, SHAPES)
def test_merging(x, y):
    a, b = TensorShape(x), TensorShape(y)
    assert a.is_compatible_with(b) == b.is_compatible_with(a)
    if not a.is_compatible_with(b):
        with pytest.raises(ValueError, match="are not compatible"):
            a.merge_with(b)
        return
    merged = a.merge_with(b)
    assert merged == b.merge_with(a)
    assert merged.merge_with(a) == merged
    assert a.most_specific_compatible_shape(b).is_compatible_with(merged)


@given(SHAPES, SHAPES)
def test_concatenating(x, y):
    expected = None if x is None or y is None else x + y
    assert (TensorShape(x) + y)._dims == expected
    assert (x + TensorShape(y))._dims == expected


@given(FULL, FULL)
def test_broadcasting_is_numpys_where_all_is_known(x, y):
    try:
        expected = np.broadcast_shapes(x, y)
    except ValueError:
        with pytest.raises(ValueError, match="Incompatible shapes for broadcasting"):
            broadcast_dims(x, y)
    else:
        assert broadcast_dims(x, y) == expected


@given(FULL, FULL, st.data())
def test_broadcasting_of_partly_known_shapes_allows_the_true_one(x, y, data):
    try:
        true = np.broadcast_shapes(x, y)
    except ValueError:
        return
    known_x = tuple(data.draw(st.sampled_from([size, None])) for size in x)
    known_y = tuple(data.draw(st.sampled_from([size, None])) for size in y)
    found = broadcast_dims(known_x, known_y)
    assert found == broadcast_dims(known_y, known_x)
    assert TensorShape(found).is_compatible_with(true)
    assert broadcast_dims(known_x, None) is None


@given(SIZES, SIZES)
def test_dimension_arithmetic(x, y):
    unknown = x is None or y is None
    for operation in ("__add__", "__mul__", "__radd__", "__rmul__"):
        expected = None if unknown else getattr(x, operation)(y)
        assert getattr(Dimension(x), operation)(y).value == expected
    for operation in ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"):
        expected = None if unknown else getattr(x, operation)(y)
        assert getattr(Dimension(x), operation)(y) is expected


def test_dimensions_keep_no_dict():
    assert not hasattr(Dimension(1), "__dict__")
    assert repr(pickle.loads(pickle.dumps(Dimension(None)))) == "Dimension(None)"
    assert dimension.as_dimension_value(None) is None


def test_programs_may_set_attributes():
    shape = TensorShape([2, None])
    shape.layout = "rows first"
    assert shape.layout == "rows first"
    assert shape.as_list() == [2, None]
    assert not hasattr(TensorShape([2, None]), "layout")
