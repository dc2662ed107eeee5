"""Ops with arguments that become constant nodes, relative to bare Python that makes as many nodes.

Each row says how many nodes a call makes. The target is that of any op with one input: 0.8x of bare Python.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .. import bare, bare_ops
from ..results import Row, paired_row
from ..sampling import Names, Work, require
from .variables import FLOAT32, bare_in_scope, in_scope

SHAPE = (2, 3)
# By key: the statement, the type and name of its last node, the number of nodes, the shape, and the statement
# for bare Python.
OPS: dict[str, tuple[str, str, str, int, list[int], str]] = {
    "op.placeholder": (
        "placeholder(float32, [2, 3])", "Placeholder", "Placeholder", 1, [2, 3],
        "placeholder(float32, (2, 3))",
    ),
    "op.constant": ("constant([1.0, 2.0])", "Const", "Const", 1, [2], "constant([1.0, 2.0])"),
    "op.reduce": ("reduce_sum(x)", "Sum", "Sum", 2, [], "reduce_sum(x)"),
    "op.reduce.axis": ("reduce_sum(x, 1)", "Sum", "Sum", 2, [2], "reduce_sum(x, 1)"),
    "op.reshape": ("reshape(x, [3, -1])", "Reshape", "Reshape", 2, [3, 2], "reshape(x, [3, -1])"),
    "op.transpose": ("transpose(x, [1, 0])", "Transpose", "transpose", 2, [3, 2], "transpose(x, [1, 0])"),
    "op.concat": ("concat([x, y], 0)", "ConcatV2", "concat", 2, [4, 3], "concat([x, y], 0)"),
    "op.matmul": ("matmul(x, z)", "MatMul", "MatMul", 1, [2, 2], "matmul(x, z)"),
    "op.cast": ("cast(x, float32)", "Cast", "Cast", 1, [2, 3], "cast(x, float32)"),
    "op.item": ("x[0]", "StridedSlice", "strided_slice", 4, [3], "item(x, 0)"),
    "op.variable": ("Variable(1.0)", "Identity", "Variable_{}/read", 4, [], "variable(1.0)"),
}  # fmt: skip


def rows(tf: Any) -> tuple[Row, ...]:
    """The rows, in the table's order.

    Args:
      tf: The module under test.

    Returns:
      Rows.
    """
    made = []
    for key, (statement, _, _, count, _, hand) in OPS.items():
        title = f"{statement}, {count} node{'s' * (count > 1)}"
        made.append(paired_row(key, title, op(tf, key), bare_op(hand, count), target=0.8, stretch=0.4))
    return tuple(made)


def op(tf: Any, key: str) -> Work:
    """Calls of this package's (or TensorFlow's) op, by key.

    Args:
      tf: The module under test.
      key: One of OPS.

    Returns:
      The contender.
    """
    statement, type, name, per_call, shape, _ = OPS[key]
    source = tf.int32 if key == "op.cast" else tf.float32

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        with in_scope(tf) as graph:
            names = {
                "x": tf.placeholder(source, SHAPE, name="x"),
                "y": tf.placeholder(tf.float32, SHAPE, name="y"),
                "z": tf.placeholder(tf.float32, (3, 2), name="z"),
            }
            for each in ("placeholder", "constant", "reduce_sum", "reshape", "transpose", "concat", "matmul"):
                names[each] = getattr(tf, each)
            yield names | {"cast": tf.cast, "Variable": tf.Variable, "float32": tf.float32, "graph": graph}

    def check(names: Names, calls: int) -> None:
        made = names["graph"].get_operations()
        require(len(made) == 3 + calls * per_call, f"{len(made)} nodes after {calls} calls")
        last = f"scope/{name.format(calls - 1)}" + ("" if "{}" in name else f"_{calls - 1}")
        require(made[-1].name == last and made[-1].type == type, f"the last node is {made[-1].name}")
        output = made[-1].outputs[0]
        require(output.dtype == tf.float32 and output.shape.as_list() == shape, f"it is {output}")

    return Work(statement, prepare, check=check)


def bare_op(statement: str, per_call: int) -> Work:
    """The same in bare Python.

    Args:
      statement: The call.
      per_call: How many nodes it makes.

    Returns:
      The contender.
    """

    @contextmanager
    def prepare(calls: int) -> Iterator[Names]:
        with bare_in_scope() as graph:
            x, y = bare.placeholder(FLOAT32, SHAPE, "x"), bare.placeholder(FLOAT32, SHAPE, "y")
            names: Names = {"x": x, "y": y, "z": bare.placeholder(FLOAT32, (3, 2), "z"), "float32": FLOAT32}
            for each in (
                "constant",
                "reduce_sum",
                "reshape",
                "transpose",
                "concat",
                "matmul",
                "cast",
                "item",
            ):
                names[each] = getattr(bare_ops, each)
            yield names | {"placeholder": bare.placeholder, "variable": bare_ops.variable, "graph": graph}

    def check(names: Names, calls: int) -> None:
        made = len(names["graph"].nodes)
        require(made == 3 + calls * per_call, f"{made} nodes after {calls} calls")

    return Work(statement, prepare, check=check)
