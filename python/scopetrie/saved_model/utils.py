"""`tf.saved_model.utils`."""

from ..namespaces import namespace

__getattr__, __dir__, __all__ = namespace("saved_model.utils")
