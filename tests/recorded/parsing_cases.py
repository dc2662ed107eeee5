"""Expressions that read records; see families.py."""

from __future__ import annotations

from typing import Any

import numpy as np


def names(tf: Any) -> tuple[dict[str, Any], dict[Any, Any]]:
    """The names of the expressions, and what is fed: M are Examples, ONE is one, S rows of text."""

    def example(**features: Any) -> bytes:
        made = {}
        for key, value in features.items():
            if value and isinstance(value[0], bytes):
                made[key] = tf.train.Feature(bytes_list=tf.train.BytesList(value=value))
            elif value and isinstance(value[0], float):
                made[key] = tf.train.Feature(float_list=tf.train.FloatList(value=value))
            else:
                made[key] = tf.train.Feature(int64_list=tf.train.Int64List(value=value))
        written: bytes = tf.train.Example(features=tf.train.Features(feature=made)).SerializeToString()
        return written

    first = example(a=[1.5], b=[1, 2, 3], c=[7, 8], t=[b"x", b"yz"], i=[4, 1], j=[0, 2], v=[2.0, 3.0])
    second = example(a=[2.5], b=[], t=[b"w"], i=[9], j=[3], v=[1.0], q=[1.0, 2.0, 3.0, 4.0])
    many, one = tf.placeholder(tf.string, [None], name="m"), tf.placeholder(tf.string, [], name="one")
    text = tf.placeholder(tf.string, [None], name="s")
    sequences, sequence = (
        tf.placeholder(tf.string, [None], name="q"),
        tf.placeholder(tf.string, [], name="q1"),
    )
    read = [_sequence(tf, 3, [b"x", b"y"], [[1.0, 2.0], [3.0, 4.0]], [[1], [2, 3], []]),
            _sequence(tf, 5, [], [[5.0, 6.0]], [])]  # fmt: skip
    given = {"M": many, "ONE": one, "S": text, "Q": sequences, "Q1": sequence, "tf": tf, "np": np}
    given |= {"F": tf.FixedLenFeature, "V": tf.VarLenFeature, "L": tf.FixedLenSequenceFeature}
    feeds = {many: [first, second], one: first, text: ['1.5,"a, b",3', "2,c,4"], sequences: read,
             sequence: read[0]}  # fmt: skip
    return given, feeds


def _sequence(tf: Any, n: int, t: list[bytes], f: list[list[float]], v: list[list[int]]) -> bytes:
    """A SequenceExample with a number and words, a list of pairs and one of rows of any lengths."""
    made = tf.train.SequenceExample()
    made.context.feature["n"].int64_list.value.append(n)
    made.context.feature["t"].SetInParent()
    if t:
        made.context.feature["t"].bytes_list.value.extend(t)
    for pair in f:
        made.feature_lists.feature_list["f"].feature.add().float_list.value.extend(pair)
    made.feature_lists.feature_list["v"].SetInParent()
    for row in v:
        feature = made.feature_lists.feature_list["v"].feature.add()
        if row:
            feature.int64_list.value.extend(row)
    written: bytes = made.SerializeToString()
    return written


EXPRESSIONS = """
tf.FixedLenFeature([], tf.float32)
tf.VarLenFeature(tf.int64)
tf.FixedLenSequenceFeature([], tf.int64)
tf.SparseFeature("i", "v", tf.float32, 10)
tf.parse_example(M, {"a": tf.FixedLenFeature([], tf.float32), "b": tf.VarLenFeature(tf.int64)})
tf.parse_example(M, {"c": tf.FixedLenFeature([2], tf.int64, [1, 2])})
tf.parse_example(M, {"c": tf.FixedLenFeature([2, 1], tf.int64, [[1], [2]]), "t": tf.VarLenFeature(tf.string)})
tf.parse_example(M, {"c": tf.FixedLenFeature([2], tf.int64)})
tf.parse_example(M, {"b": tf.FixedLenFeature([3], tf.int64)})
tf.parse_example(M, {"a": tf.FixedLenFeature([], tf.int64)})
tf.parse_example(M, {"a": tf.FixedLenFeature([2], tf.float32)})
tf.parse_example(M, {"a": tf.VarLenFeature(tf.string)})
tf.parse_example(M, {"t": tf.FixedLenSequenceFeature([], tf.string, allow_missing=True)})
tf.parse_example(M, {"q": tf.FixedLenSequenceFeature([2], tf.float32, True, 9.0)}, name="hi")
tf.parse_example(M, {"b": tf.FixedLenSequenceFeature([], tf.int64, allow_missing=True)})
tf.parse_example(M, {"sp": tf.SparseFeature("i", "v", tf.float32, 10)})
tf.parse_example(M, {"sp": tf.SparseFeature(["i", "j"], "v", tf.float32, [10, 4])})
tf.parse_example(M, {"none": tf.VarLenFeature(tf.float32)})
tf.parse_example(M, {})
tf.parse_example(M, {"a": 3})
tf.parse_example(M, {"a": tf.FixedLenFeature([None], tf.float32)})
tf.parse_example(M, {"a": tf.FixedLenFeature([], tf.int32)})
tf.parse_example(M, {"q": tf.FixedLenSequenceFeature([], tf.string)})
tf.parse_example(M, {"a": tf.FixedLenFeature([2], tf.float32, [1.0])})
tf.parse_single_example(ONE, {"a": tf.FixedLenFeature([], tf.float32), "b": tf.VarLenFeature(tf.int64)})
tf.parse_single_example(ONE, {"t": tf.FixedLenSequenceFeature([], tf.string, allow_missing=True)})
tf.parse_single_example(ONE, {"sp": tf.SparseFeature("i", "v", tf.float32, 10)})
tf.parse_single_example(ONE, {"t": tf.FixedLenFeature([2], tf.string)})
tf.parse_single_example(M, {"a": tf.FixedLenFeature([], tf.float32)})
tf.parse_single_example(ONE, {})
tf.io.parse_sequence_example(Q, {"n": F([], tf.int64), "t": V(tf.string)}, {"f": L([2], tf.float32)})
tf.io.parse_sequence_example(Q, {"t": V(tf.string)}, {"v": V(tf.int64), "z": V(tf.float32)}, name="deep")
tf.io.parse_sequence_example(Q, None, {"z": L([2], tf.float32, True), "s": L([], tf.string, True)})
tf.io.parse_sequence_example(Q, {"z": F([2, 1], tf.float32, [[1.0], [2.0]])})
tf.io.parse_sequence_example(Q, {"z": F([], tf.int64)})
tf.io.parse_sequence_example(Q, None, {"z": L([2], tf.float32)})
tf.io.parse_sequence_example(Q, None, {"f": L([3], tf.float32)})
tf.io.parse_sequence_example(Q, None, {"v": L([1], tf.int64)})
tf.io.parse_sequence_example(Q, None, {"f": V(tf.int64)})
tf.io.parse_sequence_example(Q, {"n": F([2], tf.int64)})
tf.io.parse_sequence_example(Q, {"t": F([1, 2], tf.string, [[b"a", b"b"]])})
tf.io.parse_sequence_example(Q)
tf.io.parse_sequence_example(Q, None, {"f": F([2], tf.float32)})
tf.io.parse_sequence_example(Q, None, {"f": L([2], tf.float32, False, 1.0)})
tf.io.parse_sequence_example(Q, {"n": F([], tf.int32)})
tf.io.parse_sequence_example([b"bad"], {"n": F([], tf.int64)})
tf.parse_single_sequence_example(Q1, {"n": F([], tf.int64)}, {"f": L([2], tf.float32), "v": V(tf.int64)})
tf.parse_single_sequence_example(Q1, {"t": V(tf.string)}, {"z": V(tf.float32)}, "me", "deep")
tf.parse_single_sequence_example(Q1, None, {"z": L([2], tf.float32, True)})
tf.parse_single_sequence_example(Q1, {"f": L([2], tf.float32)})
tf.parse_single_sequence_example(Q, {"n": F([], tf.int64)})
tf.parse_single_sequence_example(Q1)
tf.decode_csv(S, [[1.0], ["x"], tf.constant([], tf.int64)])
tf.decode_csv(S, [[1.0], [7]], select_cols=[0, 2])
tf.decode_csv("a;b", [[""], [""]], field_delim=";")
tf.decode_csv(["1,,", "NA,x,2"], [[5], ["y"], [0.5]], na_value="NA")
tf.decode_csv(['"a ""b"" c",2'], [[""], [0]])
tf.decode_csv(['"a,b'], [[""], [""]], use_quote_delim=False)
tf.decode_csv(["1"], [[1], [2]])
tf.decode_csv(["x"], [[1]])
tf.decode_csv([""], [tf.constant([], tf.int64)])
tf.decode_csv(S, [[1.0, 2.0]])
tf.decode_csv(S, [[1.0], [2]], select_cols=[2, 1])
tf.decode_csv(S, [[1.0]], select_cols=[2, 1])
tf.read_file("/no/such/file")
tf.write_file("/proc/no/such", "x").name
tf.matching_files(["/no/such/*"])
""".strip().split("\n")
GRADIENTS: list[str] = []
