"""Generated calls of every op do what TensorFlow's v1 mode was recorded to do: see calls.py and replay.py."""

from __future__ import annotations

import json
import platform
import sys
import warnings
from typing import Any

import numpy as np
import pytest
import scopetrie as tf
import scopetrie.ops
from differential.calls import Built
from differential.records import FAMILIES
from differential.replay import (
    KNOWN,
    RELIABILITY,
    SEMANTICS,
    Difference,
    chunks,
    counted,
    differences,
    has_bfloat16,
    lines_of,
    op_types,
    quiet_outcomes,
    strict_session,
    with_counts,
    with_table,
)
from every_op import every_op, module_of
from graph_states import contents

KNOWN_COUNTS: dict[str, Any] = json.loads(KNOWN.read_text(encoding="utf-8"))
# Elsewhere the mathematical functions of the C library give other last digits, and without the package
# ml_dtypes there is no bfloat16, so that counts may be lower.
COUNTED_HERE = sys.platform == "linux" and platform.machine() == "x86_64" and has_bfloat16()


# What has recorded tests or tests of its own: samplers, beams, images, parsing, sparse tensors, strings, and
# loops over rows.
ELSEWHERE = tuple(
    f"scopetrie.ops.{name}"
    for name in (
        "control.rows", "elementwise.sparse", "image.", "math.sparse_", "nn.beam", "parsing.",
        "random.candidates", "sparse.", "state.checkpoint", "strings.",
    )
)  # fmt: skip
# What no function of plain arguments builds: `x[...].assign` does; v1's `ones_like` and `linspace`
# make other nodes.
NOT_CALLED = ["LinSpace", "OnesLike", "StridedSliceAssign"]


def check(name: str, found: list[Difference]) -> None:
    """What differs is what is known to."""
    known, now = KNOWN_COUNTS[name], counted(found)
    more = {what for what, count in now["faults"].items() if count > known["faults"].get(what, 0)}
    shown = {f"{each.call[0]}: {each.kind}": str(each) for each in found if each.wanted is None}
    assert not more, "\n".join(["new differences:", *(shown[what] for what in sorted(more))])
    # How many of the wanted ones there are depends on the processor's instructions.
    grown = {what for what, count in now["wanted"].items() if count > known["wanted"].get(what, 0)}
    if COUNTED_HERE:
        write = "python tests/differential/replay.py --write"
        assert now["faults"] == known["faults"], f"fewer differences than are known: {write}"
        assert not grown, f"more wanted differences than are known: {write}"


@pytest.mark.parametrize("family", FAMILIES)
def test_numpy(family: str) -> None:
    check(family, differences(lines_of(family)))


@pytest.mark.parametrize("family", FAMILIES)
def test_another_backend(family: str) -> None:
    check(f"{family} on array_api_strict", differences(lines_of(family, True), strict_session))


# One call in so many is tried, since JAX compiles each; and what libraries do in their own way: singular
# matrices, sums of whole numbers that overflow.
OF_LIBRARIES = {
    "torch": (3, {"cholesky: error"}),
    "jax": (150, {"matrix_inverse: no error", "linalg.logdet: value",
                  "math.reduce_euclidean_norm: value"}),
}  # fmt: skip


@pytest.mark.parametrize("library", OF_LIBRARIES)
def test_another_library(library: str) -> None:
    pytest.importorskip(library, reason=f"{library} is not installed")
    every, known = OF_LIBRARIES[library]
    for family in FAMILIES:
        if family in ("sparse", "images"):  # most of whose kernels compute with NumPy, whatever the library
            continue
        lines = lines_of(family, True)[::every]
        found = differences(lines, lambda: tf.Session(backend=library))
        assert set(counted(found)["faults"]) <= known, "\n".join(map(str, found))


@pytest.mark.parametrize("family", FAMILIES)
def test_values_are_what_is_declared(family: str) -> None:
    """Each kernel gives the dtype and the shape of its node."""
    config = tf.ConfigProto(check_values=True)
    for lines in chunks(lines_of(family)[::3]):
        calls = [call for call, _ in lines]
        found = quiet_outcomes(calls, lambda: tf.Session(config=config))
        for (call, recorded), outcome in zip(lines, found, strict=True):
            if family == "images" and recorded[0] == "fails":
                continue  # as v1's, functions of images declare of an unknown rank that it is 4
            assert "check_values" not in outcome[-1] or outcome[2] != "InternalError", f"{call}: {outcome}"


def filled(values: Any) -> np.ndarray:
    """An array of a recorded call."""
    if isinstance(values, list):
        return np.array(values)
    ((_, shape, held, *_),) = values.values()
    return np.array(held, np.float64).reshape(shape)


def test_gradients_with_dilations() -> None:
    """TensorFlow leaves dilations out: here a gradient is what the convolution, which is linear, says."""
    checked = 0
    for (name, (x, *given), options), _ in lines_of("convolutions"):
        if not name.startswith("nn.depthwise_conv2d_backprop") or max(options["dilations"]) == 1:
            continue
        taps, above = given
        by_input = name.endswith("input")
        wanted = filled(x if by_input else taps).astype(int).tolist()
        with tf.Graph().as_default(), tf.Session() as session:
            size = int(np.prod(wanted))
            units = np.eye(size).reshape(size, *wanted)
            grad, other = filled(above), filled(taps if by_input else x)
            pairs = [(unit, other) if by_input else (other, unit) for unit in units]
            try:
                made = [tf.nn.depthwise_conv2d_native(*map(tf.constant, pair), **options) for pair in pairs]
            except ValueError:  # the dilated window does not fit
                continue
            node = (
                tf.nn.depthwise_conv2d_backprop_input if by_input else tf.nn.depthwise_conv2d_backprop_filter
            )
            inputs = (wanted, other, grad) if by_input else (other, wanted, grad)
            try:
                found = session.run(node(*map(tf.constant, inputs), **options))
            except (ValueError, tf.errors.InvalidArgumentError):
                continue
            slopes = [(each * grad).sum() for each in session.run(made)]
        np.testing.assert_allclose(found.ravel(), slopes, rtol=1e-9, atol=1e-9, err_msg=str(name))
        checked += 1
    assert checked > 20


def test_table_of_the_docs() -> None:
    page = SEMANTICS.read_text(encoding="utf-8")
    assert page == with_table(page, KNOWN_COUNTS)


def test_counts_of_the_docs() -> None:
    page = RELIABILITY.read_text(encoding="utf-8")
    assert page == with_counts(page, KNOWN_COUNTS)


def test_every_op_is_called() -> None:
    called = set().union(*(op_types(lines_of(family)) for family in FAMILIES))
    # Gradients have tests of their own; programs register others.
    ours = {name for name, op in every_op(scopetrie.ops).items() if not module_of(op).startswith(ELSEWHERE)}
    assert sorted(ours - called) == NOT_CALLED


def state() -> tuple[Any, ...]:
    """What a graph holds, and the names that come next."""
    graph = tf.get_default_graph()
    names = [graph.unique_name(name, mark_as_used=False) for name in ("Const", "Cast", "Identity", "Shape")]
    return (*contents(), names, graph.get_name_scope())


@pytest.mark.parametrize("family", FAMILIES)
def test_a_call_that_fails_leaves_nothing(family: str) -> None:
    """Operations, collections and names are as they were before a call that fails."""
    # Programs are of several calls, of which the first ones stay.
    failing = [call for call, recorded in lines_of(family) if recorded[:2] == ["fails", "build"]]
    failing = [call for call in failing if not call[0].startswith("~")][::3]
    left = []
    for at in range(0, len(failing), 20):
        with warnings.catch_warnings(), tf.Graph().as_default():
            warnings.simplefilter("ignore")
            some = failing[at : at + 20]
            left += [str(call)[:300] for call in some if Built(call, tf, "call", state).left_something]
    assert left == [], f"{len(left)} calls left something:\n" + "\n".join(left[:20])
