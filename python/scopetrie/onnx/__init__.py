"""`tf.onnx`: graphs as ONNX models; needs the extra `onnx`."""

from ..namespaces import namespace

__getattr__, __dir__, __all__ = namespace("onnx")
