"""The members of Variable that change and read its rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from .. import _core
from ..graph import Tensor
from ..ops.array.gather import gather
from ..ops.array.gather import gather_nd as gather_slices
from ..ops.indexed_slices import IndexedSlices
from ..ops.state import scatter as state_scatter
from ..ops.state import slices as state_slices

_DOC = """Makes a node that {does}; see `tf.{function}`.

        Args:
            sparse_delta: IndexedSlices, the rows and their numbers.
            use_locking: Accepted for v1's sake.
            name: The node's name.

        Returns:
            The variable after the change.

        Raises:
            TypeError: If `sparse_delta` is something else.
        """
_ND_DOC = """Makes a node that {does}; see `tf.{function}`.

        Args:
            indices: Tuples of indices, `[..., depth]`.
            updates: The slices, `indices.shape[:-1] + shape[depth:]`.
            name: The node's name.

        Returns:
            The variable after the change.
        """


def _rows(name: str, does: str, function: Callable[..., Tensor]) -> Any:
    def method(
        self: _core.Variable, sparse_delta: Any, use_locking: bool = False, name: str | None = None
    ) -> Tensor:
        if not isinstance(sparse_delta, IndexedSlices):
            raise TypeError(f"sparse_delta is not IndexedSlices: {sparse_delta}")
        return function(self, sparse_delta.indices, sparse_delta.values, use_locking=use_locking, name=name)

    return _called(method, name, _DOC.format(does=does, function=name))


def _slices(name: str, does: str, function: Callable[..., Tensor]) -> Any:
    def method(self: _core.Variable, indices: Any, updates: Any, name: str | None = None) -> Tensor:
        return function(self, indices, updates, use_locking=True, name=name)

    return _called(method, name, _ND_DOC.format(does=does, function=name))


def _called(method: Any, name: str, doc: str) -> Any:
    method.__name__, method.__qualname__, method.__doc__ = name, f"Variable.{name}", doc
    return method


# Annotated for type checkers: modules that import each other know these before they are made.
Update: TypeAlias = Callable[..., Tensor]
scatter_add: Update = _rows("scatter_add", "adds to rows", state_scatter.scatter_add)
scatter_div: Update = _rows("scatter_div", "divides rows", state_scatter.scatter_div)
scatter_max: Update = _rows("scatter_max", "takes the larger of rows", state_scatter.scatter_max)
scatter_min: Update = _rows("scatter_min", "takes the smaller of rows", state_scatter.scatter_min)
scatter_mul: Update = _rows("scatter_mul", "multiplies rows", state_scatter.scatter_mul)
scatter_sub: Update = _rows("scatter_sub", "subtracts from rows", state_scatter.scatter_sub)
scatter_update: Update = _rows("scatter_update", "sets rows", state_scatter.scatter_update)
batch_scatter_update: Update = _rows(
    "batch_scatter_update", "sets rows within a batch", state_slices.batch_scatter_update
)
scatter_nd_add: Update = _slices("scatter_nd_add", "adds to slices", state_scatter.scatter_nd_add)
scatter_nd_sub: Update = _slices("scatter_nd_sub", "subtracts from slices", state_scatter.scatter_nd_sub)
scatter_nd_update: Update = _slices("scatter_nd_update", "sets slices", state_scatter.scatter_nd_update)


def sparse_read(self: _core.Variable, indices: Any, name: str | None = None) -> Tensor:  # noqa: D417
    """Makes a node that reads rows; see `tf.gather`.

    Args:
        indices: The indices of the rows.
        name: The node's name.

    Returns:
        The rows.
    """
    return gather(self, indices, name=name)


def gather_nd(self: _core.Variable, indices: Any, name: str | None = None) -> Tensor:  # noqa: D417
    """Makes a node that reads slices; see `tf.gather_nd`.

    Args:
        indices: Tuples of indices, `[..., depth]`.
        name: The node's name.

    Returns:
        The slices.
    """
    return gather_slices(self, indices, name=name)
