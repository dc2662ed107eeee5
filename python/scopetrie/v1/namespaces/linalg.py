"""`tf.linalg`: products, decompositions and diagonals of matrices."""

from ...namespaces import namespace

__getattr__, __dir__, __all__ = namespace("linalg")
