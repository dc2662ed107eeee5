"""`tf.strings`: text, which is bytes."""

from ...namespaces import namespace

__getattr__, __dir__, __all__ = namespace("strings")
