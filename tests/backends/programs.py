"""A small program for each op type: what the tables of docs/backends.md are measured with."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import gradient_cases
import numpy as np
import op_expressions
import scopetrie as tf
from differential.calls import Built
from differential.records import FAMILIES, key, read
from differential.replay import dtypes_of
from scopetrie.ops.registry import OPS

# Dtypes that not every library has; there are other tests of them.
RARE = {"float16", "bfloat16", "string", "uint16", "uint32", "uint64"}
# Types that are in most programs: a program of another type says little of them.
FREQUENT = {"Add", "AddV2", "Cast", "Const", "Identity", "Mul", "Neg", "Placeholder", "Square", "Sum"}
# Types that are folded away where they could be shown.
FOLDED = {"ConcatOffset", "ReducedShape"}
# How many programs of a type are kept, the smallest.
KEPT = 4


class Program(NamedTuple):
    """What is built in the default graph.

    Attributes:
        fetches: The tensors to compute.
        feeds: The fed tensors with their values.
        variables: The variables that are needed, each with its initial value in a constant.
    """

    fetches: list[tf.Tensor]
    feeds: dict[tf.Tensor, np.ndarray[Any, Any]]
    variables: list[tf.Variable]


Build = Callable[[], Program]


def of_call(call: list[Any]) -> Program:
    """The program of a recorded call; see differential/calls.py."""
    built = Built(call, tf, "call")
    assert built.failure is None
    fetches = [tf.convert_to_tensor(each) for each in built.outputs if isinstance(each, tf.Tensor)]
    return Program(fetches, dict(built._feeds), list(built._variables))


def of_expression(expression: str) -> Program:
    """The program of an expression whose constants are fed; see op_expressions.py."""
    fetches = op_expressions.leaves(eval(expression, op_expressions.names(tf)))
    feeds = {
        op.outputs[0]: np.asarray(tf.get_static_value(op.outputs[0]), np.float32)
        for op in tf.get_default_graph().get_operations()
        if op.type == "Const"
        and op.outputs[0].dtype is tf.float32
        and np.ndim(tf.get_static_value(op.outputs[0]))
    }
    return Program([each for each in fetches if isinstance(each, tf.Tensor)], feeds, [])


def of_gradient(type: str) -> Program:
    """The program of the gradients of an op; see gradient_cases.py."""
    narrow = type in gradient_cases.NARROW
    case = (gradient_cases.NARROW if narrow else gradient_cases.CASES)[type][0]
    dtype = tf.float32 if narrow else tf.float64
    arrays = [np.asarray(each, dtype.as_numpy_dtype) for each in case.arrays]
    inputs = [tf.placeholder(dtype, each.shape) for each in arrays]
    made = case.build(*inputs)
    out = [each for each in (made if isinstance(made, (list, tuple)) else [made]) if each.dtype.is_floating]
    grads = [tf.convert_to_tensor(each) for each in tf.gradients([tf.square(each) for each in out], inputs)
             if each is not None]  # fmt: skip
    return Program([*out, *grads], dict(zip(inputs, arrays, strict=True)), [])


def _others() -> dict[str, Build]:
    def of(make: Callable[..., Any], *arrays: Any) -> Build:
        def build() -> Program:
            feeds = {tf.placeholder(tf.as_dtype(np.asarray(each).dtype), np.shape(each)): np.asarray(each)
                     for each in arrays}  # fmt: skip
            made = make(*feeds)
            fetches = list(made) if isinstance(made, (list, tuple)) else [made]
            return Program([tf.convert_to_tensor(each) for each in fetches if each is not None], feeds, [])

        return build

    x = np.array([[1.0, -2.0, 3.0], [0.5, 0.0, 2.0]], np.float32)
    image = np.arange(16, dtype=np.float32).reshape(1, 4, 4, 1)
    volume = np.arange(64, dtype=np.float32).reshape(1, 4, 4, 4, 1)
    pixels = np.linspace(0.05, 0.95, 48, dtype=np.float32).reshape(1, 4, 4, 3)
    boxes = np.array([[0.0, 0.0, 0.5, 0.6], [0.1, 0.2, 1.0, 0.9]], np.float32)
    ids = np.array([[1], [3]], np.int64)

    def twice(made: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return lambda a: tf.gradients(tf.gradients(tf.square(made(a)), a), a)

    def once(made: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return lambda a: tf.gradients(tf.square(made(a)), a)

    def rows(a: Any) -> list[Any]:
        array = tf.TensorArray(tf.float32, 3, element_shape=[3], clear_after_read=False)
        array = array.scatter([0, 1], a)
        array = array.write(2, array.read(0) * 2.0)
        parts = tf.TensorArray(tf.float32, 2, infer_shape=False).split(a[0], [1, 2])
        made = [array.stack(), array.gather([1]), parts.concat()]
        return [*made, array.size(), *tf.gradients(made, a)]

    def pieces(a: Any) -> Any:
        return tf.TensorArray(tf.float32, 2, infer_shape=False).split(a[0] ** 3, [1, 2]).concat()

    def sampled(name: str, **more: Any) -> Callable[[Any], Any]:
        return lambda a: getattr(tf.nn, name)(a, 1, 2, True, 5, seed=3, **more)

    def sparse(make: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def made(a: Any) -> Any:
            found = make(tf.SparseTensor([[0, 1], [1, 0], [1, 2]], a[0], [2, 4]))
            parts = found if isinstance(found, list) else [found]
            return [getattr(each, "values", each) for each in parts]

        return made

    def changed(a: Any) -> Any:
        v = tf.Variable(np.zeros((2, 3), np.float32))
        with tf.control_dependencies([v.initializer]):
            return v[:, ::-1].assign(a)

    return {
        "LinSpace": of(lambda a: tf.linspace(a, 2.0, 4), np.float32(1)),
        "OnesLike": of(lambda a: OPS["OnesLike"].function(a), x),
        "ZerosLike": of(lambda a: OPS["ZerosLike"].function(a), x),
        "Rank": of(lambda a: tf.rank(tf.placeholder_with_default(a, None)), x),
        "Placeholder": of(tf.identity, x),
        "Const": of(lambda a: tf.constant([1.0, 2.0, 3.0]) * a, x),
        "RandomUniform": of(lambda a: a + tf.random_uniform([2, 3], seed=1), x),
        "RandomUniformInt": of(
            lambda a: a + tf.cast(tf.random_uniform([2, 3], 0, 9, tf.int32, 1), a.dtype), x
        ),
        "RandomStandardNormal": of(lambda a: a + tf.random_normal([2, 3], seed=1), x),
        "TruncatedNormal": of(lambda a: a + tf.truncated_normal([2, 3], seed=1), x),
        "RandomShuffle": of(lambda a: tf.random_shuffle(a, seed=1), x),
        "Multinomial": of(lambda a: tf.multinomial(a, 4, seed=1), x),
        "StringJoin": of(lambda a: tf.string_join([tf.as_string(a), "m"]), x),
        "ReduceJoin": of(lambda a: tf.reduce_join(tf.as_string(a), 1), x),
        "UnsortedSegmentJoin": of(
            lambda a: tf.strings.unsorted_segment_join(tf.as_string(a), [0, 1], 2), x[:, 0]
        ),
        "StringToNumber": of(lambda a: tf.string_to_number(tf.as_string(a)), x),
        "DecodeRaw": of(lambda a: tf.decode_raw(tf.as_string(a), tf.uint8), np.float32(1)),
        "UniformCandidateSampler": of(sampled("uniform_candidate_sampler"), ids),
        "LogUniformCandidateSampler": of(sampled("log_uniform_candidate_sampler"), ids),
        "FixedUnigramCandidateSampler": of(
            sampled("fixed_unigram_candidate_sampler", unigrams=[1.0] * 5), ids
        ),
        "AllCandidateSampler": of(lambda a: tf.nn.all_candidate_sampler(a, 1, 5, True, seed=3), ids),
        "ComputeAccidentalHits": of(
            lambda a: tf.nn.compute_accidental_hits(a, tf.constant([3, 1], tf.int64), 1), ids
        ),
        "MaxPoolGradGrad": of(twice(lambda a: tf.nn.max_pool(a, 2, 2, "SAME")), image),
        "MaxPool3DGradGrad": of(twice(lambda a: tf.nn.max_pool3d(a, 2, 2, "SAME")), volume),
        "WhileGrad": of(
            once(lambda a: tf.while_loop(lambda i, _: i < 3, lambda i, s: (i + 1, s * a), (0, a))[1]), x
        ),
        "MatrixSetDiagV3": of(lambda a: tf.matrix_set_diag(a, a[:, 0] * 2.0), x),
        "SegmentMax": of(lambda a: tf.segment_max(a, [0, 0]), x),
        "IfGrad": of(once(lambda a: tf.cond(tf.reduce_sum(a) > 0, lambda: a * a, lambda: -a)), x),
        "MapGrad": of(once(lambda a: tf.map_fn(lambda e: e * e, a)), x),
        "FoldGrad": of(once(lambda a: tf.scan(lambda s, e: s * e, a)), x),
        "GatherGrad": of(once(lambda a: tf.gather(a, [1, 1, 0])), x),
        "TensorArray": of(rows, x),
        "TensorArrayGradCut": of(twice(pieces), x),
        "GatherTree": of(
            lambda steps, parents: tf.contrib.seq2seq.gather_tree(steps, parents, [3, 2], 9),
            np.array([[[1, 2], [3, 4]], [[9, 6], [7, 8]], [[5, 4], [3, 2]]], np.int32),
            np.array([[[0, 0], [0, 0]], [[1, 0], [0, 1]], [[1, 1], [0, 0]]], np.int32),
        ),
        "StridedSliceAssign": of(changed, x),
        "AdjustContrastv2": of(lambda a: tf.image.adjust_contrast(a, 2.0), pixels),
        "AdjustHue": of(lambda a: tf.image.adjust_hue(a, 0.1), pixels),
        "AdjustSaturation": of(lambda a: tf.image.adjust_saturation(a, 0.5), pixels),
        "HSVToRGB": of(tf.image.hsv_to_rgb, pixels),
        "ResizeArea": of(lambda a: tf.image.resize_area(a, [2, 3]), pixels),
        "DrawBoundingBoxes": of(lambda a, b: tf.image.draw_bounding_boxes(a, b[None]), pixels, boxes),
        "DrawBoundingBoxesV2": of(
            lambda a, b: tf.image.draw_bounding_boxes(a, b[None], colors=[[1.0, 0.0, 0.5]]), pixels, boxes
        ),
        "NonMaxSuppressionV3": of(lambda b: tf.image.non_max_suppression(b, b[:, 3], 2), boxes),
        "NonMaxSuppressionV5": of(lambda b: tf.image.non_max_suppression_with_scores(b, b[:, 3], 2), boxes),
        "SparseConcat": of(sparse(lambda s: tf.sparse_concat(0, [s, s])), x),
        "SparseReduceMax": of(sparse(lambda s: tf.sparse_reduce_max(s, 1)), x),
        "SparseReduceMaxSparse": of(sparse(lambda s: tf.sparse_reduce_max_sparse(s, 1)), x),
        "SparseReduceSumSparse": of(sparse(lambda s: tf.sparse_reduce_sum_sparse(s, 1)), x),
        "SparseReshape": of(sparse(lambda s: tf.sparse_reshape(s, [4, 2])), x),
        "SparseSparseMaximum": of(sparse(lambda s: tf.sparse_maximum(s, s)), x),
        "SparseSparseMinimum": of(sparse(lambda s: tf.sparse_minimum(s, s)), x),
        "SparseSplit": of(sparse(lambda s: tf.sparse_split(sp_input=s, num_split=2, axis=0)), x),
    }


@functools.cache
def candidates() -> dict[str, list[Build]]:
    """Programs by the op types in them, those that show a type best first."""
    found: dict[str, list[tuple[int, int, Build]]] = {}

    def add(build: Build, types: set[str], shown: set[str], size: int) -> None:
        for type in (types & OPS.keys()) - FOLDED:
            found.setdefault(type, []).append((0 if type in shown else 1, size, build))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for at, (type, build) in enumerate(_others().items()):
            add(build, _types(build) | {type}, {type} | _types(build) - FREQUENT, at - 100)
        for call, recorded in _calls():
            shown = {output[0].split(" ")[-1] for output in recorded[1] if output[0] != "is"}
            build = functools.partial(of_call, call)
            rank = len(key(call)) + (0 if '"p"' in key(call) else 100_000)
            add(build, shown, shown, rank)
        for at, expression in enumerate(op_expressions.recorded_values()):
            build = functools.partial(of_expression, expression)
            add(build, _types(build), set(), 200_000 + at)
        for at, type in enumerate(gradient_cases.CASES.keys() | gradient_cases.NARROW.keys()):
            build = functools.partial(of_gradient, type)
            add(build, _types(build), set(), 100_000 + at)
    return {
        type: [build for *_, build in sorted(each, key=lambda one: one[:2])[:KEPT]]
        for type, each in sorted(found.items())
    }


def _calls() -> Iterator[list[Any]]:
    for family in FAMILIES:
        for call, recorded in read(family):
            plain = len(call) == 3 and not call[0].startswith("~")
            if recorded[0] == "gives" and plain and RARE.isdisjoint(dtypes_of(call)):
                yield [call, recorded]


def _types(build: Build) -> set[str]:
    with tf.Graph().as_default() as graph:
        build()
        return {op.type for op in graph.get_operations()}
