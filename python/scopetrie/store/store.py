"""Store: variables with their values, shared by name in scopes, without a graph."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, KeysView, Mapping, ValuesView
from typing import Any, cast

from .. import _core
from ..names import Names
from ..public import v1
from .errors import MissingVariableError, missing, scopes_of
from .files.saved import SavedStore
from .flat import Flat, flatten
from .subtree import Subtree
from .variable import StoreVariable

__all__ = ["Store"]


@v1("Store")
@_core.own_methods
class Store(SavedStore):
    """Named variables with their values: scopes, sharing and initializers of TensorFlow 1, without a graph.

    A store is a mapping from paths to variables, in the order in which they were made. A variable is lazy:
    its elements are made when somebody looks at them. Random elements depend on the store's seed and the
    variable's path, whatever was made or looked at before. A path that is no variable is the Subtree beneath
    it. `print(store)` shows all as a tree.

    Args:
      seed: An int; None for one that differs from store to store.
      backend: The array library of `StoreVariable.value`, as `Session(backend=...)` takes it; by default the
        default backend. The elements themselves are in the host's memory, which arrays of NumPy and PyTorch
        are over, or with CuPy in the device's; other libraries get copies.

    >>> import scopetrie as st
    >>> store = st.Store(seed=0)
    >>> with store.scope("tower", initializer="ones"):
    ...     w = store.get("w", (2, 3))
    >>> w
    <Variable 'tower/w' float32[2, 3] lazy>
    >>> float(w.array.sum())
    6.0
    >>> with store.scope("tower", reuse=True):
    ...     store.get("w") is w is store["tower/w"]
    True
    >>> list(store), len(store), "tower/b" in store
    (['tower/w'], 1, False)
    """

    __slots__ = ()

    @property
    def names(self) -> Names:
        """Names that know the store's variables, in the scope in which the thread stands in the store.

        A name that a variable has is taken, and what is given out in a transaction of the store is taken back
        with it. A store that nobody asks for its names keeps none.

        >>> import scopetrie as st
        >>> store = st.Store()
        >>> with store.scope("layer"):
        ...     w = store.get("w", (2,))
        ...     print(store.names.unique_name("w"), store.names.unique_name("MatMul"))
        layer/w_1 layer/MatMul
        """
        names: Names | None = self._names
        made: Names = self._follow(Names()) if names is None else names
        return made

    def reopen(self, scope: str | _core.VariableScope, **options: Any) -> _core.variable_scope:
        """Goes back into a scope that is there: `scope()`, which never opens a new one.

        Args:
          scope: The name of a scope that has variables, from where the call stands; or a captured scope.
          **options: Those of `scope()`: `reuse`, `initializer`, `trainable` and so on.

        Returns:
          A context manager; its value is the VariableScope.

        Raises:
          KeyError: If no variable is in the scope or below it (a ValueError, too).

        >>> import scopetrie as st
        >>> store = st.Store()
        >>> with store.scope("layer"):
        ...     w = store.get("w", (2,))
        >>> with store.reopen("layer", reuse=True):
        ...     store.get("w") is w
        True
        >>> store.reopen("layr")
        Traceback (most recent call last):
          ...
        scopetrie.store.errors.MissingVariableError: there is no scope 'layr'; near to it are 'layer'
        """
        if isinstance(scope, str):
            here = self.current_scope.name
            path = f"{here}/{scope}" if here else scope
            if not self._is_scope(path):
                raise missing(path, sorted(scopes_of(self)), "scope")
        return self.scope(scope, **options)

    def _missing(self, path: Any) -> MissingVariableError:
        """The error for a path at which there is nothing."""
        return missing(path, self)

    def freeze(self, frozen: bool = True) -> None:
        """Freezes all variables: they are not trainable, and arrays of them are read-only.

        Arrays that somebody has already stay as they are.

        Args:
          frozen: False lets them be changed again.

        >>> import scopetrie as st
        >>> store = st.Store()
        >>> w = store.get("w", (2,))
        >>> store.freeze()
        >>> w.trainable, w.array.flags.writeable
        (False, False)
        """
        self._freeze("", frozen)

    def flat(self, path: str = "", where: Callable[[StoreVariable], object] | None = None) -> Flat:
        """Moves the elements of variables into one buffer, so that one array operation does for all of them.

        Args:
          path: The scope whose variables are taken; "" for all.
          where: Which of them are taken: a function of a variable.

        Returns:
          A Flat. The variables are as before, and their arrays are views of its `data`.

        Raises:
          ValueError: If their dtypes differ, or somebody has an array of one, which would not see the buffer.

        >>> import scopetrie as st
        >>> store = st.Store()
        >>> a, b = store.get_many(["a", "b"], [(2,), (3,)], initializer="ones")
        >>> flat = store.flat()
        >>> flat.data -= 0.5
        >>> a.array.tolist(), flat["b"].tolist()
        ([0.5, 0.5], [0.5, 0.5, 0.5])
        """
        return flatten(self, path, where)

    def keys(self) -> KeysView[str]:
        """The paths of all variables, as a mapping has them."""
        return KeysView(self._as_mapping())

    def values(self) -> ValuesView[StoreVariable]:
        """All variables, as a mapping has them."""
        return Subtree(self, "").values()

    def items(self) -> ItemsView[str, StoreVariable]:
        """Pairs of a path and its variable, as a mapping has them."""
        return Subtree(self, "").items()

    def transaction(self) -> _core.Transaction:
        """A `with` block that is undone if it raises: variables, names and scopes; not the elements.

        Returns:
          A context manager; its `rollback()` undoes what was done so far, and ends it.

        >>> import scopetrie as st
        >>> store = st.Store()
        >>> with store.transaction() as transaction:
        ...     w = store.get("w", (2,))
        ...     transaction.rollback()
        True
        >>> list(store), w
        ([], <Variable 'w' (gone)>)
        """
        return _core.Transaction(self)

    def regularization_losses(self) -> list[Any]:
        """What each variable's regularizer makes of it now, in the order in which the variables were made."""
        losses = []
        for number, regularizer in self._regularizers:
            variable = self._variable_at(number)
            if variable is not None:
                losses.append(regularizer(variable))
        return losses

    def _as_mapping(self) -> Mapping[str, StoreVariable]:
        return cast("Mapping[str, StoreVariable]", self)


Mapping.register(Store)
