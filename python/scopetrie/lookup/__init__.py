"""`tf.lookup`: tables from keys to values, filled once or changed by a program."""

from ..namespaces import namespace

__getattr__, __dir__, __all__ = namespace("lookup")
