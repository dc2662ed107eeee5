"""TensorFlow 1's variable scopes, without TensorFlow.

    import scopetrie as tf

gives v1's names: variable_scope, get_variable, name_scope, placeholders, ops, Session. What defines a name
is imported when it is first used.
"""

from . import _wiring as _wiring
from ._core import __version__  # noqa: F401
from .namespaces import namespace as _namespace

__getattr__, __dir__, __all__ = _namespace("", "__version__")
