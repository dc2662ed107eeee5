"""`tf.estimator.export`: what an exported model takes and gives."""

from ...namespaces import namespace

__getattr__, __dir__, __all__ = namespace("estimator.export")
