"""`tf.contrib.lookup`: tables from keys to values."""

from ...namespaces import namespace

__getattr__, __dir__, __all__ = namespace("contrib.lookup")
