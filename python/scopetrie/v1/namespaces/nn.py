"""`tf.nn`: layers of neural nets."""

from ...namespaces import namespace

__getattr__, __dir__, __all__ = namespace("nn")
