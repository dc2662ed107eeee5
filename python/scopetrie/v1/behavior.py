"""The switches that programs begin with: which of TensorFlow's behaviors holds. Here it is v1's, always.

Those that switch TensorFlow 2's behavior off are accepted and do nothing; those that switch it on are refused
(`scopetrie.refused`).
"""

from __future__ import annotations

from ..public import v1

__all__ = [
    "control_flow_v2_enabled",
    "disable_control_flow_v2",
    "disable_eager_execution",
    "disable_tensor_equality",
    "disable_v2_behavior",
    "disable_v2_tensorshape",
    "executing_eagerly",
    "executing_eagerly_outside_functions",
]


@v1("disable_v2_behavior", note="accepted: nothing to switch off")
def disable_v2_behavior() -> None:
    """Does nothing: there is no TensorFlow 2 behavior here."""


@v1("disable_eager_execution", note="accepted: nothing to switch off")
def disable_eager_execution() -> None:
    """Does nothing: ops always go into a graph here."""


@v1("disable_control_flow_v2", note="accepted: nothing to switch off")
def disable_control_flow_v2() -> None:
    """Does nothing: `cond` and `while_loop` make one node with a plan of its own, in any case."""


@v1("disable_tensor_equality", note="accepted: nothing to switch off")
def disable_tensor_equality() -> None:
    """Does nothing: `==` of tensors compares which they are, and they can be keys of a dict."""


@v1("disable_v2_tensorshape", note="accepted: nothing to switch off")
def disable_v2_tensorshape() -> None:
    """Does nothing: an entry of a shape is a `Dimension`."""


@v1("executing_eagerly", note="supported: False")
def executing_eagerly() -> bool:
    """Whether ops run when they are built: False."""
    return False


@v1("executing_eagerly_outside_functions", note="supported: False")
def executing_eagerly_outside_functions() -> bool:
    """Whether ops run when they are built: False."""
    return False


@v1("control_flow_v2_enabled", note="supported: False")
def control_flow_v2_enabled() -> bool:
    """Whether `cond` and `while_loop` are TensorFlow 2's: False."""
    return False
