"""`tf.saved_model.signature_def_utils`."""

from ..namespaces import namespace

__getattr__, __dir__, __all__ = namespace("saved_model.signature_def_utils")
