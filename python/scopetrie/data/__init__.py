"""`tf.data`: datasets, which sessions go through element by element."""

from ..namespaces import namespace

__getattr__, __dir__, __all__ = namespace("data")
