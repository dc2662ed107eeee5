"""`tf.saved_model.loader`."""

from ..namespaces import namespace

__getattr__, __dir__, __all__ = namespace("saved_model.loader")
