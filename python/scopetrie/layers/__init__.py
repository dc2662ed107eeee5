"""`tf.layers`: callables that make their variables at the first call, and share them between calls.

They stand on variable scopes, ops and collections, and use nothing that a program could not use.
"""

from ..namespaces import namespace

__getattr__, __dir__, __all__ = namespace("layers")
