"""v1's inner module of training by several workers, which there are none of here."""

from __future__ import annotations

from typing import Any, NoReturn

__all__ = ["SyncReplicasOptimizer"]


class SyncReplicasOptimizer:
    """What libraries ask of an optimizer whether it is one of: none is.

    Raises:
        NotImplementedError: When one is to be made.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise NotImplementedError(
            "SyncReplicasOptimizer: it trains in one process, without workers whose gradients are gathered. "
            "Use the optimizer itself, with a larger batch"
        )
