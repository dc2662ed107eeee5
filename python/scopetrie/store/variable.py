"""The cold members of a store's variables."""

from __future__ import annotations

from .. import _core
from ..graph import extend_type

__all__ = ["StoreVariable"]


@extend_type
class StoreVariable(_core.StoreVariable):
    """A variable of a Store: a path, a shape, a dtype, and elements that are made when somebody looks.

    It can be used as a NumPy array: in NumPy's functions, in arithmetic, with subscripts. `==` says whether
    two are the same variable.

    >>> import numpy as np
    >>> import scopetrie as st
    >>> w = st.Store().get("w", (2,), initializer="ones")
    >>> (w + 1).tolist(), np.exp(w * 0).tolist(), w.ready
    ([2.0, 2.0], [1.0, 1.0], True)
    >>> w -= 0.5
    >>> w.array.tolist(), np.shares_memory(np.asarray(w), w.array)
    ([0.5, 0.5], True)
    """

    __slots__ = ()
