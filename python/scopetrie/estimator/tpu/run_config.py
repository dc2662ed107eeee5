"""The configurations of estimators for TPUs; what concerns TPUs alone is kept without effect."""

from __future__ import annotations

from typing import Any, Final, NamedTuple, Self

from ...public import v1
from ..run_config import RunConfig

__all__ = ["InputPipelineConfig", "TPUConfig", "TPURunConfig"]


@v1("contrib.tpu.InputPipelineConfig", "estimator.tpu.InputPipelineConfig")
class InputPipelineConfig:
    """Which host reads which part of the input; there is one host here.

    >>> import scopetrie as tf
    >>> tf.contrib.tpu.InputPipelineConfig.PER_HOST_V2
    3
    """

    PER_SHARD_V1: Final = 1
    PER_HOST_V1: Final = 2
    PER_HOST_V2: Final = 3
    BROADCAST: Final = 4
    SLICED: Final = 5


class _Fields(NamedTuple):
    iterations_per_loop: int
    num_shards: int | None
    num_cores_per_replica: int | None
    per_host_input_for_training: int | bool
    tpu_job_name: str | None
    initial_infeed_sleep_secs: int | None
    input_partition_dims: Any
    eval_training_input_configuration: int
    experimental_host_call_every_n_steps: int
    experimental_allow_per_host_v2_parallel_get_next: bool
    experimental_feed_hook: Any


@v1(
    "contrib.tpu.TPUConfig",
    "estimator.tpu.TPUConfig",
    note="accepted: remembered; there is no TPU",
)
class TPUConfig(_Fields):
    """What a TPU is to do; remembered, and without effect: there is none.

    Args:
        iterations_per_loop: The steps of one call of a TPU.
        num_shards: The number of TPU cores.
        num_cores_per_replica: The cores of one copy of the model.
        per_host_input_for_training: Which host reads which part of the input.
        tpu_job_name: The name of the TPUs' job.
        initial_infeed_sleep_secs: The seconds before input is sent.
        input_partition_dims: How input is cut.
        eval_training_input_configuration: How input is cut for evaluation.
        experimental_host_call_every_n_steps: How often the host is called.
        experimental_allow_per_host_v2_parallel_get_next: Whether input is read at the same time.
        experimental_feed_hook: A class of hooks.

    Raises:
        ValueError: If the number of cores is none that there is.

    >>> import scopetrie as tf
    >>> tf.contrib.tpu.TPUConfig(iterations_per_loop=1000, num_shards=8).num_shards
    8
    """

    __slots__ = ()

    def __new__(
        cls,
        iterations_per_loop: int = 2,
        num_shards: int | None = None,
        num_cores_per_replica: int | None = None,
        per_host_input_for_training: int | bool = True,
        tpu_job_name: str | None = None,
        initial_infeed_sleep_secs: int | None = None,
        input_partition_dims: Any = None,
        eval_training_input_configuration: int = InputPipelineConfig.PER_HOST_V1,
        experimental_host_call_every_n_steps: int = 1,
        experimental_allow_per_host_v2_parallel_get_next: bool = False,
        experimental_feed_hook: Any = None,
    ) -> TPUConfig:
        """Checks what is given."""
        for name, count in (("iterations_per_loop", iterations_per_loop), ("num_shards", num_shards)):
            if isinstance(count, int) and count <= 0:
                raise ValueError(f"{name} must be positive, got {count}")
        if num_cores_per_replica not in (None, 1, 2, 4, 8, 16, 32, 64, 128):
            raise ValueError(
                f"num_cores_per_replica must be 1, 2, 4, 8, 16, 32, 64, 128; got {num_cores_per_replica}"
            )
        inputs = InputPipelineConfig
        if per_host_input_for_training is True:
            per_host_input_for_training = inputs.PER_HOST_V1
        elif per_host_input_for_training is False:
            per_host_input_for_training = inputs.PER_SHARD_V1
        return super().__new__(
            cls, iterations_per_loop, num_shards, num_cores_per_replica, per_host_input_for_training,
            tpu_job_name, initial_infeed_sleep_secs, input_partition_dims, eval_training_input_configuration,
            experimental_host_call_every_n_steps, experimental_allow_per_host_v2_parallel_get_next,
            experimental_feed_hook,
        )  # fmt: skip


@v1("contrib.tpu.RunConfig", "estimator.tpu.RunConfig")
class TPURunConfig(RunConfig):
    """A `RunConfig` of an estimator for TPUs.

    Args:
        tpu_config: A `TPUConfig`.
        evaluation_master: Only None or the empty string.
        master: Only None or the empty string: graphs run in this process.
        cluster: Only None: there is no cluster of TPUs.
        **kwargs: The arguments of `estimator.RunConfig`.

    Raises:
        ValueError: If a master or cluster is given, or `estimator.RunConfig` refuses something.

    >>> import scopetrie as tf
    >>> tf.contrib.tpu.RunConfig(model_dir="runs", save_checkpoints_steps=10).tpu_config.iterations_per_loop
    2
    """

    def __init__(
        self,
        tpu_config: TPUConfig | None = None,
        evaluation_master: str | None = None,
        master: str | None = None,
        cluster: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        given = {"evaluation_master": evaluation_master, "master": master, "cluster": cluster}
        for name, value in given.items():
            if value:
                raise ValueError(
                    f"tpu.RunConfig: {name} is {value!r}, but scopetrie trains in this process, and "
                    f"reaches no "
                    "TPU. Leave it out, and give TPUEstimator use_tpu=False."
                )
        self._tpu_config = TPUConfig() if tpu_config is None else tpu_config

    @property
    def tpu_config(self) -> TPUConfig:
        """The `TPUConfig`."""
        return self._tpu_config

    cluster = None

    def replace(self, **kwargs: Any) -> Self:
        """Returns a copy with other values of some fields.

        Args:
            **kwargs: `tpu_config`, and fields as for `estimator.RunConfig.replace`.

        Raises:
            ValueError: If a field is none that can be replaced, or has a value that it cannot have.
        """
        tpu_config = kwargs.pop("tpu_config", self._tpu_config)
        made = super().replace(**kwargs)
        made._tpu_config = tpu_config
        return made
