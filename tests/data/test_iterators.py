"""Iterators: what starts them, whose state is whose, and how they end."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import scopetrie as tf

Dataset = tf.data.Dataset


@pytest.fixture(autouse=True)
def graph() -> Iterator[None]:
    with tf.Graph().as_default():
        yield


def test_a_run_takes_one_element_for_all_of_its_tensors() -> None:
    x, y = Dataset.from_tensor_slices(([1, 2], [10, 20])).make_one_shot_iterator().get_next()
    with tf.Session() as session:
        assert session.run([x, y, x + y]) == [1, 10, 11]
        assert session.run(y) == 20


def test_each_session_goes_through_for_itself() -> None:
    iterator = Dataset.range(3).make_initializable_iterator()
    element = iterator.get_next()
    with tf.Session() as one, tf.Session() as other:
        one.run(iterator.initializer)
        assert [one.run(element), one.run(element)] == [0, 1]
        with pytest.raises(tf.errors.FailedPreconditionError, match="iterator has not been initialized"):
            other.run(element)
        other.run(iterator.initializer)
        assert [other.run(element), one.run(element)] == [0, 2]
        one.run(iterator.initializer)
        assert one.run(element) == 0


def test_one_structure_for_several_datasets() -> None:
    iterator = tf.data.Iterator.from_structure(tf.int64, [None])
    element = iterator.get_next()
    train = iterator.make_initializer(Dataset.from_tensors(np.arange(3)))
    test = iterator.make_initializer(Dataset.from_tensors(np.arange(5)), name="test")
    assert [train.name, test.name] == ["make_initializer", "test"]
    with tf.Session() as session:
        session.run(train)
        assert session.run(element).tolist() == [0, 1, 2]
        session.run(test)
        assert session.run(element).tolist() == [0, 1, 2, 3, 4]
    with pytest.raises(TypeError, match="Expected output types"):
        iterator.make_initializer(Dataset.from_tensors([1.0]))
    with pytest.raises(TypeError, match="Expected output shapes compatible with"):
        iterator.make_initializer(Dataset.range(2))
    with pytest.raises(ValueError, match="The iterator does not have an initializer"):
        _ = iterator.initializer


def test_handles() -> None:
    one = Dataset.range(3).make_one_shot_iterator()
    other = Dataset.range(10, 13).make_initializable_iterator()
    handle = tf.placeholder(tf.string, [])
    element = tf.data.Iterator.from_string_handle(handle, one.output_types, one.output_shapes).get_next()
    with tf.Session() as session:
        handles = session.run([one.string_handle(), other.string_handle()])
        session.run(other.initializer)
        assert [session.run(element, {handle: each}) for each in [*handles, handles[0]]] == [0, 10, 1]
        with pytest.raises(tf.errors.InvalidArgumentError, match="no iterator with the handle"):
            session.run(element, {handle: b"another"})
    with tf.Session() as second, pytest.raises(tf.errors.InvalidArgumentError, match="no iterator"):
        second.run(element, {handle: handles[0]})


def test_a_one_shot_iterator_depends_on_nothing_that_changes() -> None:
    fed, v = tf.placeholder(tf.int64, []), tf.get_variable("v", [])
    with pytest.raises(ValueError, match="Cannot capture a placeholder"):
        Dataset.range(fed).make_one_shot_iterator()
    with pytest.raises(
        ValueError, match=r"Cannot capture a stateful node \(name:v, type:VariableV2\) by value"
    ):
        Dataset.range(2).map(lambda x: v).make_one_shot_iterator()


def test_threads_share_the_elements() -> None:
    element = Dataset.range(400).map(lambda x: x * 2).make_one_shot_iterator().get_next()
    found: list[int] = []
    with tf.Session() as session:

        def take() -> None:
            try:
                while True:
                    found.append(int(session.run(element)))
            except tf.errors.OutOfRangeError:
                pass

        threads = [threading.Thread(target=take) for _ in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    assert sorted(found) == list(range(0, 800, 2))


def test_closing_ends_the_generator_and_the_runs() -> None:
    ended, entered, let_go = threading.Event(), threading.Event(), threading.Event()

    def numbers() -> Iterator[int]:
        try:
            yield 1
            entered.set()
            let_go.wait(10)
            yield 2
        finally:
            ended.set()

    element = Dataset.from_generator(numbers, tf.int32).make_one_shot_iterator().get_next()
    session = tf.Session()
    assert session.run(element) == 1
    errors: list[Any] = []

    def take() -> None:
        try:
            session.run(element)
        except tf.errors.CancelledError as error:
            errors.append(error)

    thread = threading.Thread(target=take)
    thread.start()
    assert entered.wait(10)
    session.close()  # does not wait for the generator
    let_go.set()
    thread.join(10)
    assert len(errors) == 1
    errors.clear()  # its frames keep the generator
    gc.collect()
    assert ended.wait(1)


def test_an_error_of_the_generators_has_v1s_class() -> None:
    def fail() -> Iterator[int]:
        yield 1
        raise KeyError("boom")

    element = Dataset.from_generator(fail, tf.int32).make_one_shot_iterator().get_next()
    with tf.Session() as session:
        assert session.run(element) == 1
        with pytest.raises(tf.errors.UnknownError, match="KeyError: 'boom'") as caught:
            session.run(element)
        assert caught.value.op == element.op
        assert isinstance(caught.value.__cause__, Exception)
        with pytest.raises(tf.errors.OutOfRangeError):
            session.run(element)


def test_nothing_outlives_session_and_graph() -> None:
    class Rows:
        def __iter__(self) -> Iterator[int]:
            return iter([1, 2])

    rows = Rows()
    with tf.Graph().as_default() as graph:
        element = (
            Dataset.from_generator(rows.__iter__, tf.int32)
            .map(lambda x: x + 0)
            .make_one_shot_iterator()
            .get_next()
        )
        with tf.Session() as session:
            assert session.run(element) == 1
    kept = weakref.ref(rows), weakref.ref(graph)
    del graph, element, session
    del rows
    for _ in range(3):
        gc.collect()
    assert [each() for each in kept] == [None, None]


def test_a_graph_with_datasets_can_be_saved(tmp_path: Any) -> None:
    tf.get_variable("v", initializer=1.0)
    Dataset.range(3).map(lambda x: x + 1).make_one_shot_iterator().get_next()
    saver = tf.train.Saver()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        saver.save(session, str(tmp_path / "model"))
    with tf.Graph().as_default(), tf.Session() as session:
        tf.train.Saver([tf.get_variable("v", [])]).restore(session, str(tmp_path / "model"))
        assert session.run("v:0") == 1.0
    with (
        tf.Graph().as_default(),
        pytest.raises(ValueError, match="Dataset has functions of elements, which this GraphDef has not"),
    ):
        tf.train.import_meta_graph(str(tmp_path / "model.meta"))


def test_functions_of_datasets() -> None:
    dataset = Dataset.range(2)
    assert tf.data.get_output_types(dataset) is tf.int64
    assert tf.data.get_output_shapes(dataset).as_list() == []
    assert tf.data.get_output_classes(dataset) is tf.Tensor
    iterator = tf.data.make_initializable_iterator(dataset)
    with tf.Session() as session:
        session.run(iterator.initializer)
        assert session.run(iterator.get_next()) == 0
    with pytest.raises(TypeError, match=r"must be a tf\.data\.Dataset"):
        tf.data.make_one_shot_iterator(3)
