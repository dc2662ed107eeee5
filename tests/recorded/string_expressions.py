"""Expressions of strings whose values are recorded from TensorFlow.

With a Python that has TensorFlow, `python tests/recorded/string_expressions.py` records in
string_expressions.json what it says of them.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

RECORDED = Path(__file__).with_suffix(".json")
WORDS = [
    "",
    "a",
    "ab",
    " x ",
    "Hello",
    "TensorFlow",
    "äöü",
    "日本語",
    "a.b.c",
    "0123456789" * 3,
    "z" * 70,
    "\n\t q",
]
WORDS += ["MiXeD Straße", "12", "-3.5", "1e3", "nan", "inf", " 7 ", "0x1f", "99999999999", "a-b_c", "q" * 200]
PATTERNS = [
    "a",
    "a*",
    "[0-9]+",
    "(a)(b)",
    "^a",
    "b$",
    ".",
    "x|b",
    "[[:alpha:]]+",
    r"\d",
    r"\s+",
    "",
    "(?i)A",
    "a{2,}",
]
PATTERNS += [r"\w+", "[^a-z]", "(", "a**", "(?=a)", r"(a)\1", "(?P<n>o)", r"\.", "a?b?", "[ab", r"\bx"]
FLOATS = [0.0, -1.5, 3.14159265, 1e10, 1e-10, float("inf"), float("-inf"), float("nan"), 123456.789, 1 / 3]


def literal(values: Any) -> str:
    """The text of a constant of strings."""
    return f"tf.constant({values!r})"


def expressions() -> Iterator[str]:
    """The expressions."""
    draw = random.Random(1)
    words = literal(WORDS)
    for unit in ("BYTE", "UTF8_CHAR"):
        yield f"tf.strings.length({words}, unit={unit!r})"
        for first in (0, 1, -1, -2, 3):
            for count in (0, 1, 2, 100, -1):
                text = literal(["abcdef", "日本語xyz", "äöüß"])
                yield f"tf.strings.substr({text}, {first}, {count}, unit={unit!r})"
        yield f"tf.substr({literal(['ab', 'cde'])}, [1, 2], [1, 1], unit={unit!r})"
        yield f"tf.substr({literal(['ab', 'cde'])}, [[1], [2]], [[1], [1]], unit={unit!r})"
        yield f"tf.substr('ab', 3, 1, unit={unit!r})"
        yield f"tf.substr({literal(['ab', 'c'])}, [0, -2], [1, 1], unit={unit!r})"
    yield "tf.substr('ab', [0, 1], 1)"
    yield "tf.strings.length('a', unit='X')"
    for change in ("lower", "upper"):
        for encoding in ("", "utf-8"):
            yield f"tf.strings.{change}({words}, encoding={encoding!r})"
        yield f"tf.strings.{change}('a', encoding='utf-16')"
    yield f"tf.strings.strip({words})"
    yield "tf.string_strip(' a ')"
    for pad in (True, False):
        yield f"tf.encode_base64({words}, pad={pad})"
        yield f"tf.decode_base64(tf.encode_base64({words}, pad={pad}))"
    for text in ("YQ", "YQ==", "Y", "Y+", "a-_b", "", "YW I"):
        yield f"tf.decode_base64({text!r})"
    for given in (
        "['a', 'b']",
        "[['a', 'b'], 'c']",
        "[['a', 'b'], ['c', 'd', 'e']]",
        "['a']",
        "[[['a']], 'x']",
    ):
        for separator in ("", "-", "ä"):
            yield f"tf.strings.join({given}, {separator!r})"
    yield "tf.string_join([z, 'a'])"
    yield "tf.string_join([y, x])"
    grid = literal([["a", "b", "c"], ["d", "e", "f"]])
    for axis in (None, 0, 1, -1, [0, 1], [1, 0], [], 2, [0, 0]):
        for keep in (True, False):
            yield f"tf.reduce_join({grid}, {axis}, keepdims={keep}, separator=',')"
    yield "tf.reduce_join('a')"
    yield "tf.reduce_join(tf.zeros([0, 2], tf.string), 0)"
    yield "tf.reduce_join(tf.zeros([0, 2], tf.string), 1)"
    yield "tf.strings.reduce_join(z)"
    yield "tf.strings.reduce_join(y, 0)"
    yield "tf.reduce_join(x, name='q')"
    for ids, count in (("[0, 1]", 2), ("[1, 1]", 3), ("[0, 2]", 2), ("[-1, 0]", 2)):
        yield f"tf.strings.unsorted_segment_join({grid}, {ids}, {count}, separator='+')"
    yield f"tf.strings.unsorted_segment_join({grid}, [[0, 1, 0], [2, 0, 1]], 3)"
    for pattern in PATTERNS:
        for rewrite in ("#", r"<\0>", r"\1", r"\2\1", "", "\\\\"):
            for everywhere in (True, False):
                if draw.random() < 0.6:
                    text = literal([*draw.sample(WORDS[:9], 3), "aab abc", "x yy  b", "xaabaa"])
                    how = f"{pattern!r}, {rewrite!r}, replace_global={everywhere}"
                    yield f"tf.strings.regex_replace({text}, {how})"
        yield f"tf.strings.regex_full_match({literal([*WORDS[:9], 'aa', 'b'])}, {pattern!r})"
    yield "tf.regex_replace(['ab', 'b'], tf.constant('b'), 'c')"
    yield "tf.strings.regex_full_match(['ab', 'b'], tf.constant('b'))"
    for word in [
        *WORDS,
        "1_0",
        "+5",
        "1.",
        ".5",
        "1e",
        "--1",
        "0x",
        "1 2",
        "3000000000",
        "-1",
        "Infinity",
        "NAN",
        "1e400",
    ]:
        for dtype in ("float32", "float64", "int32", "int64"):
            yield f"tf.strings.to_number({word!r}, tf.{dtype})"
    yield "tf.string_to_number(['1', '2'], tf.uint8)"
    long = ["x" * size for size in (*range(0, 70, 3), 63, 64, 65, 127, 128, 129, 200)]
    texts = literal([*WORDS, *long, "".join(map(chr, range(1, 120)))])
    for count in (1, 7, 10**9, 2**62):
        yield f"tf.strings.to_hash_bucket_fast({texts}, {count})"
        yield f"tf.strings.to_hash_bucket({texts}, {count})"
        yield f"tf.strings.to_hash_bucket_strong({texts}, {count}, [12345, -3])"
    yield "tf.string_to_hash_bucket_fast('a', 0)"
    yield "tf.string_to_hash_bucket_strong('a', 3, [1])"
    floats = f"tf.constant({FLOATS!r}, tf.float32)".replace("inf", "np.inf").replace("nan", "np.nan")
    doubles = floats.replace("float32", "float64")
    for number in (floats, doubles):
        for how in (
            "", "precision=2", "scientific=True", "shortest=True", "width=12", "fill='+'", "fill='ab'",
            "precision=3, width=10, fill='0'", "width=8, fill='-'", "width=8, fill=' '",
            "shortest=True, precision=3", "scientific=True, precision=0", "shortest=True, scientific=True",
        ):  # fmt: skip
            yield f"tf.as_string({number}{', ' if how else ''}{how})"
    for dtype in ("int8", "uint8", "int16", "int32", "int64"):
        for how in ("", "width=5", "width=5, fill='0'", "fill='+'", "precision=2", "width=6, fill='-'"):
            yield f"tf.as_string(tf.constant([0, 7, 100], tf.{dtype}){', ' if how else ''}{how})"
    yield "tf.as_string(tf.constant([-5, 123456789], tf.int32), width=8, fill='0')"
    yield "tf.as_string(tf.constant([True, False]))"
    yield "tf.as_string(tf.constant([True, False]), width=7)"
    yield "tf.as_string(tf.constant([1 + 2j, -0.5j], tf.complex64))"
    yield "tf.as_string(tf.constant([1.5, -2.25], tf.float16), precision=3)"
    for dtype in ("uint8", "int16", "int32", "float32", "int64"):
        for little in (True, False):
            yield f"tf.decode_raw(['abcdefgh', 'ijklmnop'], tf.{dtype}, little_endian={little})"
    yield "tf.decode_raw(['abc', 'de'], tf.uint8)"
    yield "tf.decode_raw('abc', tf.int16)"
    yield "tf.decode_raw(z, tf.uint8)"
    for value in ("1.5", "np.arange(12)", "np.arange(100).reshape(10, 10)", "[[1.0, 2.0], [3.0, 1e-8]]",
                  "['a', 'b\"c']", "[True, False]", "np.arange(8).reshape(2, 2, 2)", "np.float64(0.1)",
                  "np.float32(1e20)", "'hi'", "np.arange(24).reshape(2, 3, 4)"):  # fmt: skip
        for summarize in (3, 1, -1):
            yield f"tf.strings.format('x{{}}y', tf.constant({value}), summarize={summarize})"
    yield "tf.strings.format('a %s b %s', (tf.constant(1), tf.constant([2])), placeholder='%s')"
    yield "tf.strings.format('a {}', [])"


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    return repr(float(value))


def outcome(tf: Any, expression: str) -> list[Any]:
    """Name, type, static shape and value of what an expression gives; or the class of the error."""
    with tf.Graph().as_default(), tf.Session() as session:
        names = {"x": tf.placeholder(tf.string, [2]), "y": tf.placeholder(tf.string, [None])}
        names["z"] = tf.placeholder(tf.string)
        try:
            made = eval(expression, {"tf": tf, "np": np, **names})
        except Exception as error:
            return [type(error).__name__]
        about = [made.name, made.op.type, made.dtype.name, str(made.shape)]
        if re.search(r"\b[xyz]\b[,)]", expression):
            return about
        try:
            return [*about, plain(session.run(made))]
        except tf.errors.OpError as error:
            return [*about, type(error).__name__]


def record() -> None:
    """Writes down what TensorFlow says."""
    import tensorflow.compat.v1 as tf

    tf.disable_v2_behavior()
    lines = [f"{json.dumps(each)}: {json.dumps(outcome(tf, each))}" for each in dict.fromkeys(expressions())]
    RECORDED.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    record()
