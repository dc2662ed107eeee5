"""Small functions of v1's inner modules that programs call."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from .._core import name_scope
from ..graph import Tensor, control_dependencies
from ..ops.array.fill import identity, ones_like
from ..ops.constant import convert_to_tensor
from ..ops.elementwise.arithmetic import multiply
from ..train.saving.checkpoint_reader import load_checkpoint

__all__ = [
    "Device",
    "broadcast_weights",
    "in_eager_mode",
    "in_graph_mode",
    "list_local_devices",
    "print_tensors_in_checkpoint_file",
    "with_dependencies",
]


class Device(NamedTuple):
    """A device, as v1's `device_lib` describes it."""

    name: str
    device_type: str
    memory_limit: int
    physical_device_desc: str


def list_local_devices(session_config: Any = None) -> list[Device]:
    """Returns the devices that operations run on: one.

    >>> [device.name for device in list_local_devices()]
    ['/device:CPU:0']
    """
    return [Device("/device:CPU:0", "CPU", 0, "")]


def in_graph_mode() -> bool:
    """Whether operations are added to a graph, to be run later: always."""
    return True


def in_eager_mode() -> bool:
    """Whether operations are run at once: never."""
    return False


def with_dependencies(dependencies: Sequence[Any], output_tensor: Any, name: str | None = None) -> Tensor:
    """Returns a tensor of the same value that is computed after operations.

    Args:
        dependencies: The operations and tensors.
        output_tensor: The tensor.
        name: The operation's name; "control_dependency" by default.
    """
    with (
        name_scope(name, "control_dependency", [*dependencies, output_tensor]) as scope,
        control_dependencies(dependencies),
    ):
        return identity(convert_to_tensor(output_tensor), name=scope)


def broadcast_weights(weights: Any, values: Any) -> Tensor:
    """Returns weights of the shape of the values that they weigh.

    Args:
        weights: The weights: each size is that of the values or 1.
        values: The values.
    """
    with name_scope(None, "broadcast_weights", [weights, values]) as scope:
        target = convert_to_tensor(values)
        made = convert_to_tensor(weights, target.dtype.base_dtype, name="weights")
        if not (made.shape.is_fully_defined() and made.shape == target.shape):
            made = multiply(made, ones_like(target), name=scope)
        return made


def print_tensors_in_checkpoint_file(
    file_name: str,
    tensor_name: str | None = None,
    all_tensors: bool = False,
    all_tensor_names: bool = False,
    count_exclude_pattern: str = "",
) -> None:
    """Prints what is in a checkpoint: names and values, or a line for each variable.

    Args:
        file_name: The path of the checkpoint, without the endings of its files.
        tensor_name: The name of a variable; "" or None for all.
        all_tensors: Whether all values are printed.
        all_tensor_names: Whether all names are printed.
        count_exclude_pattern: A regular expression of names that do not count.
    """
    reader = load_checkpoint(file_name)
    shapes = reader.get_variable_to_shape_map()
    if all_tensors or all_tensor_names:
        for name in sorted(shapes):
            print("tensor_name: ", name)
            if all_tensors:
                print(reader.get_tensor(name))
    elif not tensor_name:
        print(reader.debug_string().decode(errors="ignore"))
    else:
        print("tensor_name: ", tensor_name)
        print(reader.get_tensor(tensor_name))
    count = sum(
        math.prod(shape)
        for name, shape in shapes.items()
        if not count_exclude_pattern or not re.match(count_exclude_pattern, name)
    )
    print(f"# Total number of params: {count}")
