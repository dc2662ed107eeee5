"""Graph: a namespace of operations, and the blocks in which they are made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from .. import _core
from .collection import CollectionView, filtered
from .elements import find_element
from .handles import Operation, Tensor
from .placement import Placement, colocation_block, container_block, device_block


class Graph(_core.Graph):
    """A graph of operations, which sessions run.

    >>> import scopetrie as tf
    >>> graph = tf.Graph()
    >>> with graph.as_default():
    ...     c = tf.constant(4.0, name="c")
    >>> c.graph is graph, graph.get_tensor_by_name("c:0")
    (True, <tf.Tensor 'c:0' shape=() dtype=float32>)
    """

    def __init__(self) -> None:
        self._seed: int | None = None
        self._placement = Placement()
        # By number of the operation; most have neither.
        self._devices: dict[int, str] = {}
        self._colocations: dict[int, list[bytes]] = {}
        self._containers: dict[int, str] = {}
        self._variable_notes: dict[int, Any] = {}  # by number of the variable; see scopetrie.variables.notes
        self._partitioned: dict[str, Any] = {}  # by name; see scopetrie.scopes.partitioned
        self._unfeedable: set[int] = set()
        self._unfetchable: set[int] = set()

    @contextmanager
    def as_default(self) -> Iterator[Graph]:
        """Makes this graph the one that operations are added to, in this thread, inside a `with` statement.

        Raises:
            AssertionError: If blocks are left in another order than they were entered.
        """
        _core.push_default_graph(self)
        try:
            yield self
        finally:
            _core.pop_default_graph(self)

    # Elements ------------------------------------------------------------------------------------------------

    def as_graph_element(self, obj: Any, allow_tensor: bool = True, allow_operation: bool = True) -> Tensor | Operation:
        """Returns the tensor or operation that something stands for.

        Args:
            obj: A tensor, an operation, a variable, or a name: "a/b" is an operation, "a/b:0" a tensor.
            allow_tensor: Whether a tensor may be the answer.
            allow_operation: Whether an operation may be.

        Raises:
            KeyError: If the graph has nothing of the name.
            ValueError: If the name is of the wrong form, or the object of another graph.
            TypeError: If the object is none of these.
        """
        return find_element(self, obj, allow_tensor, allow_operation)

    def get_operation_by_name(self, name: str) -> Operation:
        """Returns the operation of a name.

        Raises:
            KeyError: If there is none.
            ValueError: If it is a tensor's name.
            TypeError: If it is no string.
        """
        if not isinstance(name, str):
            raise TypeError(f"Operation names are strings (or similar), not {type(name).__name__}.")
        found = find_element(self, name, allow_tensor=False, allow_operation=True)
        assert isinstance(found, Operation)
        return found

    def get_tensor_by_name(self, name: str) -> Tensor:
        """Returns the tensor of a name, e.g. "a/b:0".

        Raises:
            KeyError: If there is none.
            ValueError: If the name is not of that form.
            TypeError: If it is no string.
        """
        if not isinstance(name, str):
            raise TypeError(f"Tensor names are strings (or similar), not {type(name).__name__}.")
        found = find_element(self, name, allow_tensor=True, allow_operation=False)
        assert isinstance(found, Tensor)
        return found

    def _as_operation(self, obj: Any) -> Operation:
        element = self.as_graph_element(obj)
        return element.op if isinstance(element, Tensor) else element

    def prevent_feeding(self, tensor: Tensor) -> None:
        """Refuses the tensor in feeds from now on."""
        self._unfeedable.add(tensor._id)

    def is_feedable(self, tensor: Tensor) -> bool:
        """Returns whether the tensor may be fed."""
        return tensor._id not in self._unfeedable

    def prevent_fetching(self, op: Operation) -> None:
        """Refuses the operation and its tensors in fetches from now on."""
        self._unfetchable.add(op._id)

    def is_fetchable(self, tensor_or_op: Tensor | Operation) -> bool:
        """Returns whether the tensor or operation may be fetched."""
        op = tensor_or_op.op if isinstance(tensor_or_op, Tensor) else tensor_or_op
        return op._id not in self._unfetchable

    # Blocks --------------------------------------------------------------------------------------------------

    @contextmanager
    def control_dependencies(self, control_inputs: Any) -> Iterator[None]:
        """Makes the operations of a `with` block wait for others.

        Args:
            control_inputs: Operations, tensors or variables (or names of them) that run first. None forgets the
                blocks outside.

        Raises:
            TypeError: If something else is given.
            ValueError: If something is of another graph.
            KeyError: If a name is unknown.
        """
        if control_inputs is None:
            token = self._enter_controls(None)
        else:
            token = self._enter_controls([self._as_operation(each) for each in control_inputs])
        try:
            yield
        finally:
            self._exit_controls(token)

    def device(self, device_name_or_function: Any) -> AbstractContextManager[None]:
        """Records a device for the operations of a `with` block.

        Args:
            device_name_or_function: A device string ("/gpu:0"), a function from an operation to one, or None, which
                forgets the blocks outside.

        Raises:
            ValueError: If the string is none.
        """
        return device_block(self, device_name_or_function)

    def colocate_with(self, op: Any, ignore_existing: bool = False) -> AbstractContextManager[None]:
        """Records that the operations of a `with` block belong beside another.

        Args:
            op: An operation, tensor or variable.
            ignore_existing: Whether the blocks outside are forgotten.

        Raises:
            ValueError: If `op` is None and the blocks outside are not to be forgotten.
        """
        return colocation_block(self, op, ignore_existing)

    def container(self, container_name: str) -> AbstractContextManager[str]:
        """Records a resource container for the variables of a `with` block; values are kept by session all the same."""
        return container_block(self, container_name)

    def _place(self, op: Operation) -> None:
        device = self._placement.device_for(op)
        if device:
            self._devices[op._id] = device
        beside = self._placement.colocations
        if beside:
            self._colocations[op._id] = sorted({group for each in beside for group in each.colocation_groups()})

    def _device_of(self, number: int) -> str:
        return self._devices.get(number, "")

    def _colocation_of(self, number: int) -> list[bytes] | None:
        return self._colocations.get(number)

    # Collections ---------------------------------------------------------------------------------------------

    def add_to_collection(self, name: Any, value: Any) -> None:
        """Adds a value to the collection of a name.

        Raises:
            RuntimeError: If the graph is finalized.
        """
        self._check_not_finalized()
        self._collect(name, value)

    def add_to_collections(self, names: Any, value: Any) -> None:
        """Adds a value to several collections; a string is one name, and a name given twice counts once."""
        unique = [names] if isinstance(names, str) else dict.fromkeys(names)
        for name in unique:
            self.add_to_collection(name, value)

    def get_collection(self, name: Any, scope: str | None = None) -> list[Any]:
        """Returns a collection as a new list.

        Args:
            name: The collection's name.
            scope: A regular expression that an item's name has to match at its start.
        """
        return filtered(self._collection(name), scope)

    def get_collection_ref(self, name: Any) -> CollectionView:
        """Returns a collection as a list that changes with it, and changes it."""
        return CollectionView(self, name)

    def get_all_collection_keys(self) -> list[Any]:
        """Returns the names of the collections that hold anything."""
        return [key for key in self._collection_keys() if isinstance(key, str)]

    @property
    def collections(self) -> list[Any]:
        """The names of the collections that hold anything."""
        return self._collection_keys()

    def clear_collection(self, name: Any) -> None:
        """Empties a collection.

        Raises:
            RuntimeError: If the graph is finalized.
        """
        self._check_not_finalized()
        self._assign_collection(name, [])

    # State ---------------------------------------------------------------------------------------------------

    def finalize(self) -> None:
        """Makes the graph read-only."""
        self._finalized = True

    def _unsafe_unfinalize(self) -> None:
        self._finalized = False

    def _check_not_finalized(self) -> None:
        if self.finalized:
            raise RuntimeError("Graph is finalized and cannot be modified.")

    @property
    def seed(self) -> int | None:
        """The graph-level random seed; see `tf.set_random_seed`."""
        return self._seed

    @seed.setter
    def seed(self, seed: int | None) -> None:
        self._seed = seed
        self._seeded = seed is not None

    @property
    def building_function(self) -> bool:
        """False: graphs here are not functions."""
        return False

    def as_graph_def(self, from_version: int | None = None, add_shapes: bool = False) -> Any:
        """Returns the graph as a GraphDef protobuf; see `scopetrie.summary`, which needs the extra `tensorboard`."""
        if _export is None:
            raise ImportError("Graph.as_graph_def is exported by scopetrie.summary, which has not been imported")
        return _export(self, from_version, add_shapes)

    def _rolled_back(self, operations: int, operations_before: int, variables: int, variables_before: int) -> None:
        """Forgets what is noted of operations and variables that have been undone; the extension calls it.

        Args:
            operations: How many operations are left.
            operations_before: How many there were.
            variables: How many variables are left.
            variables_before: How many there were.
        """
        for noted in (self._devices, self._colocations, self._containers):
            if noted:
                for number in range(operations, operations_before):
                    noted.pop(number, None)
        for number in range(variables, variables_before):
            self._variable_notes.pop(number, None)
        if variables < variables_before:
            for name in [each for each, record in self._partitioned.items() if max(record.parts) >= variables]:
                del self._partitioned[name]

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Undoes everything that a failing block has added: operations, names, variables, collection entries."""
        token = self._begin()
        try:
            yield
        except BaseException:
            self._end(token, False)
            raise
        self._end(token, True)


_export: Callable[..., Any] | None = None


def set_exporter(export: Callable[..., Any]) -> None:
    """Tells graphs how they become a GraphDef: `f(graph, from_version, add_shapes)`."""
    global _export
    _export = export
