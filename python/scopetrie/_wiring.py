"""Gives the extension all that it asks of Python, in one call."""

import os
from functools import partial

from . import _core
from .dtypes import as_dtype
from .execution.first_elements import make_elements
from .graph.default import graph_of_values, graphs_differ
from .graph.graph import Graph
from .initializers import BY_NAME, READ_BY_CORE
from .ops.constant import convert_to_tensor
from .ops.folding import dims_from, known_elements
from .ops.given import read_attributes
from .ops.math.reduce import as_index
from .ops.operators import OPERATORS
from .partitioners import PartitionInfo
from .scopes.asking import compose_getters, dtype_of_value, named_initializer, needs_nothing, takes
from .scopes.errors import word_refusal
from .scopes.partitioned import ask_partitioner, cut_value, note_part, partitioned
from .shapes import TensorShape, as_dims
from .variables import (
    AUTO_REUSE,
    VariableAggregation,
    VariableSynchronization,
    check_call_policy,
    check_initial_shape,
    check_policy,
    create_through,
    note_policy,
    warn_of_shape,
)

_core.wire(
    # Functions that it calls.
    as_dims=as_dims,
    as_dtype=as_dtype,
    as_index=as_index,
    ask_partitioner=ask_partitioner,
    check_call_policy=check_call_policy,
    check_initial_shape=check_initial_shape,
    check_policy=check_policy,
    compose_getters=compose_getters,
    convert=convert_to_tensor,
    create_through=create_through,
    cut_value=cut_value,
    default_graph=Graph,
    dtype_of_value=dtype_of_value,
    graph_mismatch=graphs_differ,
    known_elements=known_elements,
    known_sizes=dims_from,
    make_elements=make_elements,
    named_initializer=named_initializer,
    needs_nothing=needs_nothing,
    note_part=note_part,
    partial=partial,
    partitioned=partitioned,
    read_attributes=read_attributes,
    take_note=note_policy,
    takes=takes,
    values_graph=graph_of_values,
    warn_of_shape=warn_of_shape,
    word_refusal=word_refusal,
    # Classes and constants that it compares with or makes.
    auto_reuse=AUTO_REUSE,
    auto_synchronization=VariableSynchronization.AUTO,
    no_aggregation=VariableAggregation.NONE,
    partition_info=PartitionInfo,
    package_folder=os.path.dirname(__file__) + os.sep,
    tensor_shape=TensorShape,
    # Tables that it reads.
    initializers=READ_BY_CORE,
    initializers_by_name=BY_NAME,
    operators=OPERATORS,
)
