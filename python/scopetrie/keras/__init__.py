"""`tf.keras`, as far as programs use it beside graphs of their own: no models, no training."""

from ..namespaces import namespace

__getattr__, __dir__, __all__ = namespace("keras")
