"""`tf.estimator`: model functions, and what trains, evaluates and asks them."""

from ..namespaces import namespace

__getattr__, __dir__, __all__ = namespace("estimator")
