"""`tf.saved_model`: graphs with their variables, their signatures and their files, as folders."""

from ..namespaces import namespace

__getattr__, __dir__, __all__ = namespace("saved_model")
