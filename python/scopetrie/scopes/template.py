"""make_template: a function whose first call makes the variables that later calls share."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from .._core import get_variable_scope, variable_scope
from ..graph import GraphKeys, get_default_graph
from ..public import v1
from .scope_members import VariableScope


class Template:
    """A function that shares its variables between calls, made by `tf.make_template`."""

    def __init__(
        self,
        name: str,
        func: Callable[..., Any],
        create_scope_now: bool = False,
        unique_name: str | None = None,
        custom_getter: Callable[..., Any] | None = None,
    ) -> None:
        if name is None:
            raise ValueError("name cannot be None.")
        self._name = name
        self._func = func
        self._unique_name = unique_name
        self._custom_getter = custom_getter
        self._site = _caller()
        self._variables_created = False
        self._variable_scope: Any = self._open_scope() if create_scope_now else None

    def _open_scope(self) -> Any:
        """Takes the name of a variable scope without opening a name scope."""
        outer = get_variable_scope().name
        with variable_scope(
            self._unique_name, self._name, custom_getter=self._custom_getter, auxiliary_name_scope=False
        ) as scope:
            # As in v1, the scope's own name stands for a name scope that was never opened, and the dtype is
            # float32 whatever the outer scope's.
            return VariableScope(
                scope.reuse, scope.name, scope.initializer, scope.regularizer, scope.caching_device,
                scope.partitioner, scope.custom_getter, scope.name[len(outer) + 1 :] if outer else scope.name,
                use_resource=scope.use_resource, constraint=scope.constraint,
            )  # fmt: skip

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Calls the function, in the template's variable scope.

        Raises:
            ValueError: If a call after the first makes a variable that is trainable.
            Exception: Whatever the function raises, with a note of where the template was made.
        """
        if self._variable_scope is not None:
            with variable_scope(self._variable_scope, reuse=self._variables_created):
                return self._run(args, kwargs)
        with variable_scope(self._unique_name, self._name, custom_getter=self._custom_getter) as scope:
            self._variable_scope = scope
            return self._run(args, kwargs)

    def _run(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        try:
            result = self._run_again(args, kwargs) if self._variables_created else self._func(*args, **kwargs)
        except Exception as error:
            error.add_note(f"The template {self._name} was made at:\n{self._site}")
            raise
        self._variables_created = True
        return result

    def _run_again(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Calls the function and refuses new trainable variables. Variables of other threads do not count."""
        graph = get_default_graph()
        made: list[Any] = []

        def note(next_creator: Callable[..., Any], **arguments: Any) -> Any:
            made.append(next_creator(**arguments))
            return made[-1]

        outer = graph._creators or ()
        graph._creators = (*outer, note)
        try:
            result = self._func(*args, **kwargs)
        finally:
            graph._creators = outer
        trainable = [variable for variable in made if getattr(variable, "trainable", False)]
        if trainable:
            raise ValueError(
                "Trainable variable created when calling a template after the first time, perhaps you used "
                f"tf.Variable when you meant tf.get_variable: {trainable}"
            )
        return result

    @property
    def name(self) -> str:
        """The name given to `make_template`."""
        return self._name

    @property
    def func(self) -> Callable[..., Any]:
        """The function."""
        return self._func

    @property
    def variable_scope(self) -> Any:
        """The VariableScope of its variables; None before the first call unless `create_scope_now_`."""
        return self._variable_scope

    @property
    def var_scope(self) -> Any:
        """The same as `variable_scope`."""
        return self._variable_scope

    @property
    def variable_scope_name(self) -> str | None:
        """The name of the scope, ending in a slash; None before the scope exists."""
        if self._variable_scope is None:
            return None
        name: str = self._variable_scope.name
        return name if not name or name.endswith("/") else f"{name}/"

    def _collected(self, key: str) -> list[Any]:
        if self._variable_scope is None:
            return []
        found: list[Any] = self._variable_scope.get_collection(key)
        return found

    @property
    def variables(self) -> list[Any]:
        """The default graph's global variables in the template's scope, then the local ones."""
        return self.global_variables + self.local_variables

    @property
    def trainable_variables(self) -> list[Any]:
        """Those of GraphKeys.TRAINABLE_VARIABLES."""
        return self._collected(GraphKeys.TRAINABLE_VARIABLES)

    @property
    def non_trainable_variables(self) -> list[Any]:
        """The global variables that are not trainable."""
        trainable = set(self.trainable_variables)
        return [variable for variable in self.global_variables if variable not in trainable]

    @property
    def global_variables(self) -> list[Any]:
        """Those of GraphKeys.GLOBAL_VARIABLES."""
        return self._collected(GraphKeys.GLOBAL_VARIABLES)

    @property
    def local_variables(self) -> list[Any]:
        """Those of GraphKeys.LOCAL_VARIABLES."""
        return self._collected(GraphKeys.LOCAL_VARIABLES)

    @property
    def weights(self) -> list[Any]:
        """The same as `variables`."""
        return self.variables

    @property
    def trainable_weights(self) -> list[Any]:
        """The same as `trainable_variables`."""
        return self.trainable_variables

    @property
    def non_trainable_weights(self) -> list[Any]:
        """The same as `non_trainable_variables`."""
        return self.non_trainable_variables


def _caller() -> str:
    frame = sys._getframe(3)  # below _caller, Template() and make_template()
    return f'  File "{frame.f_code.co_filename}", line {frame.f_lineno}, in {frame.f_code.co_name}'


@v1("make_template")
def make_template(
    name_: str,
    func_: Callable[..., Any],
    create_scope_now_: bool = False,
    unique_name_: str | None = None,
    custom_getter_: Callable[..., Any] | None = None,
    **kwargs: Any,
) -> Template:
    """Wraps a function so that it shares its variables between calls.

    The first call makes the variables that the function gets by `tf.get_variable`, in a variable scope of the
    template; later calls find them there. Each call makes new operations, in a name scope of its own.

    Args:
        name_: The name of the scope, made unique.
        func_: The function.
        create_scope_now_: Whether to name the scope now, below the current scope, instead of in the first
            call.
        unique_name_: The name of the scope, used as it is; `name_` is then ignored.
        custom_getter_: A custom getter for the function's get_variable calls, as in `tf.variable_scope`.
        **kwargs: Arguments passed to every call.

    Returns:
        A Template, which is called like the function and lists its variables.

    Raises:
        ValueError: If `name_` is None; from calls, see `Template.__call__`.

    >>> import scopetrie as tf
    >>> def scale(x):
    ...     return x * tf.get_variable("w", [2])
    >>> with tf.Graph().as_default():
    ...     layer = tf.make_template("layer", scale)
    ...     a, b = layer(tf.ones([2])), layer(tf.zeros([2]))
    ...     print(a.name, b.name, [variable.name for variable in layer.variables])
    layer/mul:0 layer_1/mul:0 ['layer/w:0']
    """
    if kwargs:
        func_ = partial(func_, **kwargs)
    return Template(name_, func_, create_scope_now_, unique_name_, custom_getter_)
