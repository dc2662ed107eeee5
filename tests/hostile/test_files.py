"""Files and messages from outside: none ends the process, waits, takes all memory or is half read."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import scopetrie as tf
from hostile import files
from scopetrie.ops.registry import OPS

pytest.importorskip("google.protobuf", reason="messages need protobuf")
pytest.importorskip("safetensors", reason="stores need safetensors")
pytest.importorskip("PIL", reason="images need Pillow")

COUNT = int(os.environ.get("SCOPETRIE_ATTACKS", "6000")) // 12


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="the limit of memory is Linux's")
def test_whatever_is_read_is_refused_or_whole(tmp_path: Path) -> None:
    file = tmp_path / "number"
    file.write_bytes(b" " * files.SIZE)
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-m", "hostile.files", str(file), "0", str(COUNT)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        timeout=60 + COUNT,
    )
    assert done.returncode == 0, f"case {file.read_text()}: {done.stderr[-2000:]}"
    assert done.stdout == ""


# Graphs made by hand ---------------------------------------------------------------------------------------


def node(graph: Any, name: str, op: str, *inputs: str, dtype: int = 0, **ints: int) -> Any:
    made = graph.node.add()
    made.name, made.op = name, op
    made.input.extend(inputs)
    if dtype:
        made.attr["dtype" if op in ("Const", "Placeholder") else "T"].type = dtype
    for key, value in ints.items():
        made.attr[key].i = value
    return made


def cycle(graph: Any) -> None:
    node(graph, "a", "Identity", "b", dtype=1)
    node(graph, "b", "Identity", "a", dtype=1)


def cycle_of_waits(graph: Any) -> None:
    node(graph, "a", "NoOp", "^b")
    node(graph, "b", "NoOp", "^a")


def twice(graph: Any) -> None:
    node(graph, "a", "NoOp")
    node(graph, "a", "NoOp")


def function(graph: Any, name: str, calls: list[str]) -> None:
    made = graph.library.function.add()
    made.signature.name = name
    made.signature.input_arg.add(name="x", type=1)
    made.signature.output_arg.add(name="y", type=1)
    last = "x"
    for at, each in enumerate(calls):
        call(made.node_def.add(), f"c{at}", last, each)
        last = f"c{at}:output:0"
    made.ret["y"] = last


def call(made: Any, name: str, given: str, of: str) -> None:
    made.name, made.op = name, "PartitionedCall"
    made.input.append(given)
    made.attr["f"].func.name = of
    made.attr["Tin"].list.type.append(1)
    made.attr["Tout"].list.type.append(1)


def functions(graph: Any, calls: dict[str, list[str]]) -> None:
    for name, called in calls.items():
        function(graph, name, called)
    node(graph, "p", "Placeholder", dtype=1)
    call(graph.node.add(), "c", "p", next(iter(calls)))


def constant(graph: Any, *sizes: int, dtype: int = 1, values: int = 2) -> None:
    tensor = node(graph, "c", "Const", dtype=dtype).attr["value"].tensor
    tensor.dtype = dtype
    for size in sizes:
        tensor.tensor_shape.dim.add(size=size)
    tensor.float_val.extend([1.0] * values)


def outputs(graph: Any, count: int) -> None:
    node(graph, "p", "Placeholder", dtype=1)
    node(graph, "u", "Unpack", "p", dtype=1, num=count, axis=0)


def nothing_said(graph: Any) -> None:
    node(graph, "a", "Identity", "b", dtype=1 << 30)
    node(graph, "b", "Placeholder", dtype=1)


GRAPHS: dict[str, Callable[[Any], None]] = {
    "a cycle": cycle,
    "a cycle of control inputs": cycle_of_waits,
    "a name twice": twice,
    "a function that runs itself": lambda graph: functions(graph, {"f": ["f"]}),
    "functions that run each other": lambda graph: functions(graph, {"f": ["g"], "g": ["f"]}),
    "functions of billions of nodes": lambda graph: functions(
        graph, {f"f{at}": [f"f{at + 1}"] * 2 for at in range(30)} | {"f30": []}
    ),
    "functions in functions": lambda graph: functions(
        graph, {f"f{at}": [f"f{at + 1}"] for at in range(3000)} | {"f3000": []}
    ),
    "a large constant": lambda graph: constant(graph, 1 << 20, 1 << 20),
    "sizes that overflow": lambda graph: constant(graph, *[1 << 40] * 9),
    "a negative size": lambda graph: constant(graph, -3),
    "sizes whose product is small": lambda graph: constant(graph, -1, -2),
    "a rank too high": lambda graph: constant(graph, *[1] * 300, values=1),
    "too many outputs": lambda graph: outputs(graph, 1 << 40),
    "fewer than no outputs": lambda graph: outputs(graph, -5),
    "an unknown dtype": nothing_said,
}


@pytest.mark.parametrize("name", GRAPHS)
def test_a_graph_is_refused_at_once_and_leaves_nothing(name: str) -> None:
    graph_def = tf.GraphDef()
    GRAPHS[name](graph_def)
    begun = time.monotonic()
    with tf.Graph().as_default() as graph:
        with pytest.raises(ValueError):
            tf.import_graph_def(graph_def, name="")
        assert graph.get_operations() == []
    assert time.monotonic() - begun < 30


def test_a_constant_of_one_element_takes_no_memory() -> None:
    graph_def = tf.GraphDef()
    constant(graph_def, 1 << 20, 1 << 20, values=1)
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(graph_def, name="")
        assert graph.get_tensor_by_name("c:0").shape == (1 << 20, 1 << 20)


def test_a_kernel_takes_all_attributes_of_its_type() -> None:
    """A node may have them from a GraphDef, where v1's function does not set them."""
    wrong = []
    for type, op_def in ((type, OPS[type]) for type in OPS):
        if op_def.kernel is None or not op_def.attributes:
            continue
        code = getattr(op_def.kernel, "__code__", None)
        if code is None or code.co_flags & 8:
            continue
        taken = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        wrong += [(type, each.name) for each in op_def.attributes if each.name not in taken]
    assert wrong == []


def test_an_attribute_that_changes_what_is_computed_is_not_ignored() -> None:
    with tf.Graph().as_default() as graph, tf.Session() as session:
        x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
        made = graph.create_op("MatMul", [x, x], attrs={"grad_a": True}).outputs[0]
        assert session.run(made).tolist() == [[7.0, 10.0], [15.0, 22.0]]
        other = graph.create_op("Cast", [x], attrs={"DstT": tf.float16, "Truncate": True}).outputs[0]
        with pytest.raises(tf.errors.UnimplementedError, match="Cast is not computed with Truncate=True"):
            session.run(other)
