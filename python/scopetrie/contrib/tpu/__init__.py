"""`tf.contrib.tpu`: programs that were written for TPUs, on what is here."""

from ...namespaces import namespace

__getattr__, __dir__, __all__ = namespace("contrib.tpu")
