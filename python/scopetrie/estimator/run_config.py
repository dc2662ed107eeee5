"""`tf.estimator.RunConfig`: where an estimator saves, and how often."""

from __future__ import annotations

import copy
import json
import os
from typing import Any, Final, Self

from ..execution import ConfigProto
from ..public import v1

__all__ = ["RunConfig"]

_DEFAULT: Final = object()
_SECONDS: Final = 600
_BOTH: Final = "`save_checkpoints_steps` and `save_checkpoints_secs` cannot be both set."
# What may be replaced, in the order in which v1 lists it.
_REPLACEABLE: Final = [
    "model_dir", "tf_random_seed", "save_summary_steps", "save_checkpoints_steps", "save_checkpoints_secs",
    "session_config", "keep_checkpoint_max", "keep_checkpoint_every_n_hours", "log_step_count_steps",
    "train_distribute", "device_fn", "protocol", "eval_distribute", "experimental_distribute",
    "experimental_max_worker_delay_secs", "session_creation_timeout_secs", "checkpoint_save_graph_def",
]  # fmt: skip
_DISTRIBUTED: Final = ("train_distribute", "eval_distribute", "experimental_distribute")


@v1("estimator.RunConfig")
class RunConfig:
    """Says where an estimator saves, how often, and what its sessions are like.

    Args:
        model_dir: The folder of checkpoints and summaries; or that of the environment variable `TF_CONFIG`.
        tf_random_seed: The seed of each graph that the estimator makes.
        save_summary_steps: Every so many steps summaries are written; never if 0.
        save_checkpoints_steps: Every so many steps a checkpoint is saved.
        save_checkpoints_secs: Every so many seconds a checkpoint is saved; 600 if neither is said. None for
            both: never.
        session_config: The sessions' `ConfigProto`.
        keep_checkpoint_max: How many of the latest checkpoints are kept; all if 0 or None.
        keep_checkpoint_every_n_hours: One checkpoint of so many hours is kept for ever.
        log_step_count_steps: Every so many steps the loss and the rate are logged; None for never.
        train_distribute: Only None: training is in one process, on one device.
        device_fn: A function of an operation, which says its device.
        protocol: Accepted for v1's sake.
        eval_distribute: Only None.
        experimental_distribute: Only None.
        experimental_max_worker_delay_secs: Accepted for v1's sake: there are no other workers.
        session_creation_timeout_secs: Accepted for v1's sake.
        checkpoint_save_graph_def: Whether the graph is written beside the checkpoints.

    Raises:
        ValueError: If a value is none that the field can have, if both ways to save are given, or something
            is to be distributed.

    >>> import scopetrie as tf
    >>> config = tf.estimator.RunConfig(model_dir="runs", save_checkpoints_steps=50)
    >>> config.save_checkpoints_steps, config.save_checkpoints_secs, config.keep_checkpoint_max
    (50, None, 5)
    >>> config.replace(save_checkpoints_secs=60).save_checkpoints_steps is None
    True
    """

    def __init__(
        self,
        model_dir: str | os.PathLike[str] | None = None,
        tf_random_seed: int | None = None,
        save_summary_steps: int | None = 100,
        save_checkpoints_steps: Any = _DEFAULT,
        save_checkpoints_secs: Any = _DEFAULT,
        session_config: ConfigProto | None = None,
        keep_checkpoint_max: int | None = 5,
        keep_checkpoint_every_n_hours: float = 10000,
        log_step_count_steps: int | None = 100,
        train_distribute: Any = None,
        device_fn: Any = None,
        protocol: Any = None,
        eval_distribute: Any = None,
        experimental_distribute: Any = None,
        experimental_max_worker_delay_secs: int | None = None,
        session_creation_timeout_secs: float = 7200,
        checkpoint_save_graph_def: bool = True,
    ) -> None:
        if save_checkpoints_steps is _DEFAULT and save_checkpoints_secs is _DEFAULT:
            save_checkpoints_steps, save_checkpoints_secs = None, _SECONDS
        elif save_checkpoints_secs is _DEFAULT:
            save_checkpoints_secs = None
        elif save_checkpoints_steps is _DEFAULT:
            save_checkpoints_steps = None
        elif save_checkpoints_steps is not None and save_checkpoints_secs is not None:
            raise ValueError(_BOTH)
        environment = _environment()
        fields: dict[str, Any] = {
            "model_dir": _folder(environment, model_dir),
            "tf_random_seed": tf_random_seed,
            "save_summary_steps": save_summary_steps,
            "save_checkpoints_steps": save_checkpoints_steps,
            "save_checkpoints_secs": save_checkpoints_secs,
            "session_config": session_config,
            "keep_checkpoint_max": keep_checkpoint_max,
            "keep_checkpoint_every_n_hours": keep_checkpoint_every_n_hours,
            "log_step_count_steps": log_step_count_steps,
            "train_distribute": train_distribute,
            "device_fn": device_fn,
            "protocol": protocol,
            "eval_distribute": eval_distribute,
            "experimental_distribute": experimental_distribute,
            "experimental_max_worker_delay_secs": experimental_max_worker_delay_secs,
            "session_creation_timeout_secs": session_creation_timeout_secs,
            "checkpoint_save_graph_def": checkpoint_save_graph_def,
        }
        _check(fields)
        self._fields = fields
        self._service = environment.get("service")

    def replace(self, **kwargs: Any) -> Self:
        """Returns a copy with other values of some fields.

        Args:
            **kwargs: The fields and their values. One of save_checkpoints_steps and save_checkpoints_secs
                replaces the other.

        Raises:
            ValueError: If a field is none that can be replaced, or has a value that it cannot have.
        """
        for name in kwargs:
            if name not in _REPLACEABLE:
                raise ValueError(f"Replacing {name} is not supported. Allowed properties are {_REPLACEABLE}.")
        steps, seconds = (kwargs.get(each) for each in ("save_checkpoints_steps", "save_checkpoints_secs"))
        if steps is not None and seconds is not None:
            raise ValueError(_BOTH)
        fields = {**self._fields, **kwargs}
        if steps is not None:
            fields["save_checkpoints_secs"] = None
        elif seconds is not None:
            fields["save_checkpoints_steps"] = None
        _check(fields)
        made = copy.copy(self)
        made._fields = fields
        return made

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self._fields.items() if value is not None)
        return f"{type(self).__name__}({fields})"

    @property
    def model_dir(self) -> str | None:
        """The folder of checkpoints and summaries."""
        folder: str | None = self._fields["model_dir"]
        return folder

    @property
    def tf_random_seed(self) -> int | None:
        """The seed of each graph that the estimator makes."""
        seed: int | None = self._fields["tf_random_seed"]
        return seed

    @property
    def save_summary_steps(self) -> int | None:
        """Every so many steps summaries are written."""
        steps: int | None = self._fields["save_summary_steps"]
        return steps

    @property
    def save_checkpoints_steps(self) -> int | None:
        """Every so many steps a checkpoint is saved."""
        steps: int | None = self._fields["save_checkpoints_steps"]
        return steps

    @property
    def save_checkpoints_secs(self) -> float | None:
        """Every so many seconds a checkpoint is saved."""
        seconds: float | None = self._fields["save_checkpoints_secs"]
        return seconds

    @property
    def session_config(self) -> ConfigProto | None:
        """The sessions' `ConfigProto`."""
        config: ConfigProto | None = self._fields["session_config"]
        return config

    @property
    def keep_checkpoint_max(self) -> int | None:
        """How many of the latest checkpoints are kept."""
        count: int | None = self._fields["keep_checkpoint_max"]
        return count

    @property
    def keep_checkpoint_every_n_hours(self) -> float:
        """One checkpoint of so many hours is kept for ever."""
        hours: float = self._fields["keep_checkpoint_every_n_hours"]
        return hours

    @property
    def log_step_count_steps(self) -> int | None:
        """Every so many steps the loss and the rate are logged."""
        steps: int | None = self._fields["log_step_count_steps"]
        return steps

    @property
    def device_fn(self) -> Any:
        """A function of an operation, which says its device."""
        return self._fields["device_fn"]

    @property
    def checkpoint_save_graph_def(self) -> bool:
        """Whether the graph is written beside the checkpoints."""
        return bool(self._fields["checkpoint_save_graph_def"])

    @property
    def session_creation_timeout_secs(self) -> float:
        """Accepted for v1's sake."""
        seconds: float = self._fields["session_creation_timeout_secs"]
        return seconds

    @property
    def protocol(self) -> Any:
        """Accepted for v1's sake."""
        return self._fields["protocol"]

    @property
    def experimental_max_worker_delay_secs(self) -> int | None:
        """Accepted for v1's sake."""
        seconds: int | None = self._fields["experimental_max_worker_delay_secs"]
        return seconds

    @property
    def service(self) -> dict[str, Any] | None:
        """What `TF_CONFIG` says under "service"."""
        return self._service

    # What v1 says of a program that is in one process.
    train_distribute = eval_distribute = None
    is_chief = True
    master = evaluation_master = ""
    num_ps_replicas = task_id = global_id_in_cluster = 0
    num_worker_replicas = 1
    task_type = "worker"


def _environment() -> dict[str, Any]:
    """What the environment variable TF_CONFIG says, as far as it can be said of one process."""
    found: dict[str, Any] = json.loads(os.environ.get("TF_CONFIG", "") or "{}")
    if found.get("cluster"):
        raise ValueError(
            f"RunConfig: TF_CONFIG names a cluster ({found['cluster']}), but scopetrie trains in one "
            f"process. "
            'Take "cluster" and "task" out of it.'
        )
    task = found.get("task", {})
    if task.get("type", "worker") != "worker":
        raise ValueError('If "cluster" is not set in TF_CONFIG, task type must be WORKER.')
    if int(task.get("index", 0)):
        raise ValueError('If "cluster" is not set in TF_CONFIG, task index must be 0.')
    service = found.get("service")
    if service is not None and not isinstance(service, dict):
        raise TypeError(f'If "service" is set in TF_CONFIG, it must be a dict. Given {type(service)}')
    return found


def _folder(environment: dict[str, Any], given: Any) -> str | None:
    folder = None if given is None else os.fspath(given)
    if folder == "":
        raise ValueError("model_dir should be non-empty.")
    said: str | None = environment.get("model_dir")
    if said == "":
        raise ValueError("model_dir in TF_CONFIG should be non-empty.")
    if said and folder and said != folder:
        raise ValueError(
            "`model_dir` provided in RunConfig construct, if set, must have the same value as the "
            "model_dir in "
            f'TF_CONFIG. model_dir: {folder}\nTF_CONFIG["model_dir"]: {said}.\n'
        )
    return folder or said


def _check(fields: dict[str, Any]) -> None:
    """Checks the values of all fields, in v1's order."""
    for name in ("save_summary_steps", "save_checkpoints_steps", "save_checkpoints_secs"):
        if fields[name] is not None and not fields[name] >= 0:
            raise ValueError(f"{name} should be >= 0")
    config: Any = fields["session_config"]
    if config is not None and type(config).__name__ != "ConfigProto":
        raise ValueError("session_config must be instance of ConfigProto")
    if fields["keep_checkpoint_max"] is not None and not fields["keep_checkpoint_max"] >= 0:
        raise ValueError("keep_checkpoint_max should be >= 0")
    for name in ("keep_checkpoint_every_n_hours", "log_step_count_steps"):
        if fields[name] is not None and not fields[name] > 0:
            raise ValueError(f"{name} should be > 0")
    seed = fields["tf_random_seed"]
    if seed is not None and (isinstance(seed, bool) or not hasattr(seed, "__index__")):
        raise ValueError("tf_random_seed must be integer.")
    if fields["device_fn"] is not None and not callable(fields["device_fn"]):
        raise ValueError('device_fn must be callable with exactly one argument "op".')
    for name in _DISTRIBUTED:
        if fields[name] is not None:
            raise ValueError(
                f"RunConfig: {name} is {fields[name]!r}, but scopetrie trains in one process, on one device. "
                "Leave it out."
            )
