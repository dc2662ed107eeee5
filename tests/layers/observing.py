"""What a program builds and computes: names, shapes, collections and values, for TensorFlow and for us."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parent
_COLLECTIONS = ("trainable_variables", "variables", "local_variables", "update_ops", "regularization_losses",
                "losses", "metric_variables")  # fmt: skip


def values_of(shape: Any, number: int, dtype: str) -> np.ndarray:
    """The values that the number-th variable or placeholder has: the same everywhere."""
    size = int(np.prod(shape))
    if dtype == "bool":
        return (np.arange(size) % 2 == 0).reshape(shape)
    if dtype.startswith(("int", "uint")):
        return ((np.arange(size) * 7 + number) % 3).astype(dtype).reshape(shape)
    return (0.6 * np.sin(np.arange(size) * 1.7 + number)).astype(dtype).reshape(shape)


class Inputs:
    """Makes placeholders, and knows what to feed them."""

    def __init__(self, tf: Any) -> None:
        self.tf = tf
        self.feeds: dict[Any, Any] = {}

    def __call__(
        self, *dims: int, dtype: str = "float32", unknown: tuple[int, ...] = (), value: Any = None
    ) -> Any:
        static = [None if at in unknown else size for at, size in enumerate(dims)]
        made = self.tf.placeholder(getattr(self.tf, dtype), static, name="x")
        fed = values_of(dims, len(self.feeds), dtype) if value is None else np.asarray(value, dtype)
        self.feeds[made] = fed
        return made

    def flag(self, value: bool) -> Any:
        made = self.tf.placeholder(self.tf.bool, [], name="flag")
        self.feeds[made] = value
        return made


def flat(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for key in sorted(value) for leaf in flat(value[key])]
    if isinstance(value, (list, tuple)):
        return [leaf for each in value for leaf in flat(each)]
    return [value]


def excerpt(value: Any) -> Any:
    """A value, small enough to be kept: all of a small array, the beginning and the sum of a large one."""
    array = np.asarray(value)
    if array.dtype.kind in "OSU":
        return str(value)
    items = array.ravel().astype(np.float64)
    kept = [float(f"{each:.6g}") for each in items[:10]]
    return {"shape": list(array.shape), "items": kept, "sum": float(f"{items.sum():.6g}")}


def observe(function: Any, tf: Any) -> dict[str, Any]:
    """What a function of (tf, inputs) builds and computes."""
    with tf.Graph().as_default() as graph:
        inputs = Inputs(tf)
        try:
            made = flat(function(tf, inputs))
        except Exception as error:
            return {"raises": [type(error).__name__, str(error).split("\n")[0]]}
        seen: dict[str, Any] = {"made": [describe(each) for each in made]}
        for key in _COLLECTIONS:
            if found := [each.name for each in graph.get_collection(key)]:
                seen[key] = found
        fetched = [each for each in made if hasattr(each, "op") and hasattr(each, "shape")]
        with tf.Session() as session:
            variables = graph.get_collection("variables") + graph.get_collection("local_variables")
            seen["shapes"] = [each.shape.as_list() for each in variables]
            session.run([tf.local_variables_initializer(), tf.global_variables_initializer()])
            for number, each in enumerate(graph.get_collection("variables")):
                if each.dtype.base_dtype.is_floating:
                    kind = each.dtype.base_dtype.name
                    value = values_of(each.shape.as_list(), number, kind)
                    each.load(np.abs(value) + 0.1 if "variance" in each.name else value, session)
            if graph.get_collection("metric_variables"):  # the figure, and what takes a batch in: twice
                fetched = [fetched[1], fetched[1], fetched[0]]
                seen["values"] = [excerpt(session.run(each, inputs.feeds)) for each in fetched]
            else:
                seen["values"] = [excerpt(each) for each in session.run(fetched, inputs.feeds)]
            if updates := graph.get_collection("update_ops"):
                session.run(updates, inputs.feeds)
                seen["after"] = [excerpt(each) for each in session.run(variables)]
            if losses := graph.get_collection("regularization_losses") + graph.get_collection("losses"):
                seen["loss values"] = [excerpt(each) for each in session.run(losses, inputs.feeds)]
        return seen


def describe(value: Any) -> str:
    if hasattr(value, "op") and hasattr(value, "shape"):
        return f"{value.name} {value.dtype.name} {value.shape}"
    return str(value)


def recorded(name: str) -> dict[str, Any]:
    """What TensorFlow was seen to do, by case."""
    return json.loads((FOLDER / name).read_text("utf-8"))


def close(found: Any, wanted: Any) -> bool:
    """Whether two observations agree: texts exactly, numbers nearly."""
    if isinstance(wanted, float) and isinstance(found, float):
        return bool(np.isclose(found, wanted, rtol=2e-4, atol=2e-5, equal_nan=True))
    if isinstance(wanted, dict):
        return found.keys() == wanted.keys() and all(close(found[key], wanted[key]) for key in wanted)
    if isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(close, found, wanted))
    return bool(found == wanted)
