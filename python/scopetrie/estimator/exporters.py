"""What `train_and_evaluate` calls with each checkpoint that was evaluated: exporters of SavedModels."""

from __future__ import annotations

import glob
import inspect
import logging
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..public import v1
from ..train.event_files import summary_iterator

if TYPE_CHECKING:
    from .estimator import Estimator

__all__ = ["BestExporter", "Exporter", "FinalExporter", "LatestExporter", "checked_exporters"]

_log = logging.getLogger("scopetrie")


@v1("estimator.Exporter")
class Exporter:
    """Exports a model; the base of the kinds, and of a program's own."""

    @property
    def name(self) -> str:
        """The name of the folder in `export` of the estimator's folder."""
        raise NotImplementedError(f"{type(self).__name__} has no name.")

    def export(
        self,
        estimator: Estimator,
        export_path: str,
        checkpoint_path: str,
        eval_result: Mapping[str, Any] | None,
        is_the_final_export: bool,
    ) -> Any:
        """Exports, or does nothing.

        Args:
            estimator: The estimator.
            export_path: The folder in which models' folders are made.
            checkpoint_path: The checkpoint.
            eval_result: What the evaluation has given.
            is_the_final_export: Whether the training ends here.

        Returns:
            The path of the model's folder, or None.
        """
        raise NotImplementedError(f"{type(self).__name__} does not say how it exports.")


class _Exporter(Exporter):
    """Exports by `Estimator.export_savedmodel`, and keeps the newest models."""

    def __init__(
        self,
        name: str,
        serving_input_receiver_fn: Callable[[], Any],
        assets_extra: Mapping[str, Any] | None,
        as_text: bool,
        exports_to_keep: int | None = None,
    ) -> None:
        self._name, self._receives = name, serving_input_receiver_fn
        self._assets, self._as_text, self._kept = assets_extra, as_text, exports_to_keep

    @property
    def name(self) -> str:
        """The name of the folder in `export` of the estimator's folder."""
        return self._name

    def _write(self, estimator: Estimator, export_path: str, checkpoint_path: str) -> bytes:
        made = estimator.export_savedmodel(
            export_path, self._receives, self._assets, self._as_text, checkpoint_path
        )
        if self._kept is not None:
            models = sorted((each for each in os.listdir(export_path) if each.isdigit()), key=int)
            for each in models[: -self._kept]:
                shutil.rmtree(os.path.join(export_path, each), ignore_errors=True)
        return made


@v1("estimator.LatestExporter")
class LatestExporter(_Exporter):
    """Exports each checkpoint that was evaluated.

    Args:
        name: The name of the folder in `export` of the estimator's folder.
        serving_input_receiver_fn: Returns a `ServingInputReceiver`: what the model takes.
        assets_extra: Paths of more files, by their places in the model's folder `assets.extra`.
        as_text: Whether the graph is written as text.
        exports_to_keep: So many of the newest models are kept; None for all.

    Raises:
        ValueError: If none is to be kept.

    >>> import scopetrie as tf
    >>> receives = tf.estimator.export.build_raw_serving_input_receiver_fn({"x": tf.zeros([7, 2], name="x")})
    >>> tf.estimator.LatestExporter("latest", receives).name
    'latest'
    """

    def __init__(
        self,
        name: str,
        serving_input_receiver_fn: Callable[[], Any],
        assets_extra: Mapping[str, Any] | None = None,
        as_text: bool = False,
        exports_to_keep: int | None = 5,
    ) -> None:
        if exports_to_keep is not None and exports_to_keep <= 0:
            raise ValueError("`exports_to_keep`, if provided, must be positive number")
        super().__init__(name, serving_input_receiver_fn, assets_extra, as_text, exports_to_keep)

    def export(
        self,
        estimator: Estimator,
        export_path: str,
        checkpoint_path: str,
        eval_result: Mapping[str, Any] | None,
        is_the_final_export: bool,
    ) -> bytes:
        """Exports; see `Exporter`."""
        return self._write(estimator, export_path, checkpoint_path)


@v1("estimator.FinalExporter")
class FinalExporter(_Exporter):
    """Exports the last checkpoint of the training.

    Args:
        name: The name of the folder in `export` of the estimator's folder.
        serving_input_receiver_fn: Returns a `ServingInputReceiver`: what the model takes.
        assets_extra: Paths of more files, by their places in the model's folder `assets.extra`.
        as_text: Whether the graph is written as text.
    """

    def __init__(
        self,
        name: str,
        serving_input_receiver_fn: Callable[[], Any],
        assets_extra: Mapping[str, Any] | None = None,
        as_text: bool = False,
    ) -> None:
        super().__init__(name, serving_input_receiver_fn, assets_extra, as_text)

    def export(
        self,
        estimator: Estimator,
        export_path: str,
        checkpoint_path: str,
        eval_result: Mapping[str, Any] | None,
        is_the_final_export: bool,
    ) -> bytes | None:
        """Exports if it is the last one; see `Exporter`."""
        if not is_the_final_export:
            return None
        _log.info("Performing the final export in the end of training.")
        return self._write(estimator, export_path, checkpoint_path)


def _loss_smaller(best_eval_result: Mapping[str, Any], current_eval_result: Mapping[str, Any]) -> bool:
    for which, given in (("best", best_eval_result), ("current", current_eval_result)):
        if not given or "loss" not in given:
            raise ValueError(f"{which}_eval_result cannot be empty or no loss is found in it.")
    return bool(best_eval_result["loss"] > current_eval_result["loss"])


@v1("estimator.BestExporter")
class BestExporter(_Exporter):
    """Exports a checkpoint whose results are better than those of all before it.

    Args:
        name: The name of the folder in `export` of the estimator's folder.
        serving_input_receiver_fn: Returns a `ServingInputReceiver`: what the model takes.
        event_file_pattern: A glob of event files in the estimator's folder, such as "eval/*.tfevents*":
            the best of the results in them is the one to beat.
        compare_fn: Whether `current_eval_result` is better than `best_eval_result`; by default, whether its
            loss is smaller.
        assets_extra: Paths of more files, by their places in the model's folder `assets.extra`.
        as_text: Whether the graph is written as text.
        exports_to_keep: So many of the newest models are kept; None for all.

    Raises:
        ValueError: If none is to be kept, or the function takes other arguments.
    """

    def __init__(
        self,
        name: str = "best_exporter",
        serving_input_receiver_fn: Callable[[], Any] | None = None,
        event_file_pattern: str | None = None,
        compare_fn: Callable[..., bool] = _loss_smaller,
        assets_extra: Mapping[str, Any] | None = None,
        as_text: bool = False,
        exports_to_keep: int | None = 5,
    ) -> None:
        if compare_fn is None:
            raise ValueError("`compare_fn` must not be None.")
        taken = inspect.signature(compare_fn).parameters
        for each in ("best_eval_result", "current_eval_result"):
            if each not in taken:
                raise ValueError(f"compare_fn ({compare_fn}) must include {each} argument.")
        if exports_to_keep is not None and exports_to_keep <= 0:
            raise ValueError(
                f"`exports_to_keep`, if provided, must be a positive number. Got {exports_to_keep}"
            )
        if serving_input_receiver_fn is None:
            raise ValueError("BestExporter: `serving_input_receiver_fn` must be given: what the model takes.")
        super().__init__(name, serving_input_receiver_fn, assets_extra, as_text, exports_to_keep)
        self._is_better, self._pattern = compare_fn, event_file_pattern
        self._best: Mapping[str, Any] | None = None
        self._has_read = False

    def export(
        self,
        estimator: Estimator,
        export_path: str,
        checkpoint_path: str,
        eval_result: Mapping[str, Any] | None,
        is_the_final_export: bool,
    ) -> bytes | None:
        """Exports if it is better; see `Exporter`."""
        if not self._has_read:
            self._has_read = True
            if self._pattern is not None:
                self._best = self._best_of(os.path.join(estimator.model_dir, self._pattern), checkpoint_path)
        if self._best is not None and not self._is_better(
            best_eval_result=self._best, current_eval_result=eval_result
        ):
            return None
        _log.info("Performing best model export.")
        self._best = eval_result
        return self._write(estimator, export_path, checkpoint_path)

    def _best_of(self, pattern: str, checkpoint_path: str) -> Mapping[str, Any] | None:
        """The best results that event files hold, but for those of the checkpoint itself."""
        at = int(os.fsdecode(checkpoint_path).rpartition("-")[2] or 0)
        best: Mapping[str, Any] | None = None
        for file in sorted(glob.glob(pattern)):
            for event in summary_iterator(file):
                found = {
                    each.tag: each.simple_value
                    for each in event.summary.value
                    if each.HasField("simple_value")
                }
                if not found or event.step == at:
                    continue
                if best is None or self._is_better(best_eval_result=best, current_eval_result=found):
                    best = found
        return best


def checked_exporters(given: Any) -> tuple[Exporter, ...]:
    """The exporters that a program gives.

    Raises:
        TypeError: If one is none.
        ValueError: If one has no name, or two have the same.
    """
    if not given:
        return ()
    several = [given] if isinstance(given, Exporter) else given
    found = tuple(several) if isinstance(several, Iterable) else None
    if found is None or not all(isinstance(each, Exporter) for each in found):
        raise TypeError(
            f"`exporters` must be an Exporter, an iterable of Exporter, or `None`, found {given}."
        )
    names = [each.name for each in found]
    if not all(names):
        raise ValueError(
            f"An Exporter cannot have a name that is `None` or empty. All exporter names: {names}"
        )
    if len(set(names)) != len(names):
        raise ValueError(
            f"`exporters` must have unique names. Such a name cannot be `None`. All exporter names: {names}"
        )
    return found
