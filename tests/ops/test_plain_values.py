"""The extension's fast path for plain values and shape rules agrees with the slow path in Python.

The slow path is taken if the program registers its own conversions, and in a device block, whose hook is
called for each new operation. Nodes, values, attributes and errors must be equal.
"""

from __future__ import annotations

import enum
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
import scopetrie as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from scopetrie import _core
from scopetrie.ops import declare
from scopetrie.summary.attributes import attributes


class Count(int):
    """A subclass of int."""


class Axis(enum.IntEnum):
    """An enum of axes, as some programs pass."""

    ROWS = 0
    COLUMNS = 1


@contextmanager
def in_python() -> Iterator[None]:
    """Forces the slow path in Python for values and rules."""
    _core.convert_literals(True)
    try:
        with tf.device("/cpu:0"):
            yield
    finally:
        _core.convert_literals(False)


def described(op: Any) -> tuple[Any, ...]:
    """All facts about a node."""
    shown = {
        key: (value.array.dtype, value.array.shape, value.array.tolist()) if key == "value" else value
        for key, value in attributes(op).items()
        if key != "_class"
    }
    outputs = [(each.dtype, each._dims) for each in op.outputs]
    waits = [each.name for each in op.control_inputs]
    return op.name, op.type, [each.name for each in op.inputs], outputs, waits, repr(shown)


def built(program: Callable[[Any], Any]) -> Any:
    """The result of a program, or its error, and the nodes that it makes."""
    with tf.Graph().as_default() as graph:
        inputs = {
            "x": tf.placeholder(tf.float32, [2, 3], name="x"),
            "y": tf.placeholder(tf.float32, [2, 3], name="y"),
            "p": tf.placeholder(tf.float32, [None, 3], name="p"),
            "u": tf.placeholder(tf.float32, name="u"),
            "s": tf.placeholder(tf.float32, [], name="s"),
            "q": tf.placeholder(tf.float32, [1, 3, 1], name="q"),
            "i": tf.placeholder(tf.int32, [2], name="i"),
            "n": tf.placeholder(tf.int64, [2, 3], name="n"),
            "b": tf.placeholder(tf.bool, [2, 3], name="b"),
            "e": tf.placeholder(tf.float32, [0, 3], name="e"),
            "v": tf.get_variable("v", [2, 3], initializer=tf.zeros_initializer()),
        }
        before = len(graph.get_operations())
        try:
            program(inputs)
            made = program(inputs)  # the second time, the rule's result comes from the cache
        except Exception as error:
            made = type(error), str(error)
        else:
            made = [each.name for each in made] if isinstance(made, (list, tuple)) else made.name
        found = (
            [(each.name, each.trainable, each._key, each._site is None) for each in graph._variables()[1:]],
            [[each.name for each in graph.get_collection(key)] for key in (*COLLECTIONS, "mine")],
        )
        return made, [described(op) for op in graph.get_operations()[before:]], found


COLLECTIONS = (tf.GraphKeys.GLOBAL_VARIABLES, tf.GraphKeys.TRAINABLE_VARIABLES)
NAMES = {"tf": tf, "np": np, "Count": Count, "Axis": Axis}
EXPRESSIONS = """
tf.reduce_sum(x) | tf.reduce_sum(x, 1) | tf.reduce_sum(x, [0, -1]) | tf.reduce_sum(x, ())
tf.reduce_sum(x, 2) | tf.reduce_mean(x, [0, -3]) | tf.reduce_sum(x, 1, keepdims=True)
tf.reduce_sum(x, True) | tf.reduce_sum(x, 1.0) | tf.reduce_sum(x, np.int32(1))
tf.reduce_sum(x, np.int64(1)) | tf.reduce_sum(x, Count(1)) | tf.reduce_sum(x, Axis.COLUMNS)
tf.reduce_sum(x, [Axis.ROWS]) | tf.reduce_sum(x, np.array([0])) | tf.reduce_sum(x, tf.constant(1))
tf.reduce_sum(x, tf.constant([0, 1])) | tf.reduce_sum(x, tf.constant(1.0))
tf.reduce_sum(x, tf.zeros([1], tf.int32)) | tf.reduce_sum(x, i) | tf.reduce_sum(u) | tf.reduce_sum(u, 1)
tf.reduce_sum(s) | tf.reduce_sum(s, 0) | tf.reduce_sum(p) | tf.reduce_sum(v) | tf.reduce_sum(v, 0)
tf.reduce_sum([1.0, 2.0]) | tf.reduce_sum([[1, 2], [3, 4]], 1) | tf.reduce_sum(b) | tf.reduce_all(b)
tf.reduce_any(b, 1, keepdims=True) | tf.reduce_all(x) | tf.reduce_sum(x, [[0], [1]])
tf.reduce_sum(x, 1, name="Const") | tf.reduce_sum(x, name="Const") | tf.reduce_sum(x, name="a/b")
tf.reduce_sum(x, name="a b") | tf.reduce_sum(x, 2**40) | tf.reduce_sum(x, -(2**70))
tf.reduce_sum(x, [None]) | tf.reduce_sum(x, "1") | tf.reduce_sum(x, [0, [1]])
tf.reduce_sum(x, list(range(100))) | tf.reduce_sum(x, [0] * 40) | tf.math.reduce_euclidean_norm(x, 1, True)
tf.reduce_sum(tf.constant([1, 2]) * 3) | tf.reduce_logsumexp(x, 1) | tf.reshape(x, [6])
tf.reshape(x, (3, -1)) | tf.reshape(x, [-1, -1]) | tf.reshape(x, 6) | tf.reshape(x, []) | tf.reshape(s, [])
tf.reshape(x, [-2, 3]) | tf.reshape(x, [4, -1]) | tf.reshape(x, [0, -1]) | tf.reshape(e, [0, -1])
tf.reshape(p, [-1]) | tf.reshape(p, [2, 3]) | tf.reshape(u, [2, -1]) | tf.reshape(x, [3, 2.0])
tf.reshape(x, [Count(6)]) | tf.reshape(x, [True, 6]) | tf.reshape(x, [None, 6])
tf.reshape(x, np.array([3, 2])) | tf.reshape(x, [np.int64(3), 2]) | tf.reshape(x, x.shape)
tf.reshape(x, [x.shape[1], 2]) | tf.reshape(x, [2**33]) | tf.reshape(e, [2**62, 4, 0])
tf.reshape(x, [[6]]) | tf.reshape(x, tf.shape(x)) | tf.reshape(x, [tf.size(x)])
tf.reshape([1, 2, 3, 4], [2, 2]) | tf.reshape(v, [6]) | tf.reshape(x, [6], name="to/flat")
tf.reshape(x, tf.constant([6])) | tf.transpose(x) | tf.transpose(x, [1, 0]) | tf.transpose(x, [0])
tf.transpose(x, [0, 2]) | tf.transpose(x, [0, -1]) | tf.transpose(u) | tf.transpose(x, [0, 0])
tf.transpose(u, [1, 0]) | tf.transpose(s) | tf.transpose([[1, 2], [3, 4]]) | tf.transpose(v)
tf.transpose(x, name=None) | tf.transpose(x, name="") | tf.transpose(x, name="t/") | tf.transpose(x, 1)
tf.transpose(x, [1.0, 0.0]) | tf.transpose(tf.cast(x, tf.complex64), conjugate=True) | tf.expand_dims(x, 0)
tf.expand_dims(x, -1) | tf.expand_dims(x, 3) | tf.expand_dims(x, [1]) | tf.expand_dims(x, [1, 2])
tf.expand_dims(u, 0) | tf.expand_dims(p, 1) | tf.expand_dims(5, 0) | tf.expand_dims(x, 1.5)
tf.expand_dims(x, Axis.ROWS) | tf.squeeze(q) | tf.squeeze(q, 0) | tf.squeeze(q, [0, 2]) | tf.squeeze(q, 1)
tf.squeeze(q, 5) | tf.squeeze(p) | tf.squeeze(p, 0) | tf.squeeze(u) | tf.squeeze(q, [0, -3])
tf.squeeze(q, True) | tf.squeeze(q, np.int32(2)) | tf.squeeze(e) | tf.concat([x, y], 0)
tf.concat([x, p], 1) | tf.concat([x, p], 0) | tf.concat([x, q], 0) | tf.concat([x, y], 2)
tf.concat([x, y], -3) | tf.concat([x, n], 0) | tf.concat([x, u], 0) | tf.concat([x, [[1.0, 2.0, 3.0]]], 0)
tf.concat([x], 0) | tf.concat([], 0) | tf.concat([x, v], 0) | tf.concat((x, y), tf.constant(1))
tf.concat([x, y], [0]) | tf.concat([x, y], 0.5) | tf.concat([x, y], i) | tf.concat([x] * 20, 1)
tf.concat([x, y, s], 0) | tf.concat(x, 0) | tf.stack([x, y]) | tf.stack([x, y], axis=-1)
tf.stack([x, y], 3) | tf.stack([x, p]) | tf.stack([p, x], 1) | tf.stack([x, s]) | tf.stack([x, n])
tf.stack([u, x]) | tf.stack([s, 1.0]) | tf.stack([x, v]) | tf.stack([1, 2])
tf.stack([s, s], axis=Count(0)) | tf.add_n([x, y]) | tf.add_n([x, p]) | tf.add_n([x, s]) | tf.add_n([x, n])
tf.add_n([x]) | tf.add_n([x, v]) | tf.matmul(x, y) | tf.matmul(x, y, transpose_b=True)
tf.matmul(p, y, transpose_a=True) | tf.matmul(x, n) | tf.matmul(x, u) | tf.matmul(x, [[1.0], [2.0], [3.0]])
x @ tf.transpose(y) | tf.matmul(b, b) | tf.matmul([[1, 2]], [[3], [4]])
tf.matmul(x, [[1, 2], [3, 4], [5, 6]]) | tf.matmul(x, q) | tf.argmax(x) | tf.argmax(x, 1) | tf.argmax(x, -3)
tf.argmax(x, 1, output_type=tf.int32) | tf.argmax(u, 0) | tf.argmax(s, 0) | tf.argmin(p, 1)
tf.argmax(x, [1]) | tf.argmin(b, 1) | tf.tile(x, [2, 1]) | tf.tile(p, [2, 0]) | tf.tile(x, [2])
tf.tile(x, [-1, 1]) | tf.tile(u, [1, 1]) | tf.tile(x, [2.0, 1]) | tf.tile([1, 2], [3]) | tf.tile(x, i)
tf.pad(x, [[1, 1], [0, 2]]) | tf.pad(p, [[1, 1], [0, 2]]) | tf.pad(x, [[1, 1]]) | tf.pad(x, [[1], [2]])
tf.pad(x, [[1, 2], [3]]) | tf.pad(u, [[1, 1]]) | tf.pad(x, [[-1, 0], [0, 0]])
tf.pad(x, [[1, 1], [0, 2]], constant_values=1) | tf.pad(x, [[1, 1], [0, 1]], "REFLECT")
tf.pad(x, np.ones((2, 2), int)) | tf.pad(x, [1, 1]) | tf.pad(x, [[1, 1], [0, 2]], constant_values=0.0)
tf.slice(x, [0, 1], [2, 1]) | tf.slice(x, [0, 1], [-1, -1]) | tf.slice(p, [1, 1], [-1, 2])
tf.slice(x, [0], [1]) | tf.slice(x, [0, 5], [1, -1]) | tf.slice(x, [0, 0], [-2, 1]) | tf.slice(u, [0], [1])
tf.slice(x, [0, 0], i) | tf.slice(x, i, [1, 1]) | tf.slice(x, [0, 0], [1.0, 1.0]) | tf.gather(x, i)
tf.gather(x, [0, 1]) | tf.gather(x, 0) | tf.gather(x, [[0, 1]], axis=1) | tf.gather(x, 0, axis=2)
tf.gather(x, [0.5]) | tf.gather(u, 0) | tf.gather(x, i, axis=-1) | tf.gather(x, n)
tf.gather(x, [], axis=1) | tf.gather(x, True) | tf.gather(p, i, axis=1)
tf.gather(n, [[0], [1]], batch_dims=1) | tf.gather([1, 2, 3], 1) | tf.fill([2, 3], 1.0) | tf.fill([], 7)
tf.fill([-1], 1) | tf.fill(3, 1) | tf.fill([2], [1]) | tf.fill([2], True) | tf.fill([2.5], 1)
tf.fill(tf.shape(p), 0.0) | tf.fill([2], "text") | tf.broadcast_to(x, [4, 2, 3]) | tf.broadcast_to(x, [3])
tf.broadcast_to(x, [4, 3]) | tf.broadcast_to(u, [3]) | tf.broadcast_to(p, [4, 3]) | tf.broadcast_to(1, [2])
tf.broadcast_to(x, [-1, 3]) | tf.cast(x, tf.int32) | tf.cast(x, "int32") | tf.cast(p, tf.bool)
tf.cast(x, tf.float32) | tf.cast([1, 2], tf.float32) | tf.cast(x, "nonsense") | tf.cast(v, tf.int64)
tf.cast(x, tf.int32, name="a/b") | tf.placeholder(tf.float32) | tf.placeholder(tf.float32, [None, 3])
tf.placeholder("int32", [2**40]) | tf.placeholder(tf.float32, 3) | tf.placeholder(tf.float32, [-1])
tf.placeholder(tf.float32, [], "a/b") | tf.placeholder(tf.float32, name="a b") | tf.placeholder(None)
tf.placeholder(tf.float32, x.shape) | tf.nn.softmax(x) | tf.nn.softmax(s) | tf.nn.softmax(u)
tf.nn.log_softmax(x, 0) | tf.nn.softmax([1.0, 2.0]) | tf.nn.softmax([1, 2]) | tf.nn.bias_add(x, [1, 2, 3])
tf.nn.bias_add(x, [1.0, 2.0]) | tf.nn.bias_add(p, tf.zeros([3])) | tf.nn.bias_add(s, [1.0])
tf.nn.bias_add(tf.zeros([1, 2, 3]), [1.0, 2.0], "NCHW") | tf.where(b, x, y) | tf.where(b, x, n)
tf.where(b, x, 1.0) | tf.where(b, p, p) | tf.where(x, x, y) | tf.where(tf.constant(True), x, y)
tf.where(b, [[1.0] * 3] * 2, y) | tf.add(x, [1.0, 2.0, 3.0]) | tf.add(x, [1, 2, 3]) | tf.add(x, [1.0, 2.0])
x + [[1], [2]] | x * 2 | 2 * x | x * True | x + 1e39 | x * 1e400 | x - float("nan") | x * float("inf")
x + 2**60 | n + 2**40 | n + 2**63 | n * 1.5 | n * Count(2) | x * np.float64(2) | x + np.float32(1)
x + [1, 2.5, 3] | x + [True, 1, 2] | x + [] | x + [[], []] | x + [[1, 2], [3]] | x + [1, [2]] | i + [1, 2]
i * 2**31 | tf.add(1, 2) | tf.add(1.0, [2]) | tf.maximum([1, 2], 3) | tf.maximum(x, 0) | tf.maximum(0, x)
tf.equal(x, 0) | x > 1 | tf.logical_and(b, True) | tf.logical_and(b, [True, False, True])
tf.logical_and(b, 1) | tf.subtract(1.5, i) | tf.add(x, y, name="x") | tf.cast(x, tf.float16) * 1e6
tf.cast(x, tf.float16) * 70000 | tf.cast(x, tf.float64) * 1e300 | tf.cast(x, tf.int8) + 200
tf.cast(x, tf.uint8) + [255, 0, 1] | tf.cast(x, tf.uint8) - 1 | tf.clip_by_value(x, 0.0, 1.0)
tf.one_hot([0, 1], 3) | tf.one_hot(i, 3, on_value=2.0, off_value=1.0) | tf.split(x, 3, axis=1)
tf.unstack(x) | tf.cumsum(x, 1) | tf.reverse(x, [0]) | tf.roll(x, 1, 0) | tf.constant(1.0) | tf.constant(3)
tf.constant(True) | tf.constant("text") | tf.constant([1.0, 2.0]) | tf.constant([[1, 2], [3, 4]])
tf.constant([1, 2], tf.int64) | tf.constant(1, tf.float32) | tf.constant([1, 2.5]) | tf.constant([])
tf.constant([], tf.int32) | tf.constant([[], []]) | tf.constant(2**31) | tf.constant(-(2**31))
tf.constant(2**63) | tf.constant(2**70) | tf.constant(1e39) | tf.constant(-1e308)
tf.constant(float("nan")) | tf.constant([True, False]) | tf.constant([True, 2]) | tf.constant(Count(3))
tf.constant([Count(3)]) | tf.constant(Axis.ROWS) | tf.constant(np.float64(2))
tf.constant(np.ones((2, 3), np.float32)) | tf.constant(np.arange(3))
tf.constant(np.arange(6).reshape(2, 3).T) | tf.constant(np.arange(3, dtype=">i4"))
tf.constant(np.array(5)) | tf.constant(np.array(["a"])) | tf.constant(np.zeros((2, 0)))
tf.constant(np.ones(3), tf.float32) | tf.constant(np.ones(3, bool))
tf.constant(np.broadcast_to(np.int32(1), (2, 2))) | tf.constant(np.ones(2, np.float16))
tf.constant(np.ones(2, complex)) | tf.constant(np.ones((1,) * 9)) | tf.constant(None)
tf.constant([1, None]) | tf.constant([1, "a"]) | tf.constant([1.5], tf.int32) | tf.constant([300], tf.uint8)
tf.constant([-1], tf.uint8) | tf.constant([1, [2]]) | tf.constant([[1, 2], [3]])
tf.constant([[[[[[[[1]]]]]]]]) | tf.constant([[[[[[[[[1]]]]]]]]]) | tf.constant(list(range(70)))
tf.constant(0.0, shape=[2, 2]) | tf.constant(1, tf.int64, [3]) | tf.constant([1, 2], shape=[3])
tf.constant(1, shape=[]) | tf.constant(1, shape=[0]) | tf.constant(1, shape=[1000])
tf.constant(1, shape=[-1]) | tf.constant(1, shape=3) | tf.constant(1, shape=[2], verify_shape=True)
tf.constant([1], shape=[2, 2]) | tf.constant(1, name="a/b") | tf.constant(1, name="a b")
tf.constant(1, name="") | tf.constant(1, name=None) | tf.constant(1, name="x") | tf.constant(1, name="c/")
tf.constant(1, "float32") | tf.constant(1, np.int64) | tf.constant(1, tf.float32_ref) | tf.constant(x)
tf.constant([x, 1.0]) | tf.constant((1, (2, 3))) | tf.convert_to_tensor(1.0) | tf.convert_to_tensor([1, 2])
tf.convert_to_tensor(np.ones(3), name="given") | tf.convert_to_tensor(1, tf.float32)
tf.convert_to_tensor([1, 2], preferred_dtype=tf.float32)
tf.convert_to_tensor(1.5, preferred_dtype=tf.int32) | tf.convert_to_tensor([x, 1.0], name="")
tf.convert_to_tensor(np.float32(1)) | tf.convert_to_tensor(2**40, preferred_dtype=tf.int32)
tf.convert_to_tensor(v) | tf.convert_to_tensor(x, tf.int32) | tf.Variable(1.0) | tf.Variable([1, 2])
tf.Variable(np.ones((2, 3))) | tf.Variable(x) | tf.Variable(p) | tf.Variable(u)
tf.Variable(x, dtype=tf.float32) | tf.Variable(x, dtype=tf.int32) | tf.Variable(v.value())
tf.Variable(v._ref()) | tf.Variable(tf.zeros([3]), name="b") | tf.Variable(lambda: tf.zeros([2]))
tf.Variable(None) | tf.Variable("a") | tf.Variable(1, dtype=tf.float32) | tf.Variable(1.5, dtype=tf.int32)
tf.Variable(1, dtype="float32") | tf.Variable(1, name="w") | tf.Variable(1, name="a/w")
tf.Variable(1, name="") | tf.Variable(1, name="x") | tf.Variable(1, trainable=False)
tf.Variable(1, collections=[]) | tf.Variable(1, collections=["mine"]) | tf.Variable(1, validate_shape=False)
tf.Variable(1, name="a b") | tf.Variable(1, constraint=lambda v: v) | tf.Variable([1, 2], shape=[None])
tf.Variable(1, expected_shape=[3]) | tf.Variable(v) | tf.Variable([[1], [2, 3]]) | tf.Variable(Count(1))
tf.Variable(1, synchronization=tf.VariableSynchronization.ON_READ)
tf.Variable(1, aggregation=tf.VariableAggregation.SUM) | tf.Variable(1, caching_device="/cpu:0")
tf.Variable() | tf.zeros([3]) | tf.zeros((2, 3), tf.int64) | tf.zeros([2], tf.bool)
tf.zeros([2], tf.string) | tf.zeros([]) | tf.zeros(3) | tf.zeros([1000]) | tf.zeros([-1])
tf.zeros([10, 100]) | tf.zeros([999]) | tf.zeros([0, 5000]) | tf.zeros([5000, 0]) | tf.zeros([True])
tf.zeros([2.0]) | tf.zeros([Count(2)]) | tf.zeros([None]) | tf.zeros(x.shape) | tf.zeros(p.shape)
tf.zeros([2], "float64") | tf.zeros([2], name="x") | tf.zeros([2], name="") | tf.zeros([2], name="a/b")
tf.zeros([[2]]) | tf.zeros(tf.shape(p)) | tf.zeros(i) | tf.zeros([2], layout=1) | tf.ones([3])
tf.ones([2], tf.bool) | tf.ones([2], tf.string) | tf.ones((2,), tf.float16, "one") | tf.zeros_like(p)
tf.zeros_like(u) | tf.zeros_like(x, tf.int32) | tf.zeros_like(b) | tf.zeros_like(x, optimize=False)
tf.zeros_like([1, 2]) | tf.zeros_like(v) | tf.ones_like(x) | tf.ones_like(b) | tf.ones_like(x, tf.int32)
tf.zeros_like(tf.zeros([100, 100])) | tf.zeros_like(x, name="a/b") | tf.zeros_like(s) | tf.shape(x)
tf.shape(p) | tf.shape(u) | tf.shape(s) | tf.shape(x, out_type=tf.int64) | tf.shape(p, out_type="int64")
tf.shape(v) | tf.shape([1, 2]) | tf.shape(x, "a/b") | tf.size(x) | tf.size(p) | tf.size(s)
tf.size(x, out_type=tf.int64) | tf.size(e) | tf.rank(x) | tf.rank(p) | tf.rank(u) | tf.rank(s)
tf.rank([1]) | tf.size(x, "y") | x[0] | x[-1] | x[2] | x[-3] | x[0, 1] | x[0, 3] | x[0, 0, 0] | x[1:]
x[:, 0] | x[..., 0] | x[0, ...] | x[:, 1:2] | x[None] | x[:, None, :] | x[::2] | x[::-1] | x[1::-1]
x[-5:5] | x[5:] | x[2:1] | x[:, ::-2] | x[...] | x[..., ...] | x[()] | x[[0, 1]] | x[[0]] | x[::0] | x[True]
x[1.5] | x["a"] | x[np.int32(1)] | x[np.int64(0):] | x[Count(1)] | x[Axis.ROWS] | x[2**31] | x[2**31 - 1 :]
x[-(2**31) :] | x[2**70] | x[None, ..., None] | x[0:1, ..., -1] | x[(None,) * 9] | x[(None,) * 8]
x[:, :, ...] | p[0] | p[5] | p[1:, 0] | p[:, 3] | p[::2, 1:] | p[-1] | u[0] | u[...] | u[0, 1] | s[0]
s[...] | s[None] | e[0] | e[:, 0] | v[0] | v[1:, ::2] | v[5] | i[0] | n[0, 1:] | x[tf.constant(0)]
x[tf.constant(0) :] | x[i[0]] | x[x > 0] | x[: x.shape[0]] | x[x.shape[0] :] | q[:, -1, 0] | q[..., None, 0]
x[slice(0, 2), 0] | x[0][1] | tf.zeros_like(x) | tf.ones_like(p) | tf.linspace(0.0, 1.0, 5) | tf.range(5)
tf.norm(x) | tf.nn.moments(x, [0]) | tf.nn.dropout(x, 0.5, seed=1) | tf.nn.l2_normalize(x, 1)
tf.assign(v, [[1.0] * 3] * 2) | v.assign_add(x)
"""


@pytest.mark.parametrize(
    "expression", [each.strip() for line in EXPRESSIONS.strip().splitlines() for each in line.split(" | ")]
)
def test_the_extension_builds_what_python_builds(expression: str) -> None:
    code = compile(expression, "expression", "eval")

    def program(inputs: dict[str, Any]) -> Any:
        return eval(code, NAMES | inputs)

    made = built(program)
    with in_python():
        wanted = built(program)
    assert made == wanted


SIZES = st.one_of(st.none(), st.integers(0, 4))
SHAPES = st.one_of(st.none(), st.lists(SIZES, max_size=4))
INTS = st.one_of(st.integers(-6, 6), st.lists(st.integers(-4, 6), max_size=5), st.just([[0, 1], [1, 0]]))


@pytest.mark.parametrize(
    "name", "reduce_sum reshape transpose expand_dims squeeze argmax tile pad broadcast_to gather".split()
)
@given(shape=SHAPES, value=INTS)
@settings(max_examples=60)
def test_any_shape_and_value(name: str, shape: Any, value: Any) -> None:
    def program(_: dict[str, Any]) -> Any:
        return getattr(tf, name)(tf.placeholder(tf.float32, shape, name="z"), value)

    made = built(program)
    with in_python():
        assert made == built(program)


@pytest.mark.parametrize("name", ["concat", "stack", "add_n", "matmul"])
@given(shapes=st.lists(SHAPES, min_size=2, max_size=3), axis=st.integers(-4, 4))
@settings(max_examples=60)
def test_any_shapes_together(name: str, shapes: Any, axis: int) -> None:
    def program(_: dict[str, Any]) -> Any:
        tensors = [tf.placeholder(tf.float32, shape, name="z") for shape in shapes]
        if name == "matmul":
            return tf.matmul(tensors[0], tensors[1], transpose_a=axis % 2 == 1, transpose_b=axis > 1)
        return getattr(tf, name)(tensors, *([] if name == "add_n" else [axis]))

    made = built(program)
    with in_python():
        assert made == built(program)


ENDS = st.one_of(st.none(), st.integers(-5, 5))
STEPS = st.sampled_from([None, 1, 2, -1, -2])
ENTRIES = st.one_of(st.integers(-5, 5), st.just(Ellipsis), st.none(), st.builds(slice, ENDS, ENDS, STEPS))


@given(shape=SHAPES, key=st.one_of(ENTRIES, st.lists(ENTRIES, max_size=5).map(tuple)))
@settings(max_examples=400)
def test_any_key(shape: Any, key: Any) -> None:
    def program(_: dict[str, Any]) -> Any:
        return tf.placeholder(tf.float32, shape, name="z")[key]

    made = built(program)
    with in_python():
        assert made == built(program)


def test_values_of_one_operation_in_every_scope() -> None:
    """If the name scope below an operation is in use, names in it are made unique."""

    def program(inputs: dict[str, Any]) -> Any:
        x = inputs["x"]
        with tf.name_scope("Sum"), tf.name_scope("inner"):
            tf.identity(x, name="reduction_indices")
        with tf.name_scope("Reshape_1/"):
            tf.identity(x, name="shape")
        with tf.name_scope("strided_slice/"):
            tf.identity(x, name="stack_1")
        made = [x[0], tf.reduce_sum(x, 1), tf.reshape(x, [6]), tf.reshape(x, [6]), tf.reduce_sum(x)]
        with tf.control_dependencies([made[0]]), tf.name_scope("last"):
            return [
                *made,
                x[1:],
                tf.zeros([2]),
                tf.zeros_like(x),
                tf.reduce_sum(x),
                tf.concat([x, x], 0),
                x * 2.0,
            ]

    made = built(program)
    with in_python():
        assert made == built(program)


def test_a_list_that_changes_later_is_another_list() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        rows, sizes, ones = [[1.0, 2.0], [3.0, 4.0]], [4], np.ones((2, 2), np.float32)
        made = tf.reshape(tf.constant(ones) + rows, sizes)
        rows[0][0], sizes[0], ones[0] = 9.0, 5, 7.0
        assert session.run(made).tolist() == [2.0, 3.0, 4.0, 5.0]


def test_a_conversion_function_for_lists_is_asked() -> None:
    def convert(value: Any, dtype: Any = None, name: Any = None, as_ref: bool = False) -> Any:
        asked.append(value)
        return NotImplemented

    asked: list[Any] = []
    conversions = sys.modules["scopetrie.ops.constant"]._conversions
    before = list(conversions)
    try:
        tf.register_tensor_conversion_function(list, convert, priority=0)
        with tf.Graph().as_default():
            tf.add(tf.placeholder(tf.float32, [2, 2]), [1.0, 2.0])
    finally:
        conversions[:] = before
        _core.convert_literals(False)
    assert asked == [[1.0, 2.0]]


def test_an_op_without_a_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="op type 'Nonsense' has no shape rule"):
        _core.OpFunction(None, "Nonsense", "Nonsense", (declare.tensor("x"),), None, "")


def test_an_attribute_that_the_op_does_not_have_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Tile\(\) got an unexpected keyword argument 'times'"):
        tf.tile(tf.zeros([2]), [1], times=2)


def test_a_finalized_graph_takes_no_constants() -> None:
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [2, 3])
        graph.finalize()
        for program in (
            lambda: tf.reduce_sum(x, 1),
            lambda: x * 2.0,
            lambda: tf.concat([x, x], 0),
            lambda: x[0],
            lambda: tf.zeros([2]),
        ):
            with pytest.raises(RuntimeError, match="finalized"):
                program()
        assert len(graph.get_operations()) == 1


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_a_read_only_view_of_what_may_change_is_copied(size: int) -> None:
    array = np.ones(size, np.float32)
    view = array.view()
    view.flags.writeable = False
    with tf.Graph().as_default(), tf.Session() as session:
        made = [
            tf.constant(view),
            tf.constant(view, shape=[size]),
            tf.convert_to_tensor(view),
            tf.zeros(size) + view,
        ]
        array[:] = 5
        assert [each.tolist() for each in session.run(made)] == [[1.0] * size] * 4
