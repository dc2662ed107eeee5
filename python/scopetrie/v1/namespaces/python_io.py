"""`tf.python_io`: TFRecord files."""

from ...namespaces import namespace

__getattr__, __dir__, __all__ = namespace("python_io")
