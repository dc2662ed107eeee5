"""Families of v1's ops whose nodes, values and errors are recorded from TensorFlow.

With a Python that has TensorFlow, `python tests/recorded/families.py [sparse ...]` records what it says of
the expressions of sparse_cases.py and its like in sparse_cases.json and its like. Names in an expression are
those that `names` of the module gives; a value is kept in full if it is small.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parent
FAMILIES = ("image", "parsing", "sparse")
_MOST = 12  # elements of an array that are kept


def outcome(tf: Any, module: Any, expression: str) -> dict[str, Any]:
    """What an expression makes and gives in a new graph; or its error."""
    with tf.Graph().as_default() as graph:
        names, feeds = module.names(tf)
        before = len(graph.get_operations())
        try:
            made = eval(expression, names)
        except Exception as error:
            return {"raises": [type(error).__name__, str(error).split("\n")[0]]}
        seen: dict[str, Any] = {"made": described(made, tf)}
        nodes = graph.get_operations()[before:]
        seen["nodes"] = [f"{op.name}:{op.type}" for op in nodes if op.type != "Const"]
        fetched = [each for each in flat(made) if hasattr(each, "op")]
        with tf.Session() as session:
            try:
                if graph.get_collection("variables"):
                    session.run(tf.global_variables_initializer())
                if fetched:
                    seen["values"] = [excerpt(each) for each in flat(session.run(fetched, feeds))]
            except Exception as error:
                seen["fails"] = type(error).__name__
        return seen


def flat(made: Any) -> list[Any]:
    """The leaves of a structure; sparse tensors and rows are leaves, their values are not."""
    if isinstance(made, dict):
        return [leaf for key in sorted(made) for leaf in flat(made[key])]
    if isinstance(made, (list, tuple)):
        return [leaf for each in made for leaf in flat(each)]
    return [made]


def described(made: Any, tf: Any) -> Any:
    """A result as JSON values."""
    if isinstance(made, dict):
        return {key: described(made[key], tf) for key in sorted(made)}
    if isinstance(made, (list, tuple)):
        return [described(each, tf) for each in made]
    for parts in (("indices", "values", "dense_shape"),):
        if hasattr(made, "values") and hasattr(made, "indices"):
            return [described(getattr(made, part), tf) for part in parts]
    if isinstance(made, tf.Operation):
        return made.name
    return f"{made.name} {made.dtype.name} {made.shape}" if hasattr(made, "op") else str(made)


def excerpt(value: Any) -> Any:
    """A value, small enough to be kept: all of a small array, the beginning and sums of a large one."""
    array = np.asarray(value)
    if array.dtype.kind in "OSU":
        texts = [each.decode("latin-1") if isinstance(each, bytes) else str(each) for each in array.ravel()]
        return {"shape": list(array.shape), "texts": texts}
    items = array.ravel().astype(np.float64)
    kept = [float(f"{each:.6g}") for each in items[:_MOST]]
    seen = {"shape": list(array.shape), "dtype": array.dtype.name, "items": kept}
    if items.size > _MOST:
        weighted = float(items @ np.cos(np.arange(items.size)))  # where they stand counts
        seen |= {"sum": float(f"{items.sum():.5g}"), "weighted": float(f"{weighted:.5g}")}
    return seen


def close(found: Any, wanted: Any, tolerance: float = 1e-4) -> bool:
    """Whether two outcomes agree: texts exactly, numbers nearly."""
    if isinstance(wanted, float) and isinstance(found, (int, float)):
        return bool(np.isclose(found, wanted, rtol=tolerance, atol=tolerance / 10, equal_nan=True))
    if isinstance(wanted, dict):
        wide = {"weighted": 1e-2, "sum": 1e-3}
        return found.keys() == wanted.keys() and all(
            close(found[key], wanted[key], wide.get(key, tolerance)) for key in wanted
        )
    if isinstance(wanted, list):
        return len(found) == len(wanted) and all(
            close(a, b, tolerance) for a, b in zip(found, wanted, strict=True)
        )
    return bool(found == wanted)


def worded(error: list[str]) -> list[str]:
    """An error without what a class of tensors is called, and without the node that v1 writes out."""
    text = re.sub(r"<class '[\w.]*'>", "<class>", error[1])
    return [error[0], text.partition(" for '{{node")[0]]


def recorded(family: str) -> dict[str, Any]:
    """What TensorFlow says of a family's expressions."""
    found: dict[str, Any] = json.loads((FOLDER / f"{family}_cases.json").read_text("utf-8"))
    return found


def cases(family: str) -> Any:
    """The module with a family's expressions."""
    return importlib.import_module(f"{__package__ + '.' if __package__ else ''}{family}_cases")


def record() -> None:
    """Writes down what TensorFlow says."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
    import tensorflow.compat.v1 as tf

    tf.disable_v2_behavior()
    tf.logging.set_verbosity(tf.logging.ERROR)
    for family in sys.argv[1:] or FAMILIES:
        module = cases(family)
        found = {each: outcome(tf, module, each) for each in module.EXPRESSIONS}
        lines = [f"{json.dumps(each)}: {json.dumps(seen)}" for each, seen in found.items()]
        (FOLDER / f"{family}_cases.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
        print(family, len(found), "expressions")


if __name__ == "__main__":
    record()
