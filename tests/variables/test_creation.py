"""Creations of get_variable that ask nobody: they are taken, and make what an initializer's call makes."""

import contextlib
import functools
import os
import sys

import numpy as np
import pytest
import scopetrie as tf
from scopetrie.summary.attributes import attributes

PACKAGE = os.path.dirname(tf.__file__) + os.sep
I = tf.initializers  # noqa: E741
assert callable(tf.get_variable)  # imported now: names are looked up at their first use

INITIALIZERS = {
    "zeros": I.zeros(),
    "zeros, the class": I.zeros,
    "ones": I.ones(),
    "a constant": I.constant(0.25),
    "an int as constant": I.constant(7),
    "uniform": I.random_uniform(-0.5, 0.5),
    "uniform, ints as bounds": I.random_uniform(-1, 3),
    "uniform from 0": I.random_uniform(0, 3.0),
    "uniform from 0 to 1": I.random_uniform(0, 1),
    "uniform, the class": I.random_uniform,
    "uniform, seeded": I.random_uniform(-1.0, 1.0, seed=5),
    "normal": I.random_normal(1.0, 0.25),
    "normal, seeded": I.random_normal(seed=-3),
    "truncated normal": I.truncated_normal(stddev=0.1),
    "scaled, fan in": I.variance_scaling(2.0),
    "scaled, fan out": I.variance_scaling(2.0, "fan_out", "untruncated_normal"),
    "scaled, fan average": I.variance_scaling(0.5, "fan_avg", "uniform", seed=2),
    "glorot uniform": I.glorot_uniform(),
    "glorot normal": I.glorot_normal(seed=1),
    "he": I.he_normal(),
    "lecun": I.lecun_uniform(),
    "unit scaling": I.uniform_unit_scaling(1.5),
}
SHAPES = [[], [3], [2, 3], [3, 3, 2, 4], [0], [40, 50]]
# Called once for each shape and dtype; what they make is recorded and made again.
RECORDED = {
    "identity": (I.identity(0.5), [[4, 4], [4, 3], [3, 4]]),
    "identity, the class": (I.identity, [[2, 2]]),
    "orthogonal": (I.orthogonal(), [[4, 3], [3, 4], [2, 2, 3]]),
    "orthogonal, an int as gain": (I.orthogonal(2), [[4, 4]]),
    "delta": (I.convolutional_delta_orthogonal(), [[3, 2, 4], [3, 3, 2, 4]]),
    "1d": (I.convolutional_orthogonal_1d(), [[1, 2, 4], [2, 2, 4]]),
}


def profiled(note, call):
    """Calls something, and notes what is called meanwhile."""
    sys.setprofile(note)
    try:
        call()
    finally:
        sys.setprofile(None)


def frames(call):
    """How many frames of this package run while something is called."""
    seen = []

    def note(frame, event, _):
        if event == "call" and frame.f_code.co_filename.startswith(PACKAGE):
            seen.append(frame.f_code.co_qualname if hasattr(frame.f_code, "co_qualname") else "?")

    profiled(note, call)
    return seen


def described(graph):
    """All that a graph says of its operations."""
    found = []
    for op in graph.get_operations():
        said = {name: repr(value) for name, value in attributes(op).items()}
        outputs = [(each.dtype.name, each.shape.as_list()) for each in op.outputs]
        found.append((op.name, op.type, [each.name for each in op.inputs], said, outputs))
    return found


def asked(initializer):
    """A function of the program's that does what an initializer does: it has to be asked."""

    def initial(shape, dtype=None, partition_info=None):
        made = initializer() if isinstance(initializer, type) else initializer
        return made(shape, dtype=dtype, partition_info=partition_info)

    return initial


CALLS = {
    "no initializer": {"shape": [3, 2]},
    "a tuple as shape": {"shape": (3, 2)},
    "many elements": {"shape": [200, 100], "initializer": I.zeros()},
    "a name of an initializer": {"shape": [3], "initializer": "he_uniform"},
    "a number": {"initializer": 0.5},
    "an int": {"initializer": 3},
    "a list": {"initializer": [1.0, 2.0]},
    "ints": {"initializer": [[1, 2], [3, 4]]},
    "an array": {"initializer": np.arange(6.0, dtype=np.float32).reshape(2, 3)},
    "a large array": {"initializer": np.ones([50, 50])},
    "trainable": {"shape": [2], "trainable": False},
    "trainable, said": {"shape": [2], "trainable": True},
    "collections": {"shape": [2], "collections": ["mine", tf.GraphKeys.GLOBAL_VARIABLES]},
    "collections, a tuple": {"shape": [2], "collections": ("mine",), "trainable": False},
    "a dtype": {"shape": [2], "dtype": tf.float64},
    "an int dtype": {"shape": [2], "dtype": tf.int32},
    "a short int dtype": {"shape": [2], "dtype": tf.int8},
    "bools": {"shape": [2], "dtype": tf.bool},
    "uniform ints": {"shape": [2], "dtype": tf.int64, "initializer": I.random_uniform(0, 9)},
    "a number and its dtype": {"initializer": 1.5, "dtype": tf.float32},
    "defaults that are said": {
        "shape": [2],
        "use_resource": False,
        "validate_shape": True,
        "synchronization": tf.VariableSynchronization.AUTO,
        "aggregation": tf.VariableAggregation.NONE,
    },
}


@pytest.mark.parametrize("said", CALLS)
def test_a_creation_runs_no_python_of_ours(said):
    with tf.Graph().as_default(), tf.variable_scope("s"):
        assert frames(lambda: tf.get_variable("v", **CALLS[said])) == []
        assert [v.name for v in tf.get_default_graph()._variables()] == ["s/v:0"]


@pytest.mark.parametrize("said", RECORDED)
def test_a_recorded_initializer_is_called_once_for_each_shape_and_dtype(said):
    initializer, shapes = RECORDED[said]
    with tf.Graph().as_default():
        for at, shape in enumerate(shapes):
            for dtype in (tf.float32, tf.float64):
                first, again = (
                    frames(
                        lambda n=f"v{at}{dtype.name}{turn}": tf.get_variable(n, shape, dtype, initializer)  # noqa: B023
                    )
                    for turn in "ab"
                )
                assert first and again == []


@pytest.mark.parametrize("dtype", [tf.float32, tf.float64], ids=lambda d: d.name)
@pytest.mark.parametrize("said", RECORDED)
def test_what_was_recorded_is_what_the_initializer_makes(said, dtype):
    initializer, shapes = RECORDED[said]
    graphs = []
    for given in (initializer, asked(initializer)):
        with tf.Graph().as_default() as graph, tf.variable_scope("s"):
            for turn in range(2):
                for at, shape in enumerate(shapes):
                    v = tf.get_variable(f"v{turn}{at}", shape, dtype, initializer=given)
                    assert v.initial_value.shape == shape
                    assert graph.get_tensor_by_name(f"s/v{turn}{at}/Initializer/mul:0").consumers()
            with tf.name_scope(f"s/v1{len(shapes) - 1}/Initializer/"):
                tf.no_op(name="mul")  # is called mul_N: the recorded names are taken
            graphs.append(described(graph))
    assert graphs[0] == graphs[1]


def test_a_recording_is_of_one_gain_and_without_seeds():
    with tf.Graph().as_default(), tf.Session() as session:
        gains = [1.0, 2.0, 1.0, 2.0, 3.0]
        made = [
            tf.get_variable(f"v{at}", [2, 2], initializer=I.identity(gain)) for at, gain in enumerate(gains)
        ]
        session.run(tf.global_variables_initializer())
        assert [v[0, 0] for v in session.run(made)] == gains
        drawn = [tf.get_variable(f"d{at}", [3, 3], initializer=I.orthogonal()) for at in range(3)]
        session.run(tf.global_variables_initializer())
        one, other, third = session.run(drawn)
        assert not np.allclose(one, other) and not np.allclose(other, third)
        assert np.allclose(other @ other.T, np.eye(3), atol=1e-5)
        for at in range(3):
            assert frames(lambda at=at: tf.get_variable(f"s{at}", [3, 3], initializer=I.orthogonal(seed=at)))
        tf.set_random_seed(3)
        seeds = []
        for at in range(3):
            v = tf.get_variable(f"g{at}", [3, 3], initializer=I.orthogonal())
            (op,) = (
                op for op in v.graph.get_operations() if op.name.startswith(f"g{at}") and "Normal" in op.type
            )
            seeds.append((op.get_attr("seed"), op.get_attr("seed2")))
        assert seeds == [(3, 0), (3, 1), (3, 2)]


@pytest.mark.parametrize("name", ["identity", "orthogonal", "convolutional_delta_orthogonal"])
def test_a_recording_serves_other_gains(name):
    make = getattr(I, name)
    shape = [3, 2, 4] if name.startswith("conv") else [4, 4]
    gains = [0.375, 2.5, -0.1, 2.5, 1.0, 7, 1e-7]
    graphs = []
    for give in (lambda gain: make(gain), lambda gain: asked(make(gain))):
        with tf.Graph().as_default() as graph:
            for at, gain in enumerate(gains):
                given = give(gain)
                ran = frames(lambda at=at, given=given: tf.get_variable(f"v{at}", shape, initializer=given))
                assert graphs or bool(ran) == (gain in (0.375, 7))
            graphs.append(described(graph))
    assert graphs[0] == graphs[1]


def test_a_gain_that_no_float_holds_is_refused_as_before():
    with tf.Graph().as_default():
        tf.get_variable("a", [2, 2], initializer=I.identity(0.5))
        said = []
        for given in (I.identity(1e60), asked(I.identity(1e60))):
            try:
                said.append(tf.get_variable(f"b{len(said)}", [2, 2], initializer=given).shape)
            except Exception as error:
                said.append((type(error), str(error)))
        assert said[0] == said[1]


def test_an_odd_seed_of_the_graph_is_asked_for():
    with tf.Graph().as_default() as graph:
        tf.get_variable("a", [2, 2], initializer=I.orthogonal(0.5))
        graph.seed = 2**70
        assert frames(lambda: _or_error(lambda: tf.get_variable("b", [2, 2], initializer=I.orthogonal(0.25))))


def _or_error(call):
    with contextlib.suppress(Exception):
        call()


def test_a_recording_that_was_undone_is_made_again():
    with tf.Graph().as_default() as graph:
        with graph.transaction() as attempt:
            tf.get_variable("a", [2, 2], initializer=I.identity())
            tf.get_variable("b", [2, 2], initializer=I.identity())
            attempt.rollback()
        assert frames(lambda: tf.get_variable("a", [2, 2], initializer=I.identity()))
        tf.get_variable("b", [2, 2], initializer=I.identity())
        assert [op.name for op in graph.get_operations() if op.type == "MatrixDiagV3"] == [
            "a/Initializer/eye/diag",
            "b/Initializer/eye/diag",
        ]


def test_what_is_placed_or_awaited_is_not_recorded():
    with tf.Graph().as_default() as graph:
        wait = tf.no_op(name="wait")
        with tf.control_dependencies([wait]):
            tf.get_variable("a", [2, 2], initializer=I.identity())
        with graph.device("/gpu:0"):
            tf.get_variable("b", [2, 2], initializer=I.identity())
        tf.get_variable("c", [2, 2], initializer=I.identity())
        d = tf.get_variable("d", [2, 2], initializer=I.identity())
        assert d.initial_value.op.control_inputs == [] and d.device == ""


# Arguments that only the general path handles.
GENERAL = {
    "constraint": {"constraint": abs},
    "caching_device": {"caching_device": lambda op: "/cpu:0"},
    "synchronization": {
        "synchronization": tf.VariableSynchronization.ON_WRITE,
        "aggregation": tf.VariableAggregation.SUM,
    },
    "partitioner": {"partitioner": tf.fixed_size_partitioner(2)},
    "validate_shape": {"validate_shape": False},
    "in a device block": {},
    "in a control dependency": {},
}


def in_block(said, graph):
    if said == "in a device block":
        return graph.device("/gpu:1")
    return tf.control_dependencies([tf.no_op()] if said == "in a control dependency" else [])


@pytest.mark.parametrize("seed", [None, 7])
@pytest.mark.parametrize("argument", GENERAL)
def test_the_general_path_takes_initial_values_from_the_core(argument, seed):
    graphs = []
    for give in (lambda initializer: initializer, asked):
        with tf.Graph().as_default() as graph:
            tf.set_random_seed(seed)
            for at, initializer in enumerate(INITIALIZERS.values()):
                for size, shape in enumerate([[3], [2, 3], [3, 3, 2, 4], [40, 50]]):
                    with in_block(argument, graph), tf.variable_scope("s"):
                        tf.get_variable(
                            f"v{at}_{size}", shape, initializer=give(initializer), **GENERAL[argument]
                        )
            graphs.append([(*row, graph.get_operation_by_name(row[0]).device) for row in described(graph)])
    assert graphs[0] == graphs[1]


def crossings(call):
    """How often a call crosses between Python and the extension, the call itself among them."""
    open_calls, seen = [], []

    def note(frame, event, function):
        if event == "call":
            if open_calls and open_calls[-1] == "C":
                seen.append(frame.f_code.co_name)
            open_calls.append("Python")
        elif event == "c_call":
            owner = (
                getattr(function, "__module__", None) or type(getattr(function, "__self__", None)).__module__
            )
            is_ours = str(owner).startswith("scopetrie")
            open_calls.append("C" if is_ours else "other")
            if is_ours:
                seen.append(function.__name__)
        elif open_calls:
            open_calls.pop()

    profiled(note, call)
    return seen


CROSSING = {
    **{name: {"shape": [2, 3], "initializer": given} for name, given in INITIALIZERS.items()},
    "an initializer of the program's": {
        "shape": [2, 3],
        "initializer": lambda shape, **_: np.ones(shape, "f"),
    },
    "a function without arguments": {"initializer": lambda: 1.0},
    "an array": {"initializer": np.ones([2, 3], "f")},
    "a regularizer": {"shape": [2, 3], "regularizer": lambda v: None},
    "a getter": {"shape": [2, 3], "custom_getter": lambda getter, *args, **kwargs: getter(*args, **kwargs)},
    "collections": {"shape": [2, 3], "collections": ["a", "b"]},
    "a name of a dtype": {"shape": [2, 3], "dtype": "float64"},
    "constraint": {"shape": [2, 3], "constraint": abs},
    "synchronization": {"shape": [2, 3], "synchronization": tf.VariableSynchronization.ON_READ},
    "validate_shape": {"shape": [2, 3], "validate_shape": False},
}


@pytest.mark.parametrize("said", CROSSING)
def test_a_miss_crosses_over_at_most_four_times(said):
    with tf.Graph().as_default():
        tf.get_variable("first", **CROSSING[said])
        seen = crossings(lambda: tf.get_variable("v", **CROSSING[said]))
        assert seen[0] == "get_variable" and len(seen) <= 4, seen


@pytest.mark.parametrize("seed", [None, 7])
@pytest.mark.parametrize("said", INITIALIZERS)
def test_no_initializer_is_called(said, seed):
    with tf.Graph().as_default():
        tf.set_random_seed(seed)
        for at, shape in enumerate(SHAPES):
            assert (
                frames(lambda s=shape, at=at: tf.get_variable(f"v{at}", s, initializer=INITIALIZERS[said]))
                == []
            )


@pytest.mark.parametrize(
    "dtype", [tf.float32, tf.float64, tf.float16, tf.int32, tf.int64], ids=lambda d: d.name
)
@pytest.mark.parametrize("seed", [None, 7])
@pytest.mark.parametrize("said", INITIALIZERS)
def test_the_nodes_are_those_of_the_initializers_own_call(said, seed, dtype):
    initializer = INITIALIZERS[said]
    graphs = []
    for given in (initializer, asked(initializer)):
        with tf.Graph().as_default() as graph:
            tf.set_random_seed(seed)
            for at, shape in enumerate(SHAPES):
                refused = None
                try:
                    tf.get_variable(f"v{at}", shape, dtype, initializer=given)
                except (TypeError, ValueError) as error:
                    refused = str(error)
            graphs.append((described(graph), refused))
    assert graphs[0] == graphs[1]


def test_variables_of_one_initializer_are_alike_and_those_of_others_are_not():
    with tf.Graph().as_default(), tf.Session() as session:
        for at, value in enumerate([1.5, 1.5, 2.5, 1.5]):
            tf.get_variable(f"v{at}", [2], initializer=I.constant(value))
        session.run(tf.global_variables_initializer())
        assert [v[0] for v in session.run(tf.global_variables())] == [1.5, 1.5, 2.5, 1.5]


@pytest.mark.parametrize("seed", [None, 7])
def test_what_is_undone_is_not_used_again(seed):
    def fails(shape, dtype=None, partition_info=None):
        tf.get_variable("inner", [2], initializer=I.random_normal(0.0, 3.0, seed=1))
        tf.get_variable("other", [2], initializer=I.random_normal(0.0, 4.0))
        raise RuntimeError("no")

    with tf.Graph().as_default() as graph:
        tf.set_random_seed(seed)
        with pytest.raises(RuntimeError):
            tf.get_variable("outer", [2], initializer=fails)
        tf.get_variable("inner", [2], initializer=I.random_normal(0.0, 5.0, seed=1))
        tf.get_variable("other", [2], initializer=I.random_normal(0.0, 6.0))
        stddevs = [
            attributes(op)["value"].array for op in graph.get_operations() if op.name.endswith("/stddev")
        ]
        assert stddevs == [5.0, 6.0]


def test_seeds_are_drawn_in_order():
    with tf.Graph().as_default() as graph:
        tf.set_random_seed(3)
        tf.random_uniform([1])
        for name in "ab":
            tf.get_variable(name, [2])
        tf.random_uniform([1])
        tf.get_variable("c", [2], initializer=I.random_normal(seed=9))
        drawn = [op for op in graph.get_operations() if op.type.startswith("Random")]
        assert [(op.get_attr("seed"), op.get_attr("seed2")) for op in drawn] == [
            (3, 0), (3, 1), (3, 2), (3, 3), (3, 9),
        ]  # fmt: skip


def test_an_initializer_that_was_changed_is_read_anew():
    with tf.Graph().as_default() as graph:
        initializer = I.random_normal(stddev=1.0)
        tf.get_variable("a", [2], initializer=initializer)
        initializer.stddev = 2.0
        tf.get_variable("b", [2], initializer=initializer)
        stddevs = [
            attributes(op)["value"].array for op in graph.get_operations() if op.name.endswith("/stddev")
        ]
        assert stddevs == [1.0, 2.0]


def test_a_class_that_derives_from_an_initializers_is_asked():
    class Doubled(I.random_normal):
        def __call__(self, shape, dtype=None, partition_info=None):
            return 2.0 * super().__call__(shape, dtype, partition_info)

    with tf.Graph().as_default() as graph:
        tf.get_variable("a", [2], initializer=Doubled())
        assert "a/Initializer/mul" in [op.name for op in graph.get_operations()]


def test_a_value_is_copied():
    array = np.ones([2], np.float32)
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.get_variable("a", initializer=array)
        array[:] = 5
        session.run(v.initializer)
        assert session.run(v).tolist() == [1.0, 1.0]


def test_a_value_and_its_dtype_take_a_name_as_in_v1():
    with tf.Graph().as_default():
        tf.get_variable("a", initializer=1.0, dtype=tf.float32)
        assert tf.constant(1.0).op.name == "Const_1"
        with pytest.raises(ValueError, match="don't match"):
            tf.get_variable("b", initializer=1.0, dtype=tf.int32)


def test_collections_are_joined_in_order_and_once():
    with tf.Graph().as_default() as graph:
        v = tf.get_variable("a", [2], collections=["x", "x", tf.GraphKeys.TRAINABLE_VARIABLES])
        assert graph.get_all_collection_keys() == ["x", tf.GraphKeys.TRAINABLE_VARIABLES]
        assert graph.get_collection("x") == [v] == tf.trainable_variables()
        assert tf.global_variables() == []


ON_READ = tf.VariableSynchronization.ON_READ


def _of_getter():
    def getter(getter, name, **arguments):
        return getter(name, **(arguments | {"trainable": None, "synchronization": ON_READ}))

    with tf.variable_scope("s", custom_getter=getter):
        return tf.get_variable("v", [2])


def _of_creator():
    def creator(next_creator, **arguments):
        return next_creator(**(arguments | {"trainable": None, "synchronization": ON_READ}))

    with tf.variable_creator_scope(creator):
        return tf.get_variable("v", [2])


def _partitioned():
    (part,) = tf.get_variable("v", [2], synchronization=ON_READ, partitioner=tf.fixed_size_partitioner(1))
    return part


@pytest.mark.parametrize(
    "make",
    [
        lambda: tf.get_variable("v", [2], synchronization=ON_READ),
        lambda: tf.get_variable("v", [2], synchronization=3),
        lambda: tf.get_variable("v", initializer=1.0, synchronization=ON_READ),
        lambda: tf.Variable(1.0, synchronization=ON_READ),
        lambda: tf.Variable(1.0, synchronization=3),
        lambda: tf.get_local_variable("v", [2], synchronization=ON_READ),
        _of_getter,
        _of_creator,
        _partitioned,
    ],
)
def test_what_is_synchronized_on_reading_is_not_trained(make):
    with tf.Graph().as_default():
        variable = make()
        assert (variable.trainable, variable.synchronization) == (False, ON_READ)
        assert tf.trainable_variables() == []


def test_a_creator_that_synchronizes_on_reading_keeps_the_default_it_was_given():
    def creator(next_creator, **arguments):
        return next_creator(**(arguments | {"synchronization": ON_READ}))

    with tf.Graph().as_default(), tf.variable_creator_scope(creator):
        assert tf.get_variable("v", [2]).trainable  # v1's default was decided before
        assert not tf.Variable(1.0).trainable


def test_getters_and_creators_hear_of_use_resource_as_in_v1():
    heard = []

    def getter(getter, **arguments):
        heard.append(arguments["use_resource"])
        return getter(**arguments)

    def creator(next_creator, **arguments):
        heard.append(arguments["use_resource"])
        return next_creator(**arguments)

    with tf.Graph().as_default(), tf.variable_creator_scope(creator):
        for scope, call in [(None, None), (True, None), (True, False)]:
            with tf.variable_scope("s", custom_getter=getter, use_resource=scope):
                tf.get_variable(f"v{len(heard)}", [2], use_resource=call)
        tf.Variable(1.0)
    assert heard == [None, False, True, True, False, False, None]


def test_a_getter_hears_the_dtype_as_it_was_given():
    heard = []

    def getter(getter, **arguments):
        heard.append(arguments["dtype"])
        return getter(**arguments)

    with tf.Graph().as_default(), tf.variable_scope("s", custom_getter=getter):
        for at, dtype in enumerate([None, "float64", np.float64, tf.float32_ref]):
            assert tf.get_variable(f"v{at}", [2], dtype).dtype.is_floating
    assert heard == [tf.float32, "float64", np.float64, tf.float32]


def _like(shape, dtype=None, partition_info=None):
    return tf.ones(shape, dtype)


class _Callable:
    def __call__(self, shape, dtype=None, partition_info=None):
        return _like(shape, dtype)

    def method(self, shape, **options):
        return _like(shape, options["dtype"])


def _decorated(function):
    @functools.wraps(function)
    def wrapper(*arguments, **options):
        assert "partition_info" not in options  # v1 looks at the wrapper's own parameters
        return function(*arguments, **options)

    return wrapper


@pytest.mark.parametrize(
    "initializer",
    [
        _like,
        lambda shape, dtype: tf.ones(shape, dtype),
        lambda shape, **options: tf.ones(shape, options["dtype"]),
        lambda *arguments, **options: tf.ones(arguments[0], options["dtype"]),
        lambda shape, dtype=None, *, partition_info=None: tf.ones(shape, dtype),
        _Callable(),
        _Callable,
        _Callable().method,
        functools.partial(_like, partition_info=None),
        functools.partial(_like, dtype=tf.float32),
        _decorated(_like),
        tf.ones,
    ],
)
@pytest.mark.parametrize("partitioner", [None, tf.fixed_size_partitioner(2)])
def test_an_initializer_is_whatever_takes_a_shape_and_a_dtype(initializer, partitioner):
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.get_variable("v", [4], initializer=initializer, partitioner=partitioner)
        session.run(tf.global_variables_initializer())
        assert session.run(tf.identity(v)).tolist() == [1.0] * 4


@pytest.mark.parametrize(
    "initializer",
    [
        lambda: [1.0, 2.0],
        lambda size=2: tf.ones([size]),
        lambda **options: tf.ones([2]),
        functools.partial(tf.ones, [2]),
        _decorated(lambda: tf.ones([2])),
    ],
)
def test_an_initializer_without_arguments_says_the_shape_itself(initializer):
    with tf.Graph().as_default():
        assert tf.get_variable("v", initializer=initializer).shape.as_list() == [2]


def test_collections_that_change_while_a_key_is_compared():
    keys = ["mine", tf.GraphKeys.GLOBAL_VARIABLES, "".join(["ot", "hers"])]

    class Key:
        def __hash__(self):
            return hash("mine")

        def __eq__(self, other):
            keys.clear()
            return False

    with tf.Graph().as_default() as graph:
        graph.add_to_collection(Key(), "something")
        v = tf.get_variable("v", [2], initializer=I.zeros(), collections=keys, trainable=False)
        assert keys == []
        assert graph.get_collection("mine") == graph.get_collection("others") == tf.global_variables() == [v]


@pytest.mark.parametrize("count", [6, 7, 8, 20])
def test_as_many_collections_as_the_program_likes(count):
    with tf.Graph().as_default() as graph:
        v = tf.get_variable("v", [2], collections=[f"mine{i}" for i in range(count)])
        assert [graph.get_collection(f"mine{i}") for i in range(count)] == [[v]] * count
        assert tf.trainable_variables() == [v]
