"""`tf.sparse`: sparse tensors, which keep the elements that are not 0."""

from ...namespaces import namespace

__getattr__, __dir__, __all__ = namespace("sparse")
