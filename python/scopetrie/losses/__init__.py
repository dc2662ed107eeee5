"""`tf.losses`: losses, which collect themselves in GraphKeys.LOSSES."""

from ..namespaces import namespace

__getattr__, __dir__, __all__ = namespace("losses")
