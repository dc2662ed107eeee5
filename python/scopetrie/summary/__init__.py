"""Graphs and summaries for TensorBoard, through the `tensorboard` package's protos and writer.

That package is an extra: `pip install scopetrie[tensorboard]`. Where it is not installed, the functions that
need it raise an ImportError that names the extra.
"""

from ..namespaces import namespace

__getattr__, __dir__, __all__ = namespace("summary")
