"""Sessions: their making, being the default, closing, and the errors of each (recorded from TensorFlow "
"2.21)."""

import gc
import sys
import sysconfig
import threading
import weakref

import numpy as np
import pytest
import scopetrie as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def test_with_makes_session_and_graph_the_default():
    other = tf.Graph()
    with tf.Session(graph=other) as session:
        assert tf.get_default_session() is session
        assert tf.get_default_graph() is other is session.graph
        c = tf.constant(2.0)
        assert c.graph is other
        assert c.eval() == 2
    assert tf.get_default_session() is None
    assert tf.get_default_graph() is not other


def test_as_default_neither_closes_nor_changes_the_default_graph(graph):
    other = tf.Graph()
    with other.as_default():
        c = tf.constant(1.0)
    session = tf.Session(graph=other)
    with session.as_default() as entered:
        assert entered is session is tf.get_default_session()
        with session.as_default():
            assert tf.get_default_session() is session
        assert tf.get_default_graph() is graph
    assert tf.get_default_session() is None
    assert session.run(c) == 1
    session.close()


def test_the_default_session_is_each_threads_own():
    found = []
    with tf.Session():
        thread = threading.Thread(target=lambda: found.append(tf.get_default_session()))
        thread.start()
        thread.join()
    assert found == [None]


def test_closed_session():
    c = tf.constant(1.0)
    session = tf.Session()
    assert session.run(c) == session.run([c])[0] == 1
    session.close()
    session.close()
    for fetch in (c, [c], {"a": c}, "Const:0"):
        with pytest.raises(RuntimeError) as caught:
            session.run(fetch)
        assert str(caught.value).startswith("Attempted to use a closed Session.\n")
    with tf.Session() as session:
        pass
    with pytest.raises(RuntimeError, match=r"^Attempted to use a closed Session\.\n"):
        session.run(c)


def test_empty_graph():
    for fetch in ([], "x:0", None):
        with pytest.raises(RuntimeError) as caught:
            tf.Session().run(fetch)
        text = "The Session graph is empty. Add operations to the graph before calling run()."
        assert str(caught.value).startswith(text)


def test_not_reentrant():
    with tf.Session() as session, pytest.raises(RuntimeError) as caught:
        session.__enter__()
    assert str(caught.value) == (
        "Session context managers are not re-entrant. Use `Session.as_default()` if you want to enter a "
        "session "
        "multiple times."
    )


def test_improper_nesting():
    first, second = tf.Session().as_default(), tf.Session().as_default()
    first.__enter__()
    second.__enter__()
    with pytest.raises(AssertionError) as caught:
        first.__exit__(None, None, None)
    text = f"Nesting violated for default stack of {tf.Session} objects"
    assert str(caught.value) == text
    second.__exit__(None, None, None)

    from scopetrie.execution.sessions import stack

    stack.pop(tf.get_default_session())


WRONG = [
    (lambda: tf.Session(graph=3), TypeError, 'Argument `graph` must be a tf.Graph, but got "int"'),
    (lambda: tf.Session(target=3), TypeError, 'Argument `target` must be a string, but got "int"'),
    (lambda: tf.Session(config=3), TypeError, 'Argument `config` must be a tf.ConfigProto, but got "int"'),
    (
        lambda: tf.Session("abc"),
        tf.errors.NotFoundError,
        'No session factory registered for the given session options: {target: "abc" config: } Registered '
        "factories "
        "are {DIRECT_SESSION}.",
    ),
    (
        lambda: tf.Session(backend="tpu"),
        ValueError,
        "No backend is named 'tpu'; the backends are 'numpy', 'cupy', 'torch' and 'jax'.",
    ),
]


@pytest.mark.parametrize(("make", "kind", "text"), WRONG)
def test_wrong_argument(make, kind, text):
    with pytest.raises(kind) as caught:
        make()
    assert str(caught.value).splitlines()[0] == text


NO_SESSION = [
    (
        lambda tensor, op: tensor.eval(),
        "Cannot evaluate tensor using `eval()`: No default session is registered. Use `with "
        "sess.as_default()` or "
        "pass an explicit session to `eval(session=sess)`",
    ),
    (
        lambda tensor, op: op.run(),
        "Cannot execute operation using `run()`: No default session is registered. Use `with "
        "sess.as_default():` or "
        "pass an explicit session to `run(session=sess)`",
    ),
    (
        lambda tensor, op: tf.get_variable("w", [2]).eval(),
        "Cannot evaluate tensor using `eval()`: No default session is registered. Use `with "
        "sess.as_default()` or "
        "pass an explicit session to `eval(session=sess)`",
    ),
]


@pytest.mark.parametrize(("call", "text"), NO_SESSION)
def test_no_default_session(call, text):
    with pytest.raises(ValueError) as caught:
        call(tf.constant(1.0), tf.no_op())
    assert str(caught.value) == text


OTHER_GRAPH = [
    (
        lambda tensor, op: tensor.eval(),
        "Cannot use the default session to evaluate tensor: the tensor's graph is different from the "
        "session's "
        "graph. Pass an explicit session to `eval(session=sess)`.",
    ),
    (
        lambda tensor, op: op.run(),
        "Cannot use the default session to execute operation: the operation's graph is different from the "
        "session's graph. Pass an explicit session to run(session=sess).",
    ),
    (
        lambda tensor, op: tensor.eval(session=tf.get_default_session()),
        "Cannot use the given session to evaluate tensor: the tensor's graph is different from the "
        "session's graph.",
    ),
    (
        lambda tensor, op: op.run(session=tf.get_default_session()),
        "Cannot use the given session to execute operation: the operation's graph is different from the "
        "session's "
        "graph.",
    ),
]


@pytest.mark.parametrize(("call", "text"), OTHER_GRAPH)
def test_session_of_another_graph(call, text):
    tensor, op = tf.constant(1.0), tf.no_op()
    with tf.Session(graph=tf.Graph()), pytest.raises(ValueError) as caught:
        call(tensor, op)
    assert str(caught.value) == text


def test_eval_and_run():
    x = tf.placeholder(tf.float32)
    w = tf.get_variable("w", [2], initializer=tf.zeros_initializer())
    with tf.Session() as session:
        tf.global_variables_initializer().run()
        assert (x * 2.0).eval({x: 3.0}) == 6
        assert (x * 2.0).eval(feed_dict={x: 3.0}, session=session) == 6
        assert w.eval().tolist() == [0, 0]
        assert w.assign([1.0, 2.0]).op.run() is None
        assert w.eval(session).tolist() == [1, 2]


def test_each_session_has_its_own_values():
    w = tf.get_variable("w", initializer=1.0)
    add = tf.assign_add(w, 1.0)
    first, second = tf.Session(), tf.Session()
    for session in (first, second):
        session.run(w.initializer)
    first.run(add)
    first.run(add)
    assert (first.run(w), second.run(w)) == (3, 1)


def test_interactive_session(graph):
    session = tf.InteractiveSession()
    assert tf.get_default_session() is session
    assert tf.constant(2.0).eval() == 2
    with pytest.warns(UserWarning, match=r"^An interactive session is already active\. This can cause"):
        second = tf.InteractiveSession(graph=tf.Graph())
    assert tf.get_default_session() is second
    assert tf.get_default_graph() is second.graph
    session.close()
    assert tf.get_default_session() is second
    second.close()
    second.close()
    assert tf.get_default_session() is None
    assert tf.get_default_graph() is graph


def test_make_callable():
    x, y = tf.placeholder(tf.float32, name="x"), tf.placeholder(tf.float32, [2], name="y")
    with tf.Session() as session:
        double = session.make_callable(2.0 * x, [x])
        assert double(3.0) == 6
        assert double(np.ones(2, np.float32)).tolist() == [2, 2]
        assert double(1.0, 2.0) == 2  # v1 ignores excess arguments
        assert session.make_callable({"a": x + y, "b": x.op}, (x, "y:0"))(1.0, [1.0, 2.0])["b"] is None
        assert session.make_callable(2.0 * x, ["x:0"])(2.0) == 4
        assert session.make_callable(tf.constant(1.0))() == 1
        metadata = tf.RunMetadata()
        traced = session.make_callable(2.0 * x, [x], accept_options=True)
        options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)
        assert traced(2.0, options=options, run_metadata=metadata) == 4
        assert metadata.step_stats.dev_stats
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"^You must feed a value for placeholder"):
            double()
        with pytest.raises(ValueError, match=r"^Cannot feed value of shape"):
            session.make_callable(y, [y])(np.ones(3))
        with pytest.raises(TypeError) as caught:
            session.make_callable(2.0 * x, x)
        text = (
            'Argument `feed_list` must be a list or tuple. Received: feed_list=Tensor("x:0", dtype=float32)'
        )
        assert str(caught.value) == text


def test_partial_run_is_refused_by_name():
    session = tf.Session()
    with pytest.raises(tf.errors.UnimplementedError, match=r"^Session\.partial_run_setup is not supported"):
        session.partial_run_setup([], [])
    with pytest.raises(tf.errors.UnimplementedError, match=r"^Session\.partial_run is not supported"):
        session.partial_run("handle", [])


def test_small_members():
    session = tf.Session(config=tf.ConfigProto(allow_soft_placement=True))
    assert session.sess_str == b""
    assert session.list_devices() == ["/job:localhost/replica:0/task:0/device:CPU:0"]
    assert tf.Session.reset("") is None
    assert session.backend.name == "numpy"


def test_a_form_of_call_is_compiled_once(monkeypatch):
    from scopetrie.execution.sessions import program

    made = []
    compiled = program.Plan
    monkeypatch.setattr(program, "Plan", lambda *args, **kwargs: made.append(1) or compiled(*args, **kwargs))
    x = tf.placeholder(tf.float32)
    y = x + 1.0
    with tf.Session() as session:
        for _ in range(3):
            session.run(y, {x: 1.0})
            tf.constant(1.0)  # the graph grows: compiled plans stay valid
        assert len(made) == 1
        session.run(y, {"Placeholder:0": 1.0})
        session.run([y], {x: 1.0})
        session.run(y, {y: 1.0})
        assert len(made) == 4


def test_operations_added_later_can_be_run():
    with tf.Session() as session:
        x = tf.constant(1.0)
        assert session.run(x) == 1
        y = x + 1.0
        assert session.run([x, y]) == [1, 2]


def test_a_closed_session_frees_everything():
    w = tf.get_variable("w", initializer=np.zeros(1000, np.float32))
    session = tf.Session()
    session.run(w.initializer)
    session.run(w)
    state = session._state
    freed = [weakref.ref(plan) for plan in session._plans.values()]
    memory = weakref.ref(next(iter(state.cells.values())).read())
    session.close()
    gc.collect()
    assert memory() is None
    assert all(plan() is None for plan in freed)


@pytest.mark.skipif(
    sys.version_info < (3, 14) and bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
    reason="3.13 without a GIL keeps all functions, once it had a thread",
)
def test_a_closed_session_frees_its_plans_of_all_forms():
    x = tf.placeholder(tf.float32, [2])
    w = tf.get_variable("w", initializer=[1.0, 2.0])
    looped = tf.while_loop(lambda i: i < 3.0, lambda i: i + 1.0, [tf.reduce_sum(x)])
    chosen = tf.cond(tf.reduce_sum(x) > 1.0, lambda: x * w, lambda: x)
    with tf.Session() as session:
        session.run(w.initializer)
        for _ in range(3):  # looped over, then as generated code
            session.run([w, w + 1.0])
            session.run({"a": (chosen, [looped])}, {x: [1.0, 0.5]})
            session.run(tf.assign_add(w, [1.0, 1.0]))
        freed = [weakref.ref(program.plan) for program in session._programs.values()]
        freed += [weakref.ref(session._state.cells[w.op._id].view)]
        assert len(freed) > 4
    gc.collect()
    assert [each() for each in freed] == [None] * len(freed)
    with pytest.raises(RuntimeError, match=r"^Attempted to use a closed Session\.\n"):
        session.run(w)


def test_runs_from_many_threads():
    x = tf.placeholder(tf.float32, [None])
    w = tf.get_variable("w", initializer=0.0)
    add = tf.assign_add(w, 1.0)
    y = tf.reduce_sum(tf.tanh(x) * 2.0 + x)
    session = tf.Session()
    session.run(w.initializer)
    wrong = []

    def work(seed):
        values = np.random.default_rng(seed).random(100).astype(np.float32)
        wanted = (np.tanh(values) * np.float32(2) + values).sum()
        for _ in range(50):
            if not np.isclose(session.run(y, {x: values}), wanted):
                wrong.append(seed)
            session.run([add.op])

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert 0 < session.run(w) <= 200


def test_a_session_that_another_thread_closes_says_so() -> None:
    v = tf.get_variable("v", [2], initializer=tf.zeros_initializer())
    y = v + 1.0
    said: set[str] = set()
    for _ in range(30):
        session = tf.Session()
        session.run(v.initializer)

        def run(session: tf.Session = session) -> None:
            try:
                while True:  # the session is closed meanwhile
                    session.run([y, v])
            except Exception as error:
                said.add(type(error).__name__)

        threads = [threading.Thread(target=run) for _ in range(3)]
        for each in threads:
            each.start()
        session.close()
        for each in threads:
            each.join()
    assert "RuntimeError" in said
    assert said <= {"RuntimeError", "CancelledError"}
