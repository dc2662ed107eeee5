"""`tf.saved_model.constants`."""

from ..namespaces import namespace

__getattr__, __dir__, __all__ = namespace("saved_model.constants")
