"""tf.Variable: v1's constructor and members."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

from .. import _core
from ..graph import Graph, Reference, Tensor, extend_type, keep_attributes
from ..late import load
from ..modes import VariableAggregation, VariableSynchronization, refuse_trained_on_read
from ..ops.array.fill import identity
from ..ops.state import variable as state_ops
from ..public import v1, whole
from ..shapes import TensorShape, as_shape
from ..tracebacks import shorten
from . import row_updates, save_slice
from .creating import create_through
from .notes import notes_of, take_note

# Enumeration members as globals: looking one up takes as long as making a node.
# What each variable is made with.
_INITIALIZER: Any = _core.Variable.initializer
_INITIAL_VALUE: Any = _core.Variable.initial_value
_AUTO, _NONE = VariableSynchronization.AUTO, VariableAggregation.NONE


@v1(
    "Variable",
    note="supported; `variable_def` and `import_scope` raise "
    "`NotImplementedError`, `use_resource` changes nothing",
)
@extend_type
class Variable(_core.Variable):
    """A value that a session keeps between runs.

    Args:
        initial_value: A tensor, a value, or a function without arguments that makes one.
        trainable: Whether it joins GraphKeys.TRAINABLE_VARIABLES; True by default.
        collections: Keys of the collections it joins; [GraphKeys.GLOBAL_VARIABLES] by default.
        validate_shape: Whether the initial value's shape must be known and becomes the variable's.
        caching_device: Recorded.
        name: The variable's name, made unique; "Variable" by default.
        variable_def: Refused: variables are not made from protobufs here.
        dtype: The dtype; the initial value's by default.
        expected_shape: The shape if the initial value's is unknown.
        import_scope: Refused, as variable_def.
        constraint: A projection of the values, for optimizers.
        use_resource: Accepted without effect: there is one kind of variable.
        synchronization: A VariableSynchronization.
        aggregation: A VariableAggregation.
        shape: The shape if the initial value's is unknown or not validated.

    Raises:
        ValueError: If the initial value is missing or its shape is not known.
        TypeError: If it does not go with the dtype.

    >>> import scopetrie as tf
    >>> with tf.Graph().as_default():
    ...     v = tf.Variable([1.0, 2.0], name="v")
    ...     print(v, v.trainable)
    <tf.Variable 'v:0' shape=(2,) dtype=float32_ref> True
    """

    __slots__ = ()
    __array_priority__ = 100

    graph: Graph
    SaveSliceInfo = save_slice.SaveSliceInfo

    def __new__(  # noqa: D102
        cls,
        initial_value: Any = None,
        trainable: bool | None = None,
        collections: Any = None,
        validate_shape: bool = True,
        caching_device: Any = None,
        name: str | None = None,
        variable_def: Any = None,
        dtype: Any = None,
        expected_shape: Any = None,
        import_scope: Any = None,
        constraint: Any = None,
        use_resource: bool | None = None,
        synchronization: Any = VariableSynchronization.AUTO,
        aggregation: Any = VariableAggregation.NONE,
        shape: Any = None,
    ) -> Variable:
        if (
            collections is caching_device is constraint is variable_def is import_scope is shape is None
            and validate_shape is True
            and synchronization is _AUTO
            and aggregation is _NONE
            and not (isinstance(initial_value, Tensor) and initial_value.graph._placement.branches)
        ):
            plain = _core.plain_variable(initial_value, dtype, name, trainable is None or bool(trainable))
            if plain is not None:
                return plain  # type: ignore[return-value]
        if variable_def is not None or import_scope is not None:
            raise NotImplementedError(
                "Variable: variable_def and import_scope: variables are not made from protobufs"
            )
        refuse_trained_on_read(trainable, synchronization)
        made: Variable = create_through(
            {
                "initial_value": initial_value, "trainable": trainable, "collections": collections,
                "validate_shape": validate_shape, "caching_device": caching_device, "name": name,
                "variable_def": None, "dtype": dtype, "expected_shape": expected_shape, "import_scope": None,
                "constraint": constraint, "use_resource": use_resource, "synchronization": synchronization,
                "aggregation": _NONE if aggregation is None else aggregation, "shape": shape,
            }
        )  # fmt: skip
        return made

    def get_shape(self) -> TensorShape:
        """Returns the variable's shape."""
        return as_shape(self._dims)

    def read_value(self) -> Tensor:
        """Makes a new node that reads the variable."""
        return identity(self._ref(), name="read")

    @whole
    def initialized_value(self) -> Tensor:
        """Returns the value, or the initial value if the session has not initialized the variable."""
        from ..ops.control.branch import cond  # imported late: cond itself imports variables

        initialized = state_ops.is_variable_initialized(self)
        value: Tensor = cond(initialized, self.read_value, lambda: self.initial_value)
        return value

    def eval(self, session: Any = None) -> Any:
        """Computes the variable's value in a session; the default one if left out."""
        return self._ref().eval(session=session)

    def load(self, value: Any, session: Any = None) -> None:
        """Sets the variable in a session, without adding to the graph.

        Args:
            value: The new value.
            session: The session; the default one if left out.

        Raises:
            ValueError: If there is no session.
        """
        # A session knows the memory of variables that were loaded before.
        known = getattr(session, "_loaded", None)
        if known is None or not _core.copy_array(known.get(self._id), value):
            try:
                load("execution.sessions.evaluation").load_variable(self, value, session)
            except Exception as error:
                shorten(error)
                raise

    @whole
    def assign(
        self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Makes a node that sets the variable; see `tf.assign`. With read_value=False it is the operation."""
        made = state_ops.assign(self, value, use_locking=use_locking, name=name)
        return made if read_value else made.op

    @whole
    def assign_add(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Makes a node that adds to the variable; see `tf.assign_add`."""
        made = state_ops.assign_add(self, delta, use_locking=use_locking, name=name)
        return made if read_value else made.op

    @whole
    def assign_sub(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Makes a node that subtracts from the variable; see `tf.assign_sub`."""
        made = state_ops.assign_sub(self, delta, use_locking=use_locking, name=name)
        return made if read_value else made.op

    scatter_add = row_updates.scatter_add
    scatter_div = row_updates.scatter_div
    scatter_max = row_updates.scatter_max
    scatter_min = row_updates.scatter_min
    scatter_mul = row_updates.scatter_mul
    scatter_sub = row_updates.scatter_sub
    scatter_update = row_updates.scatter_update
    batch_scatter_update = row_updates.batch_scatter_update
    scatter_nd_add = row_updates.scatter_nd_add
    scatter_nd_sub = row_updates.scatter_nd_sub
    scatter_nd_update = row_updates.scatter_nd_update
    sparse_read = row_updates.sparse_read
    gather_nd = row_updates.gather_nd

    def count_up_to(self, limit: int) -> Tensor:
        """Makes a node that returns the value and increments it; see `tf.count_up_to`."""
        return state_ops.count_up_to(self, limit)

    def is_initialized(self, name: str | None = None) -> Tensor:
        """Makes a node for whether the session has initialized the variable."""
        return state_ops.is_variable_initialized(self, name)

    def set_shape(self, shape: Any) -> None:
        """Adds what is known of the shape."""
        self._ref().set_shape(shape)
        self.value().set_shape(shape)

    @property
    def initializer(self) -> Any:
        """The operation that gives it its first value."""
        restored = notes_of(self).restored
        return _INITIALIZER.__get__(self) if restored is None else self.graph.operation(restored[0])

    @property
    def initial_value(self) -> Any:
        """The tensor of its first value."""
        restored = notes_of(self).restored
        return _INITIAL_VALUE.__get__(self) if restored is None else self.graph.tensor(restored[1])

    @property
    def device(self) -> str:
        """The device that it was placed on, or ""."""
        device: str = self.op.device
        return device

    @property
    def constraint(self) -> Any:
        """The projection given for optimizers, or None."""
        return notes_of(self).constraint

    @property
    def synchronization(self) -> VariableSynchronization:
        """The VariableSynchronization it was made with."""
        return notes_of(self).synchronization

    @property
    def aggregation(self) -> VariableAggregation:
        """The VariableAggregation it was made with."""
        return notes_of(self).aggregation

    def ref(self) -> Reference:
        """Returns a stand-in that can be a key where `==` is to compare the variables themselves."""
        return Reference(self)

    experimental_ref = ref

    def to_proto(self, export_scope: str | None = None) -> NoReturn:
        """Refused: nothing is written to protobufs here.

        Raises:
            NotImplementedError: Always.
        """
        raise NotImplementedError("Variable.to_proto: variables are not made into protobufs")

    @staticmethod
    def from_proto(variable_def: Any, import_scope: str | None = None) -> NoReturn:
        """Refused: variables are not made from protobufs.

        Raises:
            NotImplementedError: Always.
        """
        raise NotImplementedError("Variable.from_proto: variables are not made from protobufs")

    def _get_save_slice_info(self) -> save_slice.SaveSliceInfo | None:
        return notes_of(self).save_slice

    def _set_save_slice_info(self, save_slice_info: save_slice.SaveSliceInfo | None) -> None:
        take_note(self, save_slice=save_slice_info)

    def _as_graph_element(self) -> Tensor:
        ref: Tensor = self._ref()
        return ref

    def __repr__(self) -> str:
        if not self._is_current:
            return "<tf.Variable, undone>"
        return f"<tf.Variable '{self.name}' shape={self.shape} dtype={self.dtype.name}>"

    def __iter__(self) -> Iterator[Any]:
        return iter(self.value())  # refused there

    def __setitem__(self, key: Any, value: Any) -> NoReturn:
        raise TypeError(
            f"'Variable' object does not support item assignment\n{self.op.name} changes where a session "
            "runs an assignment. Make one with v[i].assign(value) or tf.scatter_update, and run it."
        )

    def __array__(self, dtype: Any = None, copy: Any = None) -> NoReturn:
        raise NotImplementedError(
            f"Cannot convert the variable {self.name} to a numpy array; run it in a session."
        )


keep_attributes(Variable)
