"""Graphs, operations and tensors."""

from .attributes import keep_attributes
from .collection import CollectionView
from .default import (
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
    graph_of_values,
    reset_default_graph,
)
from .devices import DeviceSpec
from .export import Exporter
from .graph import Graph
from .handles import Operation, OperatorNotAllowedInGraphError, Tensor, extend_type
from .keys import GraphKeys
from .outline import graph_facts, graph_line, variables_outline
from .reference import Reference

__all__ = [
    "CollectionView",
    "DeviceSpec",
    "Exporter",
    "Graph",
    "GraphKeys",
    "Operation",
    "OperatorNotAllowedInGraphError",
    "Reference",
    "Tensor",
    "add_to_collection",
    "add_to_collections",
    "colocate_with",
    "container",
    "control_dependencies",
    "device",
    "extend_type",
    "get_all_collection_keys",
    "get_collection",
    "get_collection_ref",
    "get_default_graph",
    "graph_facts",
    "graph_line",
    "graph_of_values",
    "keep_attributes",
    "reset_default_graph",
    "variables_outline",
]
