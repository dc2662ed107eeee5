"""Graphs from GraphDefs and MetaGraphDefs; TensorFlow 2.21 said what is expected."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scopetrie as tf

pytest.importorskip("tensorboard")


@pytest.fixture(autouse=True)
def graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tf.Graph]:
    monkeypatch.chdir(tmp_path)
    with tf.Graph().as_default() as graph:
        yield graph


def net() -> Any:
    """A graph whose result is `y`."""
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        with tf.variable_scope("l"):
            w = tf.get_variable("w", [3, 2], initializer=tf.ones_initializer())
        y = tf.nn.relu(tf.matmul(x, w), name="y")
        tf.identity(y, name="z")
        tf.square(x, name="q")
    return graph


NAMES = ["x", "l/w/Initializer/ones", "l/w", "l/w/Assign", "l/w/read", "MatMul", "y", "z", "q"]


@pytest.mark.parametrize("name, prefix", [(None, "import/"), ("", ""), ("p/q", "p/q/")])
def test_names(graph: tf.Graph, name: str | None, prefix: str) -> None:
    definition = net().as_graph_def()
    assert tf.import_graph_def(definition, name=name) is None
    assert [op.name for op in graph.get_operations()] == [prefix + each for each in NAMES]
    if not prefix:
        assert graph.as_graph_def() == definition
    assert tf.global_variables() == tf.trainable_variables() == []
    if prefix == "import/":
        tf.import_graph_def(definition)
        assert graph.get_operations()[-1].name == "import_1/q"


def test_it_runs(graph: tf.Graph) -> None:
    y, op, w = tf.import_graph_def(net().as_graph_def(), return_elements=["y:0", "y", "l/w:0"])
    assert (y.name, op.name, w.name) == ("import/y:0", "import/y", "import/l/w:0")
    assert y.shape.as_list() == [None, 2]
    with tf.Session() as session:
        session.run("import/l/w/Assign")
        assert session.run(y, {"import/x:0": [[1, 2, 3]]}).tolist() == [[6, 6]]


@pytest.mark.parametrize("key", ["x", "x:0"])
def test_inputs_are_mapped(graph: tf.Graph, key: str) -> None:
    a = tf.ones([2, 3], name="a")
    (y,) = tf.import_graph_def(net().as_graph_def(), {key: a}, ["y:0"])
    assert y.op.inputs[0].op.inputs[0] is a or y.op.inputs[0].op.inputs[0] == a
    assert y.shape.as_list() == [2, 2]


def test_every_op_of_a_larger_graph_comes_back(graph: tf.Graph) -> None:
    with tf.Graph().as_default() as other, tf.device("/cpu:0"):
        x = tf.placeholder(tf.float32, [None, 4, 4, 3], name="x")
        kernel = tf.Variable(tf.truncated_normal([3, 3, 3, 2], seed=1), name="kernel")
        y = tf.nn.max_pool(tf.nn.conv2d(x, kernel, [1, 1, 1, 1], "SAME"), [1, 2, 2, 1], [1, 2, 2, 1], "VALID")
        parts = tf.split(tf.reshape(y, [-1, 8]), 2, axis=1)
        with tf.control_dependencies([parts[0]]):
            z = tf.concat(parts, 0)[:, 1:3] * tf.constant([1.0, 2.0]) + tf.cast(
                tf.argmax(y, 3)[0, 0, 0], tf.float32
            )
        tf.one_hot(tf.range(3), 3, name="hot")
        tf.constant(["a", "b"], name="words")
        tf.constant([1 + 2j], name="complex")
        tf.constant(np.float16(0.5), shape=[3], name="half")
        tf.reduce_mean(z, name="mean")
        tf.assign_add(kernel, tf.ones_like(kernel), name="more")
        tf.summary.scalar("loss", tf.constant(1.0))
        tf.train.Saver()
    definition = other.as_graph_def()
    tf.import_graph_def(definition, name="")
    assert graph.as_graph_def() == definition
    image = np.random.default_rng(0).normal(size=(2, 4, 4, 3)).astype(np.float32)
    values = []
    for each in (other, graph):
        with tf.Session(graph=each) as session:
            session.run("kernel/Assign")
            values.append(session.run(["mean:0", "more:0", "half:0", "words:0"], {"x:0": image}))
    for one, two in zip(*values, strict=True):
        assert one.tolist() == two.tolist()


def test_what_is_wrong_leaves_nothing(graph: tf.Graph) -> None:
    definition = net().as_graph_def()
    cases: list[tuple[dict[str, Any], type[Exception], str]] = [
        (
            {"return_elements": ["no:0"]},
            ValueError,
            r"^Requested return tensor 'no:0' not found in graph def$",
        ),
        ({"return_elements": ["no"]}, ValueError, r"^Requested return node 'no' not found"),
        (
            {"return_elements": ["y:3"]},
            ValueError,
            r"^Invalid return output 3 of node 'y', which has 1 output\(s\)",
        ),
        ({"return_elements": [3]}, TypeError, r"must be a list of strings\. Obtained \[3\]"),
        (
            {"input_map": {"no:0": 1.0}},
            ValueError,
            r"^Attempted to map inputs that were not found in graph_def: \[no:0\]",
        ),
        ({"input_map": 3}, TypeError, r"^Argument `input_map` must be a dictionary\. Obtained int$"),
    ]
    for options, kind, text in cases:
        with pytest.raises(kind, match=text):
            tf.import_graph_def(definition, **options)
        assert graph.get_operations() == []
    with pytest.raises(TypeError, match=r"^Argument `graph_def` must be a GraphDef proto\.$"):
        tf.import_graph_def(3)
    bad = tf.GraphDef()
    bad.node.add(name="first", op="NoOp")
    node = bad.node.add(name="n", op="NoSuchOp")
    for change, kind, text in [
        (lambda: None, tf.errors.NotFoundError, "^Op type not registered 'NoSuchOp'"),
        (
            lambda: setattr(node, "op", "Placeholder"),
            ValueError,
            r"^NodeDef missing attr 'dtype' .* import/n",
        ),
        (
            lambda: (setattr(node, "op", "Relu"), node.input.append("gone")),
            ValueError,
            "Unknown input node 'gone'",
        ),
        (lambda: node.input.__setitem__(0, "n"), ValueError, "waits for itself"),
        (lambda: node.input.__setitem__(0, "first:2"), ValueError, "Connecting to invalid output 2"),
    ]:
        change()
        with pytest.raises(kind, match=text):
            tf.import_graph_def(bad)
        assert graph.get_operations() == []


def test_a_part_of_a_graph() -> None:
    definition = net().as_graph_def()
    part = tf.graph_util.extract_sub_graph(definition, ["y"])
    assert [node.name for node in part.node] == ["x", "l/w", "l/w/read", "MatMul", "y"]
    with pytest.raises(AssertionError, match=r"^no is not in graph$"):
        tf.graph_util.extract_sub_graph(definition, ["no"])
    with pytest.raises(TypeError, match=r"^dest_nodes must be an iterable of strings"):
        tf.graph_util.extract_sub_graph(definition, "y")
    with pytest.raises(TypeError, match=r"^graph_def must be a graph_pb2\.GraphDef proto"):
        tf.graph_util.extract_sub_graph(3, ["y"])
    bare = tf.graph_util.remove_training_nodes(definition)
    assert [node.name for node in bare.node] == [each for each in NAMES if each not in ("l/w/read", "z")]
    assert list(bare.node[4].input) == ["x", "l/w"]
    assert "z" in [node.name for node in tf.graph_util.remove_training_nodes(definition, ["z"]).node]


def test_variables_become_constants(graph: tf.Graph) -> None:
    other = net()
    definition = other.as_graph_def()
    with tf.Session(graph=other) as session:
        with pytest.raises(tf.errors.FailedPreconditionError):
            tf.graph_util.convert_variables_to_constants(session, definition, ["y"])
        session.run("l/w/Assign")
        frozen = tf.graph_util.convert_variables_to_constants(session, definition, ["y"])
        kept = tf.graph_util.convert_variables_to_constants(session, definition, ["y"], None, ["l/w"])
        none = tf.graph_util.convert_variables_to_constants(session, definition, ["y"], [])
    assert [node.op for node in frozen.node] == ["Placeholder", "Const", "Identity", "MatMul", "Relu"]
    assert (
        [node.op for node in kept.node]
        == [node.op for node in none.node]
        != [node.op for node in frozen.node]
    )
    Path("frozen.pb").write_bytes(frozen.SerializeToString())
    again = tf.GraphDef()
    with tf.gfile.GFile("frozen.pb", "rb") as file:
        again.ParseFromString(file.read())
    (y,) = tf.import_graph_def(again, return_elements=["y:0"], name="")
    with tf.Session() as session:
        assert session.run(y, {"x:0": [[1, 2, 3]]}).tolist() == [[6, 6]]


# --- MetaGraphDefs ------------------------------------------------------------------------


def saved() -> str:
    """A checkpoint with its graph, as a program of v1 makes it."""
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        w = tf.get_variable("l/w", initializer=tf.ones([3, 2]))
        steps = tf.train.create_global_step()
        tf.get_variable("p", [4, 2], partitioner=tf.fixed_size_partitioner(2))
        with tf.device("/gpu:0"):
            y = tf.matmul(x, w, name="y")
        tf.add_to_collection("tensors", y)
        tf.add_to_collection("operations", y.op)
        for value in (3, 4):
            tf.add_to_collection("numbers", value)
        tf.add_to_collection("texts", "hello")
        tf.add_to_collection("others", object())
        session.run(tf.global_variables_initializer())
        session.run(steps.assign(9))
        saver = tf.train.Saver(max_to_keep=3)
        path = saver.save(session, "model", global_step=steps)
        assert path is not None and Path(f"{path}.meta").exists()
        return path


@pytest.mark.parametrize("scope", [None, "deep/imp"])
def test_a_graph_is_read_and_restored(
    graph: tf.Graph, scope: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    path = saved()
    assert "The collection 'others' is left out" in caplog.text
    prefix = f"{scope}/" if scope else ""
    saver = tf.train.import_meta_graph(f"{path}.meta", clear_devices=True, import_scope=scope)
    assert saver is not None and saver.as_saver_def().max_to_keep == 3
    names = [variable.op.name for variable in tf.global_variables()]
    assert names == [prefix + each for each in ("l/w", "global_step", "p/part_0", "p/part_1")]
    assert [each.op.name for each in tf.trainable_variables()] == [names[0], *names[2:]]
    assert tf.global_variables()[2]._get_save_slice_info().spec == "4 2 0,2:0,2"
    assert tf.global_variables()[2]._get_save_slice_info().full_name == f"{prefix}p"
    (y,) = tf.get_collection("tensors")
    assert y.name == f"{prefix}y:0" and y.device == "" and tf.get_collection("operations") == [y.op]
    assert tf.get_collection("numbers") == [3, 4] and tf.get_collection("texts") == [b"hello"]
    assert tf.get_collection("others") == []
    with tf.Session() as session:
        saver.restore(session, path)
        assert session.run(y, {f"{prefix}x:0": [[1, 1, 1]]}).tolist() == [[3, 3]]
        assert session.run(tf.train.get_global_step()) == 9
        assert session.run(tf.global_variables()[0]).tolist() == [[1, 1]] * 3
        # Further training steps are saved by the same Saver.
        session.run(tf.assign_add(tf.global_variables()[0], tf.ones([3, 2])))
        assert saver.save(session, "more", 10, write_meta_graph=False) == "more-10"
    assert tf.train.load_variable("more-10", "l/w").tolist() == [[2, 2]] * 3


def test_inputs_of_a_meta_graph_are_mapped() -> None:
    path = saved()
    x = tf.ones([2, 3], name="mine")
    tf.train.import_meta_graph(f"{path}.meta", input_map={"x:0": x})
    assert tf.get_collection("tensors")[0].shape.as_list() == [2, 2]


def test_meta_graphs_that_are_none(graph: tf.Graph) -> None:
    with pytest.raises(OSError, match=r"^File does not exist\. Received: none\.meta\.$"):
        tf.train.import_meta_graph("none.meta")
    Path("bad.meta").write_bytes(b"\xff\xff nothing")
    with pytest.raises(OSError, match=r"^Cannot parse file bad"):
        tf.train.import_meta_graph("bad.meta")
    with pytest.raises(NotImplementedError, match="export_scope"):
        tf.train.export_meta_graph(export_scope="a")
    with pytest.raises(TypeError, match="graph_def must be of type GraphDef"):
        tf.train.export_meta_graph(graph_def=3)
    assert graph.get_operations() == []


def test_exporting() -> None:
    tf.constant(1.0, name="c")
    made = tf.train.export_meta_graph("graph.meta", as_text=True)
    assert 'name: "c"' in Path("graph.meta").read_text()
    with tf.Graph().as_default() as other:
        assert tf.train.import_meta_graph("graph.meta") is None
        assert [op.name for op in other.get_operations()] == ["c"]
    tf.get_variable("v", [1])
    with tf.Graph().as_default():
        tf.get_variable("w", [1])
        only = tf.train.export_meta_graph(collection_list=[tf.GraphKeys.TRAINABLE_VARIABLES])
    assert list(only.collection_def) == ["trainable_variables"]
    with tf.Graph().as_default():
        assert tf.train.import_meta_graph(only) is None and len(tf.trainable_variables()) == 1
    saver = tf.train.Saver()
    assert saver.export_meta_graph().saver_def.restore_op_name == "save/restore_all"
    assert made.meta_info_def.tensorflow_version.startswith("1.")


def test_shapes_under_any_name(graph: tf.Graph) -> None:
    """An attribute that is a shape with an unknown size, not called "shape", comes back."""
    from scopetrie.ops.declare import Sizes, attr, tensor
    from scopetrie.ops.registry import OPS, define_op

    if "DimsOfTests" not in OPS:
        define_op(
            "DimsOfTests", tensor("x"), rule=lambda x, dims: (x.dtype, dims),
            kernel=lambda xp, dims: lambda x: x, attributes=(attr("dims", Sizes),),
        )  # fmt: skip
    function: Any = OPS["DimsOfTests"].function
    for dims in ((None, 2), (3, 2), None):
        with tf.Graph().as_default() as other:
            function(tf.placeholder(tf.float32, [None, 2], name="x"), dims=dims, name="y")
        (y,) = tf.import_graph_def(other.as_graph_def(), return_elements=["y:0"])
        assert (y.shape.as_list() if y.shape.ndims is not None else None) == (list(dims) if dims else None)
