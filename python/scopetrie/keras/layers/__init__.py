"""`tf.keras.layers`: layers whose variables are named by name scopes, and shared by no variable scope."""

from ...namespaces import namespace

__getattr__, __dir__, __all__ = namespace("keras.layers")
