"""Many variables that are set to numbers: the store does it in one step, and what it gives is the same."""

import numpy as np
import pytest
import scopetrie as tf
from scopetrie.errors import InvalidArgumentError
from scopetrie.execution.cells import Initialization

MANY = 20


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def variables(initializer=None, shape=(3,), count=MANY, **settings):
    chosen = tf.ones_initializer() if initializer is None else initializer
    return [
        tf.get_variable(f"scope_{i % 3}/v{i}", shape, initializer=chosen, **settings) for i in range(count)
    ]


def steps(session):
    """The types of the steps of the run that a session was asked for first."""
    return [type(step.function) for step in next(iter(session._programs.values())).plan.steps]


CASES = {
    "zeros": (tf.zeros_initializer(), tf.float32),
    "ones": (tf.ones_initializer(), tf.float64),
    "a number": (tf.constant_initializer(-2.5), tf.float32),
    "a negative zero": (tf.constant_initializer(-0.0), tf.float32),
    "ints": (tf.constant_initializer(7), tf.int32),
    "small ints": (tf.constant_initializer(200), tf.uint8),
    "bools": (tf.ones_initializer(), tf.bool),
}


@pytest.mark.parametrize("shape", [(), (3,), (0, 2), (40, 50)])
@pytest.mark.parametrize("case", CASES)
def test_values(case, shape):
    initializer, dtype = CASES[case]
    made = variables(initializer, shape, dtype=dtype)
    init = tf.global_variables_initializer()
    with tf.Session() as one_by_one, tf.Session() as session:
        session.run(init)
        assert steps(session) == [Initialization]
        for variable in made:
            one_by_one.run(variable.initializer)
        assert list(session.store) == list(one_by_one.store) == [variable.op.name for variable in made]
        for variable, found, wanted in zip(made, session.run(made), one_by_one.run(made), strict=True):
            assert found.dtype == wanted.dtype == variable.dtype.base_dtype.as_numpy_dtype
            assert found.tobytes() == wanted.tobytes() and np.shape(found) == shape


def test_what_is_set_again_is_set_in_place():
    made = variables()
    init = tf.global_variables_initializer()
    with tf.Session() as session:
        session.run(init)
        view = session.store[made[0].op.name].array
        session.run([tf.assign_add(each, [1.0, 2.0, 3.0]) for each in made])
        assert view.tolist() == [2, 3, 4]
        fork = session.store.fork()
        for _ in range(2):
            session.run(init)
            assert view.tolist() == session.run(made[-1]).tolist() == [1, 1, 1]
        assert all(each.array.tolist() == [2, 3, 4] for each in fork.values())


def test_other_variables_are_initialized_as_ever():
    tf.set_random_seed(1)
    made = variables()
    drawn = tf.get_variable("drawn", [3])
    given = tf.get_variable("given", initializer=np.arange(3, dtype=np.float32))
    follows = tf.Variable(made[3].initialized_value() * 2.0, name="follows")
    words = tf.get_variable("words", initializer=["a"] * 3)
    init = tf.global_variables_initializer()
    with tf.Session() as session:
        session.run(init)
        assert Initialization in steps(session)
        assert session.run(given).tolist() == [0, 1, 2]
        assert session.run(follows).tolist() == [2, 2, 2]
        assert session.run(words).tolist() == [b"a"] * 3
        assert len(set(session.run(drawn).tolist())) == 3
        others = [each.op.name for each in (drawn, given, follows)]
        assert list(session.store) == [*(each.op.name for each in made), *others]
        assert all(value.tolist() == [1, 1, 1] for value in session.run(made))


def test_variables_that_the_run_needs_otherwise():
    made = variables()
    reads = [tf.identity(made[0]), made[1].initializer.outputs[0], made[2]]
    with tf.control_dependencies([each.initializer for each in made]):
        doubled = made[4] * 2.0
        late = tf.assign_add(made[5], [1.0, 1.0, 1.0])
    shared = tf.constant([5.0, 5.0, 5.0])
    both = [tf.Variable(shared), tf.Variable(shared)]
    init = tf.group(*(each.initializer for each in [*made, *both]))
    with tf.Session() as session:
        found = session.run([init, *reads, doubled, late])
        assert found[0] is None
        assert [each.tolist() for each in found[1:]] == [[1] * 3] * 3 + [[2] * 3] * 2
        assert [each.tolist() for each in session.run(both)] == [[5] * 3] * 2
        assert session.run(made[4].initializer.inputs[1]).tolist() == [1] * 3
        fed = {made[6].initializer.inputs[1]: [7.0, 8.0, 9.0]}
        session.run(init, fed)
        assert [each.tolist() for each in session.run([made[6], made[7]])] == [[7, 8, 9], [1, 1, 1]]


def test_an_initializer_that_waits():
    counter = tf.get_variable("counter", initializer=0)
    count_up = tf.assign_add(counter, 1)
    made = variables()
    made[3].initializer._add_control_input(count_up.op)
    init = tf.variables_initializer(made)
    with tf.Session() as session:
        session.run(counter.initializer)
        session.run(init)
        assert session.run(counter) == 1


def test_trainable_variables():
    variables(trainable=False)
    one = tf.get_variable("one", [2], trainable=False)
    two = tf.get_variable("two", [2])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert [path for path, each in session.store.items() if each.trainable] == ["two"]
        assert {one.op.name, two.op.name} < set(session.store)


def test_a_store_in_which_they_do_not_fit():
    made = variables()
    init = tf.global_variables_initializer()
    path = made[7].op.name
    for array, text in (
        (np.zeros(3), f"the store's variable '{path}' has dtype float64"),
        (np.zeros(4, np.float32), r"Assign requires shapes of both tensors to match\. lhs shape= \[4\] rhs"),
    ):
        store = tf.Store()
        store.put(path, array)
        with tf.Session(store=store) as session:
            for _ in range(3):
                with pytest.raises(InvalidArgumentError, match=text):
                    session.run(init)
        assert store[path].array is not None and store[path].shape == array.shape
    store = tf.Store()
    with tf.Session(store=store) as session:
        session.run(init)
        store[made[7].op.name.rpartition("/")[0]].freeze()
        with pytest.raises(InvalidArgumentError, match="is frozen"):
            session.run(init)


def test_undoing_variables_undoes_their_values(graph):
    with tf.Session() as session:
        with graph.transaction() as attempt:
            variables()
            session.run(tf.global_variables_initializer())
            assert len(session.store) == MANY
            attempt.rollback()
        assert list(session.store) == []


def test_a_fetch_of_many_variables():
    made = variables(shape=(2,), count=120)
    scalar = tf.get_variable("scalar", initializer=3.0)
    init = tf.global_variables_initializer()
    with tf.Session() as session:
        for _ in range(3):
            with pytest.raises(tf.errors.FailedPreconditionError, match="uninitialized value scope_0/v0"):
                session.run(made)
        session.run(init)
        for _ in range(3):
            found = session.run([*made[:60], scalar, *made[60:]])
            assert found.pop(60) == 3.0 and len(found) == 120
            assert all(each.tolist() == [1, 1] and each.flags.owndata for each in found)
            found[0][:] = 9
        assert session.run([*made, made[0]])[-1].tolist() == [1, 1]
        del session.store[made[99].op.name]
        with pytest.raises(
            tf.errors.FailedPreconditionError, match=f"uninitialized value {made[99].op.name}"
        ):
            session.run(made)


def test_the_store_has_variables_in_the_order_of_their_creation():
    made = []
    for layer in range(10):
        with tf.variable_scope(f"layer_{layer}"):
            made += [tf.get_variable("w", [2]), tf.get_variable("b", [2], initializer=tf.zeros_initializer())]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert list(session.store) == [each.op.name for each in made]
        assert steps(session).count(Initialization) == 10


def test_the_operation_waits_for_each_initializer_once(graph):
    a, b, c = variables(count=3)
    init = tf.global_variables_initializer()
    assert init.name == "init" and init.type == "NoOp"
    assert init.control_inputs == [a.initializer, b.initializer, c.initializer]
    turned = tf.variables_initializer([c, a, c], name="turned")
    assert turned.name == "turned" and turned.control_inputs == [c.initializer, a.initializer]
    with tf.name_scope("x"), tf.control_dependencies([a.initializer, tf.no_op()]):
        waiting = tf.global_variables_initializer()
    assert waiting.name == "x/init"
    assert [each.name for each in waiting.control_inputs] == [
        "scope_0/v0/Assign", "x/NoOp", "scope_1/v1/Assign", "scope_2/v2/Assign",
    ]  # fmt: skip
    assert tf.global_variables_initializer().name == "init_1"
    assert not tf.no_op().control_inputs
    with tf.Graph().as_default():
        assert tf.global_variables_initializer().control_inputs == []
        elsewhere = tf.variables_initializer([a, b])
    assert elsewhere.graph is graph and elsewhere.name == "init_2"
    graph.finalize()
    with pytest.raises(RuntimeError, match="finalized"):
        tf.global_variables_initializer()
