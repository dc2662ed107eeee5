"""`tf.metrics`: figures that are kept over many batches, in local variables."""

from ..namespaces import namespace

__getattr__, __dir__, __all__ = namespace("metrics")
