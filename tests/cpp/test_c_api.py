"""The C API in a capsule: a second extension, built here, makes things in graphs that Python made."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import threading
from pathlib import Path
from types import ModuleType
from typing import Any

import cpp_programs
import numpy as np
import pytest
import scopetrie as tf
from graph_states import contents, is_freed_at_once

HERE = Path(__file__).parent
SKIP = cpp_programs.reason_to_skip()
if SKIP is None and importlib.util.find_spec("pybind11") is None:
    SKIP = "needs pybind11"
pytestmark = pytest.mark.skipif(SKIP is not None, reason=str(SKIP))


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The extension, built against the installed package; against this checkout where it is not."""
    folder = tmp_path_factory.mktemp("second")
    try:
        scopetrie = f"-Dscopetrie_DIR={tf.get_cmake_dir()}"
    except FileNotFoundError:
        scopetrie = f"-DSCOPETRIE_SOURCE={cpp_programs.ROOT.as_posix()}"
    options = [scopetrie, "-DCMAKE_BUILD_TYPE=Release", "-DSCOPETRIE_LTO=OFF"]
    options.append(f"-DPython_EXECUTABLE={sys.executable}")
    found = subprocess.run([sys.executable, "-m", "pybind11", "--cmakedir"], capture_output=True, text=True)
    cpp_programs.build_project(HERE / "capi", folder, [*options, f"-Dpybind11_DIR={found.stdout.strip()}"])
    (file,) = [p for p in folder.rglob("second*") if p.suffix in {".so", ".pyd"}]
    spec = importlib.util.spec_from_file_location("second", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def graph() -> Any:
    with tf.Graph().as_default() as graph:
        yield graph


def test_the_capsule() -> None:
    from scopetrie import _core

    assert 'capsule object "scopetrie._core.C_API"' in repr(_core.C_API)


def test_it_builds_where_python_stands(second: ModuleType, graph: tf.Graph) -> None:
    x = tf.constant([[1.0, 2.0]])
    with tf.variable_scope("tower"), tf.name_scope("inside"):
        kernel, product, made = second.layer(graph, x, 3)
    assert made
    assert (kernel.name, product.name) == ("tower/layer/kernel:0", "tower/inside/layer/product")
    assert tf.global_variables() == tf.trainable_variables() == [kernel]
    assert tf.get_variable_scope().name == "" and graph.get_name_scope() == ""
    with tf.variable_scope("tower", reuse=True):
        assert tf.get_variable("layer/kernel") is kernel
        again, other, made = second.layer(graph, x, 3)
    assert again is kernel and not made
    assert other.name == "tower_1/layer/product"
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run(product.outputs[0]).tolist() == [[3.0, 3.0, 3.0]]
    # What Python makes afterwards is numbered after it.
    assert tf.constant(1.0, name="tower/inside/layer/product").op.name == "tower/inside/layer/product_1"
    assert tf.get_variable("after", [2]).name == "after:0"


def test_errors_are_v1s(second: ModuleType, graph: tf.Graph) -> None:
    x = tf.constant([[1.0, 2.0]])
    second.layer(graph, x, 3)
    with pytest.raises(second.Error, match="Variable layer/kernel already exists, disallowed"):
        second.layer(graph, x, 3)
    with pytest.raises(TypeError, match="graph_from_object: a Graph is needed, not 3"):
        second.layer(3, x, 3)
    with pytest.raises(TypeError, match="tensor_from_object: 'x' is none"):
        second.layer(graph, "x", 3)
    with pytest.raises(TypeError, match="variable_from_object"):
        second.twice(x)
    with pytest.raises(TypeError, match="operation_from_object"):
        second.operation_name(x)
    assert second.operation_name(x.op) == "Const"
    graph.finalize()
    with tf.variable_scope("other"), pytest.raises(second.Error, match="Graph is finalized"):
        second.layer(graph, x, 4)


@pytest.mark.parametrize("by_itself", [False, True])
def test_what_failed_is_undone(second: ModuleType, graph: tf.Graph, by_itself: bool) -> None:
    tf.get_variable("w", [2])
    before = contents()
    with pytest.raises(RuntimeError, match="failed"):
        if by_itself:
            second.fail(graph, True)
        else:
            with graph.transaction():
                second.fail(graph, False)
    assert contents() == before
    gone = tf.get_variable("gone", [3])
    assert gone.shape.as_list() == [3]


def test_a_handle_of_what_was_undone_is_refused(second: ModuleType, graph: tf.Graph) -> None:
    with graph.transaction() as attempt:
        v = tf.get_variable("v", [2])
        attempt.rollback()
    with pytest.raises(RuntimeError, match="was undone"):
        second.twice(v)


@pytest.mark.parametrize("lock_once", [False, True])
def test_without_the_gil(second: ModuleType, graph: tf.Graph, lock_once: bool) -> None:
    """Threads of C++ and of Python build in one graph at once; each name is made once."""
    made: list[str] = []

    def build() -> None:
        with graph.as_default(), tf.variable_scope("python"):
            made.extend(tf.get_variable(f"v{i}", [2]).name for i in range(200))

    python = threading.Thread(target=build)
    python.start()
    names = second.without_gil(graph, 200, lock_once)
    python.join()
    assert names == [f"thread/w{i}:0" for i in range(200)]
    assert made == [f"python/v{i}:0" for i in range(200)]
    assert {v.name for v in tf.global_variables()} == {*names, *made}
    with tf.variable_scope("thread", reuse=True):
        assert tf.get_variable("w7").name == "thread/w7:0"


def test_references_are_right_both_ways(second: ModuleType) -> None:
    def build() -> Any:
        graph = tf.Graph()
        with graph.as_default():
            return second.layer(graph, tf.constant([[1.0]]), 2)

    assert is_freed_at_once(build)
    with tf.Graph().as_default() as graph:
        v = tf.get_variable("v", [2])
        x = tf.constant([[1.0]])
        second.layer(graph, x, 1)
        counts = [sys.getrefcount(each) for each in (graph, v, x, x.op)]
        for _ in range(100):
            second.twice(v)
            second.text_of_graph(graph)
            second.operation_name(x.op)
            with pytest.raises(second.Error):
                second.layer(graph, x, 1)
            with pytest.raises(TypeError):
                second.layer(graph, 3, 1)
        assert [sys.getrefcount(each) for each in (graph, v, x, x.op)] == counts
        assert second.twice(v) is v


def test_it_makes_variables_of_a_store_where_python_stands(second: ModuleType) -> None:
    store = tf.Store(seed=1)
    with store.scope("tower", trainable=False):
        kernel, bias, name = second.store_layer(store, 3)
    assert name == "tower/layer/kernel_1"
    assert kernel is store["tower/layer/kernel"]
    assert kernel.array.tolist() == [[1.0, 1.0]] * 3 and not kernel.trainable
    assert bias.array.tolist() == [1.0, 2.0, 3.0]
    assert store.names.unique_name("tower/layer/kernel") == "tower/layer/kernel_2"
    with (
        store.scope("tower", reuse=True),
        pytest.raises(second.Error, match="tower/layer/bias already"),
    ):
        second.store_layer(store, 3)
    # What Python makes and asks afterwards stands behind it.
    after = store.get("after", (2,))
    assert after.array.shape == (2,) and list(store)[-1] == "after"
    assert "bias" in str(store.why("tower/layer/bias"))
    fork = store.fork()
    second.add_to(kernel, 1.0)
    assert fork["tower/layer/kernel"].array.tolist() == [[1.0, 1.0]] * 3


def test_elements_are_seen_without_a_copy(second: ModuleType) -> None:
    store = tf.Store(seed=1)
    w = store.get("w", (2,), initializer="zeros")
    assert second.add_to(w, 1.5) == 3.0
    array = w.array
    assert second.add_to(w, 0.5) == 4.0
    assert array.tolist() == [2.0, 2.0]
    asked = store.get("asked", (2,), initializer=lambda shape, dtype: np.full(shape, 7, dtype))
    assert second.add_to(asked, 0.0) == 14.0
    broken = store.get("broken", (2,), initializer=lambda shape, dtype: 1 // 0)
    with pytest.raises(second.Error, match="division"):
        second.add_to(broken, 0.0)
    del store["w"]
    with pytest.raises(RuntimeError, match="was deleted"):
        second.add_to(w, 0.0)
    with pytest.raises(TypeError, match="store_variable_from_object: 3 is none"):
        second.add_to(3, 0.0)
    with pytest.raises(TypeError, match="store_from_object: a Store is needed, not 3"):
        second.store_layer(3, 1)


def test_a_frozen_variable_is_read_only(second: ModuleType) -> None:
    store = tf.Store(seed=1)
    w = store.get("w", (2,), initializer="ones")
    store.freeze()
    with pytest.raises(second.Error, match="'w' is frozen: store_variable_read"):
        second.add_to(w, 1.0)
    assert second.sum_of(w) == 2.0
    store.freeze(False)
    assert second.add_to(w, 1.0) == second.sum_of(w) == 4.0


def test_a_session_sees_what_is_done_to_its_store(second: ModuleType) -> None:
    with tf.Graph().as_default() as graph:
        w = tf.get_variable("w", [2], initializer=tf.ones_initializer())
        more = tf.assign_add(w, [1.0, 1.0])
    with tf.Session(graph=graph) as session:
        session.run(w.initializer)
        for _ in range(3):
            session.run(more)
        second.move_stored(session.store, "w", "other")
        with pytest.raises(tf.errors.FailedPreconditionError):
            session.run(more)
        second.move_stored(session.store, "other", "w")
        assert session.run(more).tolist() == [5.0, 5.0]
        second.erase_stored(session.store, "w")
        with pytest.raises(tf.errors.FailedPreconditionError):
            session.run(more)
        with pytest.raises(second.Error, match="there is no variable 'w'"):
            second.erase_stored(session.store, "w")


def test_stores_from_threads_without_the_gil(second: ModuleType) -> None:
    store = tf.Store()

    def make() -> None:
        for i in range(100):
            second.make_stored(store, f"kept{i}", True)
            store.get(f"python{i}", (2,))

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    assert len(store) == 200
    assert second.make_stored(store, "gone", False) == "gone"
    assert "gone" not in store
    assert [v.path for v in store.values()][-2:] == ["kept99", "python99"]
    kept = store["kept7"]
    counts = sys.getrefcount(store), sys.getrefcount(kept)
    for _ in range(50):
        assert second.same_variable(kept) is kept
        second.make_stored(store, "gone", False)
        with pytest.raises(TypeError):
            second.make_stored(3, "gone", False)
    assert (sys.getrefcount(store), sys.getrefcount(kept)) == counts


def test_what_a_call_costs(second: ModuleType) -> None:
    """At most twice what the C++ face takes, each on a graph of its own, in one process."""
    costs = second.costs(tf.Graph)
    assert set(costs) == {
        "get_variable: hit",
        "get_variable: miss",
        "add_op",
        "unique_name",
        "variable_scope",
    }
    ratios = {what: table / face for what, (face, table) in costs.items()}
    assert max(ratios.values()) <= 2, costs
