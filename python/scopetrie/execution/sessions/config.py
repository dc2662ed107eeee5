"""The options that v1 scripts pass to sessions.

They have v1's names and fields, so that scripts run unchanged. They tune threads and GPU memory, which the
array library manages here; only `RunOptions.trace_level`, `ConfigProto.check_values` and the two timeouts,
after which a run stops waiting for a queue, have an effect.
"""

from __future__ import annotations

import copy
from typing import Any, ClassVar

from ...public import v1


class Options:
    """Fields with defaults, set by keyword or attribute and nested as in a protocol buffer.

    Args:
        **fields: Values of fields.

    Raises:
        ValueError: If there is no such field.

    Example:
        >>> config = ConfigProto(allow_soft_placement=True)
        >>> config.gpu_options.allow_growth = True
        >>> print(config)
        gpu_options {
          allow_growth: true
        }
        allow_soft_placement: true
        <BLANKLINE>
        >>> ConfigProto(allow_growth=True)
        Traceback (most recent call last):
        ...
        ValueError: Protocol message ConfigProto has no "allow_growth" field.
    """

    # Name -> default; a class means a nested message, made at first access.
    _fields: ClassVar[dict[str, Any]] = {}

    def __init__(self, **fields: Any) -> None:
        for name, value in fields.items():
            if name not in self._fields:
                raise ValueError(f'Protocol message {type(self).__name__} has no "{name}" field.')
            if value is not None:  # None leaves a field out, as in protocol buffers
                setattr(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self._fields:
            raise AttributeError(f'Protocol message {type(self).__name__} has no "{name}" field.')
        super().__setattr__(name, value)

    def __getattr__(self, name: str) -> Any:
        # Called only for unset fields: returns the default, and stores it, since it may be changed in place.
        if name not in self._fields:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        default = self._fields[name]
        value = default() if isinstance(default, type) else copy.copy(default)
        super().__setattr__(name, value)
        return value

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and str(self) == str(other)

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        return "".join(f"{line}\n" for name in self._fields for line in self._lines(name))

    def _lines(self, name: str) -> list[str]:
        value = self.__dict__.get(name, self._fields[name])
        if isinstance(value, Options):
            lines = str(value).splitlines()
            return [f"{name} {{", *(f"  {line}" for line in lines), "}"] if lines else []
        if isinstance(value, dict):
            entries = (
                [f"{name} {{", f"  key: {_text(key)}", f"  value: {_text(value[key])}", "}"] for key in value
            )
            return [line for entry in entries for line in entry]
        if isinstance(value, (list, tuple)):
            return [f"{name}: {_text(each)}" for each in value]
        return [] if isinstance(value, type) or value == self._fields[name] else [f"{name}: {_text(value)}"]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


@v1("GPUOptions")
class GPUOptions(Options):
    """v1's options for GPU memory; without effect."""

    _fields: ClassVar[dict[str, Any]] = {
        "per_process_gpu_memory_fraction": 0.0,
        "allow_growth": False,
        "allocator_type": "",
        "deferred_deletion_bytes": 0,
        "visible_device_list": "",
        "polling_active_delay_usecs": 0,
        "polling_inactive_delay_msecs": 0,
        "force_gpu_compatible": False,
    }


@v1("OptimizerOptions")
class OptimizerOptions(Options):
    """v1's options for graph optimization; without effect."""

    L1: ClassVar[int] = 0
    L0: ClassVar[int] = -1
    DEFAULT: ClassVar[int] = 0
    OFF: ClassVar[int] = -1
    ON_1: ClassVar[int] = 1
    ON_2: ClassVar[int] = 2
    _fields: ClassVar[dict[str, Any]] = {
        "do_common_subexpression_elimination": False,
        "do_constant_folding": False,
        "max_folded_constant_in_bytes": 0,
        "do_function_inlining": False,
        "opt_level": 0,
        "global_jit_level": 0,
        "cpu_global_jit": False,
    }


class RewriterConfig(Options):
    """v1's options for Grappler's rewriting of graphs; without effect.

    v1 has it in `core.protobuf.rewriter_config_pb2`. `str()` shows the numbers of its settings.

    Example:
        >>> config = ConfigProto()
        >>> config.graph_options.rewrite_options.layout_optimizer = RewriterConfig.OFF
        >>> config.graph_options.rewrite_options.layout_optimizer
        2
    """

    DEFAULT: ClassVar[int] = 0
    ON: ClassVar[int] = 1
    OFF: ClassVar[int] = 2
    AGGRESSIVE: ClassVar[int] = 3
    DEFAULT_NUM_ITERS: ClassVar[int] = 0
    ONE: ClassVar[int] = 1
    TWO: ClassVar[int] = 2
    DEFAULT_MEM_OPT: ClassVar[int] = 0
    NO_MEM_OPT: ClassVar[int] = 1
    MANUAL: ClassVar[int] = 2
    HEURISTICS: ClassVar[int] = 3
    SWAPPING_HEURISTICS: ClassVar[int] = 4
    RECOMPUTATION_HEURISTICS: ClassVar[int] = 5
    SCHEDULING_HEURISTICS: ClassVar[int] = 6
    _fields: ClassVar[dict[str, Any]] = {
        "layout_optimizer": 0,
        "constant_folding": 0,
        "shape_optimization": 0,
        "remapping": 0,
        "arithmetic_optimization": 0,
        "dependency_optimization": 0,
        "loop_optimization": 0,
        "function_optimization": 0,
        "debug_stripper": 0,
        "disable_model_pruning": False,
        "scoped_allocator_optimization": 0,
        "pin_to_host_optimization": 0,
        "implementation_selector": 0,
        "auto_mixed_precision": 0,
        "disable_meta_optimizer": False,
        "meta_optimizer_iterations": 0,
        "min_graph_nodes": 0,
        "memory_optimization": 0,
        "memory_optimizer_target_node_name_scope": "",
        "meta_optimizer_timeout_ms": 0,
        "fail_on_optimizer_errors": False,
        "optimizers": [],
    }


@v1("GraphOptions")
class GraphOptions(Options):
    """v1's options for graph preprocessing; without effect."""

    _fields: ClassVar[dict[str, Any]] = {
        "enable_recv_scheduling": False,
        "optimizer_options": OptimizerOptions,
        "build_cost_model": 0,
        "build_cost_model_after": 0,
        "infer_shapes": False,
        "place_pruned_graph": False,
        "enable_bfloat16_sendrecv": False,
        "timeline_step": 0,
        "rewrite_options": RewriterConfig,
    }


@v1("ConfigProto")
class ConfigProto(Options):
    """The options of a `Session`; without effect but for two.

    `operation_timeout_in_ms` is how long an operation waits for a queue, before it raises
    `errors.DeadlineExceededError`. The other one v1 has not:

    `check_values=True` turns on a debug mode: each value is looked at as soon as it is computed. A kernel
    that gives another dtype or shape than its operation declares raises `errors.InternalError`, and the
    operation that makes the first NaN or infinity of finite values raises `errors.InvalidArgumentError`. Both
    name the operation and the line that built it. Runs take several times as long.

    Example:
        >>> import scopetrie as tf
        >>> x = tf.constant([1.0, 0.0])
        >>> y = tf.log(x, name="log_of_zero") * 2.0
        >>> with tf.Session(config=tf.ConfigProto(check_values=True)) as session:
        ...     session.run(y)
        Traceback (most recent call last):
        ...
        scopetrie.errors.InvalidArgumentError: check_values: output 0 begins to be NaN or infinite
        ...
    """

    _fields: ClassVar[dict[str, Any]] = {
        "check_values": False,
        "device_count": {},
        "intra_op_parallelism_threads": 0,
        "inter_op_parallelism_threads": 0,
        "use_per_session_threads": False,
        "placement_period": 0,
        "device_filters": [],
        "gpu_options": GPUOptions,
        "allow_soft_placement": False,
        "log_device_placement": False,
        "graph_options": GraphOptions,
        "operation_timeout_in_ms": 0,
        "isolate_session_state": False,
        "share_cluster_devices_in_session": False,
    }


@v1("RunOptions")
class RunOptions(Options):
    """The options of one `Session.run`.

    `trace_level` requests times in its `run_metadata`. `timeout_in_ms` is how long it waits for queues,
    before it raises `errors.DeadlineExceededError`.
    """

    NO_TRACE: ClassVar[int] = 0
    SOFTWARE_TRACE: ClassVar[int] = 1
    HARDWARE_TRACE: ClassVar[int] = 2
    FULL_TRACE: ClassVar[int] = 3
    _fields: ClassVar[dict[str, Any]] = {
        "trace_level": 0,
        "timeout_in_ms": 0,
        "inter_op_thread_pool": 0,
        "output_partition_graphs": False,
        "report_tensor_allocations_upon_oom": False,
    }
