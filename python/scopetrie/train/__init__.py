"""v1's `tf.train`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..bundles import message
from ..ops.refused import RefusedNameError
from .checkpoint_manager import CheckpointManager
from .global_step import (
    assert_global_step,
    create_global_step,
    get_global_step,
    get_or_create_global_step,
    global_step,
)
from .graph_io import write_graph
from .moving_averages import ExponentialMovingAverage
from .optimizers.adagrad import AdagradDAOptimizer, AdagradOptimizer
from .optimizers.adam import AdamOptimizer
from .optimizers.gradient_descent import GradientDescentOptimizer, MomentumOptimizer
from .optimizers.optimizer import Optimizer
from .optimizers.proximal import FtrlOptimizer, ProximalAdagradOptimizer, ProximalGradientDescentOptimizer
from .optimizers.rmsprop import AdadeltaOptimizer, RMSPropOptimizer
from .saving import (
    CheckpointReader,
    NewCheckpointReader,
    Saver,
    checkpoint_exists,
    export_meta_graph,
    generate_checkpoint_state_proto,
    get_checkpoint_mtimes,
    get_checkpoint_state,
    import_meta_graph,
    init_from_checkpoint,
    latest_checkpoint,
    list_variables,
    load_checkpoint,
    load_variable,
    remove_checkpoint,
    update_checkpoint_state,
)
from .schedules import (
    cosine_decay,
    cosine_decay_restarts,
    exponential_decay,
    inverse_time_decay,
    linear_cosine_decay,
    natural_exp_decay,
    noisy_linear_cosine_decay,
    piecewise_constant,
    polynomial_decay,
)
from .schedules import piecewise_constant as piecewise_constant_decay
from .summary_writer import SummaryWriter

__all__ = [
    "AdadeltaOptimizer",
    "AdagradDAOptimizer",
    "AdagradOptimizer",
    "AdamOptimizer",
    "CheckpointManager",
    "CheckpointReader",
    "CheckpointSaverHook",
    "CheckpointSaverListener",
    "ChiefSessionCreator",
    "Coordinator",
    "ExponentialMovingAverage",
    "FeedFnHook",
    "FinalOpsHook",
    "FtrlOptimizer",
    "GlobalStepWaiterHook",
    "GradientDescentOptimizer",
    "LoggingTensorHook",
    "LooperThread",
    "MomentumOptimizer",
    "MonitoredSession",
    "MonitoredTrainingSession",
    "NanLossDuringTrainingError",
    "NanTensorHook",
    "NewCheckpointReader",
    "Optimizer",
    "ProfilerHook",
    "ProximalAdagradOptimizer",
    "ProximalGradientDescentOptimizer",
    "QueueRunner",
    "RMSPropOptimizer",
    "Saver",
    "Scaffold",
    "SecondOrStepTimer",
    "SessionCreator",
    "SessionManager",
    "SessionRunArgs",
    "SessionRunContext",
    "SessionRunHook",
    "SessionRunValues",
    "SingularMonitoredSession",
    "StepCounterHook",
    "StopAtStepHook",
    "SummarySaverHook",
    "SummaryWriter",
    "Supervisor",
    "add_queue_runner",
    "assert_global_step",
    "batch",
    "batch_join",
    "checkpoint_exists",
    "cosine_decay",
    "cosine_decay_restarts",
    "create_global_step",
    "exponential_decay",
    "export_meta_graph",
    "generate_checkpoint_state_proto",
    "get_checkpoint_mtimes",
    "get_checkpoint_state",
    "get_global_step",
    "get_or_create_global_step",
    "global_step",
    "import_meta_graph",
    "init_from_checkpoint",
    "input_producer",
    "inverse_time_decay",
    "latest_checkpoint",
    "limit_epochs",
    "linear_cosine_decay",
    "list_variables",
    "load_checkpoint",
    "load_variable",
    "match_filenames_once",
    "maybe_batch",
    "maybe_shuffle_batch",
    "natural_exp_decay",
    "noisy_linear_cosine_decay",
    "piecewise_constant",
    "piecewise_constant_decay",
    "polynomial_decay",
    "range_input_producer",
    "remove_checkpoint",
    "shuffle_batch",
    "shuffle_batch_join",
    "slice_input_producer",
    "start_queue_runners",
    "string_input_producer",
    "update_checkpoint_state",
    "write_graph",
]


# What is imported when it is first used: modules, and their names.
_LATER = {
    "batching": "batch batch_join maybe_batch maybe_shuffle_batch shuffle_batch shuffle_batch_join",
    "coordinator": "Coordinator LooperThread",
    "producers": """
        input_producer limit_epochs match_filenames_once range_input_producer slice_input_producer
        string_input_producer
    """,
    "queue_runner": "QueueRunner add_queue_runner start_queue_runners",
    "sessions.file_hooks": """
        CheckpointSaverHook CheckpointSaverListener ProfilerHook StepCounterHook SummarySaverHook
    """,
    "sessions.hooks": "SessionRunArgs SessionRunContext SessionRunHook SessionRunValues",
    "sessions.monitored": "MonitoredSession MonitoredTrainingSession SingularMonitoredSession",
    "sessions.scaffold": "ChiefSessionCreator Scaffold SessionCreator",
    "sessions.session_manager": "SessionManager",
    "sessions.step_hooks": """
        FeedFnHook FinalOpsHook GlobalStepWaiterHook LoggingTensorHook NanLossDuringTrainingError
        NanTensorHook SecondOrStepTimer StopAtStepHook
    """,
    "sessions.supervisor": "Supervisor",
}
_PLACES = {name: module for module, names in _LATER.items() for name in names.split()}
# v1's names for training by several processes.
_OF_CLUSTERS = frozenset(
    """
    ClusterDef ClusterSpec JobDef Server ServerDef SyncReplicasOptimizer VocabInfo WorkerSessionCreator
    do_quantize_training_on_graphdef replica_device_setter sdca_fprint sdca_optimizer sdca_shrink_l1
    warm_start
    """.split()
)

if TYPE_CHECKING:
    from .batching import (
        batch,
        batch_join,
        maybe_batch,
        maybe_shuffle_batch,
        shuffle_batch,
        shuffle_batch_join,
    )
    from .coordinator import Coordinator, LooperThread
    from .producers import (
        input_producer,
        limit_epochs,
        match_filenames_once,
        range_input_producer,
        slice_input_producer,
        string_input_producer,
    )
    from .queue_runner import QueueRunner, add_queue_runner, start_queue_runners
    from .sessions.file_hooks import (
        CheckpointSaverHook,
        CheckpointSaverListener,
        ProfilerHook,
        StepCounterHook,
        SummarySaverHook,
    )
    from .sessions.hooks import SessionRunArgs, SessionRunContext, SessionRunHook, SessionRunValues
    from .sessions.monitored import MonitoredSession, MonitoredTrainingSession, SingularMonitoredSession
    from .sessions.scaffold import ChiefSessionCreator, Scaffold, SessionCreator
    from .sessions.session_manager import SessionManager
    from .sessions.step_hooks import (
        FeedFnHook,
        FinalOpsHook,
        GlobalStepWaiterHook,
        LoggingTensorHook,
        NanLossDuringTrainingError,
        NanTensorHook,
        SecondOrStepTimer,
        StopAtStepHook,
    )
    from .sessions.supervisor import Supervisor

_MESSAGES = frozenset(
    "BytesList CheckpointState Example Feature FeatureList FeatureLists Features FloatList Int64List "
    "SaverDef SequenceExample".split()
)

if TYPE_CHECKING:
    BytesList: Any
    CheckpointState: Any
    Example: Any
    Feature: Any
    FeatureList: Any
    FeatureLists: Any
    Features: Any
    FloatList: Any
    Int64List: Any
    SaverDef: Any
    SequenceExample: Any
else:

    def __getattr__(name: str) -> Any:
        if name in _MESSAGES:  # which need the package protobuf
            return message(name)
        if name in _PLACES:
            found = globals()[name] = getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
            return found
        if name in _OF_CLUSTERS:
            raise RefusedNameError(
                f"scopetrie does not offer tf.train.{name}: it trains in one process. Take a larger batch, "
                "or run several programs and average what their sessions' stores hold.",
                name=name,
                obj=None,
            )
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
