"""Graph.transaction(): a block that fails leaves the graph as it was."""

import gc
import re
import threading
from contextlib import suppress
from types import SimpleNamespace

import pytest
import scopetrie as tf
from scopetrie.graph.notes import Notes


class Failure(Exception):
    pass


@pytest.fixture
def graph():
    with tf.Graph().as_default() as graph:
        tf.set_random_seed(5)
        with tf.variable_scope("a"):
            tf.get_variable("w", [2], initializer=tf.zeros_initializer())
        x = tf.placeholder(tf.float32, [None], name="x")
        tf.add_to_collection("mine", x)
        tf.add_to_collection("mine", "text")
        with tf.device("/cpu:0"):
            tf.identity(x, name="placed")
        yield graph


def everything(graph):
    """All that a program can see of the default graph, without building anything that stays."""
    seen = SimpleNamespace(
        operations=[
            (
                op.name,
                op.type,
                [each.name for each in op.inputs],
                [each.name for each in op.control_inputs],
                [(str(each.shape), each.dtype) for each in op.outputs],
                op.device,
                op.colocation_groups(),
                graph.is_fetchable(op),
                [graph.is_feedable(each) for each in op.outputs],
            )
            for op in graph.get_operations()
        ],
        collections={
            str(key): [str(each) for each in graph.get_collection(key)] for key in graph.collections
        },
        names=[
            graph.unique_name(name, mark_as_used=False) for name in ("a", "b", "x", "a/w", "Const", "loss")
        ],
        seed=graph.seed,
        finalized=graph.finalized,
        variables=[(v.name, v.shape.as_list(), v.constraint, v.trainable) for v in graph._variables()],
        # Whatever else it keeps, now and in future.
        state={
            name: repr(getattr(value, "_notes", value))
            for name, value in vars(graph).items()
            if isinstance(value, (int, str, list, set, dict, Notes))
        },
    )
    return vars(seen)


def build_all(graph):
    """Changes everything that a graph has, older things included."""
    x, placed = graph.get_tensor_by_name("x:0"), graph.get_operation_by_name("placed")
    w = tf.get_variable("v", [2, 3], constraint=abs)
    (x + 1.0) * tf.random_normal([2])
    with tf.variable_scope(None, "block"):
        tf.get_variable("w", [4, 4], partitioner=tf.fixed_size_partitioner(2))
        with tf.device("/gpu:1"), tf.colocate_with(placed):
            tf.constant([1.0, 2.0], name="c")
    with tf.control_dependencies([placed]):
        tf.no_op()
    x.set_shape([7])
    placed._set_device("/job:other")
    placed._add_control_inputs([x.op])
    graph.prevent_feeding(x)
    graph.prevent_fetching(placed)
    graph.prevent_feeding(w)
    graph.add_to_collection("mine", "more")
    graph.add_to_collection("new", w)
    graph.get_collection_ref("mine")[0] = object()
    graph.add_to_collection("mine", "again")
    graph.clear_collection("mine")
    graph.add_to_collection("mine", "after")
    tf.get_seed(None)
    graph.seed = 6
    with suppress(Failure), graph.transaction():
        tf.constant(3.0)
        raise Failure
    graph.finalize()


def test_what_a_failing_block_has_made_is_undone(graph):
    before = everything(graph)
    for _ in range(3):
        with pytest.raises(Failure), graph.transaction():
            build_all(graph)
            assert everything(graph) != before
            raise Failure
        assert everything(graph) == before
    assert [tf.get_seed(None), tf.get_seed(None)] == [(5, 0), (5, 1)]


def test_what_is_built_after_an_undone_block_is_as_without_it():
    def build(graph, attempts):
        with graph.as_default():
            for _ in range(attempts):
                with pytest.raises(Failure), graph.transaction():
                    build_all(graph)
                    raise Failure
            build_all(graph)
            return everything(graph)

    def base():
        with tf.Graph().as_default() as graph:
            x = tf.placeholder(tf.float32, [None], name="x")
            tf.identity(x, name="placed")
            tf.add_to_collection("mine", x)
        return graph

    first, second = (re.sub(r"0x\w+", "at", repr(build(base(), attempts))) for attempts in (0, 2))
    assert first == second


def test_a_block_that_ends_is_kept(graph):
    with graph.transaction() as kept:
        assert kept.is_open
        c = tf.constant(1.0, name="c")
    assert not kept.is_open
    assert graph.get_tensor_by_name("c:0") is not None
    assert c.name == "c:0"


def test_nested_blocks(graph):
    before = everything(graph)
    with graph.transaction() as outer:
        with graph.transaction():
            tf.constant(1.0, name="kept_by_the_inner_one")
        assert outer.rollback()
        assert not outer.is_open
    assert everything(graph) == before


def test_commit_before_the_end(graph):
    with pytest.raises(Failure), graph.transaction() as kept:
        tf.constant(1.0, name="c")
        kept.commit()
        raise Failure
    assert graph.get_operation_by_name("c").type == "Const"


@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_a_transaction_ends_once(graph, end):
    transaction = graph.transaction()
    with pytest.raises(RuntimeError, match=rf"{end}\(\) of a transaction that was not entered"):
        getattr(transaction, end)()
    with transaction:
        getattr(transaction, end)()
        with pytest.raises(RuntimeError, match=rf"{end}\(\) of a transaction that has ended"):
            getattr(transaction, end)()
    with pytest.raises(RuntimeError, match="was entered before"):
        transaction.__enter__()


def test_it_is_ended_by_the_thread_that_entered_it(graph):
    errors = []

    def end(transaction):
        try:
            transaction.rollback()
        except RuntimeError as error:
            errors.append(str(error))

    with graph.transaction() as transaction:
        thread = threading.Thread(target=end, args=(transaction,))
        thread.start()
        thread.join()
        assert transaction.is_open
    assert len(errors) == 1
    assert "in another thread" in errors[0]


def test_nothing_is_undone_where_another_thread_has_built(graph):
    def build():
        with graph.as_default():
            tf.constant(2.0, name="theirs")

    with pytest.raises(Failure), graph.transaction():
        tf.constant(1.0, name="ours")
        thread = threading.Thread(target=build)
        thread.start()
        thread.join()
        raise Failure
    assert {"ours", "theirs"} <= {op.name for op in graph.get_operations()}


def test_one_that_is_dropped_open_is_kept(graph):
    """As by an interrupt in the end of a block, whose traceback holds the transaction until much later."""
    transaction = graph.transaction().__enter__()
    tf.constant(1.0, name="made_within")
    held = [transaction]
    del transaction
    with pytest.raises(Failure), graph.transaction():
        tf.constant(1.0, name="undone")
        raise Failure
    tf.constant(1.0, name="made_since")
    held.clear()
    gc.collect()
    names = {op.name for op in graph.get_operations()}
    assert {"made_within", "made_since"} <= names
    assert "undone" not in names


def test_a_failing_get_variable_whose_generator_is_dropped_late_undoes_nothing_of_later(graph):
    kept = []

    def initializer(shape, **_):
        raise Failure

    try:
        tf.get_variable("v", [2], initializer=initializer)
    except Failure as error:
        kept.append(error)  # with its traceback, and all that the frames hold
    tf.constant(1.0, name="since")
    kept.clear()
    gc.collect()
    assert graph.get_operation_by_name("since") is not None


class TestHandles:
    def test_of_what_was_undone_are_refused_even_when_ids_are_given_out_again(self, graph):
        with graph.transaction() as attempt:
            variable = tf.get_variable("v", [2])
            tensor = tf.constant(1.0, name="c")
            operation = tensor.op
            attempt.rollback()
        again = tf.get_variable("other", [3]), tf.constant([2.0], name="d")
        assert again[0].shape == [3]
        for use in (
            lambda: tensor.name,
            lambda: tensor + 1.0,
            lambda: tf.add_n([again[1], tensor]),
            lambda: tensor[0],
            lambda: operation.name,
            lambda: operation.inputs,
            lambda: variable.name,
            lambda: variable + 1.0,
            lambda: variable.initializer,
            lambda: graph.prevent_feeding(tensor),
            lambda: tf.add_to_collection("mine", tensor),
            lambda: tf.Session().run(tensor),
        ):
            with pytest.raises(RuntimeError, match=r"^This (tensor|operation|variable) was undone"):
                use()
        assert repr(tensor) == "<tf.Tensor, undone>"
        assert repr(operation) == "<tf.Operation, undone>"
        assert repr(variable) == "<tf.Variable, undone>"

    def test_of_what_was_undone_are_equal_to_no_newcomer(self, graph):
        with graph.transaction() as attempt:
            old = tf.constant(1.0)
            attempt.rollback()
        new = tf.constant(1.0)
        assert (old == new, old == old, new in {old: 1}) == (False, True, False)

    def test_of_older_things_stay(self, graph):
        x = graph.get_tensor_by_name("x:0")
        with graph.transaction() as attempt:
            x + 1.0
            attempt.rollback()
        assert x == graph.get_tensor_by_name("x:0")
        assert hash(x) == hash(graph.get_tensor_by_name("x:0"))
        assert (x + 1.0).op.inputs[0] == x


def test_marks_do_not_pass_to_newcomers(graph):
    with graph.transaction() as attempt:
        c = tf.constant(1.0)
        graph.prevent_feeding(c)
        graph.prevent_fetching(c)
        attempt.rollback()
    d = tf.constant(1.0)
    assert graph.is_feedable(d)
    assert graph.is_fetchable(d)


def test_control_dependencies_forget_what_was_undone(graph):
    outside = tf.constant(0.0, name="outside")
    with graph.control_dependencies([outside]):
        with graph.transaction() as attempt:
            tf.constant(1.0)
            attempt.rollback()
        source = graph.get_tensor_by_name("x:0")
        made = tf.constant(2.0)  # has the number of the undone one, which was made within this block
    assert [op.name for op in made.op.control_inputs] == ["outside"]
    assert source.op.control_inputs == []


def test_a_collection_view_is_as_before(graph):
    view = graph.get_collection_ref("mine")
    before = list(view)
    with graph.transaction() as attempt:
        view.append(1)
        graph.clear_collection("mine")
        graph.add_to_collection("mine", 2)
        attempt.rollback()
    assert list(view) == before == graph.get_collection("mine")
    graph.add_to_collection("mine", 3)
    assert list(view) == [*before, 3]
    assert graph.get_collection_ref("mine") is view
