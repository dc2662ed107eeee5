"""`tf.debugging`: assertions, checks of numbers, tracebacks."""

from ...namespaces import namespace

__getattr__, __dir__, __all__ = namespace("debugging")
