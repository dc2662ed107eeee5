"""JAX: immutable arrays, on the device that JAX has chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from .base import Array, Backend, checked_pow, functions_of, is_traced, namespace, seen

_WIDE: Final = frozenset(map(np.dtype, (np.float64, np.complex128)))


class JaxBackend(Backend):
    """JAX.

    A session computes with `jax_enable_x64` on, whatever the program has set: the dtypes of a graph are
    exact, and JAX would make float32 of its float64. A lowered function computes as the program has set it,
    since a trace cannot change that; there, float64 is refused if it is off.

    Raises:
        ImportError: If JAX is not installed.
    """

    host_types = frozenset()

    def __init__(self) -> None:
        try:
            import jax
        except ImportError as error:
            raise ImportError(
                f"The backend 'jax' needs the library JAX: {error}\nInstall it: `pip install jax`."
            ) from error
        self._jax: Any = jax
        self._is_exact = True
        super().__init__("jax", _namespace(jax))

    def from_host(self, array: np.ndarray[Any, Any] | np.generic) -> Array:
        """Returns a copy of the array with the same dtype; strings stay on the host."""
        if not self.holds(array.dtype):
            return array
        if not self._is_exact:
            with (
                self._jax.ensure_compile_time_eval()
            ):  # a constant of a trace has values, which kernels may see
                return self._jax.numpy.array(array, device=self.device)
        with self._jax.enable_x64(True):  # feeds come here before a run
            return self._jax.numpy.array(array, device=self.device)

    def holds(self, dtype: np.dtype[Any]) -> bool:
        """Returns whether this is a number's: strings and bfloat16 stay on the host."""
        return dtype.kind in "biufc"

    def to_host(self, array: Array) -> np.ndarray[Any, Any]:
        """Returns a copy on the host."""
        return np.array(array)

    def computes(self, op_type: str, dtypes: Sequence[np.dtype[Any]]) -> bool:
        """Returns whether JAX has the op.

        Raises:
            NotImplementedError: For float64 and complex128 where JAX would compute in half of the bits.
        """
        if not _WIDE.isdisjoint(dtypes) and not self._jax.config.jax_enable_x64:
            raise NotImplementedError(
                "JAX would compute in 32 bits what the graph has in 64: "
                "call jax.config.update('jax_enable_x64', True) at the program's start"
            )
        return super().computes(op_type, dtypes)

    def pure(self) -> Backend:
        """Returns the backend for `lower`: arrays may be traced, with 64-bit dtypes or without."""
        made = super().pure()
        assert isinstance(made, JaxBackend)
        made._is_exact = False
        return made

    def quiet(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Returns `function` with 64-bit dtypes on, in a session."""
        if not self._is_exact:
            return function

        def run(*arguments: Any) -> Any:
            with self._jax.enable_x64(True):
                return function(*arguments)

        return super().quiet(run)


def _scatter(target: Array, at: Array, rows: Array, how: str) -> Array:
    update = target.at[at]
    kinds = {
        "update": update.set, "add": update.add, "mul": update.multiply, "min": update.min, "max": update.max,
    }  # fmt: skip
    return kinds[how](rows)


def _polygamma(n: Array, x: Array) -> Array:
    # JAX's own takes whole numbers only: the formula is Abramowitz and Stegun's 6.4.10.
    import jax.scipy.special as special
    from jax import numpy

    sign = numpy.where(n % 2 == 0, -1.0, 1.0).astype(x.dtype)
    series = sign * numpy.exp(special.gammaln(n + 1)) * special.zeta(n + 1, x)
    return numpy.where(n == 0, special.digamma(x), series)


def _traced(array: Array) -> bool:
    return True


def _namespace(jax: Any) -> Any:
    if _made:
        return _made[0]
    find = functions_of("jax.scipy.special")
    own = {"polygamma": _polygamma, "igamma_grad_a": jax.lax.igamma_grad_a}
    _made.append(
        namespace(
            jax.numpy,
            special=lambda name: own.get(name) or find(name),
            scatter=_scatter,
            setitem=lambda x, key, value: x.at[key].set(value),
            pow=checked_pow(jax.numpy.pow),
        )
    )
    tracer: Any = jax.core.Tracer
    is_traced.register(tracer, _traced)
    with jax.ensure_compile_time_eval():  # the first use may be in a trace
        concrete: Any = type(jax.numpy.zeros(()))

    @seen.register(concrete)
    def _(array: Any) -> np.ndarray[Any, Any] | None:
        on_host = all(device.platform == "cpu" for device in array.devices())
        return np.asarray(array) if on_host else None

    return _made[0]


# Made once, when the library is there: kernels keep what they find in a namespace.
_made: Final[list[Any]] = []
