"""`tf.graph_util`: GraphDefs cut down, and with constants for variables."""

from ...namespaces import namespace

__getattr__, __dir__, __all__ = namespace("graph_util")
