"""Generated calls of every op do what TensorFlow's v1 mode was recorded to do: see calls.py and replay.py."""

from __future__ import annotations

import json
import platform
import sys
from typing import Any

import pytest
import scopetrie as tf
import scopetrie.ops
from differential.records import FAMILIES
from differential.replay import (
    KNOWN,
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
    with_table,
)
from every_op import every_op, module_of

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


def test_table_of_the_docs() -> None:
    page = SEMANTICS.read_text(encoding="utf-8")
    assert page == with_table(page, KNOWN_COUNTS)


def test_every_op_is_called() -> None:
    called = set().union(*(op_types(lines_of(family)) for family in FAMILIES))
    # Gradients have tests of their own; programs register others.
    ours = {name for name, op in every_op(scopetrie.ops).items() if not module_of(op).startswith(ELSEWHERE)}
    assert sorted(ours - called) == NOT_CALLED
