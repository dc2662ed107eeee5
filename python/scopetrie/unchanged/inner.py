"""What v1's inner modules of arrays, graphs and scopes have beside public names, as libraries call it."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final

from .._core import variable_scope
from ..derivatives.backprop import gradients
from ..dtypes import int32
from ..graph import DeviceSpec, Graph, Tensor, get_default_graph
from ..layers.choose import choose
from ..layers.conv import Conv1D, Conv2D, Conv3D
from ..layers.separable import SeparableConv2D
from ..layers.transposed import Conv2DTranspose, Conv3DTranspose
from ..ops.array.shape import shape_internal
from ..ops.constant import constant
from ..ops.state.scatter import scatter_add
from ..variables import PartitionedVariable, Variable

__all__ = [
    "Convolution1D",
    "Convolution2D",
    "Convolution2DTranspose",
    "Convolution3D",
    "Convolution3DTranspose",
    "DeviceSpecV1",
    "GraphOrParentsInXlaContext",
    "PartitionedVariable",
    "ResourceVariable",
    "SeparableConvolution2D",
    "VariableV1",
    "enabled",
    "gradients_v2",
    "make_all",
    "prepend_name_scope",
    "register_proto_function",
    "remove_undocumented",
    "resource_scatter_add",
    "shape_internal",
    "smart_cond",
    "strip_name_scope",
    "variable",
]
VariableV1: Final = Variable
ResourceVariable: Final = Variable  # one class is both: each read is an operation of its own or not
gradients_v2: Final = gradients
resource_scatter_add: Final = scatter_add
DeviceSpecV1: Final = DeviceSpec
Convolution1D: Final = Conv1D
Convolution2D: Final = Conv2D
Convolution3D: Final = Conv3D
Convolution2DTranspose: Final = Conv2DTranspose
Convolution3DTranspose: Final = Conv3DTranspose
SeparableConvolution2D: Final = SeparableConv2D
_PURE: Final = re.compile("^([\\^]|loc:@|)")


def GraphOrParentsInXlaContext(graph: Graph) -> bool:
    """Whether a graph is compiled by XLA: never."""
    return False


def enabled() -> bool:
    """Whether v2's behavior is switched on (`tf2.enabled`): never."""
    return False


def variable(
    initial_value: Any = None, trainable: bool | None = None, collections: Any = None,
    validate_shape: bool = True, caching_device: Any = None, name: str | None = None, dtype: Any = None,
    use_resource: bool | None = None, **others: Any,
) -> Variable:  # fmt: skip
    """Makes a Variable, as v1's inner function of that name; see `Variable` for the arguments."""
    is_trained = True if trainable is None else trainable
    return Variable(
        initial_value, is_trained, collections, validate_shape, caching_device, name, dtype=dtype,
        use_resource=use_resource, **others,
    )  # fmt: skip


def _pure_variable_scope(
    name_or_scope: Any, reuse: Any = None, initializer: Any = None, regularizer: Any = None,
    caching_device: Any = None, partitioner: Any = None, custom_getter: Any = None,
    old_name_scope: str | None = None, dtype: Any = None, use_resource: bool | None = None,
    constraint: Any = None,
) -> Any:  # fmt: skip
    """Opens a variable scope and no name scope; see `variable_scope` for the arguments."""
    return variable_scope(
        name_or_scope, reuse=reuse, initializer=initializer, regularizer=regularizer,
        caching_device=caching_device, partitioner=partitioner, custom_getter=custom_getter, dtype=dtype,
        use_resource=use_resource, constraint=constraint, auxiliary_name_scope=False,
    )  # fmt: skip


def _tensor_shape_tensor_conversion_function(
    s: Any, dtype: Any = None, name: str | None = None, as_ref: bool = False
) -> Tensor:
    """Makes a constant of a shape that is wholly known."""
    return constant(s.as_list(), dtype or int32, name=name or "shape_as_tensor")


def _get_graph_from_inputs(op_input_list: Sequence[Any], graph: Graph | None = None) -> Graph:
    """Returns the graph of operations and tensors: the default one if there are none.

    Raises:
        ValueError: If they are of several graphs, or not of the one that is given.
    """
    first, found = None, graph
    for each in op_input_list:
        own = getattr(each, "graph", None)
        if own is None:
            continue
        if found is None:
            first, found = each, own
        elif own is not found:
            if first is not None:
                raise ValueError(f"{each} must be from the same graph as {first}.")
            raise ValueError(f"{each} is not from the passed-in graph.")
    return get_default_graph() if found is None else found


def smart_cond(
    pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any], name: str | None = None
) -> Any:
    """Runs one of two branches: now, if the condition is known, else in the graph.

    Args:
        pred: A bool, or a boolean scalar.
        true_fn: Builds what is given if it is true.
        false_fn: Builds what is given otherwise.
        name: The operations' scope.
    """
    return choose(pred, true_fn, false_fn, name)


def strip_name_scope(name: str, export_scope: str | None) -> str:
    """Returns a name without the scope in front of it.

    >>> strip_name_scope("^a/b/c", "a"), strip_name_scope("c/b", "a"), strip_name_scope("a/b", None)
    ('^b/c', 'c/b', 'a/b')
    """
    if not export_scope:
        return name
    return re.sub(f"^([\\^]|loc:@|){re.escape(export_scope.rstrip('/'))}/", r"\1", name)


def prepend_name_scope(name: str, import_scope: str | None) -> str:
    """Returns a name with a scope in front of it.

    >>> prepend_name_scope("loc:@b", "a"), prepend_name_scope("b", "a/"), prepend_name_scope("b", None)
    ('loc:@a/b', 'a/b', 'b')
    """
    if not import_scope:
        return name
    return _PURE.sub(lambda mark: f"{mark[1]}{import_scope.rstrip('/')}/", name, count=1)


def register_proto_function(
    collection_name: str, proto_type: Any = None, to_proto: Any = None, from_proto: Any = None
) -> None:
    """Does nothing: meta graphs hold those members of collections that are nodes, texts, bytes and numbers.

    Raises:
        TypeError: If a function cannot be called.
    """
    for what, each in (("to_proto", to_proto), ("from_proto", from_proto)):
        if each is not None and not callable(each):
            raise TypeError(f"{what} must be callable.")


def make_all(module_name: str, doc_string_modules: Sequence[Any] | None = None) -> list[str]:
    """Returns the names that docstrings name in lines of `@@` and the name.

    Args:
        module_name: The module.
        doc_string_modules: The modules with the docstrings: the module itself by default.
    """
    texts = doc_string_modules or [sys.modules[module_name]]
    return sorted({mark for each in texts for mark in re.findall(r"(?m)^@@(\w+)$", each.__doc__ or "")})


def remove_undocumented(
    module_name: str,
    allowed_exception_list: Sequence[str] | None = None,
    doc_string_modules: Sequence[Any] | None = None,
) -> None:
    """Deletes the names of a module that `make_all` does not give.

    Args:
        module_name: The module.
        allowed_exception_list: Names that stay, too.
        doc_string_modules: The modules with the docstrings: the module itself by default.
    """
    stays = {*make_all(module_name, doc_string_modules), *(allowed_exception_list or ())}
    module = sys.modules[module_name]
    for name in [each for each in vars(module) if not each.startswith("_") and each not in stays]:
        delattr(module, name)
