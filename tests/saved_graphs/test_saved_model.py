"""SavedModels: written and read here, and one that TensorFlow 2.21 wrote (record_saved_model.py)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scopetrie as tf

pytest.importorskip("tensorboard")
saved_model = tf.saved_model
RECORDED = Path(__file__).parent / "saved_model"


@pytest.fixture(autouse=True)
def graph() -> Iterator[tf.Graph]:
    with tf.Graph().as_default() as graph:
        yield graph


def model() -> tuple[Any, Any, Any]:
    """The model of record_saved_model.py: its input, its output, and the operation that reads the asset."""
    Path("words.txt").write_text("one\ntwo\n")
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    path = tf.constant("words.txt", name="words")
    tf.add_to_collection(tf.GraphKeys.ASSET_FILEPATHS, path)
    with tf.variable_scope("net"):
        w = tf.get_variable("w", initializer=[[1.5, 2.5], [3.5, 4.5]])
        text = tf.get_variable("text", initializer="", trainable=False)
    y = tf.nn.relu(tf.matmul(x, w), name="y")
    return x, y, tf.assign(text, tf.read_file(path), name="read").op


def check(folder: str | Path) -> Any:
    with tf.Session(graph=tf.Graph()) as session:
        loaded = saved_model.loader.load(session, [saved_model.tag_constants.SERVING], folder)
        signature = loaded.signature_def[saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY]
        x = saved_model.utils.get_tensor_from_tensor_info(signature.inputs["x"])
        y = saved_model.utils.get_tensor_from_tensor_info(signature.outputs["y"])
        assert x.shape.as_list() == [None, 2] and x.dtype is tf.float32
        assert session.run(y, {x: [[1.0, 1.0]]}).tolist() == [[5.0, 7.0]]
        assert session.run("net/text:0") == b"one\ntwo\n"
        assert [each.op.name for each in tf.trainable_variables()] == ["net/w"]
        assert saved_model.signature_def_utils.is_valid_signature(signature)
        return loaded


def test_what_tensorflow_wrote() -> None:
    check(RECORDED)


def test_written_and_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    x, y, read = model()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        saved_model.simple_save(session, "model", {"x": x}, {"y": y}, legacy_init_op=read)
        with pytest.raises(AssertionError, match="already exists, and isn't empty"):
            saved_model.simple_save(session, "model", {"x": x}, {"y": y})
    Path("words.txt").unlink()
    found = {str(each.relative_to("model")) for each in Path("model").rglob("*") if each.is_file()}
    recorded = {str(each.relative_to(RECORDED)) for each in RECORDED.rglob("*") if each.is_file()}
    assert found == recorded
    shutil.move("model", "moved")
    ours = check("moved")
    assert saved_model.loader.maybe_saved_model_directory("moved")
    with tf.Session(graph=tf.Graph()) as session:
        theirs = saved_model.load(session, "serve", RECORDED)
    for field in ("signature_def", "collection_def"):
        for key, value in getattr(theirs, field).items():
            other = getattr(ours, field)[key]
            if key not in ("variables", "trainable_variables"):
                assert other == value, key  # as TensorFlow writes it


def test_two_graphs_in_one_folder_and_a_scope(tmp_path: Path) -> None:
    builder = saved_model.builder.SavedModelBuilder(tmp_path / "m")
    with pytest.raises(AssertionError, match="has not been saved yet"):
        builder.add_meta_graph(["train"])
    w = tf.get_variable("w", initializer=2.0)
    tf.multiply(w, 3.0, name="y")
    with tf.Session() as session:
        session.run(w.initializer)
        with pytest.raises(TypeError, match="must be a SignatureDef"):
            builder.add_meta_graph_and_variables(session, ["serve"], {"a": 3})
        builder.add_meta_graph_and_variables(session, ["serve"])
        with pytest.raises(AssertionError, match="has already been saved"):
            builder.add_meta_graph_and_variables(session, ["other"])
    with tf.Graph().as_default():
        tf.add(tf.get_variable("w", initializer=0.0), 1.0, name="y")
        builder.add_meta_graph(["train", "gpu"], clear_devices=True)
    assert builder.save(as_text=True).endswith(b"m/saved_model.pbtxt")
    for tags, wanted in ((["serve"], 6.0), (["gpu", "train"], 3.0)):
        with tf.Session(graph=tf.Graph()) as session:
            saved_model.loader.load(session, tags, tmp_path / "m")
            assert session.run("y:0") == wanted
    with tf.Session() as session:
        saved_model.loader.load(session, ["serve"], tmp_path / "m", import_scope="again")
        assert session.run("again/y:0") == 6.0
        before = len(session.graph.get_operations())
        with pytest.raises(RuntimeError, match="tags 'tpu' could not be found"):
            saved_model.loader.load(session, ["tpu"], tmp_path / "m")
        assert len(session.graph.get_operations()) == before


def test_no_variables(tmp_path: Path) -> None:
    x = tf.placeholder(tf.float32, [], name="x")
    with tf.Session() as session:
        saved_model.simple_save(session, tmp_path / "m", {"x": x}, {"y": x * 2.0})
    with tf.Session(graph=tf.Graph()) as session:
        loaded = saved_model.loader.load(session, ["serve"], tmp_path / "m")
        y = loaded.signature_def["serving_default"].outputs["y"].name
        assert session.run(y, {"x:0": 3.0}) == 6.0


def test_files_that_are_none(tmp_path: Path) -> None:
    with tf.Session() as session:
        with pytest.raises(OSError, match="SavedModel file does not exist at"):
            saved_model.loader.load(session, ["serve"], tmp_path)
        (tmp_path / "saved_model.pb").write_bytes(b"\xff\xff")
        with pytest.raises(OSError, match="Cannot parse file"):
            saved_model.loader.load(session, ["serve"], tmp_path)


def test_signatures() -> None:
    made = saved_model.signature_def_utils
    texts, scores, ints = tf.constant(["a"]), tf.constant([1.0]), tf.constant([1])
    valid = made.is_valid_signature
    assert valid(made.classification_signature_def(texts, None, scores))
    assert valid(made.classification_signature_def(texts, texts, scores))
    assert valid(made.regression_signature_def(texts, scores))
    assert valid(made.predict_signature_def({"a": ints}, {"b": ints}))
    info = saved_model.utils.build_tensor_info(scores)
    assert not valid(made.build_signature_def({"a": info}, {"b": info}, "other")) and not valid(None)
    for failing, message in (
        (lambda: made.classification_signature_def(ints, None, scores), "must be of type string"),
        (lambda: made.classification_signature_def(texts, None, None), "cannot both be None"),
        (lambda: made.regression_signature_def(texts, ints), "must be of type float"),
        (lambda: made.regression_signature_def(None, scores), "cannot be None"),
        (lambda: made.predict_signature_def({}, {"b": ints}), "one or more inputs"),
    ):
        with pytest.raises(ValueError, match=message):
            failing()
    sparse = tf.sparse_placeholder(tf.float32, [None, 4], name="s")
    again = saved_model.utils.get_tensor_from_tensor_info(saved_model.utils.build_tensor_info(sparse))
    assert isinstance(again, tf.SparseTensor) and again.values == sparse.values


def test_main_ops() -> None:
    w = tf.get_variable("w", initializer=2.0)
    changed = w.assign(5.0)
    with tf.Session() as session:
        session.run(saved_model.main_op.main_op())
        assert session.run(w) == 2.0
        session.run(saved_model.main_op.main_op_with_restore(changed.op))
        np.testing.assert_allclose(session.run(w), 5.0)
