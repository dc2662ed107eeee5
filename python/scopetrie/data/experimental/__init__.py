"""`tf.data.experimental`: transformations for `Dataset.apply`."""

from ...namespaces import namespace

__getattr__, __dir__, __all__ = namespace("data.experimental")
