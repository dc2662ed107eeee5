"""`tf.contrib.cudnn_rnn`: the cells that fit cuDNN's weights."""

from ...namespaces import namespace

__getattr__, __dir__, __all__ = namespace("contrib.cudnn_rnn")
