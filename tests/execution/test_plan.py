"""What a fetch is compiled to: what it leaves out, computes once, writes into and frees; and that it is "
"right."""

import tracemalloc

import hypothesis
import hypothesis.strategies as st
import numpy as np
import pytest
import scopetrie as tf
from scopetrie.execution.cells import Cell
from scopetrie.execution.plans.plan import Plan


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def plan_of(session, fetches, feeds=()):
    """The plan for tensors, compiled anew."""
    tensors = [tensor._id for tensor in fetches]
    return Plan(session.graph, session._state, tensors, [], [tensor._id for tensor in feeds])


def types_of(session, plan):
    return [session.graph.operation(step.op_id).type for step in plan.steps]


def test_only_what_a_fetch_needs_is_run():
    x = tf.placeholder(tf.float32, [2])
    tf.tanh(x)
    y = tf.negative(tf.exp(x))
    tf.sqrt(y)
    session = tf.Session()
    assert types_of(session, plan_of(session, [y], [x])) == ["Exp", "Neg"]
    assert types_of(session, plan_of(session, [y], [y])) == []
    assert types_of(session, plan_of(session, [y], [y.op.inputs[0]])) == ["Neg"]


def test_constants_are_folded():
    x = tf.placeholder(tf.float32, [2])
    c = tf.tanh(tf.constant([1.0, 2.0]) * 3.0)
    session = tf.Session()
    plan = plan_of(session, [c + x, c], [x])
    assert types_of(session, plan) == ["AddV2"]
    fed = np.zeros(2, np.float32)
    for _ in range(3):
        summed, constant = plan.execute(fed)
        assert np.allclose(summed, np.tanh([3, 6]))
        constant[:] = 0


def test_minimum_and_maximum_write_into_dead_operands_too():
    # NumPy wants their output by keyword.
    x = tf.placeholder(tf.float32, [2])
    y = tf.minimum(tf.maximum(tf.exp(x), x), 5.0)
    session = tf.Session()
    plan = plan_of(session, [y], [x])
    assert [step.into is not None for step in plan.steps] == [False, True, True]
    for _ in range(3):
        assert np.allclose(plan.execute(np.array([1, 9], np.float32))[0], [np.e, 5])


def test_large_constants_are_not_kept():
    zeros = tf.zeros([4 << 20])
    session = tf.Session()
    assert types_of(session, plan_of(session, [zeros])) == ["Fill"]
    assert session.run(zeros).nbytes == 16 << 20


def test_random_operations_are_not_folded():
    x = tf.random_uniform([4], seed=1)
    session = tf.Session()
    assert not np.array_equal(session.run(x), session.run(x))


def test_identities_are_no_steps():
    x = tf.placeholder(tf.float32, [2])
    y = tf.identity(tf.stop_gradient(tf.identity(x))) + 1.0
    session = tf.Session()
    assert types_of(session, plan_of(session, [y], [x])) == ["AddV2"]


def test_elementwise_steps_write_into_dead_operands():
    x = tf.placeholder(tf.float32, [None, 3])
    y = tf.tanh(x * 2.0 + 1.0) * x - x
    session = tf.Session()
    plan = plan_of(session, [y], [x])
    assert types_of(session, plan) == ["Mul", "AddV2", "Tanh", "Mul", "Sub"]
    assert [step.into is not None for step in plan.steps] == [False, True, True, True, True]
    fed = np.arange(6, dtype=np.float32).reshape(2, 3)
    for _ in range(3):
        (found,) = plan.execute(fed)
        assert np.allclose(found, np.tanh(fed * 2 + 1) * fed - fed, rtol=1e-5)
        assert fed.tolist() == [[0, 1, 2], [3, 4, 5]]


def never_written_into(session, plan):
    return all(step.into is None for step in plan.steps)


def test_what_somebody_still_needs_is_not_written_into():
    x = tf.placeholder(tf.float32, [3])
    y = tf.exp(x)
    z = tf.tanh(y)
    session = tf.Session()
    assert never_written_into(session, plan_of(session, [y, z], [x]))  # y is fetched
    kept = tf.reshape(y, [3, 1])  # a view of y, which is read after y is dead
    w = tf.tanh(y) + tf.reduce_sum(kept, 1)
    values = np.array([1, 2, 3], np.float32)
    plan = plan_of(session, [w], [x])
    for _ in range(3):
        assert np.allclose(plan.execute(values)[0], np.tanh(np.exp(values)) + np.exp(values), rtol=1e-5)


def test_operands_of_another_shape_or_dtype_are_not_written_into():
    x, row = tf.placeholder(tf.float32, [None, 3]), tf.placeholder(tf.float32, [3])
    unknown = tf.placeholder(tf.float32)
    session = tf.Session()
    assert never_written_into(session, plan_of(session, [tf.exp(row) + x], [x, row]))
    assert never_written_into(session, plan_of(session, [tf.exp(unknown) + 1.0], [unknown]))
    assert never_written_into(session, plan_of(session, [tf.less(tf.exp(row), 1.0)], [row]))
    both = tf.exp(x) * tf.placeholder(tf.float32, [None, 3], name="b")  # either may have one row
    feeds = [x, session.graph.get_tensor_by_name("b:0")]
    plan = plan_of(session, [both], feeds)
    assert never_written_into(session, plan)
    assert plan.execute(np.zeros((1, 3), np.float32), np.ones((2, 3), np.float32))[0].shape == (2, 3)


def test_a_row_added_to_an_unknown_batch_is_written_into_the_batch():
    x, w = tf.placeholder(tf.float32, [None, 3]), tf.get_variable("w", [3])
    session = tf.Session()
    plan = plan_of(session, [tf.exp(x) + w], [x])
    into = [step.into is not None for step in plan.steps if not isinstance(step.function, Cell)]
    assert into == [False, True]


def test_bias_and_activation_write_into_what_a_convolution_makes():
    x = tf.placeholder(tf.float32, [None, 4, 4, 2])
    made = tf.nn.conv2d(x, tf.ones([3, 3, 2, 5]), 1, "SAME")
    y = tf.nn.relu(tf.nn.bias_add(made, tf.constant([-10.0, 0.0, 1.0, 2.0, 3.0])))
    session = tf.Session()
    plan = plan_of(session, [y], [x])
    assert types_of(session, plan) == ["Conv2D", "BiasAdd", "Relu"]
    assert [step.into is not None for step in plan.steps] == [False, True, True]
    both = plan_of(session, [y, made], [x])  # a fetched value is not overwritten
    assert [step.into is not None for step in both.steps] == [False, False, True]
    fed = np.ones((2, 4, 4, 2), np.float32)
    for _ in range(3):
        (found,) = plan.execute(fed)
        again, kept = both.execute(fed)
        assert np.array_equal(found, again)
        assert np.array_equal(found, np.maximum(kept + np.float32([-10, 0, 1, 2, 3]), 0))
        assert kept[0, 1, 1].tolist() == [18] * 5 and kept[0, 0, 0].tolist() == [8] * 5


def test_what_a_view_was_made_of_is_not_written_into_but_what_a_new_array_was_made_of_is():
    x = tf.placeholder(tf.float32, [1, 4, 4, 1])
    y = tf.exp(x)
    session, fed = tf.Session(), np.ones((1, 4, 4, 1), np.float32)
    for made, may in (
        (tf.nn.conv2d(y, tf.ones([1, 1, 1, 1]), 1, "SAME"), True),
        (tf.reshape(y, [1, 4, 4, 1])[:, ::-1], False),
    ):
        plan = plan_of(session, [tf.tanh(y) + made], [x])
        tanh = next(step for step in plan.steps if step.function is np.tanh)
        assert (tanh.into is not None) is may
        for _ in range(3):
            (found,) = plan.execute(fed)
            assert np.allclose(found, np.tanh(np.e) + np.e)


def test_gradients_are_masked_in_place_whatever_the_size_of_the_batch():
    x, y = tf.placeholder(tf.float32, [None, 3]), tf.placeholder(tf.float32, [None, 3])
    weights = tf.constant(np.eye(3, dtype=np.float32))
    grad = tf.gradients(tf.nn.relu(x), x, tf.matmul(y, weights, transpose_b=True))[0]
    session = tf.Session()
    plan = plan_of(session, [grad], [x, y])
    assert plan.steps[-1].into is not None
    left, right = np.float32([[1, -1, 2], [-3, 4, 0]]), np.float32([[5, 6, 7], [8, 9, 1]])
    for _ in range(3):
        assert np.array_equal(plan.execute(left, right)[0], right * (left > 0))


def test_memory_of_a_long_chain_is_that_of_its_live_tensors():
    x = tf.placeholder(tf.float32, [None])
    y = x
    for _ in range(50):
        y = tf.cumsum(tf.exp(y) * 0.0)  # cumsum cannot write into its operand
    session = tf.Session()
    values = np.zeros(250_000, np.float32)
    for _ in range(3):
        tracemalloc.start()
        session.run(y, {x: values})
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 4.5 * values.nbytes


def test_stateful_operations_run_in_creation_order():
    w = tf.get_variable("w", initializer=1.0)
    before = w * 1.0
    double = tf.assign(w, w * 2.0)
    between = w * 1.0
    add = tf.assign_add(w, 1.0)
    after = w * 1.0
    session = tf.Session()
    session.run(w.initializer)
    for value in (1, 3, 7, 15):
        found = session.run([after, add.op, between, double.op, before])
        assert found == [2 * value + 1, None, 2 * value, None, value]


def test_control_dependencies_are_run():
    w = tf.get_variable("w", initializer=0.0)
    add = tf.assign_add(w, 1.0)
    with tf.control_dependencies([add]):
        y = tf.identity(w)
        z = tf.constant(5.0)
        nothing = tf.no_op()
    session = tf.Session()
    session.run(w.initializer)
    for count in range(3):  # as TensorFlow answers
        assert session.run(y) == 3 * count + 1
        assert session.run(z) == 5
        assert session.run(nothing) is None
        assert session.run(w) == 3 * count + 3


def test_long_plans_are_looped_over(monkeypatch):
    from scopetrie.execution.plans import plan as module

    monkeypatch.setattr(module, "_LONGEST_GENERATED", 2)
    x = tf.placeholder(tf.float32, [2])
    y = tf.tanh(tf.exp(x) + x) * x
    session = tf.Session()
    plan = plan_of(session, [y, x * 1.0], [x])
    values = np.array([1, 2], np.float32)
    for _ in range(3):
        found, _ = plan.execute(values)
        assert np.allclose(found, np.tanh(np.exp(values) + values) * values, rtol=1e-5)


def test_no_floating_point_warnings():
    x = tf.placeholder(tf.float32, [2])
    y = tf.log(x) / x + tf.constant(3e38) * 10.0
    session = tf.Session()
    for _ in range(3):
        assert np.isnan(session.run(y, {x: [0, -1]})).any()


UNARY = {"negative": np.negative, "tanh": np.tanh, "exp": np.exp, "abs": np.abs, "sqrt": np.sqrt}
BINARY = {"add": np.add, "subtract": np.subtract, "multiply": np.multiply, "maximum": np.maximum}
SHAPES = [(), (1,), (3,), (2, 3), (2, 1), (1, 3)]


@hypothesis.settings(max_examples=150, deadline=None)
@hypothesis.given(st.data())
def test_random_graphs_compute_what_numpy_does(data):
    random = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    with tf.Graph().as_default():
        feeds, tensors, values = {}, [], []
        for _ in range(data.draw(st.integers(1, 3))):
            value = random.normal(size=data.draw(st.sampled_from(SHAPES))).astype(np.float32)
            kind = data.draw(st.sampled_from(["fed", "fed", "vague", "constant", "variable"]))
            if kind == "constant":
                tensor = tf.constant(value)
            elif kind == "variable":
                tensor = tf.Variable(value)
            else:
                dims = [None if data.draw(st.booleans()) else size for size in value.shape]
                tensor = tf.placeholder(tf.float32, dims if kind == "fed" else None)
                feeds[tensor] = value
            tensors.append(tensor)
            values.append(value)
        for _ in range(data.draw(st.integers(1, 12))):
            at = data.draw(st.integers(0, len(tensors) - 1))
            kind = data.draw(st.sampled_from(["unary", "binary", "binary", "identity", "reshape", "sum"]))
            if kind == "unary":
                name = data.draw(st.sampled_from(sorted(UNARY)))
                tensors.append(getattr(tf, name)(tensors[at]))
                with np.errstate(all="ignore"):
                    values.append(UNARY[name](values[at]))
            elif kind == "binary":
                other = data.draw(st.integers(0, len(tensors) - 1))
                name = data.draw(st.sampled_from(sorted(BINARY)))
                tensors.append(getattr(tf, name)(tensors[at], tensors[other]))
                with np.errstate(all="ignore"):
                    values.append(BINARY[name](values[at], values[other]))
            elif kind == "identity":
                tensors.append(tf.identity(tensors[at]))
                values.append(values[at])
            elif kind == "reshape":
                tensors.append(tf.reshape(tensors[at], [-1]))
                values.append(values[at].reshape(-1))
                # Fold back results whose shape does not broadcast against the others.
                shape = values[at].shape
                tensors.append(tf.reshape(tensors[-1], shape))
                values.append(values[at])
                tensors.pop(-2)
                values.pop(-2)
            else:
                tensors.append(tf.reduce_sum(tensors[at]))
                values.append(np.asarray(values[at].sum(dtype=np.float32)))
        wanted = data.draw(st.lists(st.integers(0, len(tensors) - 1), min_size=1, max_size=4))
        copies = {tensor: value.copy() for tensor, value in feeds.items()}
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for _ in range(3):
                for at, value in zip(wanted, session.run([tensors[i] for i in wanted], feeds), strict=True):
                    assert np.shape(value) == values[at].shape
                    assert np.allclose(value, values[at], rtol=1e-4, atol=1e-4, equal_nan=True)
            assert all(np.array_equal(feeds[tensor], copies[tensor]) for tensor in feeds)
