"""`tf.keras.preprocessing.sequence`."""

from ...namespaces import namespace

__getattr__, __dir__, __all__ = namespace("keras.preprocessing.sequence")
