"""Graph: operations with unique names, and the `with` blocks in which they are made."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any
from weakref import WeakSet, WeakValueDictionary

from .. import _core
from ..locks import Lock
from ..printing import Outline, printed
from ..public import v1
from . import export
from .blocks import ControlBlock, DefaultBlock
from .collection import CollectionView, filtered
from .elements import find_element
from .handles import Operation, Tensor
from .notes import Notes
from .outline import graph_facts, graph_line, variables_outline
from .placement import (
    ColocationBlock,
    ContainerBlock,
    DeviceBlock,
    GradientBlock,
    Placement,
    VariableBlock,
    place,
)

if TYPE_CHECKING:
    from ..printing.picture import Picture


@v1("Graph")
@printed
@_core.own_methods
class Graph(_core.Graph):
    """A graph of operations, which sessions run.

    `print(graph)` shows its variables as a tree, and takes a microsecond or two for each; `repr` only counts.

    >>> import scopetrie as tf
    >>> graph = tf.Graph()
    >>> with graph.as_default():
    ...     c = tf.constant(4.0, name="c")
    >>> c.graph is graph, graph.get_tensor_by_name("c:0")
    (True, <tf.Tensor 'c:0' shape=() dtype=float32>)
    >>> graph
    <tf.Graph at 0x...: 1 operation, 0 variables>
    """

    def __init__(self) -> None:
        self._seed: int | None = None
        self._placement = Placement()
        # By id of the operation; most operations have neither. See scopetrie.graph.placement.
        self._devices: Notes[int, str] = Notes()
        self._colocations: Notes[int, list[bytes]] = Notes()
        # By the key of the collection.
        self._views: WeakValueDictionary[Any, CollectionView] = WeakValueDictionary()
        # By id of the variable; see scopetrie.variables.notes.
        self._variable_notes: Notes[int, Any] = Notes()
        # Held while the view of a collection or a partitioned variable is made or rewritten.
        self._viewing = Lock()
        self._partitioned: Notes[Any, Any] = Notes()  # weak, by name; see scopetrie.scopes.partitioned
        # By id of the operation: what is shown of it besides what its kernel is given.
        self._shown_attributes: Notes[int, dict[str, Any]] = Notes()
        # By id of the operation: its gradient or the name of it, if it is not that of its type.
        self._gradient_names: Notes[int, Any] = Notes()
        self._unfeedable: Notes[int, bool] = Notes()  # by number of the tensor
        self._unfetchable: Notes[int, bool] = Notes()  # by number of the operation
        # Who keeps numbers of operations from call to call, as sessions do; see _rolled_back.
        self._keepers: WeakSet[Any] = WeakSet()

    def as_default(self) -> DefaultBlock:
        """Makes this graph the default graph of this thread inside a `with` statement.

        Returns:
            A context manager that yields the graph. It raises AssertionError if blocks are not left in the
            reverse order.
        """
        return DefaultBlock(self)

    def __repr__(self) -> str:
        return f"<tf.Graph at {id(self):#x}: {graph_line(self)}>"

    def _outline(self) -> Outline:
        return variables_outline("Graph", graph_facts(self), self)

    def show(self, scope: str = "") -> Picture:
        """Returns a picture of the scopes: what is in each, and how many tensors go from one to another.

        A notebook shows it; `save("graph.html")` writes it as a page that needs no server, no script and
        nothing from elsewhere, and `save("graph.svg")` as an image. Scopes open and close by a click. Of a
        variable one box is drawn, constants are only counted, and of a large graph the first scopes and
        operations.

        Args:
            scope: The path of the scope to begin with; all by default.

        Returns:
            The picture.

        Raises:
            KeyError: If the graph has no scope of that path.

        >>> import scopetrie as tf
        >>> with tf.Graph().as_default() as graph:
        ...     with tf.variable_scope("layer"):
        ...         y = tf.get_variable("w", [2]) + 1.0
        >>> graph.show()
        <Picture of Graph, 12 operations: save('graph.html') writes it, and a notebook shows it>
        >>> "layer" in graph.show().svg(), "AddV2" in graph.show().svg("layer")
        (True, True)
        """
        from ..printing.picture import Picture  # imported late: few programs draw
        from .levels import levels_of

        return Picture("Graph", levels_of(self, scope))

    # Elements --------------------------------------------------------------------------------------------

    def as_graph_element(
        self, obj: Any, allow_tensor: bool = True, allow_operation: bool = True
    ) -> Tensor | Operation:
        """Returns the tensor or operation for a handle or a name.

        Args:
            obj: A tensor, an operation, a variable, or a name: "a/b" is an operation, "a/b:0" a tensor.
            allow_tensor: Whether the result may be a tensor.
            allow_operation: Whether it may be an operation.

        Raises:
            KeyError: If the graph has no element of that name.
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

    @property
    def _has_places(self) -> bool:
        """Whether a device or a colocation is noted of any operation."""
        return bool(self._devices.keys() or self._colocations.keys())

    def _as_operation(self, obj: Any) -> Operation:
        element = self.as_graph_element(obj)
        return element.op if isinstance(element, Tensor) else element

    def prevent_feeding(self, tensor: Any) -> None:
        """Refuses a tensor in feeds from now on.

        Args:
            tensor: The tensor, a variable or a name.

        Raises:
            ValueError: If it is of another graph, or not a tensor's name.
            KeyError: If the graph has no element of that name.
        """
        self._unfeedable.take(self, self._as_tensor(tensor)._id, True)

    def is_feedable(self, tensor: Any) -> bool:
        """Returns whether a tensor (or a variable, or a name) may be fed."""
        return self._as_tensor(tensor)._id not in self._unfeedable

    def _as_tensor(self, obj: Any) -> Tensor:
        found = self.as_graph_element(obj, allow_operation=False)
        assert isinstance(found, Tensor)
        return found

    def prevent_fetching(self, op: Any) -> None:
        """Refuses an operation and its tensors in fetches from now on.

        Args:
            op: The operation, or a tensor, variable or name that stands for it.

        Raises:
            ValueError: If it is of another graph.
            KeyError: If the graph has no element of that name.
        """
        self._unfetchable.take(self, self._as_operation(op)._id, True)

    def is_fetchable(self, tensor_or_op: Any) -> bool:
        """Returns whether a tensor or operation (or a variable, or a name) may be fetched."""
        return self._as_operation(tensor_or_op)._id not in self._unfetchable

    # Blocks ----------------------------------------------------------------------------------------------

    def control_dependencies(self, control_inputs: Any) -> ControlBlock:
        """Adds control inputs to the operations of a `with` block.

        Args:
            control_inputs: Operations, tensors or variables (or their names) that run first. None disables
                the outer blocks.

        Returns:
            A context manager, which may be entered again.

        Raises:
            TypeError: If something else is given.
            ValueError: If something is of another graph.
            KeyError: If a name is unknown.

        >>> import scopetrie as tf
        >>> with tf.Graph().as_default() as graph:
        ...     first = tf.constant(1.0, name="first")
        ...     with graph.control_dependencies([first]):
        ...         print(tf.constant(2.0).op.control_inputs)
        [<tf.Operation 'first' type=Const>]
        """
        return ControlBlock(self, control_inputs)

    def device(self, device_name_or_function: Any) -> DeviceBlock:
        """Records a device for the operations of a `with` block.

        Args:
            device_name_or_function: A device string ("/gpu:0"), a function from an operation to a device
                string, or None, which disables the outer blocks.

        Returns:
            A context manager, which raises ValueError if the string is not a device.

        >>> import scopetrie as tf
        >>> with tf.Graph().as_default() as graph, graph.device("/job:worker"), graph.device("/gpu:1"):
        ...     tf.constant(2.0).device
        '/job:worker/device:GPU:1'
        """
        return DeviceBlock(self, device_name_or_function)

    def colocate_with(self, op: Any, ignore_existing: bool = False) -> ColocationBlock:
        """Records that the operations of a `with` block are colocated with another.

        Args:
            op: An operation, tensor or variable.
            ignore_existing: Whether to disable the outer blocks.

        Returns:
            A context manager, which raises ValueError if `op` is None without `ignore_existing`.
        """
        return ColocationBlock(self, op, ignore_existing)

    def container(self, container_name: str) -> ContainerBlock:
        """Records a resource container for the variables of a `with` block; each session has its own values.

        Args:
            container_name: The container; the context manager yields it.
        """
        return ContainerBlock(self, container_name)

    def _variable_devices(self) -> AbstractContextManager[None]:
        placement = self._placement
        lifted = placement.outside and not placement.devices
        if lifted and placement.colocated_at == self._depth:
            return VariableBlock(self)
        return nullcontext()

    def _place(self, op: Operation, caching_device: Any = None) -> None:
        place(self, op, caching_device)

    def switch_to_thread_local(self) -> None:
        """Does nothing: blocks are per thread here from the start."""

    # Collections -----------------------------------------------------------------------------------------

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
        """Returns a live view of a collection; the same object as long as it is referenced.

        Args:
            name: The collection's name; creates an empty collection if there is none.
        """
        with self._viewing:
            view = self._views.get(name)
            if view is None:
                self._add_collection(name)
                view = self._views[name] = CollectionView(self, name)
            return view

    def get_all_collection_keys(self) -> list[Any]:
        """Returns the names of the collections that are strings."""
        return [key for key in self._collection_keys() if isinstance(key, str)]

    @property
    def collections(self) -> list[Any]:
        """The names of the collections."""
        return self._collection_keys()

    def clear_collection(self, name: Any) -> None:
        """Deletes a collection; a view from `get_collection_ref` keeps its items.

        Raises:
            RuntimeError: If the graph is finalized.
        """
        self._check_not_finalized()
        with self._viewing:
            view = self._views.pop(name, None)
            if view is not None:
                view._detach()
                self._on_undo(self._attach, name, view)
            self._drop_collection(name)

    def _attach(self, name: Any, view: CollectionView) -> None:
        view._own = None
        self._views[name] = view

    # Undo ------------------------------------------------------------------------------------------------

    def transaction(self) -> _core.Transaction:
        """Returns a context manager that undoes what its block has made, where the block fails.

        Operations, names, variables, collections, seeds, devices and all else that the graph holds are then
        as they were. Tensors, operations and variables that the block made are refused from then on. The
        values that sessions hold of older variables are not the graph's, and stay. Transactions nest: what an
        inner one has kept, an outer one still undoes.

        A transaction is ended by the thread that entered it. If another thread has built in the graph
        meanwhile, nothing is undone, since what that one made may refer to it. One that is dropped while it
        is open is kept.

        Returns:
            A context manager that gives the transaction. `rollback()` undoes and `commit()` keeps what was
            made so far, before the block ends; `is_open` tells whether neither has happened.

        Raises:
            RuntimeError: If a transaction is entered twice, or ended twice or by another thread.

        >>> import scopetrie as tf
        >>> with tf.Graph().as_default() as graph:
        ...     with graph.transaction() as attempt:
        ...         w = tf.get_variable("w", [2])
        ...         attempt.rollback()
        ...     tf.global_variables(), tf.get_variable("w", [3]).name
        True
        ([], 'w:0')
        """
        return _core.Transaction(self)

    def _rolled_back(self, operations: int) -> None:
        """Tells those who keep numbers how many operations are left; the extension calls it."""
        for keeper in tuple(self._keepers):
            keeper.forget(operations)

    # State -----------------------------------------------------------------------------------------------

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
        self._on_undo(self._put_seed, self._seed)
        self._put_seed(seed)

    def _put_seed(self, seed: int | None) -> None:
        self._seed = seed
        self._set_seed(seed)

    @property
    def building_function(self) -> bool:
        """False: graphs here are not functions."""
        return False

    def as_graph_def(self, from_version: int | None = None, add_shapes: bool = False) -> Any:
        """Returns the graph as a GraphDef protobuf; needs the extra `tensorboard`.

        Args:
            from_version: Leaves out the operations that existed at this `version`.
            add_shapes: Whether to add the outputs' shapes, as the attribute "_output_shapes".

        Raises:
            ImportError: If the extra is not installed.
        """
        return export.exporter().graph_def(self, from_version, add_shapes)

    @property
    def graph_def_versions(self) -> Any:
        """The versions of the GraphDef format that `as_graph_def` writes, as a VersionDef protobuf.

        Raises:
            ImportError: If the extra `tensorboard` is not installed.
        """
        return export.exporter().versions()

    def gradient_override_map(self, op_type_map: Any) -> GradientBlock:
        """Gives the operations of a `with` block other gradients than those of their types.

        Args:
            op_type_map: A dict from types of ops to names registered by `tf.RegisterGradient`.

        Returns:
            A context manager.

        Raises:
            TypeError: If it is no dict of strings.
        """
        return GradientBlock(self, op_type_map)
