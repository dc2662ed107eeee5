"""Public functions whose fast path is in the extension behave like Python functions."""

from __future__ import annotations

import copy
import inspect
import pickle
import sys
from pathlib import Path
from typing import Any

import pytest
import scopetrie as tf
from scopetrie import _core
from scopetrie.ops.direct import attribute, direct
from scopetrie.ops.registry import OPS

NAMES = "reshape transpose concat stack cast matmul expand_dims squeeze argmax pad gather placeholder assign"


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def direct_functions() -> dict[str, Any]:
    found = {name: getattr(tf, name) for name in dir(tf)} | {
        name: getattr(tf.nn, name) for name in dir(tf.nn)
    }
    return {name: each for name, each in found.items() if isinstance(each, _core.DirectFunction)}


def test_they_are_what_they_are_called():
    functions = direct_functions()
    assert set(NAMES.split()) <= set(functions) and len(functions) > 40
    for function in functions.values():
        assert function.__doc__ and function.__module__.startswith("scopetrie.")
        assert function.__wrapped__.__name__ == function.__name__
        assert inspect.signature(function) == inspect.signature(function.__wrapped__)
        assert repr(function) == repr(function.__wrapped__)


def test_copies_are_the_function_itself():
    assert copy.deepcopy(tf.reshape) is tf.reshape
    assert pickle.loads(pickle.dumps(tf.nn.softmax)) is tf.nn.softmax


def test_parameters_by_position_and_by_name():
    x = tf.placeholder(tf.float32, [2, 3])
    made = [
        tf.reshape(x, [6]),
        tf.reshape(x, shape=[6]),
        tf.reshape(shape=[6], tensor=x),
        tf.reshape(x, [6], None),
        tf.reshape(x, [6], name="flat"),
        tf.reshape(x, [6], "flat"),
        tf.reshape(**{"tensor": x, "shape": [6], "".join(["na", "me"]): "flat"}),
    ]
    assert [each.op.name for each in made] == [
        "Reshape", "Reshape_1", "Reshape_2", "Reshape_3", "flat", "flat_1", "flat_2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (lambda x: tf.reshape(x), r"reshape\(\) missing 1 required positional argument: 'shape'"),
        (lambda x: tf.reshape(x, [6], shape=[6]), r"reshape\(\) got multiple values for argument 'shape'"),
        (lambda x: tf.reshape(x, [6], size=3), r"reshape\(\) got an unexpected keyword argument 'size'"),
        (lambda x: tf.reshape(x, [6], "a", 1), r"reshape\(\) takes from 2 to 3 positional arguments but 4"),
        (lambda x: tf.expand_dims(x), "Must specify an axis argument"),
        (lambda x: tf.expand_dims(x, 0, dim=0), "Cannot specify both 'dim' and 'axis'"),
        (lambda x: tf.reduce_sum(x, 0, reduction_indices=0), "Cannot specify both"),
        (lambda x: tf.reshape(x, [6], name=3), "expected string or bytes-like object"),
        (lambda x: tf.pad(x, [[0, 0], [0, 0]], "NONSENSE"), "expected to be one of"),
    ],
)
def test_wrong_calls_are_refused_by_the_function(graph, program, words):
    x = tf.placeholder(tf.float32, [2, 3])
    with pytest.raises((TypeError, ValueError), match=words):
        program(x)
    assert len(graph.get_operations()) == 1


def test_what_was_undone_is_refused(graph):
    x = tf.placeholder(tf.float32, [2, 3])
    with graph.transaction() as attempt:
        y = tf.negative(x)
        attempt.rollback()
    for program in (lambda: tf.reshape(y, [6]), lambda: tf.concat([x, y], 0)):
        with pytest.raises(RuntimeError, match="was undone"):
            program()


def test_two_graphs_are_refused():
    x = tf.placeholder(tf.float32, [2, 3])
    with tf.Graph().as_default() as other:
        y = tf.placeholder(tf.float32, [2, 3])
        with pytest.raises(ValueError, match="must be from the same graph"):
            tf.concat([x, y], 0)
        assert tf.reshape(x, [6]).graph is x.graph  # the graph of the input, not the default one
        assert x[0].graph is x.graph
        assert [op.name for op in other.get_operations()] == ["Placeholder"]


def test_hooks_and_controls_hear_of_every_node(graph):
    x = tf.placeholder(tf.float32, [2, 3])
    with tf.device("/gpu:1"):
        made = [tf.reshape(x, [6]), x[0], tf.zeros([3]), tf.reduce_sum(x)]
    assert {op.device for op in graph.get_operations()[1:]} == {"/device:GPU:1"}
    with tf.control_dependencies([made[0]]):
        tf.reshape(x, [3, 2])
    shape, reshaped = graph.get_operations()[-2:]
    assert shape.type == "Const" and shape.control_inputs == [made[0].op]
    assert reshaped.control_inputs == []  # its input waits already, as in v1


def test_sites_are_the_line_that_calls():
    x = tf.placeholder(tf.float32, [2, 3])
    line = inspect.currentframe().f_lineno + 1
    for made in (tf.reshape(x, [6]), x[0], tf.constant([1]), tf.reduce_sum(x, 0)):
        assert made.op.traceback[0][1:] == (line, "test_sites_are_the_line_that_calls")
        assert all(each.op.traceback == made.op.traceback for each in made.op.inputs[1:])


def test_roles_are_of_parameters():
    op = OPS["Neg"].function
    with pytest.raises(TypeError, match="has no parameter 'y'"):
        direct(op, y=attribute())(lambda x, name=None: x)
    parameters = tuple((f"p{i}", "own", 0, "", "", False, True, None, ()) for i in range(17))
    with pytest.raises(ValueError, match="at most 16"):
        _core.DirectFunction(len, op, "Neg", parameters, 0)


def test_inputs_of_one_attribute_share_a_dtype():
    x = tf.placeholder(tf.float32, [2, 3])
    begin = tf.placeholder(tf.int64, [2])
    size = tf.slice(x, begin, [1, 2]).op.inputs[2]
    assert size.dtype is tf.int64
    with pytest.raises(
        TypeError, match=r"Input 'size' of 'Slice' Op has type int32 that does not match type int64"
    ):
        tf.slice(x, begin, tf.constant([1, 2]))
    with pytest.raises(
        TypeError, match=r"Input 'condition' of 'Select' Op has type float32 that does not match exp"
    ):
        tf.where(x, x, x)


def _x(*shape: int | None, dtype: Any = tf.float32) -> tf.Tensor:
    return tf.placeholder(dtype, shape)


# A common call of each function, as a function that makes it of tensors and a variable made before.
COMMON: dict[str, Any] = {
    "abs": lambda x: lambda: tf.abs(x),
    "add_n": lambda x: lambda: tf.add_n([x, x]),
    "angle": lambda x: (lambda z: lambda: tf.angle(z))(_x(2, dtype=tf.complex64)),
    "argmax": lambda x: lambda: tf.argmax(x, 1),
    "argmin": lambda x: lambda: tf.argmin(x, axis=1),
    "assign": lambda x: (lambda v: lambda: tf.assign(v, x))(tf.Variable(tf.zeros([2, 3]))),
    "assign_add": lambda x: (lambda v: lambda: tf.assign_add(v, x))(tf.Variable(tf.zeros([2, 3]))),
    "assign_sub": lambda x: (lambda v: lambda: tf.assign_sub(v, x))(tf.Variable(tf.zeros([2, 3]))),
    "broadcast_to": lambda x: lambda: tf.broadcast_to(x, [4, 2, 3]),
    "cast": lambda x: lambda: tf.cast(x, tf.int32),
    "complex": lambda x: lambda: tf.complex(x, x),
    "concat": lambda x: lambda: tf.concat([x, x], 1),
    "conj": lambda x: (lambda z: lambda: tf.conj(z))(_x(2, dtype=tf.complex64)),
    "cumprod": lambda x: lambda: tf.cumprod(x, 1),
    "cumsum": lambda x: lambda: tf.cumsum(x, axis=1, reverse=True),
    "ensure_shape": lambda x: lambda: tf.ensure_shape(x, [None, 3]),
    "expand_dims": lambda x: lambda: tf.expand_dims(x, -1),
    "gather": lambda x: (lambda at: lambda: tf.gather(x, at, axis=1))(_x(4, dtype=tf.int32)),
    "identity": lambda x: lambda: tf.identity(x),
    "imag": lambda x: (lambda z: lambda: tf.imag(z))(_x(2, dtype=tf.complex64)),
    "matmul": lambda x: lambda: tf.matmul(x, x, transpose_b=True),
    "matrix_band_part": lambda x: lambda: tf.matrix_band_part(x, 0, -1),
    "pad": lambda x: lambda: tf.pad(x, [[0, 1], [1, 0]]),
    "placeholder": lambda x: lambda: tf.placeholder(tf.float32, [None, 3]),
    "placeholder_with_default": lambda x: lambda: tf.placeholder_with_default(x, [None, 3]),
    "real": lambda x: (lambda z: lambda: tf.real(z))(_x(2, dtype=tf.complex64)),
    "reduce_all": lambda x: (lambda b: lambda: tf.reduce_all(b, 0))(_x(2, dtype=tf.bool)),
    "reduce_any": lambda x: (lambda b: lambda: tf.reduce_any(b))(_x(2, dtype=tf.bool)),
    "reduce_max": lambda x: lambda: tf.reduce_max(x, [0, 1]),
    "reduce_mean": lambda x: lambda: tf.reduce_mean(x),
    "reduce_min": lambda x: lambda: tf.reduce_min(x, 1, keepdims=True),
    "reduce_prod": lambda x: lambda: tf.reduce_prod(x, axis=0),
    "reduce_sum": lambda x: lambda: tf.reduce_sum(x, 1),
    "reshape": lambda x: lambda: tf.reshape(x, [3, -1]),
    "reverse": lambda x: lambda: tf.reverse(x, [0]),
    "roll": lambda x: lambda: tf.roll(x, 1, 0),
    "slice": lambda x: lambda: tf.slice(x, [0, 0], [1, -1]),
    "split": lambda x: lambda: tf.split(x, 3, 1),
    "squeeze": lambda x: (lambda y: lambda: tf.squeeze(y, [1]))(_x(2, 1)),
    "stack": lambda x: lambda: tf.stack([x, x], axis=1),
    "transpose": lambda x: lambda: tf.transpose(x, [1, 0]),
    "where": lambda x: (lambda b: lambda: tf.where(b, x, x))(_x(2, 3, dtype=tf.bool)),
    "math.cumulative_logsumexp": lambda x: lambda: tf.math.cumulative_logsumexp(x),
    "math.reduce_euclidean_norm": lambda x: lambda: tf.math.reduce_euclidean_norm(x, 1),
    "nn.avg_pool": lambda x: (lambda y: lambda: tf.nn.avg_pool(y, [1, 2, 2, 1], [1, 2, 2, 1], "SAME"))(
        _x(None, 8, 8, 3)
    ),
    "nn.bias_add": lambda x: (lambda b: lambda: tf.nn.bias_add(x, b))(_x(3)),
    "nn.conv2d": lambda x: (lambda y, w: lambda: tf.nn.conv2d(y, w, [1, 1, 1, 1], "SAME"))(
        _x(None, 8, 8, 3), _x(3, 3, 3, 4)
    ),
    "nn.log_softmax": lambda x: lambda: tf.nn.log_softmax(x),
    "nn.max_pool": lambda x: (lambda y: lambda: tf.nn.max_pool(y, [1, 2, 2, 1], [1, 2, 2, 1], "VALID"))(
        _x(None, 8, 8, 3)
    ),
    "nn.softmax": lambda x: lambda: tf.nn.softmax(x),
} | {
    f"unsorted_segment_{how}": lambda x, how=how: (
        lambda at: lambda: getattr(tf, f"unsorted_segment_{how}")(x, at, 4)
    )(_x(2, dtype=tf.int32))
    for how in ("max", "min", "prod", "sum")
}
OWN = str(Path(tf.__file__).parent)


@pytest.mark.parametrize("name", COMMON)
def test_a_common_call_runs_no_python(name):
    """The fast path is taken, not only right."""
    call = COMMON[name](_x(2, 3))
    call()  # the name is looked up in its namespace
    frames = []

    def note(frame: Any, event: str, _: Any) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(OWN):
            frames.append(frame.f_code.co_name)

    sys.setprofile(note)
    try:
        call()
    finally:
        sys.setprofile(None)
    assert frames == []


def test_every_direct_function_has_a_common_call():
    spaces = {"": tf, "math.": tf.math, "nn.": tf.nn}
    called = {id(getattr(spaces[space], name)) for full in COMMON for space, _, name in [_parted(full)]}
    every = {
        id(value)
        for module in (tf, tf.math, tf.nn, tf.linalg)
        for value in (getattr(module, name) for name in dir(module))
        if isinstance(value, _core.DirectFunction)
    }
    assert every == called


def _parted(full: str) -> tuple[str, str, str]:
    space, dot, name = full.rpartition(".")
    return space + dot, dot, name


def test_lists_of_one_are_lists():
    # An op with one output gives it alone, and the function gives a list all the same.
    x = tf.placeholder(tf.float32, [1, 3])
    calls = {
        "split": [
            lambda: tf.split(x, 1),
            lambda: tf.split(x, 1, axis=1),
            lambda: tf.split(axis=1, num_or_size_splits=1, value=x),
            lambda: tf.split(x, [1]),
            lambda: tf.split(x, True),
        ]
    }
    listing = {
        name
        for name, function in direct_functions().items()
        if str(inspect.signature(function).return_annotation).startswith(("list", "tuple", "Sequence"))
    }
    assert listing == calls.keys()
    for name, each in calls.items():
        for call in each:
            made = call()
            assert type(made) is list and len(made) == 1, name
            assert made[0].shape.as_list() == [1, 3]
    assert len(tf.split(x, 3, axis=1)) == 3


def test_operators_for_classes_that_stand_for_tensors():
    names = tf.Tensor.OVERLOADABLE_OPERATORS
    assert {"__add__", "__radd__", "__getitem__", "__abs__", "__matmul__"} <= names and len(names) == 32
    assert all(callable(getattr(tf.Tensor, name)) for name in names)
