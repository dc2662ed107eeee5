"""`tf.random`: seeds and random tensors."""

from .namespaces import namespace

__getattr__, __dir__, __all__ = namespace("random")
