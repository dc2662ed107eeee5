"""Each op of the registry that has a gradient, against central differences; and there is no op undecided."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import gradient_cases as cases
import numpy as np
import pytest
import scopetrie as tf
from scopetrie.derivatives.declare import gradient_of
from scopetrie.exports import OP_TYPES

# Ops without a gradient, as in v1. Their outputs are ints or booleans, or there are none.
UNREACHED = {
    "AllCandidateSampler",
    "ComputeAccidentalHits",
    "CountUpTo",
    "DenseBincount",
    "FixedUnigramCandidateSampler",
    "GatherTree",
    "HistogramFixedWidth",
    "InTopKV2",
    "IsVariableInitialized",
    "LogUniformCandidateSampler",
    "LowerBound",
    "NoOp",
    "NonMaxSuppressionV3",
    "RandomUniformInt",
    "RestoreV2",
    "SaveV2",
    "UniformCandidateSampler",
    "UnravelIndex",
    "UpperBound",
    "Where",
}
# Ops without a gradient, as in v1, that one could reach: then they are refused by name.
REFUSED = {
    "AdjustContrastv2",
    "AdjustHue",
    "AdjustSaturation",
    "Bitcast",
    "ListDiff",
    "DrawBoundingBoxes",
    "DrawBoundingBoxesV2",
    "NonMaxSuppressionV5",
    "ParallelConcat",
    "ResizeArea",
    "ScatterMax",
    "ScatterMin",
    "ScatterUpdate",
    "SparseReduceMax",
    "SparseReduceMaxSparse",
    "SparseReduceSumSparse",
    "SparseSparseMaximum",
    "SparseSparseMinimum",
    "SparseSplit",
    "StridedSliceAssign",
    "Unique",
    "UniqueWithCounts",
}
# Backward ops that have no gradient themselves.
FIRST_ORDER = {
    "CropAndResizeGradBoxes",
    "CropAndResizeGradImage",
    "RGBToHSVGrad",
    "ConcatOffset",
    "IgammaGradA",
    "LRNGrad",
    "SparseAddGrad",
    "SparseFillEmptyRowsGrad",
    "SparseSegmentMeanGrad",
    "SparseSegmentMeanGradV2",
    "SparseSegmentSqrtNGrad",
    "SparseSegmentSqrtNGradV2",
    "SparseSegmentSumGrad",
    "SparseSegmentSumGradV2",
    "SparseSliceGrad",
}
# Ops that stand for parts of control flow: see test_control.py, and test_tensor_array.py for arrays of rows.
CONTROL = {
    "Enter",
    "Entry",
    "Exit",
    "Fold",
    "FoldGrad",
    "If",
    "IfGrad",
    "Map",
    "MapGrad",
    "Merge",
    "TensorArray",
    "TensorArrayConcat",
    "TensorArrayGather",
    "TensorArrayGatherV3",
    "TensorArrayGradConcat",
    "TensorArrayGradCut",
    "TensorArrayGradGather",
    "TensorArrayGradJoin",
    "TensorArrayGradRead",
    "TensorArrayGradScatter",
    "TensorArrayGradSplit",
    "TensorArrayGradWrite",
    "TensorArrayRead",
    "TensorArrayScatter",
    "TensorArraySize",
    "TensorArraySplit",
    "TensorArrayWrite",
    "While",
    "WhileGrad",
}
# Refused where shapes are not known, as in v1.
KNOWN_ONLY = {"Qr"}
# The second derivative of these is refused.
FIRST_ORDER_ONLY = {
    "Igamma",
    "Igammac",
    "SparseAdd",
    "SparseFillEmptyRows",
    "SparseSegmentMean",
    "SparseSegmentMeanWithNumSegments",
    "SparseSegmentSqrtN",
    "SparseSegmentSqrtNWithNumSegments",
    "SparseSegmentSum",
    "SparseSegmentSumWithNumSegments",
    "SparseSlice",
}


def listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def differs(case: cases.Case, dtype: Any, known: bool, second: bool) -> None:
    """Compares the derivative in a random direction with the difference of two values."""
    random = np.random.default_rng(5)
    arrays = [np.asarray(each, dtype.as_numpy_dtype) for each in case.arrays]
    step, tolerance = (1e-6, 1e-6) if dtype is tf.float64 else (1e-2, 2e-2)
    with tf.Graph().as_default(), tf.Session() as session:
        inputs = [tf.placeholder(dtype, each.shape if known else [None] * each.ndim) for each in arrays]
        out = [each for each in listed(case.build(*inputs)) if each.dtype.is_floating]
        weights = [
            random.normal(size=session.run(each, dict(zip(inputs, arrays, strict=True))).shape)
            for each in out
        ]
        total = tf.add_n([tf.reduce_sum(each * weight) for each, weight in zip(out, weights, strict=True)])
        found = tf.gradients(total, inputs)
        if second:
            pairs = [(x, grad) for x, grad in zip(inputs, found, strict=True) if grad is not None]
            sides = [random.normal(size=array.shape) for array in arrays]
            parts = [
                tf.reduce_sum(tf.convert_to_tensor(grad) * side)
                for grad, side in zip(found, sides, strict=True)
                if grad is not None
            ]
            assert pairs
            total = tf.add_n(parts)
            found = tf.gradients(total, inputs)
        found = [None if each is None else tf.convert_to_tensor(each) for each in found]
        assert second or any(each is not None for each in found)
        for x, grad in zip(inputs, found, strict=True):
            if grad is not None:
                assert grad.shape.is_compatible_with(x.shape)
        direction = [random.normal(size=each.shape) for each in arrays]
        for only in range(len(arrays)):
            there, back = (
                {
                    x: array + sign * step * towards * (at == only)
                    for at, (x, array, towards) in enumerate(zip(inputs, arrays, direction, strict=True))
                }
                for sign in (1, -1)
            )
            slope = (session.run(total, there) - session.run(total, back)) / (2 * step)
            expected = 0.0
            if found[only] is not None:
                value = session.run(found[only], dict(zip(inputs, arrays, strict=True)))
                assert value.shape == arrays[only].shape
                expected = np.sum(value * direction[only])
            np.testing.assert_allclose(expected, slope, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("known", [True, False], ids=["known shapes", "unknown shapes"])
@pytest.mark.parametrize("type", sorted(cases.CASES))
def test_first_order(type: str, known: bool) -> None:
    for case in cases.CASES[type] if known or type not in KNOWN_ONLY else ():
        differs(case, tf.float64, known, second=False)


@pytest.mark.parametrize("type", sorted(cases.NARROW))
def test_first_order_in_float32(type: str) -> None:
    for case in cases.NARROW[type]:
        differs(case, tf.float32, True, second=False)


@pytest.mark.parametrize("type", sorted(cases.CASES.keys() - FIRST_ORDER_ONLY))
def test_second_order(type: str) -> None:
    for case in cases.CASES[type]:
        differs(case, tf.float64, True, second=True)


# Modules whose ops no gradient reaches, if they say nothing else: they take texts, files, tables, queues.
OUT_OF_REACH = (
    "data.", "lookup.", "ops.image.encode", "ops.image.files", "ops.parsing.",
    "ops.sparse.splitting", "ops.strings.", "queues.",
)  # fmt: skip
# Prints the types of the package's own ops: in this process, other tests have registered more.
OWN = """
from scopetrie.derivatives.declare import gradient_of
from scopetrie.exports import OP_TYPES
from scopetrie.ops.registry import OPS
for type in OPS:
    found = gradient_of(type)
    print(type, "undecided" if found is None else "flat" if found.function is None else "differentiable")
"""


def test_every_op_is_checked_or_listed() -> None:
    run = subprocess.run([sys.executable, "-c", OWN], capture_output=True, text=True, check=True)
    kinds: dict[str, set[str]] = {"undecided": set(), "flat": set(), "differentiable": set()}
    for line in run.stdout.splitlines():
        type, kind = line.split()
        kinds[kind].add(type)
    assert (
        kinds["differentiable"] - cases.CASES.keys() - cases.NARROW.keys() - cases.BACKWARD - CONTROL == set()
    )
    updates = {type for type in kinds["undecided"] if type.startswith(("Apply", "SparseApply"))}
    out_of_reach = {
        type
        for module, types in OP_TYPES.items()
        if module.startswith(OUT_OF_REACH)
        for type in types.split()
    }
    listed = UNREACHED | REFUSED | CONTROL | FIRST_ORDER | updates | out_of_reach
    assert kinds["undecided"] - listed == set()
    assert (UNREACHED | REFUSED) - kinds["undecided"] == set()


@pytest.mark.parametrize("type", sorted(REFUSED))
def test_refused_by_name(type: str) -> None:
    assert gradient_of(type) is None
