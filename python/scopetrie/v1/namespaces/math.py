"""`tf.math`: arithmetic, reductions, segments."""

from ...namespaces import namespace

__getattr__, __dir__, __all__ = namespace("math")
