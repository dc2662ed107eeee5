"""`tf.queue`: queues of tensors, through which runs of several threads hand elements on."""

from ..namespaces import namespace

__getattr__, __dir__, __all__ = namespace("queue")
