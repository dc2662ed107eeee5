"""What stores on a cluster raise of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..errors import ClusterError

__all__ = ["ClusterClosedError", "SlowWorkerError", "WorkerLostError"]


class WorkerLostError(ClusterError, RuntimeError):
    """A worker is gone, and the parts that it held with it: `PartitionedStore.recover()` goes back.

    Attributes:
        parts: The names of the parts that the call asked for and that are lost.
        generation: The last generation that was saved, to which `recover()` goes back; None if there is none.
    """

    def __init__(self, message: str, parts: Sequence[str] = (), generation: int | None = None) -> None:
        super().__init__(message)
        self.parts = list(parts)
        self.generation = generation

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.args[0], self.parts, self.generation)


class SlowWorkerError(ClusterError, TimeoutError):
    """A worker did not answer in time. It may still do what it was asked.

    Attributes:
        parts: The names of the parts that did not answer.
    """

    def __init__(
        self, message: str, parts: Sequence[str] = (), again: Callable[[], Any] | None = None
    ) -> None:
        super().__init__(message)
        self.parts = list(parts)
        self._again = again

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.args[0], self.parts)

    def retry(self) -> Any:
        """Asks again, with the same numbers: a change that was made meanwhile is not made twice.

        Returns:
            What the call that failed would have returned.

        Raises:
            SlowWorkerError, WorkerLostError, ClusterClosedError: As the call.
            RuntimeError: If the error comes from another process, which cannot ask.
        """
        if self._again is None:
            raise RuntimeError(
                "SlowWorkerError.retry: the error comes from another process; make the call anew"
            )
        return self._again()


class ClusterClosedError(ClusterError, RuntimeError):
    """The cluster, the connection to it, or the store is closed."""
