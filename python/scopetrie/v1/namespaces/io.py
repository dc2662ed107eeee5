"""`tf.io`: files, and what is in them."""

from ...namespaces import namespace

__getattr__, __dir__, __all__ = namespace("io")
