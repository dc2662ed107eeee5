"""Models compute under onnxruntime what sessions do: each op that is converted, by expressions of it."""

from __future__ import annotations

import collections
import contextlib
import random
import re
from typing import Any

import numpy as np
import op_expressions
import pytest
import scopetrie as tf
from differential.calls import Built
from differential.records import FAMILIES, read
from every_op import every_op
from scopetrie.errors import UnimplementedError

pytest.importorskip("onnx_ir")
pytest.importorskip("onnxruntime")
from onnx_export.cases import CASES
from onnx_export.runtime import Lacks, check, difference, exported, types_of
from scopetrie.onnx import exporting  # noqa: F401  files the converters
from scopetrie.onnx.refused import REFUSED
from scopetrie.onnx.table import CONVERTERS
from scopetrie.ops.registry import OPS

# Made by no public function: see test_what_no_function_makes.
NOT_MET = {"LinSpace", "OnesLike"}
# Integers that are divided by 0 end the process; those near the end of their range overflow as each likes.
LARGE = re.compile("214748364|107374182|922337203|461168601")
DIVIDES = {"DivNoNan", "FloorDiv", "FloorMod", "Pow", "RealDiv", "TruncateDiv", "TruncateMod", "Xdivy"}


def numbers(dtype: tf.DType, shape: list[int], seed: int) -> Any:
    made = np.random.default_rng(seed).normal(size=shape) * 2
    return np.asarray(made > 0 if dtype is tf.bool else made, dtype.as_numpy_dtype)


def fed(graph: tf.Graph) -> dict[Any, Any]:
    """Numbers for the placeholders of a graph; sizes that are not known are 2."""
    feeds = {}
    for op in graph.get_operations():
        if op.type == "Placeholder":
            dims = op.outputs[0].shape
            shape = [2] if dims.ndims is None else [2 if size is None else size for size in dims.as_list()]
            feeds[op.outputs[0]] = numbers(op.outputs[0].dtype, shape, len(feeds))
    return feeds


def is_number(tensor: Any) -> bool:
    return isinstance(tensor, tf.Tensor) and tensor.dtype.name not in (
        "bfloat16",
        "complex64",
        "complex128",
        "resource",
        "string",
        "variant",
    )


def types_met(graph: tf.Graph) -> set[str]:
    return {op.type for op in graph.get_operations()}


def test_every_op_is_converted_or_refused() -> None:
    known = every_op()
    assert CONVERTERS.keys() & REFUSED.keys() == set()
    assert CONVERTERS.keys() | REFUSED.keys() == known.keys()


def built(expression: str) -> list[Any]:
    return op_expressions.leaves(eval(expression, op_expressions.names(tf)))


@pytest.mark.parametrize("expression", CASES)
def test_expressions(expression: str) -> None:
    with tf.Graph().as_default() as graph:
        made = built(expression)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            model = check(made, fed(graph), session)
    declared = {kind for each in types_met(graph) & CONVERTERS.keys() for kind in CONVERTERS[each].to}
    assert types_of(model) <= declared | {"Identity", "Transpose"}


def test_every_converter_is_met() -> None:
    """By the expressions above, or by one that is compared with TensorFlow elsewhere."""
    met: set[str] = set()
    for expression in CASES:
        with tf.Graph().as_default() as graph:
            built(expression)
            met |= types_met(graph)
    for expression in op_expressions.recorded_values():
        with tf.Graph().as_default() as graph:
            made = built(expression)
            new = types_met(graph) & CONVERTERS.keys() - met
            if not new or not all(map(is_number, made)):
                continue
            with tf.Session() as session, contextlib.suppress(UnimplementedError):
                check(made, {}, session)
                met |= new
    assert CONVERTERS.keys() - met == NOT_MET


def test_what_no_function_makes() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None])
        made: list[Any] = [OPS["LinSpace"].function(x[0], x[1], 4), OPS["OnesLike"].function(x)]
        check(made, {x: np.array([0.5, 2], np.float32)}, session)


# Programs of several functions start variables and tables first; most schedules divide.
OF_ONE_FUNCTION = [each for each in FAMILIES if each not in ("normalization", "tables", "rates")]


@pytest.mark.parametrize("family", OF_ONE_FUNCTION)
def test_drawn_arguments(family: str) -> None:
    """Arguments that are drawn at random: odd shapes and dtypes; with special values, nearly all agree."""
    calls = [call for call, outcome in read(family) if outcome is not None and outcome[0] == "gives"]
    counts: collections.Counter[str] = collections.Counter()
    different = []
    for call in random.Random(1).sample(calls, 40):
        if LARGE.search(str(call)) or (family == "images" and "inf" in str(call)):
            continue  # onnxruntime's images have NaN where an infinite pixel has weight 0
        with tf.Graph().as_default() as graph:
            drawn = Built(call, tf, "c")
            fetches = [each for each in drawn.outputs if is_number(each)]
            if not fetches or not all(map(is_number, drawn._feeds)) or types_met(graph) & DIVIDES:
                continue
            with tf.Session() as session:
                for variable in drawn._variables:
                    session.run(variable.initializer)
                wanted = session.run(fetches, drawn._feeds)
                try:
                    _, found = exported(fetches, drawn._feeds, session)
                except UnimplementedError:
                    counts["refused"] += 1
                    continue
                except Lacks:
                    counts["lacks"] += 1
                    continue
                except Exception as error:
                    if type(error).__module__.startswith("onnxruntime"):
                        counts["stops"] += 1
                        continue
                    raise
        if any(difference(*pair) for pair in zip(wanted, found, strict=True)):
            different.append(call)
        counts["same"] += 1
    # ONNX has few ops of sparse tensors, and most losses divide.
    assert counts["same"] >= {"sparse": 5, "losses": 3}.get(family, 10), counts
    assert counts["stops"] <= 3, counts
    assert different == []
