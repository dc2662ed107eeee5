"""`tf.estimator.Estimator`: trains, evaluates and asks a model that a function builds."""

from __future__ import annotations

import copy
import logging
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, ClassVar

from ..graph import Graph, device
from ..ops.random.seed import set_random_seed
from ..public import v1
from ..train.saving.checkpoint_reader import list_variables, load_variable
from ..train.saving.checkpoint_state import latest_checkpoint
from ..train.sessions.file_hooks import CheckpointSaverListener
from ..train.sessions.hooks import SessionRunHook
from .evaluating import evaluate_in_default_graph
from .exporting import export_from_default_graph
from .functions import (
    call_input_fn,
    call_model_fn,
    check_model_fn,
    features_and_labels,
    hooks_of,
    listeners_of,
)
from .predicting import predictions
from .run_config import RunConfig
from .spec import EstimatorSpec, ModeKeys
from .training import stop_hooks, train_in_default_graph, warmly
from .warm_starting import warm_start_settings

__all__ = ["Estimator"]

_log = logging.getLogger("scopetrie")


@v1("estimator.Estimator")
class Estimator:
    """Trains, evaluates and asks a model that a function builds: each time in a graph of its own.

    What it learns is in the checkpoints of a folder. Training goes on from the latest one, and so does
    another Estimator of the same folder.

    Args:
        model_fn: A function of `features`, and of those of `labels`, `mode`, `params` and `config` that it
            wants. It builds the model for the mode, and returns an `EstimatorSpec`.
        model_dir: The folder of checkpoints and summaries; by default that of `config`, or else a new one of
            the system's temporary folder.
        config: A `RunConfig`.
        params: What `model_fn` is given under this name.
        warm_start_from: The checkpoint with whose values the first training begins, or a folder, for the
            latest in it; or `WarmStartSettings`.

    Raises:
        ValueError: If model_fn takes other arguments, config is no RunConfig, the folder is said in two ways,
            `warm_start_from` is something else, or a subclass overrides a public method.

    >>> import tempfile
    >>> import numpy as np
    >>> import scopetrie as tf
    >>> def model_fn(features, labels, mode, params):
    ...     y = tf.layers.dense(features["x"], 1, kernel_initializer=tf.zeros_initializer())
    ...     if mode == tf.estimator.ModeKeys.PREDICT:
    ...         return tf.estimator.EstimatorSpec(mode, predictions={"y": y})
    ...     loss = tf.losses.mean_squared_error(labels, y)
    ...     optimizer = tf.train.GradientDescentOptimizer(params["rate"])
    ...     step = optimizer.minimize(loss, tf.train.get_global_step())
    ...     return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=step)
    >>> x = np.linspace(0.0, 1.0, 8, dtype=np.float32)[:, None]
    >>> feeding = tf.estimator.inputs.numpy_input_fn({"x": x}, 2 * x, 4, num_epochs=None, shuffle=False)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     estimator = tf.estimator.Estimator(model_fn, folder, params={"rate": 0.5})
    ...     results = estimator.train(feeding, steps=200).evaluate(feeding, steps=2)
    ...     print(results["global_step"], results["loss"] < 1e-4)
    200 True
    """

    _may_override: ClassVar[bool] = False  # whether subclasses may override public methods

    def __init__(
        self,
        model_fn: Callable[..., Any],
        model_dir: str | os.PathLike[str] | None = None,
        config: Any = None,
        params: Mapping[str, Any] | None = None,
        warm_start_from: Any = None,
    ) -> None:
        self._check_overridden()
        self._config = _configured(config, model_dir)
        self._model_dir = str(self._config.model_dir)
        _log.info("Using config: %s", self._config)
        if model_fn is None:
            raise ValueError("model_fn must be provided to Estimator.")
        check_model_fn(model_fn, params)
        self._model_fn = model_fn
        self._params = copy.deepcopy(params or {})
        self._warm_start_settings = warm_start_settings(warm_start_from)

    def _check_overridden(self) -> None:
        if type(self)._may_override:
            return
        members = [each for each in vars(Estimator) if not each.startswith("_") and each != "model_fn"]
        found = [each for each in members if getattr(type(self), each) is not getattr(Estimator, each)]
        if found:
            raise ValueError(
                f"Subclasses of Estimator cannot override members of Estimator. {type(self)} does override "
                f"{found}"
            )

    @property
    def model_dir(self) -> str:
        """The folder of checkpoints and summaries."""
        return self._model_dir

    @property
    def config(self) -> Any:
        """The `RunConfig`."""
        return self._config

    @property
    def params(self) -> Any:
        """A copy of what the model function is given as `params`."""
        return copy.deepcopy(self._params)

    @property
    def model_fn(self) -> Callable[..., EstimatorSpec]:
        """The model function, of `features`, `labels`, `mode` and `config`."""

        def model_fn(features: Any, labels: Any, mode: str, config: Any) -> EstimatorSpec:
            return self._call_model_fn(features, labels, mode, config)

        return model_fn

    def train(
        self,
        input_fn: Callable[..., Any],
        hooks: Iterable[SessionRunHook] | None = None,
        steps: int | None = None,
        max_steps: int | None = None,
        saving_listeners: Iterable[CheckpointSaverListener] | None = None,
    ) -> Estimator:
        """Trains from the latest checkpoint on, and saves.

        Args:
            input_fn: Returns `(features, labels)`, or a dataset of such pairs; it is given those of `mode`,
                `params` and `config` that it takes.
            hooks: Hooks of the session.
            steps: So many steps more.
            max_steps: Until the global step is so large; nothing is done if it is already. Without both,
                until the input ends.
            saving_listeners: What is called when a checkpoint is saved.

        Returns:
            The estimator.

        Raises:
            ValueError: If both steps and max_steps are given, or one is not positive; if the functions return
                something else.
            TypeError: If hooks or listeners are none, or `input_fn` is no function.
            NanLossDuringTrainingError: If the loss is not a number.
        """
        if steps is not None and max_steps is not None:
            raise ValueError("Can not provide both steps and max_steps.")
        _check_positive("steps", steps)
        _check_positive("max_steps", max_steps)
        if max_steps is not None and max_steps <= self._global_step():
            _log.info("Skipping training since max_steps has already saved.")
            return self
        every = [*hooks_of(hooks), *stop_hooks(steps, max_steps)]
        listeners = listeners_of(saving_listeners)
        with self._graph().as_default(), self._device():
            loss = train_in_default_graph(
                lambda: self._build(input_fn, ModeKeys.TRAIN),
                self._config, every, listeners, self._warm_start_settings,
            )  # fmt: skip
        _log.info("Loss for final step: %s.", loss)
        return self

    def evaluate(
        self,
        input_fn: Callable[..., Any],
        steps: int | None = None,
        hooks: Iterable[SessionRunHook] | None = None,
        checkpoint_path: str | None = None,
        name: str | None = None,
    ) -> dict[str, Any]:
        """Evaluates a checkpoint, and writes the results as summaries.

        Args:
            input_fn: As for `train`.
            steps: So many batches; without it, until the input ends.
            hooks: Hooks of the session.
            checkpoint_path: The checkpoint; the latest one by default. If there is none, variables are
                initialized.
            name: A name by which results are told apart: those are in the folder `eval_NAME`.

        Returns:
            The metrics by name, with "loss", the mean over batches, and "global_step".

        Raises:
            ValueError: If steps are not positive, or a metric is called as one that the estimator adds.
            TypeError: If a hook is none, or `input_fn` is no function.
        """
        _check_positive("steps", steps)
        every = hooks_of(hooks)
        path = self._checkpoint(checkpoint_path, "evaluate")
        with self._graph().as_default(), self._device():
            return evaluate_in_default_graph(
                lambda: self._build(input_fn, ModeKeys.EVAL),
                self._config, every, steps, path, self.eval_dir(name),
                lambda: None if path else warmly(self._warm_start_settings),
            )  # fmt: skip

    def predict(
        self,
        input_fn: Callable[..., Any],
        predict_keys: Any = None,
        hooks: Iterable[SessionRunHook] | None = None,
        checkpoint_path: str | None = None,
        yield_single_examples: bool = True,
    ) -> Iterator[Any]:
        """Gives the model's predictions, one by one, while it is asked for more.

        Args:
            input_fn: As for `train`; labels are left aside.
            predict_keys: The names of the predictions that are wanted; all by default.
            hooks: Hooks of the session.
            checkpoint_path: The checkpoint; the latest one by default. If there is none, variables are
                initialized.
            yield_single_examples: Whether batches are taken apart.

        Yields:
            For each element, or each batch, the predictions: a dict if the model function has returned one.

        Raises:
            ValueError: If no prediction has one of the names, or their lengths differ.
            TypeError: If a hook is none, or `input_fn` is no function.
        """
        every = hooks_of(hooks)
        path = self._checkpoint(checkpoint_path, "predict")

        def build() -> tuple[EstimatorSpec, list[SessionRunHook]]:
            with self._device():
                return self._build(input_fn, ModeKeys.PREDICT)

        yield from predictions(
            self._graph(), build, self._config, every, predict_keys, path, yield_single_examples,
            lambda: None if path else warmly(self._warm_start_settings),
        )  # fmt: skip

    def get_variable_names(self) -> list[str]:
        """The names of the variables in the latest checkpoint.

        Raises:
            ValueError: If nothing has been trained.
        """
        self._check_trained()
        return [name for name, _ in list_variables(self._model_dir)]

    def get_variable_value(self, name: str) -> Any:
        """The value of a variable in the latest checkpoint.

        Args:
            name: Its name.

        Raises:
            ValueError: If nothing has been trained.
            NotFoundError: If there is no variable of this name.
        """
        self._check_trained()
        return load_variable(self._model_dir, name)

    def latest_checkpoint(self) -> str | None:
        """The path of the latest checkpoint, or None."""
        return latest_checkpoint(self._model_dir)

    def eval_dir(self, name: str | None = None) -> str:
        """The folder of the results of evaluations.

        Args:
            name: The evaluations' name.
        """
        return os.path.join(self._model_dir, "eval" if not name else f"eval_{name}")

    def export_savedmodel(
        self,
        export_dir_base: str | os.PathLike[str],
        serving_input_receiver_fn: Callable[[], Any],
        assets_extra: Mapping[str, Any] | None = None,
        as_text: bool = False,
        checkpoint_path: str | None = None,
        strip_default_attrs: bool = False,
    ) -> bytes:
        """Writes the model for predictions, with a checkpoint's values, as a SavedModel.

        Args:
            export_dir_base: The folder in which the model's folder is made, whose name is a time in seconds.
            serving_input_receiver_fn: Returns a `ServingInputReceiver`: what the model takes.
            assets_extra: Paths of more files, by their places in its folder `assets.extra`.
            as_text: Whether the graph is written as text.
            checkpoint_path: The checkpoint; the latest one by default.
            strip_default_attrs: Accepted for v1's sake.

        Returns:
            The path of the model's folder.

        Raises:
            ValueError: If there is no function, or nothing has been trained.
            OpError: If something cannot be written, of v1's class.
        """
        if serving_input_receiver_fn is None:
            raise ValueError("An input_receiver_fn must be defined.")
        path = checkpoint_path or self.latest_checkpoint()
        if not path:
            raise ValueError(f"Couldn't find trained model at {self._model_dir}.")
        with self._graph().as_default(), self._device():
            return export_from_default_graph(
                lambda features: self._call_model_fn(features, None, ModeKeys.PREDICT, self._config),
                serving_input_receiver_fn, self._config, path, export_dir_base, assets_extra, as_text,
            )  # fmt: skip

    def export_saved_model(
        self,
        export_dir_base: str | os.PathLike[str],
        serving_input_receiver_fn: Callable[[], Any],
        assets_extra: Mapping[str, Any] | None = None,
        as_text: bool = False,
        checkpoint_path: str | None = None,
        experimental_mode: str = ModeKeys.PREDICT,
    ) -> bytes:
        """Does what `export_savedmodel` does, under its later name.

        Args:
            export_dir_base: The folder in which the model's folder is made.
            serving_input_receiver_fn: Returns a `ServingInputReceiver`.
            assets_extra: Paths of more files, by their places in its folder `assets.extra`.
            as_text: Whether the graph is written as text.
            checkpoint_path: The checkpoint; the latest one by default.
            experimental_mode: Only `ModeKeys.PREDICT`.

        Returns:
            The path of the model's folder.

        Raises:
            NotImplementedError: If the mode is another one.
            ValueError: As for `export_savedmodel`.
        """
        if experimental_mode != ModeKeys.PREDICT:
            raise NotImplementedError(
                f"{type(self).__name__}.export_saved_model: models are exported for predictions, not for "
                f"the mode {experimental_mode!r}. Build the model for it in a graph, and save that by "
                "tf.saved_model.Builder."
            )
        return self.export_savedmodel(
            export_dir_base, serving_input_receiver_fn, assets_extra, as_text, checkpoint_path
        )

    def _build(self, input_fn: Any, mode: str) -> tuple[EstimatorSpec, list[SessionRunHook]]:
        """Makes the inputs and calls the model function."""
        features, labels, hooks = features_and_labels(self._call_input_fn(input_fn, mode))
        if mode == ModeKeys.PREDICT:
            labels = None
        return self._call_model_fn(features, labels, mode, self._config), hooks

    def _call_input_fn(self, input_fn: Any, mode: str) -> Any:
        return call_input_fn(input_fn, mode, self._params, self._config)

    def _call_model_fn(self, features: Any, labels: Any, mode: str, config: Any) -> EstimatorSpec:
        return call_model_fn(self._model_fn, features, labels, mode, self.params, config)

    def _graph(self) -> Graph:
        """A new graph, with the seed that is configured."""
        graph = Graph()
        with graph.as_default():
            set_random_seed(self._config.tf_random_seed)
        return graph

    def _device(self) -> AbstractContextManager[Any]:
        function = self._config.device_fn
        return nullcontext() if function is None else device(function)

    def _checkpoint(self, given: str | None, what: str) -> str | None:
        path = given or self.latest_checkpoint()
        if not path:
            _log.info(
                "Could not find trained model in model_dir: %s, running initialization to %s.",
                self._model_dir, what,
            )  # fmt: skip
        return path

    def _check_trained(self) -> None:
        if not self.latest_checkpoint():
            raise ValueError(f"Could not find trained model in model_dir: {self._model_dir}.")

    def _global_step(self) -> int:
        path = self.latest_checkpoint()
        return 0 if path is None else int(load_variable(path, "global_step"))


def _check_positive(name: str, count: Any) -> None:
    if count is not None and count <= 0:
        raise ValueError(f"Must specify {name} > 0, given: {count}")


def _configured(config: Any, folder: str | os.PathLike[str] | None) -> Any:
    """The configuration, with the folder."""
    if config is None:
        config = RunConfig()
        _log.info("Using default config.")
    if not isinstance(config, RunConfig):
        raise ValueError(f"config must be an instance of `RunConfig`, but provided {config}.")
    given = None if folder is None else os.fspath(folder)
    said = config.model_dir
    if given and said and given != said:
        raise ValueError(
            "`model_dir` are set both in constructor and `RunConfig`, but with different values. In "
            f"constructor: '{given}', in `RunConfig`: '{said}' "
        )
    if given:
        return config.replace(model_dir=given)
    if said:
        return config
    made = tempfile.mkdtemp()
    _log.warning("Using temporary folder as model directory: %s", made)
    return config.replace(model_dir=made)
