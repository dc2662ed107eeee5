"""`tf.contrib.learn.preprocessing`."""

from ...namespaces import namespace

__getattr__, __dir__, __all__ = namespace("contrib.learn.preprocessing")
