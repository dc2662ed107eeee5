"""VariableScope's cold members, and v1's deprecated forms of variable_scope."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import FunctionType
from typing import Any, Final

from .. import _core
from ..graph import GraphKeys, extend_type, get_collection, get_default_graph, variables_outline
from ..printing import Outline, name_text, printed
from ..public import v1
from ..variables import Variable


@v1("VariableScope")
@extend_type
@printed
class VariableScope(_core.VariableScope):
    """The context of get_variable: a path, a reuse mode, and defaults.

    `print(scope)` shows the variables that the default graph has beneath it as a tree.

    Args:
        reuse: False, True or AUTO_REUSE.
        name: The path, the prefix of variables' names.
        initializer: The default initializer.
        regularizer: The default regularizer.
        caching_device: The default caching device.
        partitioner: The default partitioner.
        custom_getter: A function through which get_variable calls are passed.
        name_scope: The original name scope.
        dtype: The default dtype.
        use_resource: Accepted as in v1.
        constraint: The default constraint.
    """

    __slots__ = ()

    # As v1's scopes have them; programs read these.
    @property
    def _name(self) -> str:
        return self.name

    @property
    def _reuse(self) -> Any:
        return self.reuse

    def __repr__(self) -> str:
        return f"<tf.VariableScope {', '.join([repr(self.name), *_settings(self)])}>"

    def _outline(self) -> Outline:
        facts = tuple(name_text(each) for each in _settings(self))
        return variables_outline(f"VariableScope {self.name!r}", facts, get_default_graph(), self.name)

    def get_collection(self, name: Any) -> list[Any]:
        """Returns the items of a collection whose names are in this scope."""
        return get_collection(name, self.name + "/" if self.name else "")

    def trainable_variables(self) -> list[Variable]:
        """Returns the scope's trainable variables."""
        return self.get_collection(GraphKeys.TRAINABLE_VARIABLES)

    def global_variables(self) -> list[Variable]:
        """Returns the scope's global variables."""
        return self.get_collection(GraphKeys.GLOBAL_VARIABLES)

    def local_variables(self) -> list[Variable]:
        """Returns the scope's local variables."""
        return self.get_collection(GraphKeys.LOCAL_VARIABLES)


# Settings that are said of a scope that has them.
_SETTINGS: Final = tuple(
    "initializer regularizer partitioner custom_getter caching_device constraint".split()
)


def _settings(scope: VariableScope) -> list[str]:
    """What a scope's `get_variable` does by default, as far as it is not ordinary."""
    said = [f"reuse={getattr(scope.reuse, 'name', scope.reuse)}"] if scope.reuse else []
    if scope.dtype != "float32":
        said.append(f"dtype={scope.dtype.name}")
    for setting in _SETTINGS:
        value = getattr(scope, setting)
        if value is not None:
            named = value if isinstance(value, FunctionType | type) else type(value)
            said.append(f"{setting}={named.__name__}")
    return said


@v1("variable_op_scope")
@contextmanager
def variable_op_scope(
    values: Any, name_or_scope: Any, default_name: str | None = None, initializer: Any = None,
    regularizer: Any = None, caching_device: Any = None, partitioner: Any = None, custom_getter: Any = None,
    reuse: Any = None, dtype: Any = None, use_resource: bool | None = None, constraint: Any = None,
) -> Iterator[VariableScope]:  # fmt: skip
    """v1's deprecated spelling of `variable_scope`, with `values` first.

    The arguments, the result and the errors are those of `tf.variable_scope`.
    """
    warnings.warn(
        "tf.variable_op_scope(values, name, default_name) is deprecated, "
        "use tf.variable_scope(name, default_name, values)",
        DeprecationWarning,
        stacklevel=3,
    )
    with _core.variable_scope(
        name_or_scope, default_name=default_name, values=values, initializer=initializer,
        regularizer=regularizer, caching_device=caching_device, partitioner=partitioner,
        custom_getter=custom_getter, reuse=reuse, dtype=dtype, use_resource=use_resource,
        constraint=constraint,
    ) as scope:  # fmt: skip
        yield scope


@v1("op_scope")
@contextmanager
def op_scope(values: Any, name: str | None, default_name: str | None = None) -> Iterator[str]:
    """v1's deprecated spelling of `name_scope`, with `values` first.

    The arguments, the result and the errors are those of `tf.name_scope`.
    """
    warnings.warn(
        "tf.op_scope(values, name, default_name) is deprecated, "
        "use tf.name_scope(name, default_name, values)",
        DeprecationWarning,
        stacklevel=3,
    )
    with _core.name_scope(name, default_name, values) as scope:
        yield scope


@v1("variable_creator_scope")
@contextmanager
def variable_creator_scope(variable_creator: Any) -> Iterator[None]:
    """Makes the variables of a `with` block through a function.

    Args:
        variable_creator: `f(next_creator, **kwargs)`, which makes a variable by `next_creator(**kwargs)`, or
            returns a replacement. Inner creators run first.

    Raises:
        RuntimeError: If blocks are not left in the reverse order.

    >>> import scopetrie as tf
    >>> def frozen(next_creator, **kwargs):
    ...     kwargs["trainable"] = False
    ...     return next_creator(**kwargs)
    >>> with tf.Graph().as_default(), tf.variable_creator_scope(frozen):
    ...     tf.Variable(1.0).trainable
    False
    """
    graph = get_default_graph()
    before = graph._creators or ()
    creators = (*before, variable_creator)
    graph._creators = creators
    try:
        yield
    finally:
        if graph._creators is not creators:
            raise RuntimeError("Exiting variable_creator_scope without proper nesting.")
        graph._creators = before
