"""Keras's layers in v1's graph mode: variables by name scopes, which no variable scope shares."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from ...dtypes import DTypeLike, as_dtype
from ...graph import control_dependencies, get_default_graph
from ...layers import base
from ...layers.input_spec import InputSpec
from ...modes import VariableAggregation, VariableSynchronization
from ...ops.control.trace import flat
from ...public import v1, whole
from ...scopes import name_scope
from ...shapes import TensorShape
from ...variables import Variable
from .. import activations, constraints, initializers, regularizers
from ..backend import floatx, get_session, image_data_format, learning_phase, noted
from ..identifiers import described

__all__ = ["InputSpec", "Layer", "known", "phase"]

v1("keras.layers.InputSpec")(InputSpec)
_GETTERS: Final = (
    ("_initializer", initializers.get),
    ("_regularizer", regularizers.get),
    ("_constraint", constraints.get),
)


def known(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of a layer, with what their names and configurations stand for.

    Args:
        arguments: The constructor's `locals()`.

    Returns:
        The arguments without `self`; those of `kwargs` among the others.

    Raises:
        ValueError: If there is nothing of a name.
    """
    given = {name: value for name, value in arguments.items() if name not in ("self", "__class__", "kwargs")}
    given.update(arguments.get("kwargs", {}))
    given.pop("dynamic", None)
    for name, value in given.items():
        for ending, get in _GETTERS:
            if name.endswith(ending):
                given[name] = get(value)
        if name == "activation" and value is not None:
            given[name] = None if value == "linear" else activations.get(value)
        if name == "data_format" and value is None:
            given[name] = image_data_format()
    return given


def phase(training: Any) -> Any:
    """Whether a call trains: as it says, or as the graph's learning phase does.

    Args:
        training: A bool, a boolean scalar, or None.
    """
    return learning_phase() if training is None else training


@v1("keras.layers.Layer")
class Layer(base.Layer):
    """A callable that makes its variables at its first call: Keras's base class, as v1's graph mode has it.

    It differs from `tf.layers.Layer`: variables are named by the name scope of the first call, and no
    variable scope finds them again; losses and updates are the layer's own, and in no collection.

    >>> import scopetrie as tf
    >>> class Scale(tf.keras.layers.Layer):
    ...     def build(self, input_shape):
    ...         self.factor = self.add_weight("factor", [input_shape[-1].value], initializer="ones")
    ...         super().build(input_shape)
    ...
    ...     def call(self, inputs):
    ...         return inputs * self.factor
    >>> scale = Scale()
    >>> scale(tf.zeros([2, 3])).name, scale(tf.zeros([2, 3])).name, scale.weights
    ('scale/mul:0', 'scale_1/mul:0', [<tf.Variable 'scale/factor:0' shape=(3,) dtype=float32_ref>])

    Args:
        trainable: Whether its variables are to be trained.
        name: The name of its name scope; by default made of the class's name.
        dtype: The dtype of its variables; by default that of its first input.
        **kwargs: `activity_regularizer`: a function of the outputs that gives a loss, its name, or None.
            Shapes of inputs and `dynamic` are accepted, and not needed.

    Raises:
        TypeError: If there is no such argument.
    """

    def __init__(
        self, trainable: bool = True, name: str | None = None, dtype: DTypeLike = None, **kwargs: Any
    ) -> None:
        kwargs.pop("dynamic", None)
        kwargs["activity_regularizer"] = regularizers.get(kwargs.get("activity_regularizer"))
        super().__init__(trainable, name, dtype, **kwargs)

    def _named(self) -> str:
        counts = vars(get_default_graph()).setdefault("_keras_names", {})
        number = counts.get(self._base_name, 0)
        counts[self._base_name] = number + 1
        return f"{self._base_name}_{number}" if number else self._base_name

    @contextmanager
    def _within(self, scope: Any) -> Iterator[None]:
        with name_scope(self._name):
            yield

    @whole
    def add_weight(
        self, name: str | None = None, shape: Any = None, dtype: DTypeLike = None, initializer: Any = None,
        regularizer: Any = None, trainable: bool | None = None, constraint: Any = None,
        use_resource: bool | None = None,
        synchronization: VariableSynchronization = VariableSynchronization.AUTO,
        aggregation: VariableAggregation = VariableAggregation.NONE, partitioner: Any = None, **kwargs: Any,
    ) -> Any:  # fmt: skip
        """Makes a variable in the name scope of the call.

        Args:
            name: Its name; "Variable" by default.
            shape: Its shape; that of a scalar by default.
            dtype: Its dtype; the layer's by default.
            initializer: What gives its first value, or its name; uniform numbers as of Glorot for floats by
                default, zeros for others.
            regularizer: A function of the variable that gives a loss, its name, or None.
            trainable: Whether it is to be trained; True by default.
            constraint: A function that an optimizer applies to its value after an update, or its name.
            use_resource: Accepted for v1's sake.
            synchronization: Accepted for v1's sake; ON_READ variables are not trained.
            aggregation: Accepted for v1's sake.
            partitioner: Accepted for v1's sake: the variable is in one piece.
            **kwargs: Accepted for v1's sake.

        Returns:
            The variable.
        """
        wanted: Any = dtype or self._dtype or floatx()
        kind = as_dtype(wanted)
        sizes = TensorShape([] if shape is None else shape).as_list()
        first = initializers.get(initializer)
        if first is None:
            first = initializers.get("glorot_uniform" if kind.is_floating else "zeros")
        if trainable is None:
            trainable = synchronization is not VariableSynchronization.ON_READ
        variable = Variable(
            lambda: first(sizes, dtype=kind), bool(trainable and self.trainable), name=name or "Variable",
            dtype=kind, constraint=constraints.get(constraint),
        )  # fmt: skip
        noted(variable)
        (self._trainable_weights if trainable else self._non_trainable_weights).append(variable)
        loss = regularizers.get(regularizer)
        if loss is not None:
            vars(self).setdefault("_regularized", []).append([variable, loss, None])
        return variable

    def add_update(self, updates: Any, inputs: Any = None) -> None:
        """Keeps operations that a step of training has to run, too; see `updates`.

        Args:
            updates: An operation, a tensor, or a list of them.
            inputs: Accepted for v1's sake.
        """
        if self.trainable:
            self._updates += flat(updates)

    def add_loss(self, losses: Any, inputs: Any = None) -> None:
        """Keeps losses; see `losses`.

        Args:
            losses: A scalar, or a list of them.
            inputs: Accepted for v1's sake.
        """
        self._losses += flat(losses)

    @property
    def losses(self) -> list[Any]:
        """What `add_loss` added and the losses of weights, which are made when they are first asked for."""
        found = []
        for layer in self._all():
            found += layer._losses
            own = layer._trainable_weights + layer._non_trainable_weights
            for each in getattr(layer, "_regularized", ()):
                variable, regularizer, made = each
                if not any(variable is kept for kept in own):
                    continue  # it was undone, with the call that made it
                if made is None:
                    scope = f"{variable.op.name}/Regularizer"
                    with name_scope(""), name_scope(scope), control_dependencies(None):
                        made = each[2] = regularizer(variable)
                found.append(made)
        return found

    def get_updates_for(self, inputs: Any) -> list[Any]:
        """Returns the updates of calls with inputs; for None those that need no inputs: none.

        Args:
            inputs: A tensor, a list of them, or None.
        """
        return [] if inputs is None else self.updates

    def get_losses_for(self, inputs: Any) -> list[Any]:
        """Returns the losses of calls with inputs; for None those of weights.

        Args:
            inputs: A tensor, a list of them, or None.
        """
        of_calls = [each for layer in self._all() for each in layer._losses]
        return [each for each in self.losses if each not in of_calls] if inputs is None else of_calls

    def get_weights(self) -> list[Any]:
        """Returns the values of the variables, as arrays, in the session of `keras.backend.get_session`."""
        values: list[Any] = get_session().run(self.weights)
        return values

    def set_weights(self, weights: Any) -> None:
        """Sets the variables, in the session of `keras.backend.get_session`.

        Args:
            weights: Arrays, in the order of `weights`.

        Raises:
            ValueError: If there are not as many as variables, or one has another shape.
        """
        variables, session = self.weights, get_session()
        if len(variables) != len(weights):
            raise ValueError(
                f'You called `set_weights(weights)` on layer "{self._name}" with a weight list of length '
                f"{len(weights)}, but the layer was expecting {len(variables)} weights."
            )
        for variable, value in zip(variables, weights, strict=True):
            if tuple(variable.shape.as_list()) != tuple(getattr(value, "shape", ())):
                raise ValueError(
                    f"Layer {self._name} weight shape {variable.shape} is not compatible with provided "
                    f"weight shape {getattr(value, 'shape', ())}."
                )
        for variable, value in zip(variables, weights, strict=True):
            variable.load(value, session)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments, as JSON values.

        Raises:
            NotImplementedError: If the layer is of your own, takes arguments of its own and does not say.

        >>> import scopetrie as tf
        >>> tf.keras.layers.Dropout(0.2).get_config()
        {'name': 'dropout', 'trainable': True, 'dtype': None, 'rate': 0.2, 'noise_shape': None, 'seed': None}
        """
        kind = type(self)
        config: dict[str, Any] = {
            "name": self._name, "trainable": self.trainable,
            "dtype": None if self.dtype is None else self.dtype.name,
        }  # fmt: skip
        named = inspect.signature(kind.__init__).parameters.values()
        own = [each.name for each in named if each.kind is each.POSITIONAL_OR_KEYWORD]
        own = [each for each in own[1:] if each not in config]
        if own and not kind.__module__.startswith(f"{__package__}."):
            raise NotImplementedError(
                f"Layer {kind.__name__} has arguments {own} in `__init__` and therefore must override "
                "`get_config`."
            )
        for each in own:
            value = getattr(self, each)
            if each == "activation":
                value = activations.serialize(activations.get(value))
            elif each.endswith(tuple(ending for ending, _ in _GETTERS)):
                value = described(value)
            config[each] = value
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Returns a layer with a configuration.

        Args:
            config: What `get_config` returned.
        """
        return cls(**config)
