"""The programs whose copies and waits are counted: recorded calls, gradients, optimizers; see device/."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import gradient_cases
import numpy as np
import scopetrie as tf
import training_cases
from op_expressions import leaves, names, recorded_values

# Op types that wait for the device, or go through the host, because that is what they mean.
WAITING = {
    "_Arg": "an element of a dataset, which is made on the host",
    "AllCandidateSampler": "takes labels on the host, where sampled classes are drawn until there are enough",
    "Assert": "raises by a predicate",
    "AsString": "text is on the host",
    "ComputeAccidentalHits": "the shape depends on the values",
    "CountUpTo": "raises by the variable's value",
    "CropAndResize": "computed by NumPy on the host",
    "CropAndResizeGradBoxes": "computed by NumPy on the host",
    "CropAndResizeGradImage": "computed by NumPy on the host",
    "DrawBoundingBoxes": "computed by NumPy on the host",
    "DrawBoundingBoxesV2": "computed by NumPy on the host",
    "DynamicPartition": "the shapes depend on the values",
    "DynamicStitch": "the shape depends on the values",
    "EncodeJpeg": "files of images are written on the host",
    "EncodePng": "files of images are written on the host",
    "FIFOQueueV2": "queues are on the host",
    "FixedLengthRecordReaderV2": "reads files on the host",
    "FixedUnigramCandidateSampler": "draws until there are enough different classes",
    "HashTableV2": "tables are on the host",
    "IdentityReaderV2": "reads files on the host",
    "If": "the host chooses the branch",
    "Igamma": "its gradient sums as many terms as the largest argument needs",
    "Igammac": "its gradient sums as many terms as the largest argument needs",
    "InitializeTableFromTextFileV2": "tables are on the host",
    "IteratorGetNext": "elements are made on the host, and copied up",
    "IteratorToStringHandle": "iterators are on the host",
    "IteratorV2": "iterators are on the host",
    "ListDiff": "the shape depends on the values",
    "LogUniformCandidateSampler": "draws until there are enough different classes",
    "LookupTableExportV2": "tables are on the host",
    "LookupTableFindV2": "tables are on the host",
    "LookupTableImportV2": "tables are on the host",
    "LookupTableInsertV2": "tables are on the host",
    "LookupTableRemoveV2": "tables are on the host",
    "LookupTableSizeV2": "tables are on the host",
    "MakeIterator": "iterators are on the host",
    "MutableHashTableV2": "tables are on the host",
    "NonMaxSuppressionV3": "computed by NumPy on the host",
    "NonMaxSuppressionV5": "computed by NumPy on the host",
    "OneShotIterator": "iterators are on the host",
    "PaddingFIFOQueueV2": "queues are on the host",
    "ParallelDynamicStitch": "the shape depends on the values",
    "Print": "writes on the host",
    "PrintV2": "writes on the host",
    "PriorityQueueV2": "queues are on the host",
    "PyFunc": "runs Python",
    "PyFuncStateless": "runs Python",
    "QueueCloseV2": "queues are on the host",
    "QueueDequeueManyV2": "queues are on the host: elements go through it",
    "QueueDequeueUpToV2": "queues are on the host: elements go through it",
    "QueueDequeueV2": "queues are on the host: elements go through it",
    "QueueEnqueueManyV2": "queues are on the host: elements go through it",
    "QueueEnqueueV2": "queues are on the host: elements go through it",
    "QueueIsClosedV2": "queues are on the host",
    "QueueSizeV2": "queues are on the host",
    "RandomShuffleQueueV2": "queues are on the host",
    "ReaderNumRecordsProducedV2": "reads files on the host",
    "ReaderNumWorkUnitsCompletedV2": "reads files on the host",
    "ReaderReadUpToV2": "reads files on the host",
    "ReaderReadV2": "reads files on the host",
    "ReaderResetV2": "reads files on the host",
    "ReduceDataset": "elements are made on the host",
    "RestoreV2": "reads a file",
    "SaveV2": "writes a file",
    "SegmentMax": "the shape depends on the values",
    "SegmentMean": "the shape depends on the values",
    "SegmentMin": "the shape depends on the values",
    "SegmentProd": "the shape depends on the values",
    "SegmentSum": "the shape depends on the values",
    "SparseAdd": "computed by NumPy on the host, where sparse tensors are",
    "SparseAddGrad": "computed by NumPy on the host, where sparse tensors are",
    "SparseConcat": "computed by NumPy on the host, where sparse tensors are",
    "SparseFillEmptyRows": "computed by NumPy on the host, where sparse tensors are",
    "SparseFillEmptyRowsGrad": "computed by NumPy on the host, where sparse tensors are",
    "SparseReduceMax": "computed by NumPy on the host, where sparse tensors are",
    "SparseReduceMaxSparse": "computed by NumPy on the host, where sparse tensors are",
    "SparseReduceSum": "computed by NumPy on the host, where sparse tensors are",
    "SparseReduceSumSparse": "computed by NumPy on the host, where sparse tensors are",
    "SparseReorder": "computed by NumPy on the host, where sparse tensors are",
    "SparseReshape": "computed by NumPy on the host, where sparse tensors are",
    "SparseSegmentMean": "the shape depends on the values",
    "SparseSegmentMeanGradV2": "the shape depends on the values",
    "SparseSegmentSqrtN": "the shape depends on the values",
    "SparseSegmentSqrtNGradV2": "the shape depends on the values",
    "SparseSegmentSum": "the shape depends on the values",
    "SparseSegmentSumGradV2": "the shape depends on the values",
    "SparseSlice": "computed by NumPy on the host, where sparse tensors are",
    "SparseSliceGrad": "computed by NumPy on the host, where sparse tensors are",
    "SparseSoftmax": "computed by NumPy on the host, where sparse tensors are",
    "SparseSparseMaximum": "computed by NumPy on the host, where sparse tensors are",
    "SparseSparseMinimum": "computed by NumPy on the host, where sparse tensors are",
    "SparseSplit": "computed by NumPy on the host, where sparse tensors are",
    "SparseTensorDenseAdd": "computed by NumPy on the host, where sparse tensors are",
    "SparseToDense": "computed by NumPy on the host, where sparse tensors are",
    "StringFormat": "text is on the host",
    "TextLineReaderV2": "reads files on the host",
    "TFRecordReaderV2": "reads files on the host",
    "UniformCandidateSampler": "draws until there are enough different classes",
    "Unique": "the shape depends on the values",
    "UniqueWithCounts": "the shape depends on the values",
    "Where": "the shape depends on the values",
    "While": "the host decides whether to go on",
    "WholeFileReaderV2": "reads files on the host",
}


# Op types that no program has.
NOT_RUN = {
    "LinSpace", "MaxPool3DGradGrad", "OnesLike", "ParallelConcat", "SparseApplyAdam",
    "SparseApplyGradientDescent",
}  # fmt: skip


class Program(NamedTuple):
    """Something to run.

    Attributes:
        name: What tests call it.
        build: Builds it in the default graph; gives the fetches, the feeds, and what to run before.
    """

    name: str
    build: Callable[[], tuple[list[Any], dict[Any, Any], list[Any]]]


def types_of(graph: Any) -> set[str]:
    """The op types in a graph."""
    return {op.type for op in graph.get_operations()}


def fed(expression: str) -> tuple[list[Any], dict[Any, Any], list[Any]]:
    """The tensors of an expression whose arrays are placeholders: nothing is folded."""
    feeds: dict[Any, np.ndarray] = {}
    space = names(tf)
    for letter in "API":
        constant = space[letter]

        def placeholder(*args: int, seed: int = 1, constant: Any = constant) -> Any:
            value = tf.constant_value(constant(*args, seed=seed))
            made = tf.placeholder(value.dtype, value.shape)
            feeds[made] = value
            return made

        space[letter] = placeholder
    return leaves(eval(expression, space)), feeds, []


def _case(case: Any, dtype: Any, with_gradients: bool) -> tuple[list[Any], dict[Any, Any], list[Any]]:
    arrays = [np.asarray(each, dtype.as_numpy_dtype) for each in case.arrays]
    inputs = [tf.placeholder(dtype, each.shape) for each in arrays]
    made = case.build(*inputs)
    outputs = list(made) if isinstance(made, (list, tuple)) else [made]
    feeds = dict(zip(inputs, arrays, strict=True))
    if not with_gradients:
        return outputs, feeds, []
    squares = [tf.square(each) for each in outputs if each.dtype.is_floating]
    grads = [each for each in tf.gradients(squares, inputs) if each is not None]
    return [tf.convert_to_tensor(each) for each in grads], feeds, []


def _training(name: str) -> tuple[list[Any], dict[Any, Any], list[Any]]:
    numbers = np.random.default_rng(7)
    w = tf.get_variable("w", initializer=numbers.normal(size=(3, 2)).astype(np.float32))
    table = tf.get_variable("table", initializer=numbers.normal(size=(6, 3)).astype(np.float32))
    step = tf.train.get_or_create_global_step()
    ids, target = tf.placeholder(tf.int32, [4]), tf.placeholder(tf.float32, [4, 2])
    loss = tf.reduce_mean(tf.square(tf.tanh(tf.matmul(tf.gather(table, ids), w)) - target))
    update = training_cases.OPTIMIZERS[name](tf).minimize(loss, global_step=step)
    feeds = {ids: np.array([1, 2, 4, 1]), target: numbers.normal(size=(4, 2)).astype(np.float32)}
    return [loss, update], feeds, [tf.global_variables_initializer()]


def _stateful(build: Callable[[Any], list[Any]]) -> Callable[[], tuple[list[Any], dict[Any, Any], list[Any]]]:
    def made() -> tuple[list[Any], dict[Any, Any], list[Any]]:
        w = tf.get_variable("w", initializer=np.arange(1, 7, dtype=np.float32).reshape(3, 2))
        return build(w), {}, [tf.global_variables_initializer()]

    return made


def _rows(function: Any) -> Callable[[Any], list[Any]]:
    return lambda w: [function(w, [0, 2, 0], [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])]


def _slices(function: Any) -> Callable[[Any], list[Any]]:
    return lambda w: [function(w, [[0, 1], [2, 0], [0, 1]], [1.0, 2.0, 3.0])]


def _loop(w: Any) -> list[Any]:
    total = tf.while_loop(lambda i, _: i < 3, lambda i, s: (i + 1, s * w), (0, w))[1]
    return [total, *tf.gradients(total, w)]


def _conditional(w: Any) -> list[Any]:
    made = tf.cond(w[0, 0] > 0, lambda: w * w, lambda: -w)
    return [made, *tf.gradients(made, w)]


def _mapped(w: Any) -> list[Any]:
    made = [tf.map_fn(lambda e: e * e, w), tf.scan(lambda total, e: total * e, w)]
    return [*made, *tf.gradients(made, w)]


def _collected(w: Any) -> list[Any]:
    rows = tf.TensorArray(tf.float32, 3).unstack(w * 2)
    total = rows.read(0) + rows.stack()[1] + rows.concat()[0] + rows.gather([2])[0]
    written = tf.TensorArray(tf.float32, 2).write(0, w[0]).write(1, total)
    parts = tf.TensorArray(tf.float32, 2).split(w, [1, 2])
    made = [written.stack(), parts.concat(), tf.cast(written.size(), tf.float32) * w]
    (first,) = tf.gradients([tf.square(each) for each in made], w)
    steps = tf.cast(tf.reshape(w * 4, [3, 1, 2]), tf.int32)
    parents = tf.cast(tf.reshape(w, [3, 1, 2]) > 0, tf.int32)
    beams = tf.contrib.seq2seq.gather_tree(steps, parents, [2], 9)
    return [*made, beams, first, *tf.gradients(tf.square(first), w)]


def _pools(w: Any) -> list[Any]:
    x = tf.reshape(w, [1, 3, 2, 1])
    made = tf.gradients(tf.square(tf.nn.max_pool(x, [1, 2, 2, 1], [1, 1, 1, 1], "VALID")), w)
    return [*made, *tf.gradients(made, w)]


def _colors(w: Any) -> list[Any]:
    x = tf.nn.sigmoid(tf.stack([w, w * 0.5, 1.0 - w], axis=-1))
    made = [tf.image.adjust_hue(x, 0.1), tf.image.adjust_saturation(x, 0.5), tf.image.adjust_contrast(x, 2.0)]
    made.append(tf.image.hsv_to_rgb(tf.image.rgb_to_hsv(x)))
    return [*made, *tf.gradients(tf.image.rgb_to_hsv(x), w)]


def _boxes(w: Any) -> list[Any]:
    images, boxes = tf.reshape(w, [1, 3, 2, 1]), tf.constant([[0.0, 0.0, 0.5, 0.6], [0.1, 0.2, 1.0, 0.9]])
    scores = w[:2, 0]
    drawn = tf.image.draw_bounding_boxes(images, boxes[None])
    colored = tf.image.draw_bounding_boxes(images, boxes[None], colors=[[1.0]])
    chosen = tf.image.non_max_suppression(boxes, scores, 2)
    scored = tf.image.non_max_suppression_with_scores(boxes, scores, 2)
    return [drawn, colored, chosen, *scored, tf.image.resize_area(images, [2, 3])]


def _sparse(w: Any) -> list[Any]:
    x = tf.SparseTensor([[0, 1], [1, 0], [2, 1]], w[:, 0], [3, 2])
    made = [tf.sparse_concat(0, [x, x]), tf.sparse_reshape(x, [2, 3]), tf.sparse_maximum(x, x)]
    made += [tf.sparse_minimum(x, x), tf.sparse_reduce_sum_sparse(x, 1), tf.sparse_reduce_max_sparse(x, 1)]
    made += tf.sparse_split(sp_input=x, num_split=2, axis=0)
    return [tf.sparse_reduce_max(x, 1), *(each.values for each in made)]


def _looked_up(w: Any) -> list[Any]:
    """Updates of rows, with every optimizer that has them."""
    table = tf.get_variable("rows", initializer=np.ones((4, 2), np.float32))
    loss = tf.reduce_sum(tf.gather(table, [1, 3]) * w[:2])
    return [tf.train.GradientDescentOptimizer(0.1).minimize(loss)]


_WITH_STATE: dict[str, Callable[[Any], list[Any]]] = {
    "assign": lambda w: [tf.assign(w, w * 2), tf.assign_add(w, w), tf.assign_sub(w, w)],
    "slice": lambda w: [w[1:, 0].assign(tf.ones([2]))],
    "initialized": lambda w: [tf.is_variable_initialized(w)],
    **{
        f"scatter_{each}": _rows(getattr(tf, f"scatter_{each}"))
        for each in "update add sub mul div min max".split()
    },
    **{f"scatter_nd_{each}": _slices(getattr(tf, f"scatter_nd_{each}")) for each in "update add sub".split()},
    "uniform": lambda w: [
        tf.random_uniform(tf.shape(w), seed=1),
        tf.random_uniform([2], 0, 9, tf.int32, seed=2),
    ],
    "normal": lambda w: [tf.random_normal([3], seed=1), tf.truncated_normal([3], seed=2)],
    "shuffle": lambda w: [tf.random_shuffle(w, seed=1)],
    "multinomial": lambda w: [tf.multinomial(w, 5, seed=1)],
    "loop": _loop,
    "branch": _conditional,
    "map": _mapped,
    "arrays of rows": _collected,
    "logic": lambda w: [tf.logical_not(w > 2), tf.logical_and(w > 1, w < 3), tf.logical_or(w > 5, w < 2)],
    "bits": lambda w: [
        each(tf.cast(w, tf.int32), 3) for each in (tf.bitwise.bitwise_and, tf.bitwise.bitwise_or)
    ],
    "shapes": lambda w: [tf.linspace(0.0, 1.0, 5) * w[0, 0], tf.unravel_index([3], [2, 2])],
    "pools": _pools,
    "rows of it": _looked_up,
    "colors": _colors,
    "boxes": _boxes,
    "sparse": _sparse,
    "tuples of no indices": lambda w: [tf.gather_nd(w, np.zeros((2, 0), np.int64))],
    "segments": lambda w: [tf.unsorted_segment_sum(w, [0, -1, 1], 2)],
    "dropout": lambda w: [tf.nn.dropout(w, 0.5, seed=1)],
}


def _unknown_shapes() -> tuple[list[Any], dict[Any, Any], list[Any]]:
    x, y = tf.placeholder(tf.float32), tf.placeholder(tf.float32)
    numbers = tf.cast(tf.rank(x) + tf.size(x), tf.float32)
    rows = tf.TensorArray(tf.float32, 0, dynamic_size=True, infer_shape=False).write(0, x)
    made = [tf.ones_like(x) * numbers, tf.concat([x, y], 1), tf.reduce_mean(x, tf.range(1)), x * x + y[:, 0]]
    grads = tf.gradients(made, [x, y])
    counted = tf.cast(rows.size(), tf.float32) * tf.linspace(numbers, 9.0, 4)
    return [*made, *grads, counted], {x: np.ones((2, 2), np.float32), y: np.ones((2, 1), np.float32)}, []


def programs() -> Iterator[Program]:
    """All of them."""
    for expression in recorded_values():
        yield Program(expression, lambda expression=expression: fed(expression))
    for table, dtype in ((gradient_cases.CASES, tf.float64), (gradient_cases.NARROW, tf.float32)):
        for type, cases in table.items():
            for at, case in enumerate(cases):
                for label, gradients in (("forward", False), ("gradient", True)):
                    yield Program(
                        f"{label} {type} {at}",
                        lambda case=case, dtype=dtype, gradients=gradients: _case(case, dtype, gradients),
                    )
    yield Program("unknown shapes", _unknown_shapes)
    for name in training_cases.OPTIMIZERS:
        yield Program(f"training {name}", lambda name=name: _training(name))
    for name, build in _WITH_STATE.items():
        yield Program(f"state {name}", _stateful(build))
