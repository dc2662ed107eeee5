"""What libraries of TensorFlow 1 take of its inner modules, and of tf.test."""

from __future__ import annotations

import importlib
import math
import sys
import types
import unittest
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scopetrie as tf

# Modules, and names that libraries take from them.
TAKEN = {
    "python.framework.constant_op": "constant _tensor_shape_tensor_conversion_function",
    "python.framework.device_spec": "DeviceSpecV1",
    "python.framework.ops": "Graph _get_graph_from_inputs prepend_name_scope register_proto_function",
    "python.framework.smart_cond": "smart_cond",
    "python.keras.engine.input_spec": "InputSpec",
    "python.layers.convolutional": "Conv2D Convolution2D Convolution3DTranspose SeparableConvolution2D",
    "python.layers.utils": "smart_cond constant_value",
    "python.lib.io.file_io": "file_exists write_string_to_file read_file_to_string FileIO",
    "python.ops.array_ops": "concat shape_internal",
    "python.ops.confusion_matrix": "confusion_matrix remove_squeezable_dimensions",
    "python.ops.control_flow_util": "GraphOrParentsInXlaContext",
    "python.ops.gradient_checker": "compute_gradient compute_gradient_error",
    "python.ops.gradients_impl": "gradients gradients_v2",
    "python.ops.metrics_impl": "mean metric_variable _safe_scalar_div _aggregate_variable",
    "python.ops.resource_variable_ops": "ResourceVariable resource_scatter_add",
    "python.ops.variable_scope": "get_variable variable _pure_variable_scope",
    "python.ops.variables": "Variable VariableV1 PartitionedVariable",
    "python.tf2": "enabled",
    "python.training.evaluation": "_StopAfterNEvalsHook _evaluate_once _get_or_create_eval_step",
    "python.training.sync_replicas_optimizer": "SyncReplicasOptimizer",
    "python.util.all_util": "make_all remove_undocumented",
    "python.util.nest": "flatten flatten_up_to map_structure_up_to assert_shallow_structure",
    "contrib.eager.python.tfe": "executing_eagerly in_eager_mode",
}


def taken(module: str, name: str) -> Any:
    with tf.as_tensorflow():
        return getattr(importlib.import_module(f"tensorflow.{module}"), name)


@pytest.mark.parametrize("module", TAKEN)
def test_inner_modules_have_what_libraries_take(module: str) -> None:
    with tf.as_tensorflow():
        owner, _, last = f"tensorflow.{module}".rpartition(".")
        assert isinstance(getattr(importlib.import_module(owner), last), types.ModuleType)
    assert all(callable(taken(module, name)) for name in TAKEN[module].split())


@pytest.fixture(autouse=True)
def graph() -> Iterator[None]:
    with tf.Graph().as_default():
        yield


def test_layers_of_keras_are_not_those_of_v1() -> None:
    with tf.as_tensorflow():
        layers = importlib.import_module("tensorflow.python.keras.layers")
        assert layers.Dense is tf.keras.layers.Dense is not tf.layers.Dense
        with pytest.raises(ModuleNotFoundError, match="does not have tensorflow"):
            importlib.import_module("tensorflow.python.keras.layers.core")


def test_eager_functions_are_refused() -> None:
    with pytest.raises(AttributeError, match=r"does not offer tf.contrib.eager.defun: .* Call the function"):
        taken("contrib.eager.python.tfe", "defun")
    with pytest.raises(NotImplementedError, match="Use the optimizer itself"):
        taken("python.training.sync_replicas_optimizer", "SyncReplicasOptimizer")(None)


def test_shapes_by_the_names_that_libraries_use() -> None:
    for dims in ([2, None], [], None):
        x: Any = tf.placeholder(tf.float32, dims)
        assert x._shape_tuple() == (None if dims is None else tuple(dims))
        assert x._shape.ndims == (None if dims is None else len(dims))


def test_names_with_scopes() -> None:
    strip, prepend = (taken("python.framework.ops", f"{each}_name_scope") for each in ("strip", "prepend"))
    for name, scope, stripped, prepended in (  # as TensorFlow 2.21 has them
        ("a/b", "a", "b", "a/a/b"),
        ("a/b", "", "a/b", "a/b"),
        ("^a/b", "a", "^b", "^a/a/b"),
        ("loc:@a/b", "a", "loc:@b", "loc:@a/a/b"),
        ("c/b", "a", "c/b", "a/c/b"),
    ):
        assert (strip(name, scope), prepend(name, scope)) == (stripped, prepended)


def test_a_pure_variable_scope_opens_no_name_scope() -> None:
    pure = taken("python.ops.variable_scope", "_pure_variable_scope")
    with pure("v") as scope:
        w = tf.get_variable("w", [2])
        assert (scope.name, w.name, tf.constant(1.0).name) == ("v", "v/w:0", "Const:0")
    with tf.variable_scope("other"), pure(scope, reuse=True):
        assert tf.get_variable("w", [2]) is w


def test_the_graph_of_inputs() -> None:
    of = taken("python.framework.ops", "_get_graph_from_inputs")
    x, graph = tf.constant(1.0), tf.Graph()
    assert of([x, 3]) is x.graph and of([], graph) is graph and of([3]) is tf.get_default_graph()
    with graph.as_default():
        y = tf.constant(1.0)
    with pytest.raises(ValueError, match="must be from the same graph as"):
        of([x, y])
    with pytest.raises(ValueError, match="is not from the passed-in graph"):
        of([x], graph)


def test_documented_names() -> None:
    module = types.ModuleType("documented", "Text.\n\n@@one\n@@two\n")
    module.__dict__.update(one=1, two=2, three=3, four=4, _five=5)
    sys.modules["documented"] = module
    try:
        assert taken("python.util.all_util", "make_all")("documented") == ["one", "two"]
        taken("python.util.all_util", "remove_undocumented")("documented", ["four"])
    finally:
        del sys.modules["documented"]
    assert {name for name in vars(module) if not name.startswith("__")} == {"one", "two", "four", "_five"}


def test_init_scope_leaves_control_inputs_and_branches() -> None:
    first = tf.no_op("first")
    with tf.name_scope("n"), tf.control_dependencies([first]):
        with tf.init_scope():
            inside = tf.constant(1.0) + 1.0
        outside = tf.constant(1.0)
    assert inside.op.name == "n/add" and inside.op.control_inputs == []
    assert outside.op.control_inputs == [first]

    def branch() -> Any:
        with tf.init_scope():
            return inside * 3.0

    with tf.Session() as session:
        assert session.run(tf.cond(tf.constant(True), branch, lambda: inside)) == 6.0


def test_nests_down_to_the_leaves_of_another() -> None:
    nest = tf.contrib.framework.nest
    assert nest.flatten_up_to([1, (2, 3)], [[4], (5, [6])]) == [[4], 5, [6]]
    assert nest.flatten_up_to(1, [1]) == [[1]] and nest.flatten_up_to([1], (1,), check_types=False) == [1]
    assert nest.map_structure_up_to([1, 1], lambda x, y: (x, y), [[1], 2], [3, [4]]) == [([1], 3), (2, [4])]
    assert nest.flatten_with_joined_string_paths({"a": [1, 2], "b": 3}) == [("a/0", 1), ("a/1", 2), ("b", 3)]
    assert nest.map_structure_with_paths(lambda path, x: (path, x), {"a": [1]}) == {"a": [("a/0", 1)]}
    assert nest.flatten_dict_items({(4, 5): (1, 2), 6: 3}) == {4: 1, 5: 2, 6: 3}
    calls: list[tuple[Callable[[], Any], type[Exception], str]] = [
        (lambda: nest.flatten_up_to([1], [1, 2]), ValueError, "same sequence length"),
        (lambda: nest.flatten_up_to([1], (1,)), TypeError, "same sequence type"),
        (lambda: nest.flatten_up_to([1], 3), TypeError, "input must also be a sequence"),
        (lambda: nest.flatten_up_to({"a": 1}, {"b": 1}), ValueError, "keys are not a subset"),
        (lambda: nest.map_structure_up_to([1], sum), ValueError, "Cannot map over no sequences"),
        (lambda: nest.flatten_dict_items([1]), TypeError, "must be a dictionary"),
        (lambda: nest.flatten_dict_items({(4, 5): (1,)}), ValueError, "Key had 2 elements"),
        (lambda: nest.flatten_dict_items({4: 1, (4,): (2,)}), ValueError, "not unique: 4"),
    ]
    for call, kind, text in calls:
        with pytest.raises(kind, match=text):
            call()


def test_weights_of_a_rank_that_is_known_when_it_runs() -> None:
    """Each metric and loss squeezes such weights as those of a known rank. Values are TensorFlow 2.21's."""
    guess, truth = tf.constant([1.0, 1.0, 1.0]), tf.constant([1.0, 0.0, 0.0])
    weights = tf.placeholder(tf.float32)
    made = {
        "accuracy": tf.metrics.accuracy(tf.expand_dims(truth, 1), guess, weights),
        "mean_squared_error": tf.metrics.mean_squared_error(truth, guess, weights),
        "true_positives": tf.metrics.true_positives(truth, guess, weights),
        "precision": tf.metrics.precision(truth, guess, weights),
        "auc": tf.metrics.auc(truth, guess, weights),
    }
    wanted = {
        "accuracy": 0.98039216, "mean_squared_error": 0.01960784, "true_positives": 100.0,
        "precision": 0.98039216, "auc": 0.49999976,
    }  # fmt: skip
    with tf.Session() as session:
        session.run(tf.local_variables_initializer())
        for name, (_, update) in made.items():
            got = session.run(update, {weights: [[100.0], [1.0], [1.0]]})
            np.testing.assert_allclose(got, wanted[name], rtol=1e-5, err_msg=name)


def test_labels_at_k_as_the_value_of_a_sparse_tensor() -> None:
    labels = tf.SparseTensorValue(np.array([[0, 0], [1, 0]]), np.array([1, 0]), np.array([2, 1]))
    scores = tf.constant([[0.1, 0.9], [0.2, 0.8]])
    both = [
        metric(each, scores, 1)[1]
        for metric in (tf.metrics.recall_at_k, tf.metrics.precision_at_k, tf.metrics.average_precision_at_k)
        for each in (labels, tf.SparseTensor(*labels))
    ]
    with tf.Session() as session:
        session.run(tf.local_variables_initializer())
        assert session.run(both) == [0.5] * 6


def test_evaluation_counts_runs(tmp_path: Path) -> None:
    training = tf.contrib.training
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.get_variable("v", initializer=3.0)
        tf.train.get_or_create_global_step()
        session.run(tf.global_variables_initializer())
        path = tf.train.Saver().save(session, str(tmp_path / "model"), global_step=7)
    assert list(tf.train.checkpoints_iterator(tmp_path, timeout=0)) == [path]
    assert training.wait_for_new_checkpoint(str(tmp_path), path, 0.01, timeout=0.02) is None
    calls: list[int] = []
    found = tf.train.checkpoints_iterator(tmp_path / "no", 0, 0, lambda: calls.append(1) or len(calls) == 2)
    assert list(found) == [] and len(calls) == 2
    with tf.Graph().as_default():
        v = tf.get_variable("v", initializer=0.0)
        tf.summary.scalar("v", v)
        total = tf.get_variable("total", initializer=0.0, trainable=False, collections=["local_variables"])
        hooks = [training.StopAfterNEvalsHook(3), training.SummaryAtEndHook(str(tmp_path / "log"))]
        found = training.evaluate_once(path, eval_ops=total.assign_add(v), final_ops=total + 0.0, hooks=hooks)
        assert found == 9.0 and training.get_or_create_eval_step().name == "eval_step:0"
        assert [p.name.startswith("events") for p in (tmp_path / "log").iterdir()] == [True]
    with tf.Graph().as_default():
        v = tf.get_variable("v", initializer=0.0)
        last = training.evaluate_repeatedly(
            str(tmp_path), eval_ops={"v": v}, final_ops=v * 2.0, timeout=0, eval_interval_secs=0,
            hooks=[training.StopAfterNEvalsHook(1)],
        )  # fmt: skip
        assert last == 6.0
        tf.add_to_collection(tf.GraphKeys.EVAL_STEP, 1)
        with pytest.raises(ValueError, match="Multiple"):
            training.get_or_create_eval_step()
    with pytest.raises(ValueError, match="One of log_dir or summary_writer"):
        training.SummaryAtEndHook()


def test_derivatives_are_compared_with_differences() -> None:
    check = tf.test.compute_gradient
    x = tf.placeholder(tf.float64, [1, 2])
    y = tf.square(x) * tf.constant([[1.0], [3.0]], tf.float64)
    start = np.array([[5.0, 6.0]])
    wanted = [[10.0, 0.0, 30.0, 0.0], [0.0, 12.0, 0.0, 36.0]]  # TensorFlow 2.21's
    with tf.Session():
        for found in (
            check(x, [1, 2], y, [2, 2], x_init_value=start),
            check([x], [[1, 2]], y, [2, 2], x_init_value=[start])[0],
        ):
            np.testing.assert_allclose(found[0], wanted)
            np.testing.assert_allclose(found[1], wanted, rtol=1e-9)
        assert tf.test.compute_gradient_error(x, [1, 2], y, [2, 2], start, delta=0.1) < 1e-9
        c = tf.placeholder(tf.complex64, [1])
        assert tf.test.compute_gradient_error(c, [1], c * c, [1], np.array([1 + 2j])) < 1e-2
        v = tf.Variable([[1.0, 2.0]])
        p = tf.placeholder(tf.float32, [])
        theory, _ = check(v, [1, 2], v * p, [1, 2], init_targets=[v.initializer], extra_feed_dict={p: 3.0})
        assert theory.tolist() == [[3.0, 0.0], [0.0, 3.0]]
        empty = tf.zeros([0])
        assert tf.test.compute_gradient_error(empty, [0], empty * 2.0, [0]) == 0.0
        with pytest.raises(AssertionError, match="Don't support type int32 for x"):
            check(tf.constant([1]), [1], y, [2, 2])
        with pytest.raises(AssertionError, match=r"x_shape = \[1, 2\], init_data shape = \[2, 2\]"):
            check(x, [1, 2], y, [2, 2], x_init_value=np.zeros((2, 2)))
        with pytest.raises(ValueError, match="does not depend on"):
            check(x, [1, 2], tf.constant([1.0]), [1])
    with pytest.raises(ValueError, match="no default session"):
        check(x, [1, 2], y, [2, 2])


def test_graphs_are_compared() -> None:
    def definition(value: float, name: str = "a") -> Any:
        with tf.Graph().as_default() as graph:
            tf.constant(value, name=name)
        return graph.as_graph_def()

    same = tf.test.assert_equal_graph_def
    same(definition(1.0), definition(1.0))
    for actual, expected, kind, text in (
        (definition(1.0), definition(2.0), AssertionError, "Node named 'a' has attr 'value'"),
        (definition(1.0), tf.GraphDef(), AssertionError, "Found unexpected node 'a'"),
        (tf.GraphDef(), definition(1.0), AssertionError, "Node expected but not found: 'a'"),
        (1, definition(1.0), TypeError, "Expected tf.GraphDef for actual, got int"),
    ):
        with pytest.raises(kind, match=text):
            same(actual, expected)


class More(tf.test.TestCase):
    __test__ = False  # run by test_more_assertions

    def setUp(self) -> None:
        """As some tests of v1, it does not call the one of its base."""

    def test_it(self) -> None:
        self.assertAllInRange([1.0, 2.0], 1.0, 2.0)
        self.assertAllInSet([1, 2], {1, 2})
        self.assertAllGreaterEqual([1, 2], 1)
        self.assertAllLessEqual([1, 2], 2)
        self.assertArrayNear([1.0, 2.0], [1.0, 2.05], 0.1)
        self.assertNDArrayNear(np.ones(2), np.ones(2), 0.1)
        self.assertAllCloseAccordingToType(np.float16(1), np.float16(1.001))
        self.assertDTypeEqual(tf.constant(1.0), np.float32)
        self.assertDeviceEqual("/cpu:0", "/device:CPU:0")
        for call in (
            lambda: self.assertAllInRange([1.0, 2.0], 1.0, 2.0, open_upper_bound=True),
            lambda: self.assertAllInSet([1, 2], {1}),
            lambda: self.assertAllGreaterEqual([1, 2], 2),
            lambda: self.assertAllLessEqual([1, 3], 2),
            lambda: self.assertArrayNear([1.0], [1.0, 2.0], 0.1),
            lambda: self.assertNDArrayNear(np.ones(2), np.zeros(2), 0.1),
            lambda: self.assertAllCloseAccordingToType(np.float32(1), np.float32(1.001)),
            lambda: self.assertDTypeEqual(np.float32(1), np.float64),
            lambda: self.assertDeviceEqual("/cpu:0", "/device:GPU:0"),
        ):
            with pytest.raises(AssertionError):
                call()
        with (
            self.cached_session(),
            pytest.raises(ValueError, match="The graph used to get the cached session"),
        ):
            self.cached_session(graph=tf.Graph()).__enter__()
        thread = self.checkedThread(lambda: 1 // 0)
        thread.start()
        with pytest.raises(AssertionError, match="Error in checkedThread: integer division"):
            thread.join()

    def test_forgotten(self) -> None:
        self.checkedThread(lambda: None).start()


def test_more_assertions() -> None:
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(More).run(result)
    assert result.testsRun == 3 and len(result.skipped) == 1 and not result.errors
    assert [text.splitlines()[-1] for _, text in result.failures] == [
        "AssertionError: A checked thread was not joined."
    ]


def test_stubs() -> None:
    stubs = tf.test.StubOutForTesting()
    with stubs:
        stubs.Set(math, "pi", 3)
        stubs.SmartSet(math, "tau", 6)
        assert (math.pi, math.tau) == (3, 6)
        with pytest.raises(AttributeError, match="Attribute not found: no_such"):
            stubs.SmartSet(math, "no_such", 1)
    assert math.pi > 3.1 and math.tau > 6.2
    assert not tf.test.is_built_with_xla() and tf.test.mock is unittest.mock
