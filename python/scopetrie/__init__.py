"""TensorFlow 1's variable scopes, without TensorFlow.

    import scopetrie as tf

gives v1's names: variable_scope, get_variable, name_scope, placeholders, ops, Session.
"""

from __future__ import annotations

import os as _os

from . import _core, errors, initializers, summary, train
from ._core import __version__
from .dtypes import *
from .execution import (
    ConfigProto,
    GPUOptions,
    GraphOptions,
    InteractiveSession,
    OptimizerOptions,
    RunMetadata,
    RunOptions,
    Session,
    get_default_session,
)
from .graph import (
    DeviceSpec,
    Graph,
    GraphKeys,
    Operation,
    Tensor,
    add_to_collection,
    add_to_collections,
    colocate_with,
    container,
    control_dependencies,
    device,
    get_all_collection_keys,
    get_collection,
    get_collection_ref,
    get_default_graph,
    reset_default_graph,
)
from .initializers import (
    constant_initializer,
    glorot_normal_initializer,
    glorot_uniform_initializer,
    ones_initializer,
    orthogonal_initializer,
    random_normal_initializer,
    random_uniform_initializer,
    truncated_normal_initializer,
    uniform_unit_scaling_initializer,
    variance_scaling_initializer,
    zeros_initializer,
)
from .ops import *
from .ops import nn
from .ops.random import *
from .ops.random_choice import *
from .ops.random_seed import *
from .ops.registry import register_op
from .partitioners import fixed_size_partitioner, min_max_variable_partitioner, variable_axis_size_partitioner
from .paths import get_cmake_dir, get_include
from .scopes import (
    VariableScope,
    create_partitioned_variables,
    get_local_variable,
    get_variable,
    get_variable_scope,
    get_variables,
    name_scope,
    no_regularizer,
    variable_creator_scope,
    variable_op_scope,
    variable_scope,
)
from .shapes import Dimension, TensorShape
from .template import make_template
from .variables import (
    AUTO_REUSE,
    Variable,
    VariableAggregation,
    VariableSynchronization,
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

# Lines in this folder are not the user's: creation sites skip them.
_core.register_types(package_folder=_os.path.dirname(__file__) + _os.sep)
