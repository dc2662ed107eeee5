"""`onnx.export`: names, inputs, initializers, layouts, values of variables, and what is refused."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import scopetrie as tf
from scopetrie.errors import FailedPreconditionError, UnimplementedError

pytest.importorskip("onnx_ir")
pytest.importorskip("onnxruntime")
from onnx_export.runtime import check, runtime, types_of


@pytest.fixture(autouse=True)
def graph() -> Iterator[tf.Graph]:
    with tf.Graph().as_default() as graph:
        yield graph


def dense() -> tuple[tf.Tensor, tf.Tensor]:
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    with tf.variable_scope("dense"):
        w = tf.get_variable("w", initializer=np.ones((3, 2), np.float32))
        b = tf.get_variable("b", initializer=np.ones(2, np.float32))
        return x, tf.nn.relu(tf.matmul(x, w) + b, name="y")


def names(values: Any) -> list[str]:
    return [each.name for each in values]


def test_names_shapes_and_values(graph: tf.Graph) -> None:
    _, y = dense()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(tf.global_variables()[1].assign([3.0, 4.0]))
        model = tf.onnx.export(graph, y)
    made = model.graph
    assert (names(made.inputs), names(made.outputs)) == (["x"], ["dense/y"])
    assert [(node.name, node.op_type) for node in made] == [
        ("dense/MatMul", "MatMul"),
        ("dense/add", "Add"),
        ("dense/y", "Relu"),
    ]
    assert [str(each.shape) for each in (*made.inputs, *made.outputs)] == ["[x_0,3]", "[None,2]"]
    assert names(node.outputs[0] for node in made) == ["dense/MatMul", "dense/add", "dense/y"]
    assert all(node.outputs[0].dtype.name == "FLOAT" for node in made)
    arrays = {name: each.const_value.numpy().tolist() for name, each in made.initializers.items()}
    assert arrays == {"dense/w": [[1, 1]] * 3, "dense/b": [3, 4]}
    assert (model.graph.opset_imports, model.producer_name) == ({"": 20}, "scopetrie")
    ones = np.ones((1, 3), np.float32)
    assert runtime(model).run(None, {"x": ones})[0].tolist() == [[6, 7]]


def test_values_come_from_sessions_stores_and_dicts(graph: tf.Graph) -> None:
    _, y = dense()
    with pytest.raises(ValueError, match=r"of 'dense/w' to begin with, and there is no default session"):
        tf.onnx.export(graph, y)
    with tf.Session() as session, pytest.raises(FailedPreconditionError, match="dense/w"):
        tf.onnx.export(graph, y, values=session)
    store = tf.Store()
    with store.scope("dense"):
        store.put("w", np.full((3, 2), 2, np.float32))
    with pytest.raises(KeyError, match="dense/b"):
        tf.onnx.export(graph, y, values=store)
    with store.scope("dense"):
        store.put("b", np.zeros(2, np.float32))
    model = tf.onnx.export(graph, y, values=store)
    assert runtime(model).run(None, {"x": np.ones((1, 3), np.float32)})[0].tolist() == [[6, 6]]
    model = tf.onnx.export(graph, y, values={"dense/w": np.zeros((3, 2)), "dense/b": [1, 2]})
    assert runtime(model).run(None, {"x": np.ones((1, 3), np.float32)})[0].tolist() == [[1, 2]]
    with pytest.raises(KeyError, match="no value for the variable 'dense/b'"):
        tf.onnx.export(graph, y, values={"dense/w": np.zeros((3, 2))})
    with pytest.raises(ValueError, match=r"'dense/w' has the shape \[2\], and the variable \(3, 2\)"):
        tf.onnx.export(graph, y, values={"dense/w": [1, 2], "dense/b": [1, 2]})
    with pytest.raises(TypeError, match="not int"):
        tf.onnx.export(graph, y, values=3)  # type: ignore[arg-type]


def test_feeds_cut_the_graph_and_name_inputs(graph: tf.Graph) -> None:
    x = tf.placeholder(tf.float32, [None], name="x")
    noise = tf.random_normal([3], name="noise")
    y = tf.multiply(noise, x, name="y")
    with pytest.raises(UnimplementedError, match="its random numbers would differ") as caught:
        tf.onnx.export(graph, y)
    assert 'feeds=["noise/RandomStandardNormal:0"]' in str(caught.value)
    model = tf.onnx.export(graph, {"product": y}, feeds={"given": noise})
    assert (names(model.graph.inputs), names(model.graph.outputs)) == (["given", "x"], ["product"])
    model = tf.onnx.export(graph, ["y:0", "x:0", "noise:0"], feeds=["x:0", "noise:0"])
    assert names(model.graph.inputs) == ["x", "noise"]
    two = np.full(3, 2, np.float32)
    found = runtime(model).run(None, {"x": two, "noise": two + 1})
    assert [each.tolist() for each in found] == [[6] * 3, [2] * 3, [3] * 3]


def test_outputs_that_are_alike(graph: tf.Graph) -> None:
    """One tensor under two names, an identity by its own name, a constant, a variable."""
    x = tf.placeholder(tf.float32, [], name="x")
    y = tf.negative(x, name="y")
    v = tf.get_variable("v", initializer=5.0)
    fetches = {"a": y, "b": y, "same": tf.identity(y, name="named"), "c": tf.constant(2.0), "v": v}
    model = tf.onnx.export(graph, fetches, values={"v": 5.0})
    assert names(model.graph.outputs) == list(fetches)
    found = runtime(model).run(None, {"x": np.array(3, np.float32)})
    assert [each.tolist() for each in found] == [-3, -3, -3, 2, 5]
    assert names(tf.onnx.export(graph, "named:0").graph.outputs) == ["named"]


def test_names_are_unique(graph: tf.Graph) -> None:
    """Names that operations have already are not given to what is made besides."""
    x = tf.placeholder(tf.float32, [2], name="x")
    tf.constant(9.0, name="y/Exp")
    y = tf.expm1(x, name="y")
    z = y + tf.get_default_graph().get_tensor_by_name("y/Exp:0")
    with tf.Session() as session:
        model = check([z], {x: np.ones(2, np.float32)}, session)
    taken = [*model.graph.initializers, *(v.name for node in model.graph for v in node.outputs)]
    assert len(taken) == len(set(taken)) and "y/Exp" in model.graph.initializers


def test_channels_stay_first_between_convolutions(graph: tf.Graph) -> None:
    """Two transpositions in all, and filters that are stored in ONNX's order."""
    x = tf.placeholder(tf.float32, [None, 9, 9, 3], name="x")
    y = x
    for number in range(3):
        y = tf.layers.conv2d(y, 4, 3, padding="same", activation=tf.nn.relu, name=f"conv{number}")
        y = tf.layers.batch_normalization(y, name=f"norm{number}")
    y = tf.layers.max_pooling2d(y, 2, 2) + tf.layers.average_pooling2d(y, 2, 2)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        images = np.random.default_rng(0).normal(size=(2, 9, 9, 3)).astype(np.float32)
        model = check([y], {x: images}, session)
    kinds = [node.op_type for node in model.graph]
    assert kinds.count("Transpose") == 2 and kinds.count("Conv") == 3
    assert list(model.graph.initializers["conv0/kernel/channels_first"].shape) == [4, 3, 3, 3]
    assert "conv0/kernel" not in model.graph.initializers


@pytest.mark.parametrize("opset", [18, 19, 21, 23])
def test_opsets(opset: int) -> None:
    x = tf.placeholder(tf.float32, [None, 4, 4, 2], name="x")
    y = tf.layers.conv2d(x, 3, 3, padding="same")
    y = tf.reduce_mean(tf.nn.softmax(tf.reshape(tf.pad(y, [[0, 0], [1, 1], [0, 0], [0, 0]]), [-1, 6])), 0)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        model = check([y], {x: np.ones((2, 4, 4, 2), np.float32)}, session, opset)
    assert model.graph.opset_imports[""] == opset


def test_what_is_refused_names_the_line_and_the_way_out(graph: tf.Graph) -> None:
    with tf.name_scope("outer"):
        y = tf.py_func(lambda: np.float32(1), [], tf.float32, name="mine")
    with pytest.raises(UnimplementedError) as caught:
        tf.onnx.export(graph, y)
    text = str(caught.value)
    assert text.startswith(
        "onnx.export: the operation 'outer/mine' of type PyFunc has no ONNX counterpart: it runs Python, and "
        "a model is without it.\nIt was made at "
    )
    assert __file__ in text and text.endswith(
        'make it an input of the model: export(..., feeds=["outer/mine:0"]).'
    )
    assert caught.value.op == y.op


def test_effects_are_not_lost_in_silence(graph: tf.Graph) -> None:
    v = tf.get_variable("v", initializer=1.0)
    with tf.control_dependencies([tf.group(v.assign(2.0), name="both")]):
        y = tf.negative(v, name="y")
    with pytest.raises(
        UnimplementedError, match=r"'y' .*it waits for 'Assign' of type Assign, and it changes"
    ):
        tf.onnx.export(graph, y, values={"v": 1.0})
    with tf.control_dependencies([tf.assert_positive(v), tf.no_op()]):
        checked = tf.negative(v)
    tf.onnx.export(graph, checked, values={"v": 1.0})  # a check changes nothing


@pytest.mark.parametrize(
    "build, reason",
    [
        (lambda x: tf.reverse(x, [tf.cast(x[0, 0], tf.int32)]), "the axes must be known when it is exported"),
        (lambda x: tf.bitwise.left_shift(tf.cast(x, tf.int32), 1), "ONNX's BitShift .* does not take int32"),
        (lambda x: tf.pad(x, [[1, 1], [1, 1]], "SYMMETRIC"), "use the mode REFLECT"),
        (lambda x: tf.nn.fused_batch_norm(x[None, None], [1.0] * 2, [1.0] * 2)[0], "built for training"),
        (lambda x: tf.foldl(lambda a, b: a + b, x), "give it an initializer"),
        (lambda x: tf.as_string(x), "ONNX computes with no texts"),
        (lambda x: tf.gradients(tf.tanh(x), x)[0], "Export the forward pass"),
    ],
)
def test_reasons(graph: tf.Graph, build: Any, reason: str) -> None:
    x = tf.placeholder(tf.float32, [2, 2])
    with pytest.raises(UnimplementedError, match=reason):
        tf.onnx.export(graph, build(x))


def test_wrong_arguments(graph: tf.Graph) -> None:
    x = tf.placeholder(tf.float32, name="x")
    for arguments, kind, text in (
        ((None, x), TypeError, "`graph` is a tf.Graph, not NoneType"),
        ((graph, []), ValueError, "there are no fetches"),
        ((graph, x.op), TypeError, "'x' is an operation"),
        ((graph, {1: x}), TypeError, "the keys of `fetches` are names, not int"),
        ((graph, 3), TypeError, "Can not convert a int"),
        ((graph, "unknown:0"), KeyError, "unknown"),
        ((tf.Graph(), x), ValueError, "is not an element of this graph"),
    ):
        with pytest.raises(kind, match=text):
            tf.onnx.export(*arguments)
    with pytest.raises(ValueError, match="the opset is one of 18 to 23, not 9"):
        tf.onnx.export(graph, x, opset=9)
    tf.register_op("OnnxTestOwn", lambda xp: lambda x: x)
    own = tf.get_default_graph().create_op("OnnxTestOwn", [x], [tf.float32])
    with pytest.raises(UnimplementedError, match="it is a type of the program's own"):
        tf.onnx.export(graph, own.outputs[0])


def test_without_the_extra(graph: tf.Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx_ir", None)
    with pytest.raises(ImportError, match=r"pip install scopetrie\[onnx\]"):
        tf.onnx.export(graph, tf.constant(1.0))


def test_strings_and_short_floats_are_initializers(graph: tf.Graph) -> None:
    model = tf.onnx.export(graph, tf.identity(tf.constant(["a", "bc"])))
    assert runtime(model).run(None, {})[0].tolist() == ["a", "bc"]
    pytest.importorskip("ml_dtypes")
    y = tf.cast(tf.constant([1.5, 2.0], tf.bfloat16), tf.float32)
    assert runtime(tf.onnx.export(graph, y)).run(None, {})[0].tolist() == [1.5, 2]


def test_loops_capture_and_nest(graph: tf.Graph) -> None:
    """A convolution inside a loop, whose filters are a variable outside."""
    x = tf.placeholder(tf.float32, [None, 5, 5, 2], name="x")
    w = tf.get_variable("w", [3, 3, 2, 2])
    image = tf.nn.conv2d(x, w, 1, "SAME")
    again = tf.while_loop(
        lambda i, y: i < 2, lambda i, y: (i + 1, tf.tanh(tf.nn.conv2d(y, w, 1, "SAME")) + image), [0, image]
    )[1]
    y = tf.cond(tf.reduce_sum(again) > 1e9, lambda: image, lambda: again + image)
    with tf.Session() as session:
        session.run(w.initializer)
        model = check([y], {x: np.ones((2, 5, 5, 2), np.float32)}, session)
    assert {"Loop", "If", "Conv", "Tanh"} <= types_of(model)


def test_a_switch_with_a_default_leaves_one_branch(graph: tf.Graph) -> None:
    """The branch for training draws random numbers, which cannot be exported."""
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    training = tf.placeholder_with_default(False, [], name="training")
    y = tf.layers.dropout(x, 0.5, training=training) * 2.0
    with tf.Session() as session:
        model = check([y], {x: np.ones((2, 4), np.float32)}, session)
    assert types_of(model) == {"Mul"}
    with pytest.raises(UnimplementedError, match="its random numbers would differ"):
        tf.onnx.export(graph, y, feeds=[training])


def test_recurrent_nets(graph: tf.Graph) -> None:
    """Sequences whose lengths are fed; what a loop does not come to is filled up with zeros."""
    x = tf.placeholder(tf.float32, [None, None, 3])
    lengths = tf.placeholder(tf.int32, [None])
    cells = [tf.nn.rnn_cell.BasicLSTMCell(4) for _ in range(2)]
    outputs, (_, state) = tf.nn.bidirectional_dynamic_rnn(
        *cells, x, sequence_length=lengths, dtype=tf.float32
    )
    given = np.random.default_rng(0).normal(size=(2, 5, 3)).astype(np.float32)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for each in ([2, 4], [5, 1], [0, 0]):
            model = check([*outputs, state.h], {x: given, lengths: np.array(each, np.int32)}, session)
    assert [node.op_type for node in model.graph].count("Loop") == 2


def test_arrays_of_rows_that_are_refused(graph: tf.Graph) -> None:
    def filled(body: Any, start: int = 0) -> tf.Tensor:
        array = tf.TensorArray(tf.float32, 4, element_shape=[])
        return tf.while_loop(lambda i, a: i < 4, body, [start, array])[1].stack()

    for made in (
        filled(lambda i, a: (i + 1, a.write(3 - i, 1.0))),  # not in order
        filled(lambda i, a: (i + 2, a.write(i, 1.0))),  # every second one
        filled(lambda i, a: (i + 1, a.write(i, 1.0)), start=1),
        filled(lambda i, a: (i + 1, a)),
        filled(lambda i, a: (i + 1, a.write(i, 1.0).write(i, 2.0))),
    ):
        with pytest.raises(UnimplementedError, match=r"each round writes the row|reads, and in a loop"):
            tf.onnx.export(graph, made)
    with pytest.raises(UnimplementedError, match="an array of rows is no tensor"):
        tf.onnx.export(graph, tf.TensorArray(tf.float32, 4, element_shape=[]).flow)
