"""Kullback-Leibler divergences between distributions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from .._core import name_scope
from ..graph import Tensor
from ..public import v1, whole

__all__ = ["RegisterKL", "kl_divergence"]

_KNOWN: Final[dict[tuple[type, type], Callable[..., Any]]] = {}


@v1("distributions.kl_divergence", "contrib.distributions.kl_divergence")
@whole
def kl_divergence(
    distribution_a: Any, distribution_b: Any, allow_nan_stats: bool = True, name: str | None = None
) -> Tensor:
    """Makes the Kullback-Leibler divergence of one distribution from another, in nats.

    Args:
        distribution_a: The one distribution.
        distribution_b: The other one.
        allow_nan_stats: Accepted for v1's sake.
        name: The operations' scope.

    Raises:
        NotImplementedError: If it is not known for such a pair; see `RegisterKL`.

    >>> import scopetrie as tf
    >>> Normal = tf.distributions.Normal
    >>> with tf.Session() as session:
    ...     print(session.run(tf.distributions.kl_divergence(Normal(1.0, 1.0), Normal(0.0, 1.0))))
    0.5
    """
    for one in type(distribution_a).__mro__:
        for other in type(distribution_b).__mro__:
            found = _KNOWN.get((one, other))
            if found is not None:
                with name_scope("KullbackLeibler"):
                    made: Tensor = found(distribution_a, distribution_b, name=name)
                    return made
    raise NotImplementedError(
        "No KL(distribution_a || distribution_b) registered for distribution_a type "
        f"{type(distribution_a).__name__} and distribution_b type {type(distribution_b).__name__}"
    )


@v1("distributions.RegisterKL", "contrib.distributions.RegisterKL")
class RegisterKL:
    """Decorates a function that makes the divergence between distributions of two classes.

    Args:
        dist_cls_a: The class of the one distribution.
        dist_cls_b: The class of the other one.

    Raises:
        ValueError: If there is such a function already.
        TypeError: If what is decorated is no function.
    """

    def __init__(self, dist_cls_a: type[Any], dist_cls_b: type[Any]) -> None:
        self._key = (dist_cls_a, dist_cls_b)

    def __call__(self, kl_fn: Callable[..., Any]) -> Callable[..., Any]:
        """Keeps the function.

        Args:
            kl_fn: A function of the two distributions and `name`.
        """
        if not callable(kl_fn):
            raise TypeError(f"kl_fn must be callable, received: {kl_fn}")
        if self._key in _KNOWN:
            one, other = self._key
            raise ValueError(
                f"KL({one.__name__} || {other.__name__}) has already been registered to: {_KNOWN[self._key]}"
            )
        _KNOWN[self._key] = kl_fn
        return kl_fn
