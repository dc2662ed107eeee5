"""Variable scopes, which give get_variable its path, reuse mode and defaults."""

from .._core import get_variable, get_variable_scope, get_variables, name_scope, variable_scope
from ..public import v1
from .create_partitioned import create_partitioned_variables
from .local_variable import get_local_variable, no_regularizer
from .scope_members import VariableScope, op_scope, variable_creator_scope, variable_op_scope

__all__ = [
    "VariableScope",
    "create_partitioned_variables",
    "get_local_variable",
    "get_variable",
    "get_variable_scope",
    "get_variables",
    "name_scope",
    "no_regularizer",
    "op_scope",
    "variable_creator_scope",
    "variable_op_scope",
    "variable_scope",
]

v1("get_variable")(get_variable)
v1("get_variable_scope")(get_variable_scope)
v1("get_variables")(get_variables)
v1("name_scope")(name_scope)
v1("variable_scope")(variable_scope)
