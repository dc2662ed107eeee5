"""Layer: a callable with variables of its own, in a variable scope of its own."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from ..dtypes import DType, DTypeLike, as_dtype, float32
from ..graph import GraphKeys, Tensor, add_to_collection, get_collection, get_default_graph
from ..initializers import ones_initializer, zeros_initializer
from ..ops.array.shape import shape as shape_of
from ..ops.constant import convert_to_tensor
from ..ops.control.trace import flat, packed
from ..ops.elementwise.cast import cast
from ..public import v1, whole
from ..scopes import get_variable, name_scope, variable_scope
from ..variables import PartitionedVariable, VariableAggregation, VariableSynchronization
from .input_spec import check_inputs

__all__ = ["ONES", "ZEROS", "Layer", "applied", "snake_case"]

# What layers' parameters are at first, where a call says nothing.
ZEROS: Final = zeros_initializer()
ONES: Final = ones_initializer()

# Arguments of Keras's layers that say nothing here.
_IGNORED: Final = frozenset({"input_shape", "batch_input_shape", "batch_size", "weights", "autocast"})


def snake_case(name: str) -> str:
    """The name of a scope for that of a class: `"conv2d_transpose"` for `"Conv2DTranspose"`."""
    broken = re.sub("(.)([A-Z][a-z0-9]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", broken).lower().lstrip("_")


@v1("layers.Layer")
class Layer:
    """A callable that makes its variables at its first call, and uses them again in later ones.

    A layer of your own makes variables in `build`, by `add_weight`, and operations in `call`:

        >>> import scopetrie as tf
        >>> class Scale(tf.layers.Layer):
        ...     def build(self, input_shape):
        ...         self.factor = self.add_weight("factor", [input_shape[-1].value])
        ...         super().build(input_shape)
        ...
        ...     def call(self, inputs):
        ...         return inputs * self.factor
        >>> scale = Scale()
        >>> scale(tf.zeros([2, 3])).name, scale(tf.zeros([2, 3])).name
        ('scale/mul:0', 'scale/mul_1:0')
        >>> scale.weights
        [<tf.Variable 'scale/factor:0' shape=(3,) dtype=float32_ref>]

    Args:
        trainable: Whether its variables are to be trained.
        name: The name of its variable scope, made unique; by default made of the class's name.
        dtype: The dtype of its variables; by default that of its first input.
        **kwargs: `activity_regularizer`: a function of the layer's outputs that gives a loss, or None.
            `_scope` and `_reuse`, as v1's functions of layers pass them: the variable scope or its name, and
            whether its variables are there already. Shapes of inputs are accepted, and not needed.

    Attributes:
        built: Whether the variables are made.
        input_spec: What is expected of the inputs: an InputSpec, a list of them, or None.
        trainable: Whether the variables are to be trained; read when they are made.

    Raises:
        TypeError: If there is no such argument.
    """

    def __init__(
        self, trainable: bool = True, name: str | None = None, dtype: DTypeLike = None, **kwargs: Any
    ) -> None:
        scope = kwargs.pop("_scope", None)
        self._reuse = kwargs.pop("_reuse", None)
        self.activity_regularizer = kwargs.pop("activity_regularizer", None)
        for each in kwargs:
            if each not in _IGNORED:
                raise TypeError("Keyword argument not understood:", each)
        self.trainable = trainable
        self.built = False
        self.input_spec: Any = None
        self._dtype = None if dtype is None else as_dtype(dtype).base_dtype
        self._base_name = snake_case(type(self).__name__) if name is None else name
        self._name = self._named() if name is None else name
        self._trainable_weights: list[Any] = []
        self._non_trainable_weights: list[Any] = []
        self._updates: list[Any] = []
        self._losses: list[Any] = []
        self._scope: Any = None
        if scope:
            with variable_scope(scope) as captured:
                self._scope = captured
        self._scope_given = self._scope

    # What a subclass defines -----------------------------------------------------------------------------

    def build(self, input_shape: Any) -> None:
        """Makes the variables.

        Args:
            input_shape: The shape of the first call's input: a TensorShape, or a list of them.
        """
        self.built = True

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Makes the operations of a call.

        Args:
            inputs: The tensor, or a structure of tensors.
            *args: What else the layer is called with.
            **kwargs: The same, by name.

        Returns:
            The outputs.
        """
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the shape of the output for a shape of the input.

        Args:
            input_shape: The shape.

        Raises:
            NotImplementedError: If the layer does not say.
        """
        raise NotImplementedError(f"{type(self).__name__} does not say what shapes its outputs have")

    # Calls -----------------------------------------------------------------------------------------------

    @whole
    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Calls the layer; the first call makes the variables.

        Args:
            inputs: A tensor, an array, or a structure of them.
            *args: What else the layer takes, such as `training`.
            **kwargs: The same by name, and `scope`: the variable scope of the variables, in the first call.

        Returns:
            The outputs of `call`.

        Raises:
            ValueError: If the inputs are not what the layer expects, or a variable cannot be had as asked.
        """
        given = kwargs.pop("scope", None)
        values = [_as_tensor(each) for each in flat(inputs)]
        inputs = packed(inputs, values)
        if self.built and any(map(_is_undone, (self._trainable_weights, self._non_trainable_weights))):
            # What called it the first time has failed, or was rolled back: the variables are made again.
            self.built, self._scope = False, self._scope_given
            for made in (self._trainable_weights, self._non_trainable_weights, self._updates, self._losses):
                made.clear()
        had = self._scope, self._dtype, self.built, len(self._trainable_weights)
        had_more = len(self._non_trainable_weights), len(self._updates), len(self._losses)
        try:
            with self._within(given):
                return self._in_scope(inputs, values, args, kwargs)
        except BaseException:
            self._scope, self._dtype, self.built = had[:3]
            del self._trainable_weights[had[3] :], self._non_trainable_weights[had_more[0] :]
            del self._updates[had_more[1] :], self._losses[had_more[2] :]
            raise

    def _named(self) -> str:
        """The name of a layer that is given none, unique among those of the graph."""
        return _unique_name(self._base_name)

    @contextmanager
    def _within(self, scope: Any) -> Iterator[None]:
        """The block that a call's operations are made in."""
        with self._scope_of(scope) as found, name_scope(found.original_name_scope):
            yield

    def apply(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """The same as calling the layer.

        Args:
            inputs: A tensor, an array, or a structure of them.
            *args: What else the layer takes.
            **kwargs: The same by name.
        """
        return self(inputs, *args, **kwargs)

    def _in_scope(self, inputs: Any, values: list[Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        check_inputs(self.input_spec, values, self._name)
        if not self.built:
            if self._dtype is None and values:
                self._dtype = values[0].dtype.base_dtype
            self.build(packed(inputs, [each.shape for each in values]))
            self.built = True
            check_inputs(self.input_spec, values, self._name)
        outputs = self.call(inputs, *args, **kwargs)
        if self.activity_regularizer is not None:
            for each in flat(outputs):
                with name_scope("ActivityRegularizer"):
                    loss = self.activity_regularizer(each)
                    self.add_loss(loss / cast(shape_of(each)[0], loss.dtype))
        return outputs

    def _scope_of(self, scope: Any = None) -> Any:
        """The block of the layer's variable scope; it is named when it is first asked for."""
        if self._scope is None:
            if self._reuse:
                block = variable_scope(self._base_name if scope is None else scope)
            else:
                block = variable_scope(scope, default_name=self._base_name)
            with block as captured:
                self._scope = captured
        return variable_scope(
            self._scope, reuse=True if self.built else self._reuse, auxiliary_name_scope=False
        )

    # Variables, updates and losses -----------------------------------------------------------------------

    def add_weight(
        self,
        name: str,
        shape: Any,
        dtype: DTypeLike = None,
        initializer: Any = None,
        regularizer: Any = None,
        trainable: bool | None = None,
        constraint: Any = None,
        use_resource: bool | None = None,
        synchronization: VariableSynchronization = VariableSynchronization.AUTO,
        aggregation: VariableAggregation = VariableAggregation.NONE,
        partitioner: Any = None,
        **kwargs: Any,
    ) -> Any:
        """Makes a variable in the layer's scope, or finds it there under reuse.

        Args:
            name: Its name.
            shape: Its shape.
            dtype: Its dtype; the layer's by default.
            initializer: What gives its first value; the scope's by default.
            regularizer: A function of the variable that gives a loss; None for the scope's.
            trainable: Whether it is to be trained; True by default. The layer's own `trainable` counts, too.
            constraint: A function that an optimizer applies to its value after an update.
            use_resource: Accepted for v1's sake.
            synchronization: Accepted for v1's sake; ON_READ variables are not trained.
            aggregation: Accepted for v1's sake.
            partitioner: What cuts it into parts; None for the scope's.
            **kwargs: Accepted for v1's sake.

        Returns:
            The variable.

        Raises:
            ValueError: If it cannot be had as asked.
        """
        if trainable is None:
            trainable = synchronization is not VariableSynchronization.ON_READ
        with self._scope_of() as scope, name_scope(scope.original_name_scope):
            regularized = regularizer is not None or scope.regularizer is not None
            before = len(get_collection(GraphKeys.REGULARIZATION_LOSSES)) if regularized else 0
            variable = get_variable(
                name,
                shape=shape,
                dtype=as_dtype(dtype or self._dtype or float32),
                initializer=initializer,
                regularizer=regularizer,
                trainable=bool(trainable and self.trainable),
                constraint=constraint,
                partitioner=partitioner,
                use_resource=use_resource,
                synchronization=synchronization,
                aggregation=aggregation,
            )
            if regularized:
                self._losses += get_collection(GraphKeys.REGULARIZATION_LOSSES)[before:]
        kept = self._trainable_weights if trainable else self._non_trainable_weights
        kept.extend(variable if isinstance(variable, PartitionedVariable) else [variable])
        return variable

    def add_variable(self, *args: Any, **kwargs: Any) -> Any:
        """The same as `add_weight`, under its older name.

        Args:
            *args: The arguments of `add_weight`.
            **kwargs: The same, by name.
        """
        return self.add_weight(*args, **kwargs)

    def add_update(self, updates: Any, inputs: Any = None) -> None:
        """Adds operations to GraphKeys.UPDATE_OPS that a step of training has to run, too.

        Nothing is added by a layer that is not trained.

        Args:
            updates: An operation, a tensor, or a list of them.
            inputs: Accepted for v1's sake.
        """
        if not self.trainable:
            return
        for each in flat(updates):
            self._updates.append(each)
            add_to_collection(GraphKeys.UPDATE_OPS, each)

    def add_loss(self, losses: Any, inputs: Any = None) -> None:
        """Adds losses to GraphKeys.REGULARIZATION_LOSSES.

        Args:
            losses: A scalar, or a list of them.
            inputs: Accepted for v1's sake.
        """
        for each in flat(losses):
            self._losses.append(each)
            add_to_collection(GraphKeys.REGULARIZATION_LOSSES, each)

    @property
    def updates(self) -> list[Any]:
        """What `add_update` added, in this layer and those that it holds."""
        if not self.trainable:
            return []
        return [each for layer in self._all() for each in layer._updates]

    @property
    def losses(self) -> list[Any]:
        """The losses of regularizers and what `add_loss` added, in this layer and those that it holds."""
        return [each for layer in self._all() for each in layer._losses]

    def get_updates_for(self, inputs: Any) -> list[Any]:
        """Returns the updates; all of them, whatever the inputs.

        Args:
            inputs: Accepted for v1's sake.
        """
        return self.updates

    def get_losses_for(self, inputs: Any) -> list[Any]:
        """Returns the losses; all of them, whatever the inputs.

        Args:
            inputs: Accepted for v1's sake.
        """
        return self.losses

    @property
    def trainable_weights(self) -> list[Any]:
        """The variables that are to be trained; none if the layer is not trained."""
        if not self.trainable:
            return []
        return [each for layer in self._all() if layer.trainable for each in layer._trainable_weights]

    @property
    def non_trainable_weights(self) -> list[Any]:
        """The other variables."""
        found = []
        for layer in self._all():
            if not (self.trainable and layer.trainable):
                found += layer._trainable_weights
            found += layer._non_trainable_weights
        return found

    @property
    def weights(self) -> list[Any]:
        """The variables: first those that are to be trained."""
        return self.trainable_weights + self.non_trainable_weights

    @property
    def trainable_variables(self) -> list[Any]:
        """The same as `trainable_weights`."""
        return self.trainable_weights

    @property
    def non_trainable_variables(self) -> list[Any]:
        """The same as `non_trainable_weights`."""
        return self.non_trainable_weights

    @property
    def variables(self) -> list[Any]:
        """The same as `weights`."""
        return self.weights

    def _all(self) -> Iterator[Layer]:
        """The layer, and those that are its attributes or in lists that are."""
        yield self
        seen = {id(self)}
        for value in list(vars(self).values()):
            for each in value if isinstance(value, (list, tuple)) else [value]:
                if isinstance(each, Layer) and id(each) not in seen:
                    seen.add(id(each))
                    yield from each._all()

    def count_params(self) -> int:
        """Returns how many elements its variables have.

        Raises:
            ValueError: If they are not made yet.
        """
        if not self.built:
            raise ValueError(
                f"You tried to call `count_params` on layer {self._name}, but the layer isn't built. You can "
                "build it by calling it."
            )
        return sum(each.shape.num_elements() for each in self.weights)

    # What it is ------------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The layer's name, unique among the layers of the graph that were given none."""
        return self._name

    @property
    def dtype(self) -> DType | None:
        """The dtype of the variables; None before it is known."""
        return self._dtype

    @property
    def scope_name(self) -> str:
        """The name of the variable scope.

        Raises:
            ValueError: If the layer has not been called yet.
        """
        if self._scope is None:
            raise ValueError(
                f'No name available for layer scope because the layer "{self._name}" has not been used yet. '
                "The scope name  is determined the first time the layer instance is called. You must "
                "therefore call the layer before querying `scope_name`."
            )
        name: str = self._scope.name
        return name

    def __deepcopy__(self, memo: dict[int, Any]) -> Layer:
        """A layer of its own: functions, graphs' things and scopes are shared, all else is copied."""
        made = type(self).__new__(type(self))
        memo[id(self)] = made
        for name, value in vars(self).items():
            shared = name == "_scope" or (callable(value) and not isinstance(value, Layer))
            vars(made)[name] = value if shared else copy.deepcopy(value, memo)
        return made

    def __repr__(self) -> str:
        return f"<{type(self).__name__} layer {getattr(self, '_name', '')!r}>"


def _as_tensor(value: Any) -> Any:
    return value if value is None or isinstance(value, Tensor) else convert_to_tensor(value)


def _unique_name(base: str) -> str:
    """A name that no other layer of the graph has: `dense_1`, `dense_2`."""
    counts = vars(get_default_graph()).setdefault("_layer_counts", {})
    counts[base] = counts.get(base, 0) + 1
    return f"{base}_{counts[base]}"


def applied(kind: Any, arguments: dict[str, Any], **call: Any) -> Any:
    """Makes a layer and calls it once: what v1's functions of layers do.

    Args:
        kind: The class of the layer.
        arguments: The arguments of the function: `inputs`, `name`, `reuse` if there is one, and the class's.
        **call: What else the layer is called with.
    """
    inputs, name = arguments.pop("inputs"), arguments.pop("name")
    reuse = arguments.pop("reuse", None)
    return kind(**arguments, name=name, _scope=name, _reuse=reuse)(inputs, **call)


def _is_undone(weights: list[Any]) -> bool:
    """Whether the last of a layer's variables was undone, with the call or the transaction that made it."""
    if not weights:
        return False
    last = weights[-1]
    try:
        return (list(last)[-1] if isinstance(last, PartitionedVariable) else last).op is None
    except RuntimeError:
        return True
