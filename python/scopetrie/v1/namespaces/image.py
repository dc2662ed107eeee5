"""`tf.image`: images resized, cut, mirrored, colored, compared; read and written."""

from ...namespaces import namespace

__getattr__, __dir__, __all__ = namespace("image")
