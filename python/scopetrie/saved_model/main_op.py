"""`tf.saved_model.main_op`."""

from ..namespaces import namespace

__getattr__, __dir__, __all__ = namespace("saved_model.main_op")
