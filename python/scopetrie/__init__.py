"""TensorFlow 1's variable scopes, without TensorFlow.

    import scopetrie as tf

gives v1's names: variable_scope, get_variable, name_scope, placeholders, ops, Session.
"""

import sys as _sys
from importlib import import_module as _import_module

from . import _wiring as _wiring
from . import compat
from . import execution as _execution  # noqa: F401  Tensor.eval needs it
from . import summary as _summary  # noqa: F401  graphs are exported by it
from ._core import __version__  # noqa: F401
from .exports import EXPORTS as _EXPORTS
from .namespaces import namespace as _namespace
from .namespaces import places as _places

# Types of ops are known by name, so all are defined, but for those of strings, sparse tensors, images and
# records. Other modules are imported when first asked for.
_LATER = ("ops.image.", "ops.parsing.", "ops.sparse.", "ops.strings.")
for _module in {module for space in _EXPORTS for module, _ in _places(space).values()}:
    if _module.startswith("ops.") and not _module.startswith(_LATER):
        _import_module(f"{__name__}.{_module}")

__getattr__, __dir__, __all__ = _namespace("", "__version__")

# `import scopetrie.compat.v1 as tf` gives this module.
compat.v1 = _sys.modules[__name__]
_sys.modules[f"{__name__}.compat.v1"] = compat.v1
