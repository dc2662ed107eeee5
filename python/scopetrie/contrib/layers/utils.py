"""`tf.contrib.layers.utils` and `tf.contrib.slim.utils`: results by the names of their layers."""

from ...namespaces import namespace

__getattr__, __dir__, __all__ = namespace("contrib.layers.utils")
