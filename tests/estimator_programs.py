"""Programs of tf.estimator, whose results are recorded from TensorFlow 2.15, the last with its Estimator."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

Program = Callable[[Any, str], Any]
PROGRAMS: dict[str, Program] = {}
MISTAKES: dict[str, Program] = {}


def program(function: Program) -> Program:
    PROGRAMS[function.__name__] = function
    return function


def mistake(function: Program) -> Program:
    MISTAKES[function.__name__] = function
    return function


def numbers(shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    return np.random.RandomState(seed).standard_normal(shape).astype(np.float32)


X = numbers((12, 3))
Y = (X @ np.float32([[1.0], [-2.0], [0.5]]) + 0.25).astype(np.float32)


def linear(tf: Any, optimizer: Any = None, metrics: bool = True, **more: Any) -> Callable[..., Any]:
    """A model function of linear regression."""

    def model_fn(features: Any, labels: Any, mode: str, params: Any) -> Any:
        x = features["x"] if isinstance(features, dict) else features
        rate = params.get("rate", 0.1)
        made = tf.layers.dense(x, 1, kernel_initializer=tf.zeros_initializer(), name="out")
        if mode == tf.estimator.ModeKeys.PREDICT:
            return tf.estimator.EstimatorSpec(mode, predictions={"y": made, "twice": 2.0 * made})
        loss = tf.losses.mean_squared_error(labels, made)
        found = {"mae": tf.metrics.mean_absolute_error(labels, made)} if metrics else None
        if mode == tf.estimator.ModeKeys.EVAL:
            return tf.estimator.EstimatorSpec(mode, loss=loss, eval_metric_ops=found)
        chosen = (optimizer or tf.train.GradientDescentOptimizer)(rate)
        step = chosen.minimize(loss, global_step=tf.train.get_global_step())
        return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=step, **more)

    return model_fn


def feeding(tf: Any, epochs: int | None = None, batch: int = 4) -> Callable[[], Any]:
    return tf.estimator.inputs.numpy_input_fn({"x": X}, Y, batch, epochs, shuffle=False)


def losses_hook(tf: Any, found: list[float]) -> Any:
    class Losses(tf.train.SessionRunHook):
        def before_run(self, run_context: Any) -> Any:
            name = "mean_squared_error/value:0"
            return tf.train.SessionRunArgs(run_context.session.graph.get_tensor_by_name(name))

        def after_run(self, run_context: Any, run_values: Any) -> None:
            found.append(float(run_values.results))

    return Losses()


def files(folder: str) -> list[str]:
    """The files of checkpoints, and whether there are events."""
    found = []
    for path in sorted(glob.glob(os.path.join(folder, "**"), recursive=True)):
        name = os.path.relpath(path, folder)
        if os.path.isfile(path) and "tfevents" not in name:
            found.append(name)
    return found


def events(tf: Any, folder: str) -> list[Any]:
    """The tags of an events folder, with steps, and with values but for rates."""
    found = []
    for path in sorted(glob.glob(os.path.join(folder, "*tfevents*"))):
        for event in tf.train.summary_iterator(path):
            if event.WhichOneof("what") in ("graph_def", "session_log"):
                found.append([event.WhichOneof("what"), event.step])
            for value in event.summary.value:
                if "/queue/" in value.tag:  # how full v1's queue happens to be
                    continue
                number = round(value.simple_value, 4) if value.HasField("simple_value") else None
                if value.tag == "checkpoint_path":
                    number = os.path.basename(value.tensor.string_val[0].decode())
                found.append([value.tag, event.step, None if "/sec" in value.tag else number])
    return found


def plain(results: dict[str, Any]) -> dict[str, Any]:
    return {key: [type(value).__name__, round(float(value), 5)] for key, value in results.items()}


@program
def trains_evaluates_predicts(tf: Any, folder: str) -> Any:
    losses: list[float] = []
    made = tf.estimator.Estimator(linear(tf, tf.train.AdamOptimizer), folder, params={"rate": 0.05})
    returned = made.train(feeding(tf), steps=20, hooks=[losses_hook(tf, losses)])
    results = made.evaluate(feeding(tf, 1))
    asked = tf.estimator.inputs.numpy_input_fn({"x": X}, batch_size=5, shuffle=False)
    predicted = list(made.predict(asked))
    return {
        "returned": returned is made,
        "losses": losses,
        "results": plain(results),
        "names": made.get_variable_names(),
        "kernel": made.get_variable_value("out/kernel").tolist(),
        "latest": os.path.relpath(made.latest_checkpoint(), folder),
        "predicted": [float(each["y"][0]) for each in predicted],
        "shapes": [sorted(predicted[0]), list(predicted[0]["y"].shape)],
        "files": files(folder),
        "events": events(tf, folder),
        "eval": events(tf, os.path.join(folder, "eval")),
    }


@program
def counts_steps(tf: Any, folder: str) -> Any:
    made = tf.estimator.Estimator(linear(tf), folder, params={})
    found = []
    for given in ({"steps": 3}, {"steps": 2}, {"max_steps": 4}, {"max_steps": 8}, {"max_steps": 8}):
        made.train(feeding(tf), **given)
        found.append(int(made.get_variable_value("global_step")))
    made.train(feeding(tf, 1))
    found.append(int(made.get_variable_value("global_step")))
    made.train(feeding(tf, 1), steps=100)
    found.append(int(made.get_variable_value("global_step")))
    again = tf.estimator.Estimator(linear(tf), folder, params={})
    again.train(feeding(tf), max_steps=16)
    return [found, int(again.get_variable_value("global_step")), files(folder)]


@program
def saves_every_so_many_steps(tf: Any, folder: str) -> Any:
    class Listener(tf.train.CheckpointSaverListener):
        def __init__(self) -> None:
            self.calls: list[Any] = []

        def begin(self) -> None:
            self.calls.append("begin")

        def before_save(self, session: Any, global_step_value: int) -> None:
            self.calls.append(["before", int(global_step_value)])

        def after_save(self, session: Any, global_step_value: int) -> None:
            self.calls.append(["after", int(global_step_value)])

        def end(self, session: Any, global_step_value: int) -> None:
            self.calls.append(["end", int(global_step_value)])

    config = tf.estimator.RunConfig(
        save_checkpoints_steps=2, keep_checkpoint_max=3, save_summary_steps=3, log_step_count_steps=4
    )
    made = tf.estimator.Estimator(linear(tf), folder, config, {"rate": 0.2})
    listener = Listener()
    made.train(feeding(tf), steps=9, saving_listeners=[listener])
    state = tf.train.get_checkpoint_state(folder)
    kept = [os.path.basename(each) for each in state.all_model_checkpoint_paths]
    early = made.evaluate(feeding(tf, 1), checkpoint_path=os.path.join(folder, "model.ckpt-6"), name="early")
    late = made.evaluate(feeding(tf), steps=1, name="late")
    return {
        "kept": kept,
        "listener": listener.calls,
        "early": plain(early),
        "late": plain(late),
        "events": events(tf, folder),
        "eval_early": events(tf, os.path.join(folder, "eval_early")),
        "dirs": [os.path.relpath(made.eval_dir(), folder), os.path.relpath(made.eval_dir("a"), folder)],
    }


@program
def calls_hooks(tf: Any, folder: str) -> Any:
    calls: list[Any] = []

    class Noting(tf.train.SessionRunHook):
        def __init__(self, name: str) -> None:
            self.name = name

        def begin(self) -> None:
            calls.append(f"{self.name} begin {tf.get_default_graph().finalized}")

        def after_create_session(self, session: Any, coord: Any) -> None:
            calls.append(f"{self.name} created")

        def before_run(self, run_context: Any) -> None:
            calls.append(f"{self.name} before {[each.name for each in run_context.original_args.fetches]}")

        def after_run(self, run_context: Any, run_values: Any) -> None:
            calls.append(f"{self.name} after")

        def end(self, session: Any) -> None:
            calls.append(f"{self.name} end")

    model_fn = linear(tf, training_hooks=[Noting("training")], training_chief_hooks=[Noting("chief")])
    made = tf.estimator.Estimator(model_fn, folder, params={})
    made.train(feeding(tf), [Noting("given")], steps=2)
    calls.append("evaluate")

    class Eval(Noting):
        def before_run(self, run_context: Any) -> None:
            calls.append(f"{self.name} before")

    made.evaluate(feeding(tf), 2, [Eval("given")])
    calls.append("predict")
    asked = tf.estimator.inputs.numpy_input_fn({"x": X}, batch_size=6, shuffle=False)
    list(made.predict(asked, hooks=[Eval("given")]))
    return calls


@program
def asks_input_functions(tf: Any, folder: str) -> Any:
    seen: list[Any] = []

    def dataset(features: Any, labels: Any = None) -> Any:
        whole = (features, labels) if labels is not None else features
        return tf.data.Dataset.from_tensor_slices(whole)

    def of_everything(mode: str, params: Any, config: Any) -> Any:
        seen.append([mode, params, type(config).__name__])
        return dataset({"x": X}, Y).repeat().batch(6)

    def of_tensors() -> Any:
        return {"x": tf.constant(X)}, tf.constant(Y)

    class Called:
        def __call__(self) -> Any:
            return dataset(X, Y).batch(3)

    def model_fn(features: Any, labels: Any, mode: str, config: Any, params: Any) -> Any:
        names = sorted(features) if isinstance(features, dict) else features.shape.as_list()
        seen.append([names, labels is None, mode, type(config).__name__, dict(params)])
        return linear(tf)(features, labels, mode, params)

    made = tf.estimator.Estimator(model_fn, folder, params={"rate": 0.1})
    made.train(of_everything, steps=2)
    made.train(of_tensors, steps=2)
    made.train(Called())
    made.train(lambda: dataset({"x": X}, Y).batch(6), steps=1)
    results = made.evaluate(of_tensors, steps=1)
    one = next(iter(made.predict(of_tensors)))
    every = list(made.predict(lambda: dataset({"x": X}).batch(5)))
    step = int(made.get_variable_value("global_step"))
    return [seen, plain(results), sorted(one), len(every), step]


@program
def predicts(tf: Any, folder: str) -> Any:
    def model_fn(features: Any, mode: str) -> Any:
        x = features["x"]
        made = tf.layers.dense(x, 2, kernel_initializer=tf.ones_initializer(), name="out")
        loss = tf.reduce_mean(made)
        step = tf.train.GradientDescentOptimizer(0.1).minimize(loss, tf.train.get_global_step())
        predictions = {"y": made, "sum": tf.reduce_sum(made, 1)}
        return tf.estimator.EstimatorSpec(mode, predictions, loss, step)

    def of_one(features: Any, mode: str) -> Any:
        return tf.estimator.EstimatorSpec(mode, predictions=features["x"] * 2.0)

    asked = tf.estimator.inputs.numpy_input_fn({"x": X}, batch_size=5, shuffle=False)
    made = tf.estimator.Estimator(model_fn, folder)
    untrained = [each["sum"].tolist() for each in made.predict(asked, ["sum"])]
    made.train(asked, steps=1)
    whole = [
        {key: list(value.shape) for key, value in each.items()}
        for each in made.predict(asked, yield_single_examples=False)
    ]
    chosen = [sorted(each) for each in made.predict(asked, predict_keys=["sum", "other"])]
    one = tf.estimator.Estimator(of_one, os.path.join(folder, "one"))
    single = [each.tolist() for each in one.predict(asked)]
    batches = [list(each.shape) for each in one.predict(asked, yield_single_examples=False)]
    results = made.evaluate(asked)
    return [
        np.round(untrained, 4).tolist(),
        whole,
        chosen,
        np.round(single, 4).tolist(),
        batches,
        plain(results),
    ]


@program
def evaluates_untrained(tf: Any, folder: str) -> Any:
    made = tf.estimator.Estimator(linear(tf), folder, params={})
    return [plain(made.evaluate(feeding(tf, 1))), made.latest_checkpoint(), files(folder)]


@program
def warm_starts(tf: Any, folder: str) -> Any:
    first, second, third = (os.path.join(folder, each) for each in "abc")
    old = tf.estimator.Estimator(linear(tf), first, params={})
    old.train(feeding(tf), steps=5)

    def model_fn(features: Any, labels: Any, mode: str) -> Any:
        with tf.variable_scope("new"):
            made = tf.layers.dense(features["x"], 1, kernel_initializer=tf.zeros_initializer(), name="out")
        loss = tf.losses.mean_squared_error(labels, made)
        step = tf.train.GradientDescentOptimizer(0.0).minimize(loss, tf.train.get_global_step())
        return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=step)

    start = tf.estimator.WarmStartSettings(
        first, ".*kernel", var_name_to_prev_var_name={"new/out/kernel": "out/kernel"}
    )
    new = tf.estimator.Estimator(model_fn, second, warm_start_from=start)
    new.train(feeding(tf), steps=1)
    same = tf.estimator.Estimator(linear(tf), third, params={"rate": 0.0}, warm_start_from=first)
    same.train(feeding(tf), steps=2)
    equal = [
        np.array_equal(each.get_variable_value(name), old.get_variable_value(other))
        for each, name, other in (
            (new, "new/out/kernel", "out/kernel"),
            (new, "new/out/bias", "out/bias"),
            (same, "out/kernel", "out/kernel"),
            (same, "out/bias", "out/bias"),
        )
    ]
    steps = [int(each.get_variable_value("global_step")) for each in (old, new, same)]
    return [equal, steps]


@program
def trains_and_evaluates(tf: Any, folder: str) -> Any:
    class Noting(tf.train.SessionRunHook):
        def __init__(self) -> None:
            self.count = 0

        def begin(self) -> None:
            self.count += 1

    config = tf.estimator.RunConfig(folder, save_checkpoints_steps=4, log_step_count_steps=None)
    made = tf.estimator.Estimator(linear(tf), config=config, params={})
    train, evaluate = Noting(), Noting()
    train_spec = tf.estimator.TrainSpec(feeding(tf), max_steps=10, hooks=[train])
    eval_spec = tf.estimator.EvalSpec(
        feeding(tf), steps=2, hooks=[evaluate], start_delay_secs=0, throttle_secs=0
    )
    returned = tf.estimator.train_and_evaluate(made, train_spec, eval_spec)
    results = returned[0] if isinstance(returned, tuple) else returned
    return {
        "results": plain(results),
        "exports": list(returned[1]),
        "train": train.count,
        "evaluate": evaluate.count,
        "eval": events(tf, os.path.join(folder, "eval")),
    }


@program
def throttles_evaluation(tf: Any, folder: str) -> Any:
    config = tf.estimator.RunConfig(folder, save_checkpoints_steps=4, log_step_count_steps=None)
    made = tf.estimator.Estimator(linear(tf), config=config, params={})
    train_spec = tf.estimator.TrainSpec(feeding(tf), max_steps=10)
    tf.estimator.train_and_evaluate(made, train_spec, tf.estimator.EvalSpec(feeding(tf, 1), steps=None))
    return events(tf, os.path.join(folder, "eval"))


@program
def feeds_arrays(tf: Any, folder: str) -> Any:
    def through(function: Callable[[], Any]) -> list[Any]:
        with tf.Graph().as_default():
            given = function()
            with tf.train.MonitoredSession() as session:
                found = []
                while not session.should_stop():
                    found.append(session.run(given))
        return found

    def shown(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: shown(each) for key, each in value.items()}
        return [shown(each) for each in value] if isinstance(value, tuple) else value.tolist()

    make = tf.estimator.inputs.numpy_input_fn
    ten = np.arange(10)
    by_name = {"b": ten, "a": ten * 2.0}
    return [
        [shown(each) for each in through(make(by_name, ten, 4, 1, False))],
        [shown(each) for each in through(make(ten, None, 4, 1, False))],
        [shown(each) for each in through(make(ten, {"l": ten, "m": ten + 1}, 6, 2, shuffle=False))],
        sorted(np.concatenate(through(make(ten, None, 4, 1, True))).tolist()),
    ]


@program
def sets_random_seed(tf: Any, folder: str) -> Any:
    found: list[Any] = []

    def model_fn(features: Any, labels: Any, mode: str) -> Any:
        found.append(tf.get_default_graph().seed)
        return linear(tf)(features, labels, mode, {})

    for seed in (None, 5):
        config = tf.estimator.RunConfig(os.path.join(folder, str(seed)), tf_random_seed=seed)
        tf.estimator.Estimator(model_fn, config=config).train(feeding(tf), steps=1)
    return found


@program
def adds_metrics(tf: Any, folder: str) -> Any:
    made = tf.estimator.Estimator(linear(tf), folder, params={"rate": 0.1})
    made.train(feeding(tf), steps=2)

    def more(labels: Any, predictions: Any) -> Any:
        return {"top": tf.metrics.mean(labels)}

    return plain(tf.estimator.add_metrics(made, more).evaluate(feeding(tf, 1)))


@program
def configures(tf: Any, folder: str) -> Any:
    names = [
        "model_dir", "tf_random_seed", "save_summary_steps", "save_checkpoints_secs",
        "save_checkpoints_steps",
        "keep_checkpoint_max", "keep_checkpoint_every_n_hours", "log_step_count_steps", "master", "is_chief",
        "evaluation_master", "num_ps_replicas", "num_worker_replicas", "task_type", "task_id", "service",
        "device_fn", "protocol", "train_distribute", "eval_distribute", "global_id_in_cluster",
        "session_creation_timeout_secs",
    ]  # fmt: skip

    def shown(config: Any) -> dict[str, Any]:
        return {each: getattr(config, each) for each in names}

    first = tf.estimator.RunConfig()
    in_seconds = first.replace(save_checkpoints_secs=5)
    in_steps = in_seconds.replace(save_checkpoints_steps=5, model_dir="x")
    never = first.replace(save_checkpoints_steps=None, save_checkpoints_secs=None)
    return [shown(each) for each in (first, in_seconds, in_steps, never)]


def tpu(tf: Any) -> Any:
    return tf.contrib.tpu if hasattr(tf, "contrib") else tf.estimator.tpu


@program
def trains_as_for_a_tpu(tf: Any, folder: str) -> Any:
    module = tpu(tf)
    seen: list[Any] = []

    def model_fn(features: Any, labels: Any, mode: str, params: Any) -> Any:
        seen.append([mode, sorted(params.items())])
        made = tf.layers.dense(features["x"], 1, kernel_initializer=tf.zeros_initializer(), name="out")
        if mode == tf.estimator.ModeKeys.PREDICT:
            return module.TPUEstimatorSpec(mode, predictions={"y": made})
        loss = tf.losses.mean_squared_error(labels, made)

        def metric_fn(labels: Any, made: Any) -> Any:
            return {"mae": tf.metrics.mean_absolute_error(labels, made)}

        def host_call(step: Any) -> Any:
            return tf.no_op()

        optimizer = tf.train.GradientDescentOptimizer(0.1)
        step = optimizer.minimize(loss, tf.train.get_global_step())
        return module.TPUEstimatorSpec(
            mode, loss=loss, train_op=step, eval_metrics=(metric_fn, [labels, made]),
            scaffold_fn=lambda: tf.train.Scaffold(),
        )  # fmt: skip

    def input_fn(params: Any) -> Any:
        data = tf.data.Dataset.from_tensor_slices(({"x": X}, Y)).repeat()
        return data.batch(params["batch_size"], drop_remainder=True)

    def asked(params: Any) -> Any:
        return tf.data.Dataset.from_tensor_slices({"x": X}).batch(params["batch_size"])

    config = module.RunConfig(
        model_dir=folder, save_checkpoints_steps=3, tpu_config=module.TPUConfig(iterations_per_loop=5)
    )
    made = module.TPUEstimator(
        model_fn, config=config, use_tpu=False, train_batch_size=4, eval_batch_size=6, predict_batch_size=5,
        params={"rate": 0.1},
    )  # fmt: skip
    made.train(input_fn, max_steps=7)
    results = made.evaluate(input_fn, steps=2)
    predicted = list(made.predict(asked))
    return [seen, plain(results), len(predicted), sorted(predicted[0]), made.get_variable_names()]


# What is refused, and by which words.


def broken(tf: Any, **parts: Any) -> Any:
    """An estimator whose model function returns other parts."""

    def model_fn(features: Any, labels: Any, mode: str) -> Any:
        w = tf.get_variable("w", [], initializer=tf.zeros_initializer())
        loss = tf.reduce_mean((features["x"] - w) ** 2)
        step = tf.train.GradientDescentOptimizer(0.1).minimize(loss, tf.train.get_global_step())
        given = {"mode": mode, "loss": loss, "train_op": step, "predictions": {"w": features["x"] - w}}
        given.update({key: value(loss) for key, value in parts.items()})
        return tf.estimator.EstimatorSpec(**given)

    return model_fn


@mistake
def no_model_fn(tf: Any, folder: str) -> Any:
    tf.estimator.Estimator(None, folder)


@mistake
def model_fn_without_features(tf: Any, folder: str) -> Any:
    tf.estimator.Estimator(lambda labels: 1, folder)


@mistake
def params_that_nobody_takes(tf: Any, folder: str) -> Any:
    def model_fn(features: Any) -> Any:
        pass

    tf.estimator.Estimator(model_fn, folder, params={"a": 1})


@mistake
def model_fn_of_other_arguments(tf: Any, folder: str) -> Any:
    tf.estimator.Estimator(lambda features, other: 1, folder)


@mistake
def model_fn_without_labels(tf: Any, folder: str) -> Any:
    tf.estimator.Estimator(lambda features: 1, folder).train(feeding(tf), steps=1)


@mistake
def model_fn_that_returns_a_loss(tf: Any, folder: str) -> Any:
    def model_fn(features: Any, labels: Any) -> Any:
        return tf.reduce_mean(labels)

    tf.estimator.Estimator(model_fn, folder).train(feeding(tf), steps=1)


@mistake
def config_of_another_type(tf: Any, folder: str) -> Any:
    tf.estimator.Estimator(linear(tf), folder, config="config", params={})


@mistake
def two_model_dirs(tf: Any, folder: str) -> Any:
    tf.estimator.Estimator(linear(tf), "one", config=tf.estimator.RunConfig("two"), params={})


@mistake
def steps_twice(tf: Any, folder: str) -> Any:
    tf.estimator.Estimator(linear(tf), folder, params={}).train(feeding(tf), steps=1, max_steps=1)


@mistake
def steps_of_zero(tf: Any, folder: str) -> Any:
    tf.estimator.Estimator(linear(tf), folder, params={}).train(feeding(tf), steps=0)


@mistake
def max_steps_of_zero(tf: Any, folder: str) -> Any:
    tf.estimator.Estimator(linear(tf), folder, params={}).train(feeding(tf), max_steps=0)


@mistake
def eval_steps_of_zero(tf: Any, folder: str) -> Any:
    tf.estimator.Estimator(linear(tf), folder, params={}).evaluate(feeding(tf), steps=0)


@mistake
def hook_of_another_type(tf: Any, folder: str) -> Any:
    tf.estimator.Estimator(linear(tf), folder, params={}).train(feeding(tf), hooks=["hook"], steps=1)


@mistake
def listener_of_another_type(tf: Any, folder: str) -> Any:
    made = tf.estimator.Estimator(linear(tf), folder, params={})
    made.train(feeding(tf), steps=1, saving_listeners=["listener"])


@mistake
def listeners_where_nothing_is_saved(tf: Any, folder: str) -> Any:
    config = tf.estimator.RunConfig(save_checkpoints_steps=None, save_checkpoints_secs=None)
    made = tf.estimator.Estimator(linear(tf), folder, config, {})
    made.train(feeding(tf), steps=1, saving_listeners=[tf.train.CheckpointSaverListener()])


@mistake
def input_of_three(tf: Any, folder: str) -> Any:
    made = tf.estimator.Estimator(linear(tf), folder, params={})
    made.train(lambda: (tf.constant(X), tf.constant(Y), tf.constant(Y)), steps=1)


@mistake
def dataset_of_three(tf: Any, folder: str) -> Any:
    made = tf.estimator.Estimator(linear(tf), folder, params={})
    made.train(lambda: tf.data.Dataset.from_tensors((X, Y, Y)), steps=1)


@mistake
def no_train_op(tf: Any, folder: str) -> Any:
    made = tf.estimator.Estimator(broken(tf, train_op=lambda loss: None), folder)
    made.train(feeding(tf), steps=1)


@mistake
def no_loss_to_train(tf: Any, folder: str) -> Any:
    made = tf.estimator.Estimator(broken(tf, loss=lambda loss: None), folder)
    made.train(feeding(tf), steps=1)


@mistake
def no_loss_to_evaluate(tf: Any, folder: str) -> Any:
    made = tf.estimator.Estimator(broken(tf, loss=lambda loss: None), folder)
    made.evaluate(feeding(tf), steps=1)


@mistake
def no_predictions(tf: Any, folder: str) -> Any:
    made = tf.estimator.Estimator(broken(tf, predictions=lambda loss: None), folder)
    list(made.predict(feeding(tf, 1)))


@mistake
def loss_is_nan(tf: Any, folder: str) -> Any:
    def model_fn(features: Any, labels: Any, mode: str) -> Any:
        w = tf.get_variable("w", [], initializer=tf.zeros_initializer())
        loss = w / 0.0
        step = tf.assign_add(tf.train.get_global_step(), 1)
        return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=step)

    tf.estimator.Estimator(model_fn, folder).train(feeding(tf), steps=1)


@mistake
def metric_called_loss(tf: Any, folder: str) -> Any:
    made = tf.estimator.Estimator(
        broken(tf, eval_metric_ops=lambda loss: {"loss": tf.metrics.mean(loss)}), folder
    )
    made.evaluate(feeding(tf), steps=1)


@mistake
def metric_called_global_step(tf: Any, folder: str) -> Any:
    made = tf.estimator.Estimator(
        broken(tf, eval_metric_ops=lambda loss: {"global_step": tf.metrics.mean(loss)}), folder
    )
    made.evaluate(feeding(tf), steps=1)


@mistake
def keys_that_are_not_there(tf: Any, folder: str) -> Any:
    made = tf.estimator.Estimator(broken(tf), folder)
    next(iter(made.predict(feeding(tf, 1), predict_keys=["y"])))


@mistake
def keys_of_one_tensor(tf: Any, folder: str) -> Any:
    made = tf.estimator.Estimator(broken(tf, predictions=lambda loss: loss), folder)
    next(iter(made.predict(feeding(tf, 1), predict_keys=["y"])))


@mistake
def predictions_of_other_lengths(tf: Any, folder: str) -> Any:
    made = tf.estimator.Estimator(
        broken(tf, predictions=lambda loss: {"a": tf.zeros([2]), "b": tf.zeros([3])}), folder
    )
    next(iter(made.predict(feeding(tf, 1))))


@mistake
def names_of_nothing(tf: Any, folder: str) -> Any:
    tf.estimator.Estimator(linear(tf), folder, params={}).get_variable_names()


@mistake
def value_of_nothing(tf: Any, folder: str) -> Any:
    tf.estimator.Estimator(linear(tf), folder, params={}).get_variable_value("w")


@mistake
def overridden_member(tf: Any, folder: str) -> Any:
    class Mine(tf.estimator.Estimator):
        def train(self, *args: Any) -> Any:
            pass

    Mine(linear(tf), folder, params={})


@mistake
def warm_start_of_another_type(tf: Any, folder: str) -> Any:
    tf.estimator.Estimator(linear(tf), folder, params={}, warm_start_from=3)


@mistake
def warm_start_without_a_checkpoint(tf: Any, folder: str) -> Any:
    tf.estimator.WarmStartSettings("")


@mistake
def warm_start_of_a_missing_name(tf: Any, folder: str) -> Any:
    tf.estimator.Estimator(linear(tf), folder, params={}).train(feeding(tf), steps=1)
    start = tf.estimator.WarmStartSettings(folder, var_name_to_prev_var_name={"nobody": "out/kernel"})
    other = tf.estimator.Estimator(linear(tf), folder + "2", params={}, warm_start_from=start)
    other.train(feeding(tf), steps=1)


@mistake
def config_of_steps_and_seconds(tf: Any, folder: str) -> Any:
    tf.estimator.RunConfig(save_checkpoints_steps=1, save_checkpoints_secs=1)


@mistake
def config_of_steps_and_seconds_replaced(tf: Any, folder: str) -> Any:
    tf.estimator.RunConfig().replace(save_checkpoints_steps=1, save_checkpoints_secs=1)


@mistake
def config_of_negative_steps(tf: Any, folder: str) -> Any:
    tf.estimator.RunConfig(save_summary_steps=-1)


@mistake
def config_of_no_hours(tf: Any, folder: str) -> Any:
    tf.estimator.RunConfig(keep_checkpoint_every_n_hours=0)


@mistake
def config_of_negative_seconds(tf: Any, folder: str) -> Any:
    tf.estimator.RunConfig(save_checkpoints_secs=-1)


@mistake
def config_of_negative_checkpoint_steps(tf: Any, folder: str) -> Any:
    tf.estimator.RunConfig(save_checkpoints_steps=-1)


@mistake
def config_of_negative_checkpoints(tf: Any, folder: str) -> Any:
    tf.estimator.RunConfig(keep_checkpoint_max=-1)


@mistake
def config_that_logs_never(tf: Any, folder: str) -> Any:
    tf.estimator.RunConfig(log_step_count_steps=0)


@mistake
def config_of_a_text_as_seed(tf: Any, folder: str) -> Any:
    tf.estimator.RunConfig(tf_random_seed="a")


@mistake
def config_of_another_session_config(tf: Any, folder: str) -> Any:
    tf.estimator.RunConfig(session_config=1)


@mistake
def config_without_a_folder(tf: Any, folder: str) -> Any:
    tf.estimator.RunConfig("")


@mistake
def config_that_replaces_the_chief(tf: Any, folder: str) -> Any:
    tf.estimator.RunConfig().replace(is_chief=False)


@mistake
def train_spec_of_no_function(tf: Any, folder: str) -> Any:
    tf.estimator.TrainSpec("input")


@mistake
def train_spec_of_no_steps(tf: Any, folder: str) -> Any:
    tf.estimator.TrainSpec(feeding(tf), max_steps=0)


@mistake
def train_spec_of_other_hooks(tf: Any, folder: str) -> Any:
    tf.estimator.TrainSpec(feeding(tf), hooks=["a"])


@mistake
def train_spec_of_other_listeners(tf: Any, folder: str) -> Any:
    tf.estimator.TrainSpec(feeding(tf), saving_listeners=["a"])


@mistake
def eval_spec_of_no_steps(tf: Any, folder: str) -> Any:
    tf.estimator.EvalSpec(feeding(tf), steps=0)


@mistake
def eval_spec_of_a_number_as_name(tf: Any, folder: str) -> Any:
    tf.estimator.EvalSpec(feeding(tf), name=1)


@mistake
def eval_spec_of_other_hooks(tf: Any, folder: str) -> Any:
    tf.estimator.EvalSpec(feeding(tf), hooks=["a"])


@mistake
def eval_spec_of_a_negative_delay(tf: Any, folder: str) -> Any:
    tf.estimator.EvalSpec(feeding(tf), start_delay_secs=-1)


@mistake
def eval_spec_of_a_negative_throttle(tf: Any, folder: str) -> Any:
    tf.estimator.EvalSpec(feeding(tf), throttle_secs=-1)


@mistake
def eval_spec_of_other_exporters(tf: Any, folder: str) -> Any:
    tf.estimator.EvalSpec(feeding(tf), exporters=["a"])


@mistake
def train_and_evaluate_no_estimator(tf: Any, folder: str) -> Any:
    spec = tf.estimator.TrainSpec(feeding(tf)), tf.estimator.EvalSpec(feeding(tf))
    tf.estimator.train_and_evaluate("estimator", *spec)


@mistake
def train_and_evaluate_no_train_spec(tf: Any, folder: str) -> Any:
    made = tf.estimator.Estimator(linear(tf), folder, params={})
    tf.estimator.train_and_evaluate(made, "spec", tf.estimator.EvalSpec(feeding(tf)))


@mistake
def train_and_evaluate_no_eval_spec(tf: Any, folder: str) -> Any:
    made = tf.estimator.Estimator(linear(tf), folder, params={})
    tf.estimator.train_and_evaluate(made, tf.estimator.TrainSpec(feeding(tf), 2), "spec")


@mistake
def input_fn_that_is_no_function(tf: Any, folder: str) -> Any:
    tf.estimator.Estimator(linear(tf), folder, params={}).train("input", steps=1)


@mistake
def arrays_not_shuffled_nor_not(tf: Any, folder: str) -> Any:
    tf.estimator.inputs.numpy_input_fn({"x": X}, Y)


@mistake
def arrays_of_other_lengths(tf: Any, folder: str) -> Any:
    tf.estimator.inputs.numpy_input_fn({"x": X}, Y[:3], shuffle=False)()


@mistake
def arrays_of_no_name(tf: Any, folder: str) -> Any:
    tf.estimator.inputs.numpy_input_fn({}, Y, shuffle=False)()


@mistake
def arrays_that_are_lists(tf: Any, folder: str) -> Any:
    tf.estimator.inputs.numpy_input_fn([1, 2], shuffle=False)()


@mistake
def labels_of_no_name(tf: Any, folder: str) -> Any:
    tf.estimator.inputs.numpy_input_fn({"x": X}, {}, shuffle=False)()


@mistake
def labels_of_the_features_names(tf: Any, folder: str) -> Any:
    tf.estimator.inputs.numpy_input_fn({"x": X}, {"x": Y}, shuffle=False)()


@mistake
def scaffold_of_another_type(tf: Any, folder: str) -> Any:
    made = tf.estimator.Estimator(broken(tf, scaffold=lambda loss: "scaffold"), folder)
    made.train(feeding(tf), steps=1)


@mistake
def hooks_of_another_type_in_the_spec(tf: Any, folder: str) -> Any:
    made = tf.estimator.Estimator(broken(tf, training_hooks=lambda loss: ["hook"]), folder)
    made.train(feeding(tf), steps=1)


@mistake
def loss_of_another_graph(tf: Any, folder: str) -> Any:
    def other(loss: Any) -> Any:
        with tf.Graph().as_default():
            return tf.constant(1.0)

    tf.estimator.Estimator(broken(tf, loss=other), folder).train(feeding(tf), steps=1)


@mistake
def step_of_another_graph(tf: Any, folder: str) -> Any:
    def other(loss: Any) -> Any:
        with tf.Graph().as_default():
            return tf.no_op()

    tf.estimator.Estimator(broken(tf, train_op=other), folder).train(feeding(tf), steps=1)


@mistake
def loss_that_is_a_vector(tf: Any, folder: str) -> Any:
    made = tf.estimator.Estimator(broken(tf, loss=lambda loss: tf.zeros([3])), folder)
    made.train(feeding(tf), steps=1)


@mistake
def tpu_parameters_that_are_reserved(tf: Any, folder: str) -> Any:
    module = tpu(tf)
    config = module.RunConfig(model_dir=folder)
    module.TPUEstimator(linear(tf), config=config, params={"batch_size": 1}, use_tpu=False)


@mistake
def tpu_without_a_config(tf: Any, folder: str) -> Any:
    tpu(tf).TPUEstimator(linear(tf), folder, params={}, use_tpu=False)


def run(tf: Any, function: Program, folder: str) -> Any:
    """What a program returns, or for a mistake, the class and text of its error."""
    if function.__name__ in PROGRAMS:
        return function(tf, folder)
    try:
        function(tf, folder)
    except Exception as error:
        return [type(error).__name__, cleaned(str(error), folder)]
    return None


def cleaned(text: str, folder: str) -> str:
    """An error's text without what differs from run to run."""
    text = text.replace(folder, "FOLDER")
    text = re.sub(r"<(function|class|bound method) [^>]*>", r"<\1>", text)
    return re.sub(r"0x[0-9a-f]+", "0x", text)


def everything() -> Iterator[Program]:
    yield from PROGRAMS.values()
    yield from MISTAKES.values()
