"""`tf.nn.rnn_cell`: cells of recurrent nets. What runs them over time is in `tf.nn`."""

from ..namespaces import namespace

__getattr__, __dir__, __all__ = namespace("nn.rnn_cell")
