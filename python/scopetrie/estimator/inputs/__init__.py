"""`tf.estimator.inputs`: input functions of arrays and tables."""

from ...namespaces import namespace

__getattr__, __dir__, __all__ = namespace("estimator.inputs")
