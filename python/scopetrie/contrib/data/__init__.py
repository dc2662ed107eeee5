"""`tf.contrib.data`: transformations of datasets, as `tf.data.experimental` has them."""

from ...namespaces import namespace

__getattr__, __dir__, __all__ = namespace("contrib.data")
