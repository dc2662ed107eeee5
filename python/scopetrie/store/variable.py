"""The cold members of a store's variables."""

from __future__ import annotations

from typing import Any

from .. import _core
from ..graph import extend_type
from .device import value_on_device

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

    @property
    def value(self) -> Any:
        """Its elements as an array of the store's backend.

        NumPy's and PyTorch's arrays (on the CPU) are over the variable's memory: what changes one changes the
        other. With CuPy, the first look moves the elements into the device's memory, and arrays are over
        that; `array` is then a read-only copy. A frozen variable, and other libraries, give a copy: set the
        variable with `assign`, which takes arrays of any library.

        Raises:
          TypeError: If the library has no arrays of the dtype.

        >>> import scopetrie as st
        >>> st.Store(backend="numpy").get("w", (2,), initializer="ones").value
        array([1., 1.], dtype=float32)
        """
        backend = self.store.backend
        if not backend.holds(self.dtype):
            raise TypeError(
                f"The backend {backend.name!r} has no arrays of {self.dtype.name}, the dtype of variable "
                f"{self.path!r}: use its `array`, which is NumPy's."
            )
        if backend.keeps_variables:
            return value_on_device(self, backend)
        return backend.adopt(self.array) if backend.shares_memory else backend.from_host(self.array)
