"""`tf.test.assert_equal_graph_def`: whether two graphs have the same nodes."""

from __future__ import annotations

from typing import Any

__all__ = ["assert_equal_graph_def"]


def assert_equal_graph_def(
    actual: Any, expected: Any, checkpoint_v2: bool = False, hash_table_shared_name: bool = False
) -> None:
    """Asserts that two graphs have the same nodes, whatever their order.

    Args:
        actual: A `GraphDef`.
        expected: The one to compare with.
        checkpoint_v2: Accepted for v1's sake.
        hash_table_shared_name: Accepted for v1's sake.

    Raises:
        AssertionError: If a node is missing, is too many, or differs.
        TypeError: If one of them is no `GraphDef`.

    >>> import scopetrie as tf
    >>> x = tf.constant(1.0)
    >>> tf.test.assert_equal_graph_def(tf.get_default_graph().as_graph_def(), tf.GraphDef())
    Traceback (most recent call last):
    ...
    AssertionError: Found unexpected node 'Const' (Const)
    """
    sides = []
    for what, each in (("actual", actual), ("expected", expected)):
        if not hasattr(each, "SerializeToString") or not hasattr(each, "node"):
            raise TypeError(f"Expected tf.GraphDef for {what}, got {type(each).__name__}")
        sides.append({node.name: node for node in each.node})
    found, wanted = sides
    for name, node in found.items():
        if name not in wanted:
            raise AssertionError(f"Found unexpected node {name!r} ({node.op})")
        _compare_nodes(node, wanted[name])
    for name, node in wanted.items():
        if name not in found:
            raise AssertionError(f"Node expected but not found: {name!r} ({node.op})")


def _compare_nodes(found: Any, wanted: Any) -> None:
    for what in ("op", "device"):
        if getattr(found, what) != getattr(wanted, what):
            raise AssertionError(
                f"Node named {found.name!r} has {what} {getattr(found, what)!r} that does not match expected "
                f"{getattr(wanted, what)!r}"
            )
    inputs = [[i for i in node.input if i[:1] != "^"] for node in (found, wanted)]
    controls = [sorted(i for i in node.input if i[:1] == "^") for node in (found, wanted)]
    for what, (one, other) in (("inputs", inputs), ("control inputs", controls)):
        if one != other:
            raise AssertionError(
                f"Node named {found.name!r} has {what} {one} that do not match expected {other}"
            )
    for key in sorted({*found.attr, *wanted.attr}):
        if key[:1] == "_":
            continue
        values = [node.attr.get(key) for node in (found, wanted)]
        if values[0] != values[1]:
            raise AssertionError(
                f"Node named {found.name!r} has attr {key!r} with value: {values[0]} that does not match "
                f"expected: {values[1]}"
            )
