"""The memory of a session's variables, as plans use it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

import numpy as np

from .._core import AtFirstUse
from ..backends import Array, Backend
from ..errors import FailedPreconditionError, InvalidArgumentError
from ..graph import Graph
from ..ops.node_text import Dims, dims_text
from ..shapes import compatible_dims
from ..store import Store, owned_copy, value_on_device

UNINITIALIZED: Final = "Attempting to use uninitialized value "


class StoredValues:
    """The store that holds a session's values, and whether cells keep arrays over its memory.

    Attributes:
        store: The store.
        changes: How often the store has said that a variable has another memory or name.
        is_adopted: Whether a cell may keep an array over the store's memory.
    """

    __slots__ = ("changes", "is_adopted", "store")

    def __init__(self, store: Store) -> None:
        self.store = store
        self.changes = 0
        self.is_adopted = False


class Cell:
    """The memory of one variable in one session.

    If the backend's arrays can be changed in place, a variable keeps its memory as long as its shape does not
    change. A read then aliases the variable and shows later assignments in the same run, as in v1: order
    reads and writes by control dependencies. `Session.run` returns copies.

    Where the backend's arrays may be over a store's memory, on the host or a device, the values are those of
    the session's store: the variable of this path. A cell adopts its memory at the first use, and keeps it
    until the store calls `let_go`. What a store does not hold (strings, the arrays of other backends) is the
    cell's own.

    Thread safety: writes of several threads to a variable are not ordered, as in v1 without locking. A cell
    may be let go of while another thread uses it: that one goes on with what it has read.

    Args:
        name: The variable's name: its path in the store.
        backend: The library of the memory.
        dtype: The dtype of the values.
        dims: The declared shape, which the first value must fit.
        values: The session's values; None if the memory is to be the cell's own.
        trainable: Whether the variable is to be trained, as the store says it.

    Attributes:
        backend: The library of the memory.
        view: The value, as a read-only array. The attribute is missing until the first use: plans read it
            without a test, which adopts the store's memory; without one, they handle the AttributeError.
        memory: The memory to change in place, whose shape is the declared one; missing until the first use.
    """

    def __init__(
        self,
        name: str,
        backend: Backend,
        dtype: np.dtype[Any],
        dims: Dims,
        values: StoredValues | None = None,
        trainable: bool = True,
    ) -> None:
        self.name = name
        self.dtype = dtype
        self.dims = dims
        self.backend = backend
        self._values = values
        self._trainable = trainable
        self._array: Array = None
        # That of the array; None where it is not to be changed.
        self._shape: tuple[int, ...] | None = None
        self._is_made = False  # by this cell: the store did not have the variable
        self._is_reshaped = False  # by an assignment that did not validate the shape

    def _make_view(self) -> Array:
        array = self._array
        if array is None:
            array = self._adopt()
            if array is None:
                raise AttributeError(f"{self.name} has no value", name="view", obj=self)
        view = self.view = self.backend.freeze(array)
        if self._array is not array:  # let go of meanwhile
            self.let_go()
        return view

    def _make_memory(self) -> Array:
        array = self.adopted()
        if array is None:
            raise AttributeError(f"{self.name} has no value", name="memory", obj=self)
        self._check_frozen()
        if array.shape != self.dims:
            raise InvalidArgumentError(None, None, "Parameters and update must be the same size")
        self.memory = array
        if self._array is not array:
            self.let_go()
        return array

    # Once an instance has them, generated code reads them fast.
    view: Any = AtFirstUse(_make_view)
    memory: Any = AtFirstUse(_make_memory)

    @property
    def is_stored(self) -> bool:
        """Whether the memory is the store's."""
        return self._values is not None

    @property
    def initialized(self) -> bool:
        """Whether the variable has a value."""
        return self._array is not None or (self._values is not None and self.name in self._values.store)

    def uninitialized(self) -> FailedPreconditionError:
        """Returns the error for reading the variable before it has a value."""
        return FailedPreconditionError(None, None, f"{UNINITIALIZED}{self.name}")

    def read(self) -> Array:
        """Returns the value, as a read-only array.

        Raises:
            FailedPreconditionError: If the variable has no value yet.
            InvalidArgumentError: If the store's variable has another dtype or shape than the graph's.
        """
        try:
            return self.view
        except AttributeError:
            raise self.uninitialized() from None

    def adopted(self) -> Array | None:
        """Returns the memory, which may be the store's; None if the variable has no value."""
        array = self._array  # read once: another thread may let go of it
        return array if array is not None else self._adopt()

    def writable(self) -> Array | None:
        """Returns the memory to change in place, or None if the library's arrays are immutable.

        Raises:
            FailedPreconditionError: If the variable has no value yet.
            InvalidArgumentError: If the store's variable is frozen, or of another dtype or shape.
        """
        array = self.adopted()
        if array is None:
            raise self.uninitialized()
        if not self.backend.in_place:
            return None
        self._check_frozen()
        return array

    def assign(self, value: Array, validate_shape: bool = True) -> None:
        """Sets the variable to a copy of `value`.

        Args:
            value: An array of the variable's dtype.
            validate_shape: Whether the shape must be that of the current value, or fit the declared one.

        Raises:
            InvalidArgumentError: If the shape differs, or the store's variable is frozen or of another dtype.
        """
        # Another thread may adopt or let go: the shape comes first then, and goes first.
        array = self._array
        if array is None or value.shape != self._shape:
            self._assign_slowly(value, validate_shape)
        elif self.backend.in_place:
            self.backend.overwrite(array, value)
        else:
            self.view = self._array = value

    def updater(self, function: Any) -> Any:
        """Returns a function that sets the value to `function(value, delta)`, in place if possible.

        Args:
            function: An elementwise function of two arrays.

        Returns:
            A function of delta. It raises FailedPreconditionError if the variable has no value yet, and
            InvalidArgumentError if delta has another shape than it.
        """
        # Decided once, not in each run.
        if not self.backend.in_place or self.backend.writes_into(function) != 2:
            return lambda delta: self.assign(function(self._operand(delta), delta))
        return Update(self, function)

    def let_go(self) -> None:
        """Forgets the memory, which the store may have changed: the next use looks again."""
        self._shape = None
        self._array = None
        with suppress(AttributeError):
            del self.memory
        with suppress(AttributeError):
            del self.view

    def reset(self) -> None:
        """Removes a value of the cell's own."""
        if self._values is None:
            self.let_go()

    def remove(self) -> None:
        """Removes the value from the store, if this cell has made it there."""
        if self._is_made and self._values is not None and self.name in self._values.store:
            del self._values.store[self.name]
        self._is_made = False

    # The slow paths -----------------------------------------------------------------------------------------

    def _adopt(self) -> Array | None:
        """Takes the memory of the store's variable, and returns it; None if there is no variable."""
        values = self._values
        while values is not None:
            changes = values.changes
            variable = values.store._find(self.name)
            if variable is None:
                return None
            on_device = self.backend.keeps_variables
            # A shape or dtype that does not fit is refused below, before anything moves.
            array = variable if on_device else variable.array
            shape, dims = array.shape, self.dims
            if shape == dims:
                shape = dims  # of many cells, one tuple
            fits = shape is dims or dims is None or self._is_reshaped or compatible_dims(dims, shape)
            if array.dtype != self.dtype or not fits:
                raise InvalidArgumentError(
                    None,
                    None,
                    f"the store's variable {self.name!r} has dtype {array.dtype.name} and shape "
                    f"{dims_text(shape)}, and the graph's has dtype {self.dtype.name} and shape "
                    f"{dims_text(self.dims)}",
                )
            if on_device:
                self._shape = None if variable._frozen else shape
                array = self._array = self._on_its_device(variable)
            else:
                self._shape = shape if array.flags.writeable else None
                array = self._array = self.backend.adopt(array)
            values.is_adopted = True
            if values.changes == changes:
                return array
            self.let_go()
        return None

    def _on_its_device(self, variable: Any) -> Array:
        """Returns the array of a store's variable, which must be on the cell's device if it is on any."""
        array = value_on_device(variable, self.backend)
        if array.device != self.backend.device:
            raise InvalidArgumentError(
                None,
                None,
                f"the store's variable {self.name!r} is in the memory of {array.device}, and the graph's on "
                f"{self.backend.device}: tf.device says where a variable is made",
            )
        return array

    def _operand(self, delta: Array) -> Array:
        """Returns the value, whose memory is to be changed by `delta`."""
        array = self.writable()
        if array is None:
            array = self._array
        if delta.shape != array.shape:
            raise InvalidArgumentError(None, None, "Parameters and update must be the same size")
        return array

    def _check_frozen(self) -> None:
        if self._values is not None and self._shape is None:
            raise InvalidArgumentError(
                None,
                None,
                f"the store's variable {self.name!r} is frozen: freeze(False) lets it be changed",
            )

    def _assign_slowly(self, value: Array, validate_shape: bool) -> None:
        if self._array is None and self._adopt() is not None and self._shape is not None:
            return self.assign(value, validate_shape)
        shape = value.shape
        if validate_shape:
            self._check(shape)
        if self._values is not None:
            return self._set(value, validate_shape)
        if not self.backend.in_place:
            array = value
        else:
            # Filled before it is visible: an interrupt leaves the old value intact.
            array = self.backend.empty(shape, self.dtype)
            self.backend.overwrite(array, value)
        self.view = self.backend.freeze(array)
        self._array, self._shape = array, shape
        return None

    def _set(self, value: Array, validate_shape: bool) -> None:
        assert self._values is not None
        if (
            self.backend.keeps_variables
        ):  # a copy that is made before anything changes: the device may be full
            given: tuple[Any, ...] = owned_copy(self.backend, value, self.dtype)
        else:
            if not self.backend.on_host:
                value = self.backend.to_host(value)
            given = (value if value.dtype == self.dtype else np.asarray(value, self.dtype),)
        array, *address = given
        try:
            if self._values.store._set(self.name, array, self._trainable, *address):
                self._is_made = True
        except ValueError as error:  # another dtype, or frozen
            raise InvalidArgumentError(None, None, str(error)) from None
        self.let_go()
        if not validate_shape:
            self._is_reshaped = True

    def _check(self, shape: tuple[int, ...]) -> None:
        wanted = self.dims if self._shape is None else self._shape
        if wanted is None or compatible_dims(wanted, shape):
            return
        raise InvalidArgumentError(
            None,
            None,
            "Assign requires shapes of both tensors to match. "
            f"lhs shape= {dims_text(wanted)} rhs shape= {dims_text(shape)}",
        )


class Update:
    """A change of a variable in place: a function of the delta.

    Attributes:
        cell: The variable.
        function: The elementwise function of the value and the delta.
        is_exact: Whether delta is known to have the variable's declared shape, so that generated code may
            call `function(cell.memory, delta, cell.memory)`.
    """

    __slots__ = ("cell", "function", "is_exact")

    def __init__(self, cell: Cell, function: Any) -> None:
        self.cell = cell
        self.function = function
        self.is_exact = False

    def __call__(self, delta: Array) -> None:
        """Changes the variable."""
        cell = self.cell
        array = cell._array
        if array is None or delta.shape != cell._shape:
            array = cell._operand(delta)
        self.function(array, delta, array)


class Initialization:
    """A function that sets many variables to a number each, in the store.

    Args:
        store: The store.
        graph: The graph of the variables.
        initials: The bytes that `graph._needed` has given.
    """

    __slots__ = ("_graph", "_initials", "_store")

    def __init__(self, store: Store, graph: Graph, initials: bytes) -> None:
        self._store = store
        self._graph = graph
        self._initials = initials

    def __call__(self) -> None:
        """Sets the variables."""
        try:
            self._store._initialise(self._graph, self._initials)
        except ValueError as error:  # frozen, or of another dtype or shape
            raise InvalidArgumentError(None, None, str(error)) from None
