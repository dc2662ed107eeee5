"""Variables: creation, members, lists."""

from ..modes import (
    AUTO_REUSE,
    VariableAggregation,
    VariableSynchronization,
    check_call_policy,
    check_policy,
    disable_resource_variables,
    enable_resource_variables,
    refuse_trained_on_read,
    resource_variables_enabled,
)
from .creating import check_initial_shape, create_through, warn_of_shape
from .listing import (
    all_variables,
    global_variables,
    global_variables_initializer,
    initialize_all_variables,
    initialize_local_variables,
    initialize_variables,
    is_variable_initialized,
    local_variables,
    local_variables_initializer,
    model_variables,
    moving_average_variables,
    trainable_variables,
    variables_initializer,
)
from .notes import note_policy, notes_of, take_note
from .partitioned_variable import PartitionedVariable
from .reporting import assert_variables_initialized, report_uninitialized_variables
from .save_slice import SaveSliceInfo
from .variable import Variable

__all__ = [
    "AUTO_REUSE",
    "PartitionedVariable",
    "SaveSliceInfo",
    "Variable",
    "VariableAggregation",
    "VariableSynchronization",
    "all_variables",
    "assert_variables_initialized",
    "check_call_policy",
    "check_initial_shape",
    "check_policy",
    "create_through",
    "disable_resource_variables",
    "enable_resource_variables",
    "global_variables",
    "global_variables_initializer",
    "initialize_all_variables",
    "initialize_local_variables",
    "initialize_variables",
    "is_variable_initialized",
    "local_variables",
    "local_variables_initializer",
    "model_variables",
    "moving_average_variables",
    "note_policy",
    "notes_of",
    "refuse_trained_on_read",
    "report_uninitialized_variables",
    "resource_variables_enabled",
    "take_note",
    "trainable_variables",
    "variables_initializer",
    "warn_of_shape",
]
