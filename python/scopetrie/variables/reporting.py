"""Reports of uninitialized variables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .. import _core
from ..dtypes import string
from ..graph import Tensor, device
from ..ops.array.join import stack
from ..ops.constant import constant
from ..ops.elementwise.compare import logical_not
from ..ops.math.masks import boolean_mask
from ..ops.registry import OPS
from ..ops.state.variable import is_variable_initialized
from ..public import v1
from .listing import global_variables, local_variables


@v1("report_uninitialized_variables")
def report_uninitialized_variables(
    var_list: Iterable[Any] | None = None, name: str = "report_uninitialized_variables"
) -> Tensor:
    """Makes nodes that list the variables without a value in the session that runs them.

    Args:
        var_list: The variables; `global_variables()` and `local_variables()` by default.
        name: The name of the nodes' scope.

    Returns:
        A tensor of strings, `[n]`: the names of the variables' operations.

    >>> import scopetrie as tf
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     a, b = tf.Variable(1.0, name="a"), tf.Variable(2.0, name="b")
    ...     missing = tf.report_uninitialized_variables()
    ...     session.run(a.initializer)
    ...     print(session.run(missing))
    [b'b']
    """
    variables = _all_variables() if var_list is None else list(var_list)
    with _core.name_scope(name):
        known = [is_variable_initialized(variable) for variable in variables]
        with device("/cpu:0"):
            if not variables:
                return constant([], dtype=string)
            missing = logical_not(stack(known))
            names = constant([variable.op.name for variable in variables])
            return boolean_mask(names, missing)


@v1("assert_variables_initialized")
def assert_variables_initialized(var_list: Iterable[Any] | None = None) -> Tensor | None:
    """Makes a node that fails if a variable has no value; deprecated in v1.

    Args:
        var_list: The variables; `global_variables()` and `local_variables()` by default.

    Returns:
        A tensor; running it raises errors.FailedPreconditionError if a variable has no value. None if there
        is no variable.
    """
    variables = _all_variables() if var_list is None else list(var_list)
    if not variables:
        return None
    # Not tf.rank(), which is a constant for a known rank and would not read the variable.
    rank: Any = OPS["Rank"].function
    ranks = [rank(variable) for variable in variables]
    return ranks[0] if len(ranks) == 1 else stack(ranks)


def _all_variables() -> list[Any]:
    return global_variables() + local_variables()
