"""`tf.contrib.crf`: linear-chain conditional random fields."""

from ...namespaces import namespace

__getattr__, __dir__, __all__ = namespace("contrib.crf")
