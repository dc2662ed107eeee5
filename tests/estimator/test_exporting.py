"""Estimators as SavedModels. What is expected is what TensorFlow 2.15 did with the same calls."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scopetrie as tf

X = np.arange(8, dtype=np.float32).reshape(4, 2)
PREDICT, CLASSIFY, REGRESS = (f"tensorflow/serving/{each}" for each in ("predict", "classify", "regress"))
export = tf.estimator.export


@pytest.fixture(autouse=True)
def no_writers() -> Iterator[None]:
    yield
    tf.summary.FileWriterCache.clear()


def model(outputs: Callable[[Any], Any] | None = None) -> Callable[..., Any]:
    def model_fn(features: Any, labels: Any, mode: str) -> Any:
        w = tf.get_variable("w", [2, 1], initializer=tf.ones_initializer())
        y = tf.matmul(features["x"], w, name="y")
        if mode == tf.estimator.ModeKeys.PREDICT:
            made = None if outputs is None else outputs(y)
            return tf.estimator.EstimatorSpec(mode, predictions={"y": y}, export_outputs=made)
        loss = tf.reduce_mean(tf.square(y - labels))
        step = tf.train.GradientDescentOptimizer(0.01).minimize(loss, tf.train.get_global_step())
        return tf.estimator.EstimatorSpec(mode, predictions={"y": y}, loss=loss, train_op=step)

    return model_fn


def feeding() -> Any:
    labels = np.ones((4, 1), np.float32)
    return tf.estimator.inputs.numpy_input_fn({"x": X}, labels, 2, num_epochs=None, shuffle=False)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = str(tmp_path_factory.mktemp("trained"))
    tf.estimator.Estimator(model(), folder).train(feeding(), steps=2)
    return folder


def receives() -> Any:
    x = tf.placeholder(tf.float32, [None, 2], name="given")
    return export.ServingInputReceiver({"x": x}, {"x": x})


def parses() -> Any:
    return export.build_parsing_serving_input_receiver_fn({"x": tf.FixedLenFeature([2], tf.float32)})


def signatures(path: bytes) -> dict[str, Any]:
    """The methods and tensors' names of a model that is loaded again."""
    with tf.Session(graph=tf.Graph()) as session:
        loaded = tf.saved_model.loader.load(session, ["serve"], os.fsdecode(path))
        return {
            name: (
                each.method_name,
                {key: info.name for key, info in each.inputs.items()},
                {key: info.name for key, info in each.outputs.items()},
            )
            for name, each in loaded.signature_def.items()
        }


TAKES, EXAMPLES = {"x": "given:0"}, {"inputs": "input_example_tensor:0"}
CASES: dict[str, tuple[Callable[[Any], Any] | None, bool, dict[str, Any]]] = {
    "predictions": (None, False, {"serving_default": (PREDICT, TAKES, {"y": "y:0"})}),
    "one": (
        lambda y: {"a": export.PredictOutput({"z": y})},
        False,
        dict.fromkeys(("a", "serving_default"), (PREDICT, TAKES, {"z": "y:0"})),
    ),
    "several": (
        lambda y: {"a": export.PredictOutput(y), "serving_default": export.PredictOutput({"k": y})},
        False,
        {"a": (PREDICT, TAKES, {"output": "y:0"}), "serving_default": (PREDICT, TAKES, {"k": "y:0"})},
    ),
    "regression of what is no text": (lambda y: {"a": export.RegressionOutput(y)}, False, {}),
    "regression": (
        lambda y: {"a": export.RegressionOutput(y)},
        True,
        dict.fromkeys(("a", "serving_default"), (REGRESS, EXAMPLES, {"outputs": "y:0"})),
    ),
    "classification": (
        lambda y: {"a": export.ClassificationOutput(scores=y)},
        True,
        dict.fromkeys(("a", "serving_default"), (CLASSIFY, EXAMPLES, {"scores": "y:0"})),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_signatures(case: str, trained: str, tmp_path: Path) -> None:
    outputs, is_parsed, expected = CASES[case]
    estimator = tf.estimator.Estimator(model(outputs), trained)
    assert signatures(estimator.export_savedmodel(tmp_path, parses() if is_parsed else receives)) == expected


def test_a_loaded_model_predicts_as_the_estimator(trained: str, tmp_path: Path) -> None:
    estimator = tf.estimator.Estimator(model(), trained)
    asked = tf.estimator.inputs.numpy_input_fn({"x": X}, batch_size=4, shuffle=False)
    expected = [each["y"] for each in estimator.predict(asked)]
    examples = [
        tf.train.Example(
            features=tf.train.Features(
                feature={"x": tf.train.Feature(float_list=tf.train.FloatList(value=row))}
            )
        ).SerializeToString()
        for row in X
    ]
    for fn, feeds in ((receives, {"given:0": X}), (parses(), {"input_example_tensor:0": examples})):
        path = estimator.export_saved_model(tmp_path / "models", fn)
        with tf.Session(graph=tf.Graph()) as session:
            tf.saved_model.loader.load(session, ["serve"], os.fsdecode(path))
            np.testing.assert_array_equal(session.run("y:0", feeds), expected)
    assert all(each.isdigit() for each in os.listdir(tmp_path / "models"))  # and nothing temporary


def test_files(trained: str, tmp_path: Path) -> None:
    (tmp_path / "words").write_text("a b")
    path = tf.estimator.Estimator(model(), trained).export_savedmodel(
        tmp_path / "models", receives, {"more/words.txt": tmp_path / "words"}, as_text=True
    )
    model_folder = Path(os.fsdecode(path))
    assert (model_folder / "assets.extra" / "more" / "words.txt").read_text() == "a b"
    assert (model_folder / "saved_model.pbtxt").exists() and not (model_folder / "saved_model.pb").exists()


def test_what_fails_leaves_nothing(trained: str, tmp_path: Path) -> None:
    estimator = tf.estimator.Estimator(model(), trained)
    untrained = tf.estimator.Estimator(model(), tmp_path / "untrained")
    with pytest.raises(ValueError, match="Couldn't find trained model at "):
        untrained.export_savedmodel(tmp_path / "models", receives)
    with pytest.raises(ValueError, match="An input_receiver_fn must be defined"):
        estimator.export_savedmodel(tmp_path / "models", None)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="not a valid checkpoint: nowhere"):
        estimator.export_savedmodel(tmp_path / "models", receives, checkpoint_path="nowhere")
    with pytest.raises(tf.errors.NotFoundError):
        estimator.export_savedmodel(tmp_path / "models", receives, {"a": tmp_path / "missing"})
    with pytest.raises(NotImplementedError, match="for the mode 'train'"):
        estimator.export_saved_model(tmp_path / "models", receives, experimental_mode="train")
    assert not os.listdir(tmp_path / "models")


def test_export_outputs_are_checked() -> None:
    with tf.Graph().as_default():
        y = tf.zeros([2], name="y")
        output = export.PredictOutput(y)
        cases: list[tuple[Any, type[Exception], str]] = [
            ([output], TypeError, "`export_outputs` must be dict, received"),
            ({"a": y}, TypeError, "must be ExportOutput objects, received"),
            ({"a": output, "b": output}, ValueError, "none of them are specified as the default"),
        ]
        for given, kind, text in cases:
            with pytest.raises(kind, match=text):
                tf.estimator.EstimatorSpec("infer", predictions=y, export_outputs=given)


def test_kinds_of_outputs_and_receivers_are_checked() -> None:
    with tf.Graph().as_default():
        x, text, number = (tf.placeholder(each, [None]) for each in (tf.float32, tf.string, tf.int32))
        receiver, of_tensor = export.ServingInputReceiver, export.TensorServingInputReceiver
        cases: list[tuple[Callable[[], Any], str]] = [
            (lambda: export.ClassificationOutput(), "with empty arguments"),
            (lambda: export.ClassificationOutput(scores=number), "scores must be a float32 Tensor; got "),
            (lambda: export.ClassificationOutput(classes=x), "classes must be a string Tensor; got "),
            (lambda: export.RegressionOutput(text), "Regression output value must be a float32 Tensor; got "),
            (lambda: export.PredictOutput({"a": 1}), "Prediction output value must be a Tensor; got 1"),
            (lambda: export.PredictOutput({1: x}), "Prediction output key must be a string; got 1"),
            (lambda: receiver(None, x), "features must be defined"),
            (lambda: receiver(x, None), "receiver_tensors must be defined"),
            (lambda: receiver({"a": 1}, x), "feature a must be a Tensor"),
            (lambda: receiver(x, {1: x}), "receiver_tensor keys must be strings: 1"),
            (lambda: receiver(x, {"a": 3}), "receiver_tensor a must be a Tensor"),
            (lambda: receiver(x, x, [1]), r"receiver_tensors_alternatives must be a dict: \[1\]"),
            (lambda: of_tensor({"a": x}, x), "feature must be a Tensor"),
        ]
        for call, words in cases:
            with pytest.raises(ValueError, match=words):
                call()
        assert receiver(x, x, {"b": text})[1:] == ({"input": x}, {"b": {"input": text}})
        assert of_tensor(x, x).features is x


def test_other_tensors_make_more_signatures(trained: str, tmp_path: Path) -> None:
    def both() -> Any:
        made = receives()
        return export.ServingInputReceiver(
            made.features, made.receiver_tensors, {"other": {"y": tf.identity(made.features["x"], "again")}}
        )

    found = signatures(tf.estimator.Estimator(model(), trained).export_savedmodel(tmp_path, both))
    assert {name: each[1] for name, each in found.items()} == {
        "serving_default": TAKES,
        "other:serving_default": {"y": "again:0"},
    }


# --- exporters ----------------------------------------------------------------------------------------------


class Noted(tf.estimator.Exporter):  # type: ignore[misc]
    """An exporter of a program's own."""

    name = "noted"  # type: ignore[assignment]

    def __init__(self) -> None:
        self.calls: list[Any] = []

    def export(
        self,
        estimator: Any,
        export_path: Any,
        checkpoint_path: Any,
        eval_result: Any,
        is_the_final_export: Any,
    ) -> str:
        folders = Path(export_path).parts[-2:]
        self.calls.append((*folders, Path(checkpoint_path).name, sorted(eval_result), is_the_final_export))
        return "returned"


def exported(folder: Path, exporters: Any) -> tuple[list[Any], list[int]]:
    """What six steps with a checkpoint after each second one return last, and the numbers of models."""
    config = tf.estimator.RunConfig(str(folder), save_checkpoints_steps=2)
    estimator = tf.estimator.Estimator(model(), config=config)
    train = tf.estimator.TrainSpec(feeding(), max_steps=6)
    evaluate = tf.estimator.EvalSpec(feeding(), steps=1, exporters=exporters, throttle_secs=0)
    _, returned = tf.estimator.train_and_evaluate(estimator, train, evaluate)
    models = [len(os.listdir(each)) for each in sorted((folder / "export").glob("*"))]
    return [type(each).__name__ for each in returned], models


def test_each_checkpoint_is_given_to_an_exporter(tmp_path: Path) -> None:
    noted = Noted()
    assert exported(tmp_path, noted) == (["str"], [])
    results = ["global_step", "loss"]
    assert noted.calls == [
        ("export", "noted", "model.ckpt-2", results, False),
        ("export", "noted", "model.ckpt-4", results, False),
        ("export", "noted", "model.ckpt-6", results, True),
    ]


def test_exporters(tmp_path: Path) -> None:
    kinds = tf.estimator
    exporters = [
        kinds.LatestExporter("a_latest", receives, exports_to_keep=1),
        kinds.FinalExporter("b_final", receives),
        kinds.BestExporter("c_best", receives),
        kinds.BestExporter(
            "d_none", receives, compare_fn=lambda best_eval_result, current_eval_result: False
        ),
    ]
    assert exported(tmp_path, exporters) == (["bytes", "bytes", "NoneType", "NoneType"], [1, 1, 2, 1])


def test_the_best_results_are_read_from_event_files(tmp_path: Path) -> None:
    assert exported(tmp_path / "first", tf.estimator.BestExporter("best", receives))[1] == [2]
    again = tf.estimator.BestExporter("best", receives, event_file_pattern="eval/*.tfevents*")
    estimator = tf.estimator.Estimator(model(), tmp_path / "first")
    latest = estimator.latest_checkpoint()
    for loss, kind in ((1e9, type(None)), (0.0, bytes)):
        path = str(tmp_path / "models")
        assert isinstance(again.export(estimator, path, latest, {"loss": loss}, False), kind)


def test_exporters_are_checked() -> None:
    final, best, latest = (getattr(tf.estimator, f"{each}Exporter") for each in ("Final", "Best", "Latest"))

    def other(a: Any, b: Any) -> bool:
        return True

    def spec(exporters: Any) -> Any:
        return tf.estimator.EvalSpec(feeding(), exporters=exporters)

    cases: list[tuple[Callable[[], Any], type[Exception], str]] = [
        (
            lambda: latest("a", receives, exports_to_keep=0),
            ValueError,
            "must be positive",
        ),
        (lambda: best("a", receives, exports_to_keep=0), ValueError, "must be a positive number. Got 0"),
        (lambda: best("a", receives, compare_fn=None), ValueError, "`compare_fn` must not be None"),
        (
            lambda: best("a", receives, compare_fn=other),
            ValueError,
            "must include best_eval_result",
        ),
        (lambda: best("a"), ValueError, "`serving_input_receiver_fn` must be given"),
        (lambda: spec([final("a", receives), final("a", receives)]), ValueError, "must have unique names"),
        (lambda: spec(final("", receives)), ValueError, "cannot have a name that is `None` or empty"),
        (lambda: spec([3]), TypeError, r"must be an Exporter, .*, found \[3\]"),
        (lambda: spec(3), TypeError, "must be an Exporter, .*, found 3"),
    ]
    for call, kind, text in cases:
        with pytest.raises(kind, match=text):
            call()
