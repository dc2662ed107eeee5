"""`tf.train`: optimizers, checkpoints, input queues, and sessions that train."""

from ..namespaces import namespace

__getattr__, __dir__, __all__ = namespace("train")
