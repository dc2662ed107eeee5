"""`tf.distributions`: random variables that are drawn, weighed and compared."""

from ..namespaces import namespace

__getattr__, __dir__, __all__ = namespace("distributions")
