"""`tf.contrib.opt`, as far as programs use it."""

from ...namespaces import namespace

__getattr__, __dir__, __all__ = namespace("contrib.opt")
