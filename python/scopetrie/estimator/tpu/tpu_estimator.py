"""`tf.contrib.tpu.TPUEstimator`, as it trains without a TPU."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

from ...public import v1
from ..estimator import Estimator
from ..functions import call_input_fn, call_model_fn
from ..spec import EstimatorSpec, ModeKeys
from .run_config import TPURunConfig
from .spec import TPUEstimatorSpec

__all__ = ["TPUEstimator"]

_RESERVED: Final = ["batch_size", "context"]


@v1("contrib.tpu.TPUEstimator", "estimator.tpu.TPUEstimator")
class TPUEstimator(Estimator):
    """An `Estimator` whose functions are given the batch size, as those that were written for TPUs expect.

    Args:
        model_fn: A function as for `Estimator`; it may return a `TPUEstimatorSpec`. Its `params` have
            "batch_size" and "use_tpu" as well.
        model_dir: The folder of checkpoints and summaries.
        config: A `contrib.tpu.RunConfig`.
        params: What `model_fn` and `input_fn` are given under this name.
        use_tpu: Only False: there is no TPU here.
        train_batch_size: `params["batch_size"]` of training.
        eval_batch_size: That of evaluation.
        predict_batch_size: That of prediction.
        batch_axis: Accepted for v1's sake: input is not cut.
        eval_on_tpu: Accepted for v1's sake.
        export_to_tpu: Accepted for v1's sake.
        export_to_cpu: Accepted for v1's sake.
        warm_start_from: As for `Estimator`.
        embedding_config_spec: Only None.
        export_saved_model_api_version: Accepted for v1's sake.

    Raises:
        ValueError: If `use_tpu` is True, the configuration is of another class, params have a name that is
            reserved, or as for `Estimator`.

    >>> import scopetrie as tf
    >>> def model_fn(features, mode, params):
    ...     loss = tf.reduce_mean(features) + params["batch_size"]
    ...     return tf.contrib.tpu.TPUEstimatorSpec(mode, loss=loss)
    >>> estimator = tf.contrib.tpu.TPUEstimator(
    ...     model_fn,
    ...     config=tf.contrib.tpu.RunConfig(model_dir="runs/tpu"),
    ...     params={},
    ...     use_tpu=False,
    ...     train_batch_size=8,
    ...     eval_batch_size=4,
    ... )
    >>> estimator.evaluate(lambda params: tf.zeros([params["batch_size"]]), steps=1)["loss"]
    np.float32(4.0)
    """

    _may_override: ClassVar[bool] = True  # as in v1

    def __init__(
        self,
        model_fn: Callable[..., Any] | None = None,
        model_dir: str | os.PathLike[str] | None = None,
        config: Any = None,
        params: Mapping[str, Any] | None = None,
        use_tpu: bool = True,
        train_batch_size: int | None = None,
        eval_batch_size: int | None = None,
        predict_batch_size: int | None = None,
        batch_axis: Any = None,
        eval_on_tpu: bool = True,
        export_to_tpu: bool = True,
        export_to_cpu: bool = True,
        warm_start_from: Any = None,
        embedding_config_spec: Any = None,
        export_saved_model_api_version: Any = None,
    ) -> None:
        if not isinstance(config, TPURunConfig):
            raise ValueError("`config` must be provided with type `tpu_config.RunConfig`")
        if any(each in (params or {}) for each in _RESERVED):
            raise ValueError(f"{_RESERVED} are reserved keys but existed in params {params}.")
        if use_tpu:
            raise ValueError(
                "TPUEstimator: use_tpu is True, but scopetrie runs on no TPU. Give use_tpu=False: the same "
                "model trains on this machine, on the backend that is chosen."
            )
        if embedding_config_spec is not None:
            raise ValueError(
                "TPUEstimator: embedding_config_spec puts tables on TPUs, and there are none here. Leave "
                "it out, "
                "and look rows up by nn.embedding_lookup."
            )
        self._batch_sizes = {
            ModeKeys.TRAIN: train_batch_size,
            ModeKeys.EVAL: eval_batch_size,
            ModeKeys.PREDICT: predict_batch_size,
        }
        made: Any = model_fn
        super().__init__(made, model_dir, config, params, warm_start_from)

    def _params_of(self, mode: str) -> dict[str, Any]:
        size = self._batch_sizes[mode]
        return {**self.params, **({} if size is None else {"batch_size": size})}

    def _call_input_fn(self, input_fn: Any, mode: str) -> Any:
        return call_input_fn(input_fn, mode, self._params_of(mode), self._config)

    def _call_model_fn(self, features: Any, labels: Any, mode: str, config: Any) -> EstimatorSpec:
        def model_fn(**given: Any) -> EstimatorSpec:
            made = self._model_fn(**given)
            return made.as_estimator_spec() if isinstance(made, TPUEstimatorSpec) else made

        return call_model_fn(
            model_fn, features, labels, mode, {**self._params_of(mode), "use_tpu": False}, config,
            like=self._model_fn,
        )  # fmt: skip
