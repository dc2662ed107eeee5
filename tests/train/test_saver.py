"""tf.train.Saver, and the index of a folder's checkpoints; TensorFlow 2.21 said what is expected."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scopetrie as tf

pytest.importorskip("google.protobuf")

RECORDED = Path(__file__).parents[1] / "recorded" / "checkpoints"
FAILED = r"^Restoring from checkpoint failed\. This is most likely due to a "


@pytest.fixture(autouse=True)
def graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    with tf.Graph().as_default() as graph:
        yield graph


def started() -> tf.Session:
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    return session


def test_the_nodes_are_those_of_v1(graph: tf.Graph) -> None:
    tf.get_variable("w", [3, 2])
    with tf.variable_scope("s"):
        tf.get_variable("b", [2], dtype=tf.int32, initializer=tf.zeros_initializer())
    tf.get_variable("p", [5, 2], partitioner=tf.fixed_size_partitioner(2))
    before = graph.version
    tf.train.Saver()
    found = [
        (op.name, op.type, [x.name for x in op.inputs], [c.name for c in op.control_inputs], op.device)
        for op in graph.get_operations()
        if op._id >= before
    ]
    cpu = "/device:CPU:0"
    names, slices = "save/RestoreV2/tensor_names", "save/RestoreV2/shape_and_slices"
    assert found == [
        ("save/filename/input", "Const", [], [], ""),
        ("save/filename", "PlaceholderWithDefault", ["save/filename/input:0"], [], ""),
        ("save/Const", "PlaceholderWithDefault", ["save/filename:0"], [], ""),
        ("save/SaveV2/tensor_names", "Const", [], [], ""),
        ("save/SaveV2/shape_and_slices", "Const", [], [], ""),
        (
            "save/SaveV2",
            "SaveV2",
            [
                *("save/Const:0", "save/SaveV2/tensor_names:0", "save/SaveV2/shape_and_slices:0"),
                *("p/part_0/read:0", "p/part_1/read:0", "s/b:0", "w:0"),
            ],
            [],
            "",
        ),
        ("save/control_dependency", "Identity", ["save/Const:0"], ["save/SaveV2"], ""),
        (names, "Const", [], [], cpu),
        (slices, "Const", [], [], cpu),
        ("save/RestoreV2", "RestoreV2", ["save/Const:0", f"{names}:0", f"{slices}:0"], [], cpu),
        ("save/Assign", "Assign", ["p/part_0:0", "save/RestoreV2:0"], [], ""),
        ("save/Assign_1", "Assign", ["p/part_1:0", "save/RestoreV2:1"], [], ""),
        ("save/Assign_2", "Assign", ["s/b:0", "save/RestoreV2:2"], [], ""),
        ("save/Assign_3", "Assign", ["w:0", "save/RestoreV2:3"], [], ""),
        ("save/restore_all", "NoOp", [], [f"save/Assign{each}" for each in ("", "_1", "_2", "_3")], ""),
    ]
    restored = graph.get_operation_by_name("save/RestoreV2").outputs
    assert [x.shape.as_list() if x.shape.ndims is not None else None for x in restored] == [
        [3, 2], [2, 2], None, None,
    ]  # fmt: skip
    dtypes = graph.get_operation_by_name("save/SaveV2").get_attr("dtypes")
    assert dtypes == [tf.float32, tf.float32, tf.int32, tf.float32]
    text = "5 2 0,3:0,2"
    assert tf.get_static_value(graph.get_tensor_by_name("save/SaveV2/shape_and_slices:0"))[0] == text.encode()


def test_there_and_back() -> None:
    w = tf.get_variable("w", [3, 2])
    steps = tf.train.create_global_step()
    parts = tf.get_variable("parts", [5, 2], partitioner=tf.fixed_size_partitioner(2))
    saver = tf.train.Saver()
    with started() as session:
        session.run(steps.assign(12))
        before = session.run([w, steps, parts.as_tensor()])
        path = saver.save(session, "runs/model", global_step=steps)
        assert path == "runs/model-12"
        session.run([w.assign(w * 0), steps.assign(0), *parts.assign(tf.zeros([5, 2]))])
        saver.restore(session, path)
        after = session.run([w, steps, parts.as_tensor()])
        assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
    with tf.Session() as session:  # nothing need be initialized
        saver.restore(session, path)
        assert np.array_equal(session.run(w), before[0])
    assert tf.train.list_variables("runs") == [("global_step", []), ("parts", [5, 2]), ("w", [3, 2])]
    assert np.array_equal(tf.train.load_variable("runs", "parts:0"), before[2])
    # The whole of what was saved in parts, and the reverse.
    with tf.Graph().as_default(), tf.Session() as session:
        whole = tf.get_variable("parts", [5, 2])
        three = tf.get_variable("three", [5, 2], partitioner=tf.fixed_size_partitioner(3))
        tf.train.Saver({"parts": whole}).restore(session, path)
        assert np.array_equal(session.run(whole), before[2])
        tf.train.Saver({"parts": three}).restore(session, path)
        assert np.array_equal(session.run(three.as_tensor()), before[2])


def test_what_tensorflow_wrote() -> None:
    """All dtypes."""
    pytest.importorskip("ml_dtypes")
    reader = tf.train.load_checkpoint(RECORDED / "model")
    variables = {}
    for name, dtype in reader.get_variable_to_dtype_map().items():
        if dtype is not tf.string:
            shape = reader.get_variable_to_shape_map()[name]
            zeros = np.zeros(shape, dtype.as_numpy_dtype)
            variables[name] = tf.get_variable(f"mine/{name}", initializer=tf.constant(zeros))
    texts = tf.get_variable("text", initializer=tf.constant([["", ""], ["", ""]]))
    saver = tf.train.Saver({**variables, "text": texts})
    with tf.Session() as session:
        saver.restore(session, RECORDED / "model")
        saver.save(session, "again")
        for name, variable in variables.items():
            assert session.run(variable).tolist() == reader.get_tensor(name).tolist(), name
        assert session.run(texts)[1, 1] == b"x" * 300
    again = tf.train.load_checkpoint("again")
    for name in (*variables, "text"):
        assert again.get_tensor(name).tolist() == reader.get_tensor(name).tolist(), name


def test_names_of_a_dict_and_lists() -> None:
    a, b = tf.get_variable("a", initializer=1.0), tf.get_variable("b", initializer=2.0)
    with started() as session:
        tf.train.Saver({"x/a": a}).save(session, "m")
        assert tf.train.list_variables("m") == [("x/a", [])]
        tf.train.Saver({"x/a": b}).restore(session, "m")
        assert session.run([a, b]) == [1.0, 1.0]
        tf.train.Saver([b]).save(session, "m")
        assert tf.train.list_variables("m") == [("b", [])]


def test_what_cannot_be_saved() -> None:
    for make, kind, text in [
        (lambda: tf.train.Saver(), ValueError, "^No variables to save\nMake variables first"),
    ]:
        with pytest.raises(kind, match=text):
            make()
    v, w = tf.get_variable("v", [2]), tf.get_variable("w", [3])
    cases: list[tuple[Any, type[Exception], str]] = [
        ([v, v], ValueError, r"^At least two variables have the same name: v$"),
        ({"a": v, "b": v}, ValueError, r"^The same saveable will be restored with two names: b$"),
        (v, TypeError, r"^Variables to save should be passed in a dict or a list\. Got <tf\.Variable 'v:0'"),
        ([tf.constant(1.0)], TypeError, r"^Variable to save is not a Variable: Tensor\("),
        ({1: v}, TypeError, r"Name is not a string: 1$"),
        ({"a": 3}, TypeError, r"^names_to_saveables must be a dict .* Not a variable: 3"),
        ({"a": [v, w]}, ValueError, r"^Slices must all be slices: <tf\.Variable 'v:0'"),
    ]
    for wrong, kind, text in cases:
        with pytest.raises(kind, match=text):
            tf.train.Saver(wrong)
    with pytest.raises(NotImplementedError, match="builder"):
        tf.train.Saver(builder=object())


def test_nothing_to_save_may_be_allowed() -> None:
    saver = tf.train.Saver(allow_empty=True)
    with tf.Session() as session:
        assert saver.save(session, "m", write_meta_graph=False) is None
        saver.restore(session, "m")
    assert os.listdir() == []


def test_faults_of_saving() -> None:
    v = tf.get_variable("v", [2])
    saver = tf.train.Saver()
    with tf.Session() as session:
        with pytest.raises(
            tf.errors.FailedPreconditionError, match=r"^Attempting to use uninitialized value v"
        ):
            saver.save(session, "m")
        assert os.listdir() == []
        session.run(v.initializer)
        with pytest.raises(TypeError, match=r"^'sess' must be a Session; 3$"):
            saver.save(3, "m")
        with pytest.raises(ValueError, match=r"^'latest_filename' must not contain path components$"):
            saver.save(session, "m", latest_filename="a/b")
        with pytest.raises(ValueError, match=r"^Parent directory of a/b/ doesn't exist, can't save\.$"):
            saver.save(session, "a/b/")
        with pytest.raises(ValueError, match="is no path of a checkpoint"):
            saver.save(session, "")
        with pytest.raises(RuntimeError, match=r"conflicts with path used for checkpoint state"):
            saver.save(session, "checkpoint")
        Path("file").write_text("")
        with pytest.raises(ValueError, match=r"^Parent directory of file/m doesn't exist, can't save\.$"):
            saver.save(session, "file/m")
    with pytest.raises(RuntimeError, match=r"closed Session"):
        saver.save(session, "m")
    late = tf.train.Saver(defer_build=True)
    for call in (lambda: late.save(session, "m"), lambda: late.restore(session, "m")):
        with pytest.raises(RuntimeError, match=r"^`build\(\)` should be called before"):
            call()
    late.build()


def test_restoring_what_does_not_fit_changes_nothing_and_says_all() -> None:
    a, b = tf.get_variable("a", initializer=[1.0, 2.0]), tf.get_variable("b", initializer=3)
    with started() as session:
        tf.train.Saver().save(session, "m")
    with tf.Graph().as_default():
        a = tf.get_variable("a", initializer=[7.0, 8.0])
        b = tf.get_variable("b", initializer=[9])
        c, d = tf.get_variable("c", [1]), tf.get_variable("d", [1])
        with started() as session:
            with pytest.raises(tf.errors.NotFoundError, match=FAILED + "Variable name") as missing:
                tf.train.Saver([a, c, d]).restore(session, "m")
            assert str(missing.value).endswith(
                "\n\nKey c not found in checkpoint\nKey d not found in checkpoint"
            )
            with pytest.raises(tf.errors.InvalidArgumentError, match=FAILED + "mismatch") as wrong:
                tf.train.Saver([a, b]).restore(session, "m")
            assert str(wrong.value).endswith(
                "\n\nAssign requires shapes of both tensors to match. lhs shape= [1] rhs shape= [] (b)"
            )
            with pytest.raises(
                tf.errors.InvalidArgumentError, match=r"expected dtype float does not equal .* int32"
            ):
                tf.train.Saver({"b": c}).restore(session, "m")
            shutil.copy("m.index", "n.index")
            data = bytearray(Path("m.data-00000-of-00001").read_bytes())
            data[-1] ^= 1
            Path("n.data-00000-of-00001").write_bytes(data)
            with pytest.raises(tf.errors.DataLossError, match="'b' is damaged: its checksum is wrong"):
                tf.train.Saver({"a": a, "b": b}, reshape=True).restore(session, "n")
            assert session.run([a, b])[0].tolist() == [7, 8] and session.run(b).tolist() == [9]
            tf.train.Saver([b], reshape=True).restore(session, "m")
            assert session.run(b).tolist() == [3]
            with pytest.raises(
                tf.errors.InvalidArgumentError, match="2 values, but the requested shape has 1"
            ):
                tf.train.Saver({"a": c}, reshape=True).restore(session, "m")
    with tf.Session() as session:
        for wrong_path, text in (
            (None, r"when it is None\.$"),
            ("", "checkpoint: \nPass what"),
            ("no", "checkpoint: no\nPass what"),
        ):
            with pytest.raises(ValueError, match=text):
                tf.train.Saver(
                    {"x": tf.get_variable("x", [])} if wrong_path == "" else [tf.Variable(1)]
                ).restore(session, wrong_path)


def test_old_checkpoints_are_deleted() -> None:
    tf.get_variable("v", initializer=1.0)
    saver = tf.train.Saver(max_to_keep=2)
    with started() as session:
        for step in (1, 2, 3):
            saver.save(session, "runs/m", step, write_meta_graph=False)
        assert saver.last_checkpoints == ["runs/m-2", "runs/m-3"]
        ending = ".data-00000-of-00001"
        wanted = ["checkpoint", f"m-2{ending}", "m-2.index", f"m-3{ending}", "m-3.index"]
        assert sorted(os.listdir("runs")) == wanted
        saver.save(session, "runs/m", 2, write_meta_graph=False)  # again: it is the latest now
        assert saver.last_checkpoints == ["runs/m-3", "runs/m-2"]
        assert sorted(os.listdir("runs")) == wanted
        every = tf.train.Saver(max_to_keep=None)
        for step in range(7):
            every.save(session, "all/m", step, write_meta_graph=False)
        assert every.last_checkpoints == [] and len(os.listdir("all")) == 15
        hourly = tf.train.Saver(max_to_keep=1, keep_checkpoint_every_n_hours=1e-9)
        for step in range(4):
            hourly.save(session, "hourly/m", step, write_meta_graph=False)
        assert len(os.listdir("hourly")) == 9
        padded = tf.train.Saver(pad_step_number=True)
        assert padded.save(session, "m", 7, write_meta_graph=False) == "m-00000007"


def test_the_index() -> None:
    v = tf.get_variable("v", initializer=1.0)
    saver = tf.train.Saver()
    here = os.getcwd()
    with started() as session:
        saver.save(session, "m", 1)
        saver.save(session, "./sub/../m", 2, latest_filename="other")
        saver.save(session, f"{here}/m", 3)
        first, second = Path("checkpoint").read_text(), Path("other").read_text()
        assert first == (
            f'model_checkpoint_path: "{here}/m-3"\n'
            'all_model_checkpoint_paths: "m-1"\n'
            'all_model_checkpoint_paths: "./sub/../m-2"\n'
            f'all_model_checkpoint_paths: "{here}/m-3"\n'
        )
        assert second == (
            'model_checkpoint_path: "m-2"\n'
            'all_model_checkpoint_paths: "m-1"\n'
            'all_model_checkpoint_paths: "m-2"\n'
        )
        relative = tf.train.Saver([v], save_relative_paths=True)
        relative.save(session, f"{here}/runs/m", 4)
        assert Path("runs/checkpoint").read_text() == (
            'model_checkpoint_path: "m-4"\nall_model_checkpoint_paths: "m-4"\n'
        )
        shutil.move("runs", "moved")
        assert tf.train.latest_checkpoint("moved") == "moved/m-4"
        relative.restore(session, tf.train.latest_checkpoint("moved"))
        saver.save(session, "quiet", write_state=False)
        assert Path("checkpoint").read_text() == first
    assert tf.train.latest_checkpoint(here) == f"{here}/m-3"
    assert tf.train.latest_checkpoint(".", "other") == "./m-2"
    assert tf.train.latest_checkpoint("nowhere") is tf.train.get_checkpoint_state("nowhere") is None
    state = tf.train.get_checkpoint_state(here)
    assert state.model_checkpoint_path == f"{here}/m-3" and len(state.all_model_checkpoint_paths) == 3
    with pytest.raises(
        ValueError, match=r"^Couldn't find 'checkpoint' file or checkpoints in given directory "
    ):
        tf.train.load_checkpoint(RECORDED)


def test_an_index_that_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    Path("bad").write_text("x: 3\n")
    assert tf.train.get_checkpoint_state(".", "bad") is None and "Checkpoint ignored" in caplog.text
    Path("bad").write_bytes(b"\xff\xfe")
    assert tf.train.get_checkpoint_state(".", "bad") is None
    Path("bad").write_text("")
    with pytest.raises(ValueError, match=r"^Invalid checkpoint state loaded from \.$"):
        tf.train.get_checkpoint_state(".", "bad")
    tf.train.update_checkpoint_state(".", "gone-3", ["gone-2"])
    assert tf.train.latest_checkpoint(".") is None and "Couldn't match files for checkpoint" in caplog.text
    with pytest.raises(ValueError, match="must match checkpoint paths"):
        tf.train.update_checkpoint_state(".", "m", ["m"], all_model_checkpoint_timestamps=[1.0, 2.0])


def test_a_later_process_takes_over() -> None:
    tf.get_variable("v", initializer=1.0)
    with started() as session:
        first = tf.train.Saver(max_to_keep=2)
        for step in (1, 2):
            first.save(session, "m", step, write_meta_graph=False)
        second = tf.train.Saver(max_to_keep=2)
        state = tf.train.get_checkpoint_state(".")
        second.recover_last_checkpoints(["gone", *state.all_model_checkpoint_paths])
        assert second.last_checkpoints == ["./m-1", "./m-2"]
        second.save(session, "./m", 3, write_meta_graph=False)
        assert not tf.train.checkpoint_exists("m-1") and tf.train.checkpoint_exists("m-?")
        second.set_last_checkpoints(["m-2"])
        second.set_last_checkpoints_with_time([("m-2", 1.0)])
        assert second.last_checkpoints == ["m-2"]
        for wrong in (second.set_last_checkpoints, second.set_last_checkpoints_with_time):
            with pytest.raises(AssertionError):
                wrong("m-2")
    tf.train.remove_checkpoint("m-3")
    assert sorted(os.listdir()) == ["checkpoint", "m-2.data-00000-of-00001", "m-2.index"]


def test_a_saver_as_a_message() -> None:
    v = tf.get_variable("v", initializer=1.0)
    with tf.name_scope("deep"):
        saver = tf.train.Saver(max_to_keep=3, keep_checkpoint_every_n_hours=2)
    made = saver.as_saver_def()
    assert (made.filename_tensor_name, made.restore_op_name) == ("deep/save/Const:0", "deep/save/restore_all")
    assert made.version == tf.train.SaverDef.V2 and made.max_to_keep == 3
    assert saver.to_proto("deep").save_tensor_name == "save/control_dependency:0"
    assert saver.to_proto("other") is None
    with started() as session:
        again = tf.train.Saver.from_proto(saver.to_proto("deep"), import_scope="deep")
        path = again.save(session, "m")
        session.run(v.assign(5.0))
        again.restore(session, path)
        assert session.run(v) == 1.0
        # As tools do that have the graph only.
        session.run(v.assign(5.0))
        session.run("deep/save/restore_all", {"deep/save/Const:0": path})
        assert session.run(v) == 1.0
    with pytest.raises(ValueError, match="saver_def must have a save_tensor_name"):
        tf.train.Saver(saver_def=tf.train.SaverDef(filename_tensor_name="a"))


def test_reading_what_is_not_there() -> None:
    for call in (tf.train.load_checkpoint, tf.train.NewCheckpointReader, tf.train.list_variables):
        with pytest.raises(tf.errors.NotFoundError, match=r"Failed to find any matching files for nope"):
            call("nope")
    reader = tf.train.load_checkpoint(RECORDED / "model")
    assert not reader.has_tensor("nope") and reader.has_tensor("scalar")
    with pytest.raises(tf.errors.NotFoundError, match=r"^Key nope not found in checkpoint$"):
        reader.get_tensor("nope")
    assert b"types/float16 (DT_HALF) [2,3]\n" in reader.debug_string()
    value = reader.get_tensor("types/int32")
    value[0, 0] = 9  # its own
    assert reader.get_tensor("types/int32")[0, 0] == 0


def test_another_array_library() -> None:
    """Its arrays come to the host to be written, and back."""
    strict = pytest.importorskip("array_api_strict")
    w = tf.get_variable("w", [3, 2])
    parts = tf.get_variable("p", [4], partitioner=tf.fixed_size_partitioner(2))
    saver = tf.train.Saver()
    with tf.Session(backend=strict) as session:
        session.run(tf.global_variables_initializer())
        before = session.run([w, parts.as_tensor()])
        path = saver.save(session, "m", write_meta_graph=False)
        session.run([w.assign(w * 0.0), *parts.assign(tf.zeros([4]))])
        saver.restore(session, path)
        after = session.run([w, parts.as_tensor()])
        assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
    tf.train.init_from_checkpoint("m", {"w": w})
    with tf.Session(backend=strict) as session:
        session.run(w.initializer)
        assert np.array_equal(session.run(w), before[0])
