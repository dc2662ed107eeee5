"""Which public functions cost more per node than one node of bare Python.

`python -m bench.survey [TEXT]` times every call below (those that contain TEXT) and `bare.negative` in one
run, and lists the calls by cost per node, highest first. It is rough: the best of five samples of a thousand
calls, no quartiles.
"""

from __future__ import annotations

import itertools
import sys
import timeit
from typing import Any

import numpy as np

from . import bare

CALLS = """
tf.negative(x) | tf.exp(x) | x + 1.0 | tf.add(x, y) | tf.add(x, [1., 2., 3.]) | x * arr3
tf.maximum(x, 0.) | tf.reduce_sum(x) | tf.reduce_sum(x, 1) | tf.reduce_mean(x) | tf.reduce_mean(x, [0])
tf.reduce_max(x, axis=[0, 1]) | tf.reduce_sum(x, 1, keepdims=True) | tf.reduce_min(x, -1)
tf.reduce_prod(x) | tf.reduce_all(b) | tf.reduce_any(b, 0) | tf.reduce_logsumexp(x)
tf.math.reduce_euclidean_norm(x) | tf.math.reduce_std(x) | tf.math.reduce_variance(x) | tf.argmax(x, 1)
tf.argmin(x) | tf.argmax(x, -1, output_type=tf.int32) | tf.reshape(x, [6]) | tf.reshape(x, [-1])
tf.reshape(x, (3, -1)) | tf.transpose(x) | tf.transpose(x, [1, 0]) | tf.expand_dims(x, 0)
tf.expand_dims(x, -1) | tf.squeeze(s) | tf.squeeze(s, 0) | tf.squeeze(s, [0]) | tf.concat([x, x], 0)
tf.concat([x, y2], axis=-1) | tf.stack([x, x]) | tf.stack([x, x], axis=1) | tf.unstack(x)
tf.split(x, 3, axis=1) | tf.split(x, [1, 2], axis=1) | tf.tile(x, [2, 1]) | tf.pad(x, [[1, 1], [0, 2]])
tf.slice(x, [0, 1], [2, 1]) | tf.strided_slice(x, [0], [1]) | tf.gather(x, i) | tf.gather(x, [0, 1])
tf.gather(x, 0) | tf.gather(x, i, axis=1) | tf.gather_nd(x, i2) | tf.one_hot(i, 3)
tf.broadcast_to(x, [4, 2, 3]) | tf.reverse(x, [0]) | tf.roll(x, 1, 0) | tf.repeat(x, 2, axis=0) | x[0]
x[1:] | x[:, 0] | x[..., 0] | x[:, 1:2] | x[None] | x[0, 1] | x[:, tf.newaxis, :] | tf.cast(x, tf.int32)
tf.cast(x, tf.float32) | tf.to_int32(x) | tf.saturate_cast(x, tf.int32) | tf.bitcast(x, tf.int32)
tf.identity(x) | tf.stop_gradient(x) | tf.shape(x) | tf.shape(p) | tf.size(x) | tf.size(p) | tf.rank(x)
tf.zeros_like(x) | tf.ones_like(x) | tf.zeros_like(p) | tf.ensure_shape(x, [2, 3])
tf.check_numerics(x, 'm') | tf.matmul(x, m) | tf.matmul(x, x, transpose_b=True) | x @ m
tf.tensordot(x, m, 1) | tf.einsum('ij,jk->ik', x, m) | tf.nn.bias_add(x, v) | tf.nn.xw_plus_b(x, m, v)
tf.abs(x) | tf.round(x) | tf.clip_by_value(x, 0., 1.) | tf.where(b, x, x) | tf.where(b) | tf.equal(x, y)
tf.equal(x, 0.) | tf.greater(x, 0.) | tf.logical_not(b) | tf.logical_and(b, b) | tf.pow(x, 2.) | x ** 2
x / 2. | x - 1 | 2. - x | -x | x > 0. | tf.div(x, 2.) | tf.truediv(x, 2.) | tf.divide(x, 2.)
tf.floordiv(x, 2.) | tf.mod(x, 2.) | tf.squared_difference(x, y) | tf.sigmoid(x) | tf.tanh(x)
tf.add_n([x, y]) | tf.cumsum(x) | tf.cumsum(x, 1) | tf.cumprod(x) | tf.is_nan(x) | tf.scalar_mul(2., x)
tf.norm(x) | tf.sort(x) | tf.unique(v) | tf.reciprocal(x) | tf.log1p(x) | tf.nn.relu(x) | tf.nn.relu6(x)
tf.nn.elu(x) | tf.nn.selu(x) | tf.nn.leaky_relu(x) | tf.nn.softmax(x) | tf.nn.softmax(x, axis=0)
tf.nn.log_softmax(x) | tf.nn.softplus(x) | tf.nn.softsign(x) | tf.nn.swish(x) | tf.nn.dropout(x, 0.5)
tf.nn.l2_loss(x) | tf.nn.l2_normalize(x, 1) | tf.nn.moments(x, [0]) | tf.nn.top_k(x)
tf.nn.in_top_k(x, i, 1) | tf.nn.crelu(x) | tf.nn.zero_fraction(x) | tf.nn.embedding_lookup(x, i)
tf.nn.softmax_cross_entropy_with_logits(labels=x, logits=x)
tf.nn.sparse_softmax_cross_entropy_with_logits(labels=i, logits=x)
tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=x) | tf.nn.conv2d(im, k, [1, 1, 1, 1], 'SAME')
tf.nn.max_pool(im, [1, 2, 2, 1], [1, 2, 2, 1], 'SAME')
tf.nn.avg_pool(im, [1, 2, 2, 1], [1, 2, 2, 1], 'VALID') | tf.nn.batch_normalization(x, v, v, v, v, 0.1)
tf.space_to_depth(im, 2) | tf.nn.lrn(im) | tf.placeholder(tf.float32)
tf.placeholder(tf.float32, [None, 3]) | tf.placeholder(tf.float32, shape=(2, 3), name='p')
tf.placeholder_with_default(x, [None, 3]) | tf.constant(1.0) | tf.constant(3) | tf.constant([1., 2.])
tf.constant([[1, 2], [3, 4]]) | tf.constant(arr) | tf.constant(True) | tf.constant('text')
tf.constant(1, tf.float32) | tf.constant([1, 2], dtype=tf.int64) | tf.constant(0., shape=[2, 2])
tf.convert_to_tensor(1.0) | tf.convert_to_tensor(arr) | tf.convert_to_tensor([1, 2])
tf.convert_to_tensor(x) | tf.zeros([3]) | tf.zeros((2, 3)) | tf.ones([3]) | tf.fill([2, 3], 1.)
tf.zeros([100, 100]) | tf.range(5) | tf.range(0, 10, 2) | tf.eye(3) | tf.linspace(0., 1., 5)
tf.random_normal([2, 3]) | tf.random_uniform([2, 3]) | tf.truncated_normal([2, 3]) | tf.Variable(arr)
tf.Variable(1.0) | tf.Variable([1., 2.]) | tf.Variable(x) | tf.assign(var, x) | tf.assign_add(var, arr)
var.assign(x) | var + 1. | var.value() | tf.get_variable('g%d' % next(n), [2, 3]) | tf.group(op)
tf.no_op() | tf.trace(x) | tf.diag(v) | tf.matrix_diag(x) | tf.matrix_band_part(x, 0, 0)
tf.matrix_transpose(x) | tf.sequence_mask(i, 3) | tf.boolean_mask(x, b) | tf.clip_by_norm(x, 1.)
tf.count_nonzero(x) | tf.confusion_matrix(i, i) | tf.scatter_nd(i2, v2, [4]) | tf.segment_sum(x, i)
tf.unsorted_segment_sum(x, i, 2) | tf.invert_permutation(i) | tf.depth_to_space(im4, 2) | tf.cholesky(sq)
tf.matrix_inverse(sq) | tf.svd(sq) | tf.qr(sq) | tf.fft(c) | tf.real(c) | tf.imag(c) | tf.complex(v, v)
tf.angle(c) | tf.conj(c)
"""


def names(tf: Any) -> dict[str, Any]:
    """The tensors and arrays that the calls use, in the current graph.

    Args:
      tf: The package.

    Returns:
      By the name that the calls use.
    """
    shapes = {
        "x": [2, 3], "y": [2, 3], "y2": [2, 1], "p": [None, 3], "v2": [2], "m": [3, 3], "v": [3], "s": [1, 3],
        "im": [1, 8, 8, 3], "im4": [1, 8, 8, 4], "k": [3, 3, 3, 4], "sq": [3, 3],
    }  # fmt: skip
    found: dict[str, Any] = {key: tf.placeholder(tf.float32, shape) for key, shape in shapes.items()}
    found |= {"b": tf.placeholder(tf.bool, [2, 3]), "c": tf.placeholder(tf.complex64, [3])}
    found |= {"i": tf.placeholder(tf.int32, [2]), "i2": tf.placeholder(tf.int32, [2, 1])}
    found |= {"arr": np.ones((2, 3), np.float32), "arr3": np.ones(3, np.float32), "n": itertools.count()}
    return found | {"tf": tf, "var": tf.get_variable("var", [2, 3]), "op": found["x"].op}


def seconds(statement: str, scope: dict[str, Any], calls: int) -> float:
    """The best of five samples, per call."""
    return min(timeit.repeat(statement, number=calls, repeat=5, globals=scope)) / calls


def survey(tf: Any, text: str = "") -> list[tuple[float, str, float, float]]:
    """Times the calls.

    Args:
      tf: The package.
      text: Only calls that contain this are timed.

    Returns:
      (cost per node relative to bare Python, call, nodes that it makes, nanoseconds), highest cost first.
    """
    found = []
    for call in [each.strip() for line in CALLS.strip().splitlines() for each in line.split(" | ")]:
        if text not in call:
            continue
        graph = tf.Graph()
        with graph.as_default():
            scope = names(tf)
            before = graph.version
            eval(call, scope)
            eval(call, scope)
            made = (graph.version - before) / 2
            ours = seconds(call, scope, 1000)
        bare.start()
        x = bare.placeholder("float32", (2, 3))
        one = seconds("negative(x)", {"negative": bare.negative, "x": x}, 2000)
        found.append((ours / one / max(made, 1), call, made, ours * 1e9))
    return sorted(found, reverse=True)


def main() -> int:
    """The command line.

    Returns:
      0.
    """
    import scopetrie

    found = survey(scopetrie, *sys.argv[1:2])
    for cost, call, made, nanoseconds in found:
        print(f"{call:68s} {made:4.0f} nodes {nanoseconds:8.0f} ns {cost:6.2f}x a node")
    print(f"{sum(cost <= 0.8 for cost, *_ in found)} of {len(found)} at most 0.8x")
    return 0


if __name__ == "__main__":
    sys.exit(main())
