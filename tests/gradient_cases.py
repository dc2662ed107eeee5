"""A call of each op that has a gradient, for the numeric check: what builds it, and the arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import scopetrie as tf
from scopetrie.derivatives.declare import gradient_of
from scopetrie.ops.registry import OPS

Array = np.ndarray[Any, Any]


gradient_of("Identity")  # the backward ops are defined with the gradients


class Case(NamedTuple):
    """A function of tensors, and arrays to call it with; it returns a tensor or several."""

    build: Callable[..., Any]
    arrays: list[Array]


RANDOM = np.random.default_rng(11)


def normal(*shape: int) -> Array:
    return RANDOM.normal(size=shape)


def positive(*shape: int) -> Array:
    return RANDOM.uniform(0.5, 2.0, size=shape)


def within(low: float, high: float, *shape: int) -> Array:
    return RANDOM.uniform(low, high, size=shape)


def apart(*shape: int) -> Array:
    """Numbers in a random order, none of them near another, or near 0."""
    count = int(np.prod(shape))
    return (RANDOM.permutation(count).reshape(shape) - count / 2 + 0.3) * 0.37


def by_type(type: str, *extra: Any, **attrs: Any) -> Callable[..., Any]:
    """A function that makes a node of a type."""
    return lambda *tensors: OPS[type].function(*tensors, *extra, **attrs)


def square(*lead: int, size: int = 3) -> Array:
    """Matrices that are well conditioned."""
    return normal(*lead, size, size) + 3 * np.eye(size)


# Shapes that broadcast, known and not.
PAIRS = [((3,), (3,)), ((2, 3), (3,)), ((2, 1, 3), (4, 1)), ((), (2, 2)), ((2, 3), (1, 1))]


def binary(
    type: str, first: Callable[..., Array] = normal, second: Callable[..., Array] = normal
) -> list[Case]:
    return [Case(by_type(type), [first(*a), second(*b)]) for a, b in PAIRS]


def unary(type: str, values: Callable[..., Array] = normal) -> list[Case]:
    return [Case(by_type(type), [values(2, 3)]), Case(by_type(type), [values()])]


def complex_of(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of complex numbers as one of real and imaginary parts."""

    def build(real: Any, imag: Any) -> list[Any]:
        made = function(tf.complex(real, imag))
        return [tf.real(made), tf.imag(made)] if made.dtype.is_complex else made

    return build


IDS = np.array([0, 2, 2, 1, 0])
_PAIR = [normal(2, 3), normal(2, 3)]

CASES: dict[str, list[Case]] = {
    # Arithmetic
    **{
        type: unary(type)
        for type in (
            "Neg Square Exp Expm1 Sin Cos Tan Sinh Cosh Tanh Atan Asinh Sigmoid Erf Erfc Identity Snapshot "
            "Softplus Softsign BesselI0 BesselI0e BesselI1 BesselI1e GuaranteeConst PlaceholderWithDefault"
        ).split()
        if type in OPS
    },
    **{
        type: unary(type, positive)
        for type in ("Sqrt Rsqrt Log Log1p Reciprocal Lgamma Digamma Abs Sign").split()
    },
    **{type: unary(type, lambda *shape: apart(*shape)) for type in ("Relu LeakyRelu Elu Selu").split()},
    **{type: binary(type) for type in ("AddV2", "Sub", "Mul", "SquaredDifference", "NextAfter")},
    **{
        type: binary(type, normal, positive) for type in ("RealDiv", "DivNoNan", "MulNoNan", "Xdivy", "Atan2")
    },
    **{type: binary(type, positive, positive) for type in ("Pow", "Xlogy", "Xlog1py", "Igamma", "Igammac")},
    "FloorMod": binary("FloorMod", lambda *s: within(3.1, 3.4, *s), lambda *s: within(0.9, 1.0, *s)),
    "TruncateMod": binary("TruncateMod", lambda *s: -within(3.1, 3.4, *s), lambda *s: within(0.9, 1.0, *s)),
    "Maximum": binary("Maximum", lambda *s: apart(*s), lambda *s: apart(*s) + 0.11),
    "Minimum": binary("Minimum", lambda *s: apart(*s), lambda *s: apart(*s) + 0.11),
    "Asin": unary("Asin", lambda *s: within(-0.8, 0.8, *s)),
    "Acos": unary("Acos", lambda *s: within(-0.8, 0.8, *s)),
    "Atanh": unary("Atanh", lambda *s: within(-0.8, 0.8, *s)),
    "Erfinv": unary("Erfinv", lambda *s: within(-0.8, 0.8, *s)),
    "Ndtri": unary("Ndtri", lambda *s: within(0.2, 0.8, *s)),
    "Acosh": unary("Acosh", lambda *s: within(1.5, 3, *s)),
    "Relu6": [Case(by_type("Relu6"), [apart(4, 6)])],
    "LeakyRelu": [Case(by_type("LeakyRelu", alpha=0.3), [apart(3, 4)])],
    "Zeta": [Case(lambda q: tf.math.zeta(tf.constant(2.5, tf.float64), q), [positive(3)])],
    "Polygamma": [Case(lambda x: tf.math.polygamma(tf.constant(2.0, tf.float64), x), [positive(3)])],
    "Betainc": [
        Case(
            lambda x: tf.math.betainc(
                tf.fill([3], tf.constant(1.5, tf.float64)), tf.fill([3], tf.constant(2.5, tf.float64)), x
            ),
            [within(0.2, 0.8, 3)],
        )
    ],
    "Cast": [Case(lambda x: tf.cast(tf.cast(x, tf.complex128), tf.float64), [normal(3)])],
    "AddN": [Case(lambda *each: tf.add_n(each), [normal(2, 3) for _ in range(3)])],
    "Select": [Case(lambda x, y: tf.where([True, False], x, y), [normal(2, 3), normal(2, 3)])],
    "SelectV2": [
        Case(lambda x, y: tf.where_v2([[True], [False]], x, y), [normal(2, 3), normal(3)]),
        Case(lambda x, y: tf.where_v2([True, False, True], x, y), [normal(2, 3), normal(2, 1)]),
    ],
    "ClipByValue": [Case(by_type("ClipByValue"), [apart(4, 5), np.array(-1.0), np.array(1.5)])],
    "ComplexAbs": [Case(complex_of(tf.abs), [normal(3), normal(3)])],
    "Angle": [Case(complex_of(tf.angle), [positive(3), normal(3)])],
    "Conj": [Case(complex_of(tf.conj), [normal(3), normal(3)])],
    "Complex": [Case(complex_of(lambda z: z * z), [normal(3), normal(3)])],
    "Real": [Case(complex_of(tf.real), [normal(3), normal(3)])],
    "Imag": [Case(complex_of(tf.imag), [normal(3), normal(3)])],
    # Reductions and running totals
    **{
        type: [Case(by_type(type, axes), [values(2, 3, 4)]) for axes in ([0, 1, 2], [1], [-1], [0, 2], [])]
        + [Case(by_type(type, [1], keep_dims=True), [values(2, 3)])]
        for type, values in (
            ("Sum", normal),
            ("Mean", normal),
            ("Prod", normal),
            ("Max", apart),
            ("Min", apart),
            ("EuclideanNorm", normal),
        )
    },
    "L2Loss": unary("L2Loss"),
    **{
        type: [
            Case(by_type(type, 1, exclusive=exclusive, reverse=reverse), [values(2, 4)])
            for exclusive in (False, True)
            for reverse in (False, True)
        ]
        for type, values in (("Cumsum", normal), ("Cumprod", positive))
    },
    "CumulativeLogsumexp": [
        Case(by_type("CumulativeLogsumexp", 1, reverse=each), [normal(2, 4)]) for each in (False, True)
    ],
    "TopKV2": [Case(lambda x: tf.nn.top_k(x, 2)[0], [apart(3, 5)])],
    # Shapes
    "Reshape": [Case(lambda x: tf.reshape(x, [3, -1]), [normal(2, 6)])],
    "ExpandDims": [Case(lambda x: tf.expand_dims(x, 1), [normal(2, 3)])],
    "Squeeze": [Case(lambda x: tf.squeeze(x, [1]), [normal(2, 1, 3)])],
    "Transpose": [Case(lambda x: tf.transpose(x, [2, 0, 1]), [normal(2, 3, 4)])],
    "ConjugateTranspose": [Case(complex_of(lambda z: tf.transpose(z, conjugate=True)), _PAIR)],
    "BroadcastTo": [Case(lambda x: tf.broadcast_to(x, [4, 2, 3]), [normal(2, 1)])],
    "SumToShape": [
        Case(lambda x: tf.gradients(tf.zeros([3], tf.float64) * x, x, grad_ys=x)[0], [normal(3)]),
        Case(by_type("SumToShape", [2, 1], dims=(2, 1)), [normal(4, 2, 3)]),
    ],
    "EnsureShape": [Case(lambda x: tf.ensure_shape(x, [2, None]), [normal(2, 3)])],
    "CheckNumerics": [Case(lambda x: tf.check_numerics(x, "?"), [normal(2)])],
    "Fill": [Case(lambda x: tf.fill([2, 3], x), [normal()])],
    "IdentityN": [Case(lambda *each: tf.identity_n(each), [normal(2), normal(3)])],
    "Print": [Case(lambda x: OPS["Print"].function(x, [], summarize=3), [normal(2)])],
    "ConcatV2": [
        Case(lambda x, y: tf.concat([x, y], 1), [normal(2, 3), normal(2, 1)]),
        Case(lambda x, y: tf.concat([x, y, x], -2), [normal(2, 3), normal(1, 3)]),
    ],
    "Pack": [Case(lambda x, y: tf.stack([x, y], 1), _PAIR)],
    "Unpack": [Case(lambda x: tf.unstack(x, axis=1, num=3)[1:], [normal(2, 3)])],
    "Split": [Case(lambda x: tf.split(x, 2, 1)[1], [normal(2, 6)])],
    "SplitV": [Case(lambda x: tf.split(x, [1, 3], 1), [normal(2, 4)])],
    "Slice": [Case(lambda x: tf.slice(x, [0, 1], [-1, 2]), [normal(3, 4)])],
    "StridedSlice": [
        Case(lambda x: x[1:, ::-2, None, 0], [normal(3, 5, 2)]),
        Case(lambda x: x[..., 1], [normal(3, 4)]),
        Case(lambda x: x[-1], [normal(3, 4)]),
    ],
    "Pad": [Case(lambda x: tf.pad(x, [[1, 0], [2, 1]]), [normal(2, 3)])],
    "PadV2": [Case(lambda x: tf.pad(x, [[1, 0], [2, 1]], constant_values=2.0), [normal(2, 3)])],
    "MirrorPad": [
        Case(lambda x, mode=mode: tf.pad(x, [[1, 1], [2, 0]], mode), [normal(3, 4)])
        for mode in ("REFLECT", "SYMMETRIC")
    ],
    "Tile": [Case(lambda x: tf.tile(x, [2, 1, 3]), [normal(2, 3, 2)])],
    "ReverseV2": [Case(lambda x: tf.reverse(x, [1]), [normal(2, 3)])],
    "ReverseSequence": [Case(lambda x: tf.reverse_sequence(x, [1, 3], seq_axis=1), [normal(2, 4)])],
    "Roll": [Case(lambda x: tf.roll(x, [1, -2], [0, 1]), [normal(3, 4)])],
    "SpaceToDepth": [Case(lambda x: tf.space_to_depth(x, 2), [normal(1, 4, 4, 2)])],
    "DepthToSpace": [Case(lambda x: tf.depth_to_space(x, 2), [normal(1, 2, 2, 8)])],
    "SpaceToBatchND": [
        Case(lambda x: tf.space_to_batch_nd(x, [2, 2], [[0, 1], [1, 0]]), [normal(1, 3, 3, 2)])
    ],
    "BatchToSpaceND": [
        Case(lambda x: tf.batch_to_space_nd(x, [2, 2], [[0, 1], [1, 0]]), [normal(4, 2, 2, 2)])
    ],
    # Picking and putting
    "GatherV2": [
        Case(lambda x: tf.gather(x, [[2, 0], [2, 1]]), [normal(3, 4)]),
        Case(lambda x: tf.gather(x, [[2, 0], [2, 1]], axis=1), [normal(2, 3, 4)]),
        Case(lambda x: tf.gather(x, [[2, 0, 2], [0, 1, 1]], axis=2, batch_dims=1), [normal(2, 3, 4)]),
    ],
    "GatherNd": [
        Case(lambda x: tf.gather_nd(x, [[0, 1], [1, 1], [0, 1]]), [normal(2, 3, 2)]),
        Case(lambda x: tf.gather_nd(x, [[0], [2], [0]]), [normal(3, 2)]),
    ],
    "ScatterNd": [Case(lambda x: tf.scatter_nd([[1], [3], [1]], x, [4, 2]), [normal(3, 2)])],
    "TensorScatterUpdate": [
        Case(lambda x, y: tf.tensor_scatter_update(x, [[1], [3]], y), [normal(4, 2), normal(2, 2)])
    ],
    "TensorScatterAdd": [Case(by_type("TensorScatterAdd"), [])],
    "TensorScatterSub": [Case(by_type("TensorScatterSub"), [])],
    "TensorScatterMax": [Case(by_type("TensorScatterMax"), [])],
    "TensorScatterMin": [Case(by_type("TensorScatterMin"), [])],
    "DynamicPartition": [Case(lambda x: tf.dynamic_partition(x, [0, 1, 0, 2], 3), [normal(4, 2)])],
    "DynamicStitch": [
        Case(lambda x, y: tf.dynamic_stitch([[0, 2], [1]], [x, y]), [normal(2, 3), normal(1, 3)])
    ],
    "ParallelDynamicStitch": [
        Case(
            lambda x, y: OPS["ParallelDynamicStitch"].function([[0, 2], [1], x, y]),
            [normal(2, 3), normal(1, 3)],
        )
    ],
    **{
        f"UnsortedSegment{name}": [
            Case(by_type(f"UnsortedSegment{name}", np.array([0, 2, -1, 1, 0]), 3), [apart(5, 2)])
        ]
        for name in ("Sum", "Prod", "Max", "Min")
    },
    **{
        f"Segment{name}": [Case(by_type(f"Segment{name}", np.array([0, 0, 1, 1, 3])), [apart(5, 2)])]
        for name in ("Sum", "Prod", "Max", "Min", "Mean")
    },
    # Matrices
    "MatMul": [
        Case(
            by_type("MatMul", transpose_a=a, transpose_b=b),
            [normal(*((4, 2) if a else (2, 4))), normal(*((3, 4) if b else (4, 3)))],
        )
        for a in (False, True)
        for b in (False, True)
    ],
    "BatchMatMulV2": [
        Case(
            by_type("BatchMatMulV2", adj_x=a, adj_y=b),
            [normal(2, *((4, 2) if a else (2, 4))), normal(5, 1, *((3, 4) if b else (4, 3)))],
        )
        for a in (False, True)
        for b in (False, True)
    ],
    "Cross": [Case(by_type("Cross"), [normal(2, 3), normal(2, 3)])],
    "MatrixInverse": [Case(by_type("MatrixInverse", adjoint=each), [square(2)]) for each in (False, True)],
    "MatrixDeterminant": [Case(by_type("MatrixDeterminant"), [square(2)])],
    "LogMatrixDeterminant": [Case(lambda x: tf.linalg.slogdet(x)[1], [square(2)])],
    "Cholesky": [Case(lambda x: tf.cholesky(tf.matmul(x, x, transpose_b=True)), [square(2)])],
    "MatrixSolve": [
        Case(by_type("MatrixSolve", adjoint=each), [square(2), normal(2, 3, 2)]) for each in (False, True)
    ],
    "MatrixTriangularSolve": [
        Case(by_type("MatrixTriangularSolve", adjoint=a, lower=b), [square(2), normal(2, 3, 2)])
        for a in (False, True)
        for b in (False, True)
    ],
    "SelfAdjointEigV2": [
        Case(
            lambda x: tf.self_adjoint_eigvals(x + tf.matrix_transpose(x)),
            [np.diag([1.0, 3.0, 7.0]) + 0.2 * normal(3, 3)],
        ),
        Case(
            lambda x: [(made := tf.self_adjoint_eig(x + tf.matrix_transpose(x)))[0], tf.square(made[1])],
            [np.diag([1.0, 3.0, 7.0]) + 0.2 * normal(3, 3)],
        ),
    ],
    "Svd": [
        Case(lambda x: tf.svd(x, compute_uv=False), [normal(3, 4)]),
        Case(lambda x: [(made := tf.svd(x))[0], tf.square(made[1]), tf.square(made[2])], [normal(4, 3)]),
        Case(lambda x: [(made := tf.svd(x))[0], tf.square(made[1]), tf.square(made[2])], [normal(3, 3)]),
    ],
    "Qr": [Case(lambda x: tf.qr(x), [normal(4, 3)]), Case(lambda x: tf.qr(x), [square()])],
    "Diag": [Case(tf.diag, [normal(2, 3)])],
    "DiagPart": [Case(tf.diag_part, [normal(2, 3, 2, 3)])],
    "MatrixDiagV3": [Case(lambda x: tf.linalg.diag(x, k=1), [normal(2, 3)])],
    "MatrixDiagPartV3": [Case(lambda x: tf.linalg.diag_part(x, k=(-1, 1)), [normal(2, 3, 4)])],
    "MatrixSetDiagV3": [Case(tf.linalg.set_diag, [normal(2, 3, 4), normal(2, 3)])],
    "MatrixBandPart": [Case(lambda x: tf.matrix_band_part(x, 1, 0), [normal(2, 3, 4)])],
    "Einsum": [
        Case(lambda *each: tf.einsum("ij,jk->ik", *each), [normal(2, 3), normal(3, 4)]),
        Case(lambda *each: tf.einsum("bij,bjk->bik", *each), [normal(5, 2, 3), normal(5, 3, 4)]),
        Case(lambda *each: tf.einsum("...ij,...jk->...ik", *each), [normal(2, 3), normal(5, 1, 3, 4)]),
        Case(lambda *each: tf.einsum("ij,k->i", *each), [normal(2, 3), normal(4)]),
        Case(lambda x: tf.einsum("ii->i", x), [normal(3, 3)]),
        Case(lambda x: tf.einsum("ii", x), [normal(3, 3)]),
        Case(lambda *each: tf.einsum("ab,bc,cd->ad", *each), [normal(2, 3), normal(3, 2), normal(2, 4)]),
    ],
    **{
        type: [Case(complex_of(by_type(type)), [normal(2, 3, 4), normal(2, 3, 4)])]
        for type in ("FFT", "FFT2D", "FFT3D", "IFFT", "IFFT2D", "IFFT3D")
    },
    # Layers
    "Softmax": [Case(by_type("Softmax"), [normal(2, 3)])],
    "LogSoftmax": [Case(by_type("LogSoftmax"), [normal(2, 3)])],
    "BiasAdd": [
        Case(by_type("BiasAdd", data_format=each), [normal(2, 3, 4, 3), normal(3)])
        for each in ("NHWC", "NCHW")
    ],
    "SoftmaxCrossEntropyWithLogits": [
        Case(
            lambda x, y, at=at: OPS["SoftmaxCrossEntropyWithLogits"].function(x, tf.nn.softmax(y))[at], _PAIR
        )
        for at in (0, 1)
    ],
    "SparseSoftmaxCrossEntropyWithLogits": [
        Case(
            lambda x: tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[2, 0], logits=x), [normal(2, 3)]
        )
    ],
    "Conv2D": [
        Case(lambda x, f: tf.nn.conv2d(x, f, [1, 1, 1, 1], "SAME"), [normal(2, 5, 4, 2), normal(3, 2, 2, 3)]),
        Case(
            lambda x, f: tf.nn.conv2d(x, f, [1, 2, 2, 1], "VALID"), [normal(2, 6, 5, 2), normal(3, 2, 2, 3)]
        ),
        Case(
            lambda x, f: tf.nn.conv2d(x, f, 1, [[0, 0], [1, 0], [2, 1], [0, 0]], dilations=[1, 2, 1, 1]),
            [normal(1, 6, 5, 2), normal(2, 2, 2, 3)],
        ),
        Case(
            lambda x, f: tf.nn.conv2d(x, f, [1, 1, 2, 1], "SAME", data_format="NCHW"),
            [normal(2, 2, 5, 4), normal(3, 2, 2, 3)],
        ),
        Case(lambda x, f: tf.nn.conv2d(x, f, [1, 1, 1, 1], "SAME"), [normal(1, 4, 4, 4), normal(2, 2, 2, 6)]),
    ],
    "Conv3D": [
        Case(
            lambda x, f: tf.nn.conv3d(x, f, [1, 1, 2, 1, 1], "SAME"),
            [normal(1, 3, 4, 3, 2), normal(2, 2, 2, 2, 3)],
        )
    ],
    "Conv2DBackpropInput": [
        Case(
            lambda x, f: tf.nn.conv2d_transpose(x, f, [2, 5, 4, 2], [1, 2, 2, 1]),
            [normal(2, 3, 2, 3), normal(3, 2, 2, 3)],
        )
    ],
    "Conv3DBackpropInputV2": [
        Case(
            lambda x, f: tf.nn.conv3d_transpose(x, f, [1, 4, 3, 4, 2], [1, 2, 1, 2, 1]),
            [normal(1, 2, 3, 2, 3), normal(2, 2, 2, 2, 3)],
        )
    ],
    "DepthwiseConv2dNative": [
        Case(
            lambda x, f: tf.nn.depthwise_conv2d(x, f, [1, 1, 1, 1], "SAME"),
            [normal(2, 4, 5, 2), normal(3, 2, 2, 3)],
        ),
        Case(
            lambda x, f: tf.nn.depthwise_conv2d(x, f, [1, 2, 2, 1], "VALID"),
            [normal(1, 5, 5, 2), normal(3, 2, 2, 2)],
        ),
    ],
    "MaxPool": [
        Case(lambda x: tf.nn.max_pool(x, 2, 2, "SAME"), [apart(2, 5, 4, 2)]),
        Case(lambda x: tf.nn.max_pool(x, 3, 1, "VALID", data_format="NCHW"), [apart(1, 2, 5, 4)]),
    ],
    "AvgPool": [
        Case(lambda x: tf.nn.avg_pool(x, 3, 2, "SAME"), [normal(2, 5, 4, 2)]),
        Case(lambda x: tf.nn.avg_pool(x, 2, 1, "VALID", data_format="NCHW"), [normal(1, 2, 5, 4)]),
    ],
    "AvgPool3D": [Case(lambda x: tf.nn.avg_pool3d(x, 2, 2, "SAME"), [normal(1, 3, 4, 5, 2)])],
    "MaxPoolWithArgmax": [
        Case(lambda x: tf.nn.max_pool_with_argmax(x, 2, 2, "SAME")[0], [apart(1, 5, 4, 2)])
    ],
    "ExtractImagePatches": [
        Case(
            lambda x: tf.extract_image_patches(x, [1, 2, 3, 1], [1, 2, 1, 1], [1, 1, 1, 1], "SAME"),
            [normal(1, 4, 5, 2)],
        )
    ],
}
for _how in ("Add", "Sub", "Max", "Min"):
    CASES[f"TensorScatter{_how}"] = [
        Case(
            lambda x, y, how=_how: OPS[f"TensorScatter{how}"].function(x, [[1], [3], [1]], y),
            [apart(4, 2), apart(3, 2) + 0.1],
        )
    ]

# Places of four elements of a 3 by 4 matrix, in order, and of others.
_PLACES, _OTHERS, _SIZES = [[0, 1], [0, 3], [1, 0], [2, 2]], [[0, 1], [1, 1], [2, 2]], [3, 4]


def sparse(values: Any, places: Any = _PLACES) -> tf.SparseTensor:
    return tf.SparseTensor(places, values, _SIZES)


CASES |= {
    "SparseToDense": [
        Case(lambda x: tf.sparse_to_dense(_PLACES, _SIZES, x), [normal(4)]),
        Case(lambda x, y: tf.sparse_to_dense([1, 3], [5], x, y), [normal(2), normal()]),
        Case(lambda x: tf.sparse_to_dense([1, 3], [5], x), [normal()]),
    ],
    "SparseTensorDenseAdd": [Case(lambda x, y: tf.sparse_add(sparse(x), y), [normal(4), normal(3, 4)])],
    "SparseTensorDenseMatMul": [
        Case(
            lambda x, y, a=a, b=b: tf.sparse_tensor_dense_matmul(sparse(x), y, adjoint_a=a, adjoint_b=b),
            [normal(4), normal(2, 3 if a else 4) if b else normal(3 if a else 4, 2)],
        )
        for a in (False, True)
        for b in (False, True)
    ],
    "SparseReduceSum": [
        Case(lambda x, axis=axis, keep=keep: tf.sparse_reduce_sum(sparse(x), axis, keep), [normal(4)])
        for axis, keep in ((0, False), (-1, True), (None, False))
    ],
    "SparseDenseCwiseAdd": [
        Case(
            lambda x, y: OPS["SparseDenseCwiseAdd"].function(*sparse(x)._components(), y),
            [normal(4), normal(*size)],
        )
        for size in ((3, 4), (3, 1), (4,), ())
    ],
    "SparseDenseCwiseMul": [
        Case(lambda x, y: (sparse(x) * y).values, [normal(4), normal(*size)])
        for size in ((3, 4), (3, 1), (4,), ())
    ],
    "SparseDenseCwiseDiv": [
        Case(lambda x, y: (sparse(x) / y).values, [normal(4), positive(*size)]) for size in ((3, 4), (3, 1))
    ],
    "SparseSoftmax": [Case(lambda x: tf.sparse_softmax(sparse(x)).values, [normal(4)])],
    "SparseReorder": [
        Case(lambda x: tf.sparse_reorder(sparse(x, _PLACES[::-1])).values, [normal(4)]),
    ],
    "SparseAdd": [
        Case(
            lambda x, y: tf.sparse_add(sparse(x), sparse(y, _OTHERS)).values,
            [normal(4), normal(3)],
        )
    ],
    "SparseSlice": [Case(lambda x: tf.sparse_slice(sparse(x), [0, 1], [2, 3]).values, [normal(4)])],
    "SparseFillEmptyRows": [
        Case(
            lambda x, y: tf.sparse_fill_empty_rows(sparse(x, [[0, 1], [0, 3]]), y)[0].values,
            [normal(2), normal()],
        )
    ],
}
for _kind, _total in (
    ("Sum", tf.sparse_segment_sum), ("Mean", tf.sparse_segment_mean), ("SqrtN", tf.sparse_segment_sqrt_n),
):  # fmt: skip
    CASES[f"SparseSegment{_kind}"] = [
        Case(
            lambda x, total=_total, rows=rows: total(x, [0, 3, 0], [0, 0, 2], sparse_gradient=rows),
            [normal(4, 2)],
        )
        for rows in (False, True)
    ]
    CASES[f"SparseSegment{_kind}WithNumSegments"] = [
        Case(lambda x, total=_total: total(x, [0, 3, 0], [0, 0, 2], num_segments=5), [normal(4, 2)])
    ]

# What takes no float64: compared with float32's precision.
NARROW: dict[str, list[Case]] = {
    "SparseMatMul": [
        Case(lambda x, y: tf.sparse_matmul(x, y, a_is_sparse=True), [normal(2, 3), normal(3, 2)])
    ],
    "MaxPool3D": [Case(lambda x: tf.nn.max_pool3d(x, 2, 2, "SAME"), [apart(1, 3, 4, 3, 2)])],
    "LRN": [Case(lambda x: tf.nn.lrn(x, 2, bias=1.5, alpha=0.3, beta=0.75), [normal(1, 2, 2, 6)])],
    "FusedBatchNormV3": [
        Case(
            lambda x, s, o, training=training, form=form: tf.nn.fused_batch_norm(
                x,
                s,
                o,
                *([] if training else [tf.constant([0.1, 0.2]), tf.constant([1.1, 0.9])]),
                is_training=training,
                data_format=form,
            )[0],
            [normal(*shape), positive(2), normal(2)],
        )
        for training in (True, False)
        for form, shape in (("NHWC", (3, 2, 2, 2)), ("NCHW", (3, 2, 2, 2)))
    ],
}

NARROW |= {
    "ResizeBilinear": [
        Case(lambda x, size=size, c=c: tf.image.resize_bilinear(x, size, c), [normal(1, 4, 5, 2)])
        for size, c in (([7, 3], False), ([3, 8], True))
    ],
    "ResizeBicubic": [Case(lambda x: tf.image.resize_bicubic(x, [7, 3]), [normal(1, 4, 5, 2)])],
    "CropAndResize": [
        Case(
            lambda x, y: tf.image.crop_and_resize(x, y, [0, 1], [3, 2]),
            [normal(2, 5, 6, 1), np.array([[0.11, 0.13, 0.7, 0.83], [0.31, 0.05, 0.93, 0.61]])],
        )
    ],
    "RGBToHSV": [Case(lambda x: tf.image.rgb_to_hsv(x), [apart(4, 3) * 0.05 + 0.6])],
}
CASES["ResizeNearestNeighbor"] = [
    Case(lambda x: tf.image.resize_nearest_neighbor(x, [7, 3]), [normal(1, 4, 5, 2)])
]

# Backward ops: each is made by the gradient of an op, and checked with it, by the second order.
BACKWARD = {
    "AvgPoolGrad",
    "AvgPool3DGrad",
    "BiasAddGrad",
    "Conv2DBackpropFilter",
    "Conv3DBackpropFilterV2",
    "DepthwiseConv2dNativeBackpropFilter",
    "DepthwiseConv2dNativeBackpropInput",
    "EluGrad",
    "ExtractImagePatchesGrad",
    "FusedBatchNormGradV3",
    "GatherGrad",
    "LeakyReluGrad",
    "MaxPoolGrad",
    "MaxPoolGradGrad",
    "MaxPool3DGrad",
    "MaxPool3DGradGrad",
    "MirrorPadGrad",
    "ReciprocalGrad",
    "Relu6Grad",
    "ReluGrad",
    "ResizeBicubicGrad",
    "ResizeBilinearGrad",
    "ResizeNearestNeighborGrad",
    "RsqrtGrad",
    "SeluGrad",
    "SigmoidGrad",
    "SoftplusGrad",
    "SoftsignGrad",
    "SqrtGrad",
    "StridedSliceGrad",
    "TanhGrad",
}
