"""Tells the extension what it asks of Python.

Functions are told by their places, so that their modules are imported at their first use.
"""

from __future__ import annotations

import os

from . import _core
from . import dtypes as _dtypes  # noqa: F401  the extension returns them, whatever it is asked
from .exports import OP_TYPES
from .late import load
from .modes import AUTO_REUSE, VariableAggregation, VariableSynchronization

_core.wire(
    # Functions that it calls.
    as_dims="shapes.as_dims",
    as_dtype="dtypes.as_dtype",
    as_index="ops.math.reduce.as_index",
    ask_partitioner="scopes.partitioned.ask_partitioner",
    check_call_policy="modes.check_call_policy",
    check_initial_shape="variables.creating.check_initial_shape",
    check_policy="modes.check_policy",
    compose_getters="scopes.asking.compose_getters",
    convert="ops.constant.convert_to_tensor",
    create_through="variables.creating.create_through",
    cut_value="scopes.partitioned.cut_value",
    default_graph="graph.graph.Graph",
    device_array="store.device.device_array",
    device_copy="store.device.device_copy",
    device_fetch="store.device.device_fetch",
    device_set="store.device.device_set",
    dtype_of_value="scopes.asking.dtype_of_value",
    graph_mismatch="graph.default.graphs_differ",
    known_elements="ops.folding.known_elements",
    known_sizes="ops.folding.dims_from",
    make_elements="execution.sessions.first_elements.make_elements",
    named_initializer="scopes.asking.named_initializer",
    needs_nothing="scopes.asking.needs_nothing",
    note_part="scopes.partitioned.note_part",
    partial="scopes.asking.partial",
    partition_info="partitioners.PartitionInfo",
    partitioned="scopes.partitioned.partitioned",
    read_attributes="ops.given.read_attributes",
    take_note="variables.notes.note_policy",
    takes="scopes.asking.takes",
    tensor_shape="shapes.TensorShape",
    values_graph="graph.default.graph_of_values",
    warn_of_shape="variables.creating.warn_of_shape",
    word_refusal="scopes.errors.word_refusal",
    # What it compares with or reads. The operators and initializers come from their own modules.
    auto_reuse=AUTO_REUSE,
    auto_synchronization=VariableSynchronization.AUTO,
    load=load,
    no_aggregation=VariableAggregation.NONE,
    op_types={type: module for module, types in OP_TYPES.items() for type in types.split()},
    package_folder=os.path.dirname(__file__) + os.sep,
)
