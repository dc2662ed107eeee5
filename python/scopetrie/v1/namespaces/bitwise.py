"""`tf.bitwise`: bits of integers."""

from ...namespaces import namespace

__getattr__, __dir__, __all__ = namespace("bitwise")
