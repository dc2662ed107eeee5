"""`tf.saved_model.tag_constants`."""

from ..namespaces import namespace

__getattr__, __dir__, __all__ = namespace("saved_model.tag_constants")
