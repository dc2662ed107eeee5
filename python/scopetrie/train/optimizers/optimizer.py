"""The base of all optimizers, to be subclassed as v1's is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from ... import dtypes
from ..._core import Variable as AnyVariable
from ..._core import name_scope
from ...derivatives.backprop import gradients
from ...graph import GraphKeys, Tensor, get_default_graph
from ...ops.array.shape import shape
from ...ops.array.unique import unique
from ...ops.constant import convert_to_tensor
from ...ops.control.flow import group, tuple_
from ...ops.indexed_slices import IndexedSlices
from ...ops.math.segment import unsorted_segment_sum
from ...ops.state.variable import assign_add
from ...public import v1, whole
from ...variables import PartitionedVariable, Variable, trainable_variables
from .slots import create_slot, create_zeros_slot


@v1("train.Optimizer")
class Optimizer:
    """Changes variables by the gradients of a loss.

    A subclass has `_apply_dense(grad, var)` and `_apply_sparse(grad, var)`, which return the operation that
    changes a variable; and where need be `_create_slots(var_list)`, which makes variables beside those that
    are trained, `_prepare()`, which makes tensors of the settings, and `_finish(update_ops, name_scope)`.

    Args:
        use_locking: Accepted for v1's sake: a session runs one operation at a time.
        name: The name of the optimizer, which its operations and its slots are called after.
        use_own_namescope_for_non_slot_vars: Whether variables that belong to no other stand below the name of
            the optimizer.

    Raises:
        ValueError: If there is no name.

    Attributes:
        GATE_NONE: For `gate_gradients`: gradients are used as they are.
        GATE_OP: The gradients of an operation pass through identities; see `tf.gradients`.
        GATE_GRAPH: All gradients are computed before one is used.

    >>> import scopetrie as tf
    >>> w = tf.get_variable("w", initializer=5.0)
    >>> train = tf.train.GradientDescentOptimizer(0.5).minimize(w * w)
    >>> with tf.Session() as session:
    ...     session.run(tf.global_variables_initializer())
    ...     session.run(train)
    ...     print(session.run(w))
    0.0
    """

    GATE_NONE: Final = 0
    GATE_OP: Final = 1
    GATE_GRAPH: Final = 2

    def __init__(
        self, use_locking: bool, name: str, use_own_namescope_for_non_slot_vars: bool = False
    ) -> None:
        if not name:
            raise ValueError("Must specify the optimizer name")
        self._use_locking = use_locking
        self._name = name
        self._own_scope = use_own_namescope_for_non_slot_vars
        self._slots: dict[str, dict[Any, Any]] = {}  # by name of the slot, then by graph and variable
        self._non_slot_dict: dict[Any, Any] = {}  # by name and graph

    def get_name(self) -> str:
        """Returns the optimizer's name."""
        return self._name

    # Training --------------------------------------------------------------------------------------------

    def minimize(
        self,
        loss: Any,
        global_step: Any = None,
        var_list: Any = None,
        gate_gradients: int = GATE_OP,
        aggregation_method: int | None = None,
        colocate_gradients_with_ops: bool = False,
        name: str | None = None,
        grad_loss: Any = None,
    ) -> Any:
        """Builds the operation of a training step.

        Args:
            loss: The tensor to be made smaller.
            global_step: A variable that counts the steps.
            var_list: The variables to train; all trainable ones if left out.
            gate_gradients: GATE_NONE, GATE_OP or GATE_GRAPH.
            aggregation_method: As for `tf.gradients`.
            colocate_gradients_with_ops: Accepted for v1's sake.
            name: The operation's name; the optimizer's if left out.
            grad_loss: The gradient by `loss` that the pass begins with; ones if left out.

        Returns:
            The operation, which counts `global_step` last.

        Raises:
            ValueError: If the loss depends on none of the variables, or is not of floats.
        """
        with get_default_graph().transaction():
            pairs = self.compute_gradients(
                loss, var_list=var_list, gate_gradients=gate_gradients, grad_loss=grad_loss,
                aggregation_method=aggregation_method,
                colocate_gradients_with_ops=colocate_gradients_with_ops,
            )  # fmt: skip
            if all(grad is None for grad, _ in pairs):
                raise ValueError(
                    "No gradients provided for any variable, check your graph for ops that do not support "
                    f"gradients, between variables {[str(each) for _, each in pairs]} and loss {loss}."
                )
            return self.apply_gradients(pairs, global_step=global_step, name=name)

    @whole
    def compute_gradients(
        self,
        loss: Any,
        var_list: Any = None,
        gate_gradients: int = GATE_OP,
        aggregation_method: int | None = None,
        colocate_gradients_with_ops: bool = False,
        grad_loss: Any = None,
    ) -> list[tuple[Any, Any]]:
        """Builds the gradients of a loss by variables.

        Args:
            loss: The loss.
            var_list: The variables; all trainable ones if left out.
            gate_gradients: GATE_NONE, GATE_OP or GATE_GRAPH.
            aggregation_method: As for `tf.gradients`.
            colocate_gradients_with_ops: Accepted for v1's sake.
            grad_loss: The gradient by `loss` that the pass begins with; ones if left out.

        Returns:
            Pairs of a gradient and its variable. A gradient is a tensor, IndexedSlices, or None where the
            loss does not depend on the variable.

        Raises:
            ValueError: If there is no variable, or a dtype is not of floats.
        """
        if gate_gradients not in (self.GATE_NONE, self.GATE_OP, self.GATE_GRAPH):
            raise ValueError(
                "gate_gradients must be one of: Optimizer.GATE_NONE, Optimizer.GATE_OP, "
                f"Optimizer.GATE_GRAPH.  Not {gate_gradients}"
            )
        if callable(loss) and not isinstance(loss, (Tensor, AnyVariable)):
            loss = loss()
        self._assert_valid_dtypes([loss])
        if grad_loss is not None:
            self._assert_valid_dtypes([grad_loss])
        variables = trainable_variables() if var_list is None else _flat(var_list)
        if not variables:
            raise ValueError(
                "No variables to optimize.\nMake variables first, with trainable=True (the default), "
                "or name them: minimize(loss, var_list=[...])."
            )
        for each in variables:
            each.op  # noqa: B018  v1's error of what is no variable
        grads = gradients(
            loss, variables, grad_ys=grad_loss, aggregation_method=aggregation_method,
            gate_gradients=gate_gradients == self.GATE_OP,
            colocate_gradients_with_ops=colocate_gradients_with_ops,
        )  # fmt: skip
        if gate_gradients == self.GATE_GRAPH:
            grads = tuple_(grads)
        pairs = list(zip(grads, variables, strict=True))
        self._assert_valid_dtypes([each for grad, each in pairs if grad is not None])
        return pairs

    def apply_gradients(
        self, grads_and_vars: Iterable[Any], global_step: Any = None, name: str | None = None
    ) -> Any:
        """Builds the operation that changes variables by their gradients.

        Args:
            grads_and_vars: Pairs of a gradient and its variable, as `compute_gradients` gives; a list or any
                iterable. Variables whose gradient is None stay as they are.
            global_step: A variable that counts the steps.
            name: The operation's name; the optimizer's if left out.

        Returns:
            The operation.

        Raises:
            ValueError: If there is no variable, or no gradient.
            TypeError: If a gradient is none.
        """
        with get_default_graph().transaction():
            return self._apply(grads_and_vars, global_step, name)

    def _apply(self, grads_and_vars: Iterable[Any], global_step: Any, name: str | None) -> Any:
        pairs = [(_as_gradient(grad), variable) for grad, variable in grads_and_vars]
        if not pairs:
            raise ValueError("No variables provided.")
        trained = [variable for grad, variable in pairs if grad is not None]
        if not trained:
            raise ValueError(f"No gradients provided for any variable: {[str(each) for _, each in pairs]}.")
        graph = get_default_graph()
        with graph.control_dependencies(None):
            self._create_slots(trained)
        with name_scope(name, self.get_name(), [each for each, _ in pairs if each is not None]) as scope:
            self._prepare()
            updates = []
            for grad, variable in pairs:
                if grad is not None:
                    with name_scope(f"update_{variable.op.name}"):
                        updates.append(self._update(grad, variable))
            if global_step is None:
                made = self._finish(updates, scope)
            else:
                with graph.control_dependencies([self._finish(updates, "update")]):
                    made = assign_add(global_step, 1, name=scope)
        if isinstance(made, Tensor):
            made = made.op
        steps = graph.get_collection_ref(GraphKeys.TRAIN_OP)
        if made not in steps:
            steps.append(made)
        return made

    def _update(self, grad: Any, variable: Any) -> Any:
        """The operation that changes one variable, and keeps its constraint."""
        if not isinstance(variable, AnyVariable):
            raise NotImplementedError("Trying to update a Tensor ", variable)
        constraint = variable.constraint  # type: ignore[attr-defined]
        if isinstance(grad, Tensor):
            made = self._apply_dense(grad, variable)
            if constraint is None:
                return made
            with get_default_graph().control_dependencies([made]):
                return variable.assign(constraint(variable))  # type: ignore[attr-defined]
        if constraint is not None:
            raise RuntimeError("Cannot use a constraint function on a sparse variable.")
        return self._apply_sparse_duplicate_indices(grad, variable)

    # For subclasses --------------------------------------------------------------------------------------

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        """Returns the operation that changes a variable by a tensor."""
        raise NotImplementedError

    def _apply_sparse(self, grad: Any, var: Any) -> Any:
        """Returns the operation that changes a variable by IndexedSlices, none of them twice."""
        raise NotImplementedError

    def _apply_sparse_duplicate_indices(self, grad: Any, var: Any) -> Any:
        """Returns the operation that changes a variable by IndexedSlices; sums those of one row first."""
        rows, places = unique(grad.indices)
        total = unsorted_segment_sum(grad.values, places, shape(rows)[0])
        return self._apply_sparse(IndexedSlices(total, rows, grad.dense_shape), var)

    def _create_slots(self, var_list: Sequence[Any]) -> None:
        """Makes the slots of variables; those that exist stay."""

    def _prepare(self) -> None:
        """Makes tensors of the settings, before variables are changed."""

    def _finish(self, update_ops: list[Any], name_scope: str) -> Any:
        """Returns the operation that all `update_ops` are part of."""
        return group(*update_ops, name=name_scope)

    def _valid_dtypes(self) -> set[Any]:
        """The dtypes that losses and variables may have."""
        return {dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64}

    def _assert_valid_dtypes(self, tensors: Iterable[Any]) -> None:
        valid = self._valid_dtypes()
        for each in tensors:
            dtype = each.dtype.base_dtype
            if dtype not in valid:
                names = [known for known in (dtypes.float32, dtypes.float64, dtypes.float16, dtypes.bfloat16)
                         if known in valid]  # fmt: skip
                raise ValueError(f"Invalid type {dtype!r} for {each.name}, expected: {names}.")

    @staticmethod
    def _call_if_callable(param: Any) -> Any:
        """The value of a setting, which may be a function without arguments."""
        return param() if callable(param) and not isinstance(param, (Tensor, AnyVariable)) else param

    # Slots -----------------------------------------------------------------------------------------------

    def get_slot(self, var: Any, name: str) -> Any:
        """Returns a slot of a variable, or None.

        Args:
            var: The variable.
            name: The slot's name, one of `get_slot_names()`.
        """
        slots = self._slots.get(name)
        return None if not slots or not hasattr(var, "op") else slots.get(_key(var))

    def get_slot_names(self) -> list[str]:
        """Returns the names of the slots, sorted."""
        return sorted(self._slots)

    def variables(self) -> list[Any]:
        """Returns the optimizer's own variables in the current graph, sorted by name."""
        graph = get_default_graph()
        own = [
            *self._non_slot_dict.values(),
            *(slot for named in self._slots.values() for slot in named.values()),
        ]
        own = [each for each in own if each._is_current]  # the others were made in vain, and undone
        return sorted((each for each in own if each.graph is graph), key=lambda each: str(each.name))

    def _slot_dict(self, slot_name: str) -> dict[Any, Any]:
        return self._slots.setdefault(slot_name, {})

    def _slot(self, var: Any, slot_name: str, make: Callable[[], Any]) -> Any:
        slots, key = self._slot_dict(slot_name), _key(var)
        found = slots.get(key)
        if found is None or not found._is_current:
            found = slots[key] = make()
        return found

    def _get_or_make_slot(self, var: Any, val: Any, slot_name: str, op_name: str) -> Any:
        """Returns a slot; makes it with an initial value if there is none."""
        return self._slot(var, slot_name, lambda: create_slot(var, val, op_name))

    def _get_or_make_slot_with_initializer(
        self, var: Any, initializer: Any, shape: Any, dtype: Any, slot_name: str, op_name: str
    ) -> Any:
        """Returns a slot; makes it with an initializer if there is none."""
        return self._slot(var, slot_name, lambda: create_slot(var, initializer, op_name, shape, dtype))

    def _zeros_slot(self, var: Any, slot_name: str, op_name: str) -> Any:
        """Returns a slot; makes it with zeros if there is none."""
        return self._slot(var, slot_name, lambda: create_zeros_slot(var, op_name))

    def _create_non_slot_variable(self, initial_value: Any, name: str, colocate_with: Any) -> Any:
        """Returns a variable that belongs to no other; makes it if there is none in the graph."""
        key = (name, colocate_with.graph)
        found = self._non_slot_dict.get(key)
        if found is None or not found._is_current:
            if self._own_scope:
                with name_scope(self.get_name()):
                    found = Variable(initial_value, name=name, trainable=False)
            else:
                found = Variable(initial_value, name=name, trainable=False)
            self._non_slot_dict[key] = found
        return found

    def _get_non_slot_variable(self, name: str, graph: Any = None) -> Any:
        """Returns a variable that belongs to no other, or None."""
        return self._non_slot_dict.get((name, get_default_graph() if graph is None else graph))

    def _non_slot_variables(self) -> Any:
        """Returns the variables that belong to no other."""
        return self._non_slot_dict.values()


def _key(var: Any) -> tuple[Any, str]:
    return var.op.graph, var.op.name


def _flat(values: Any) -> list[Any]:
    """The variables of a list of lists; a partitioned one is its parts."""
    if isinstance(values, dict):
        values = [values[key] for key in sorted(values)]
    if isinstance(values, (list, tuple, set, frozenset, PartitionedVariable)):
        return [found for each in values for found in _flat(each)]
    return [values]


def _as_gradient(grad: Any) -> Any:
    if grad is None or isinstance(grad, (Tensor, IndexedSlices)):
        return grad
    try:
        return convert_to_tensor(grad)
    except TypeError:
        raise TypeError(
            f"Gradient must be convertible to a Tensor or IndexedSlices, or None: {grad}"
        ) from None
