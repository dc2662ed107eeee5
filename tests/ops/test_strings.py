"""`tf.strings` and its names at the top level, as TensorFlow computes them."""

import json
import subprocess
import sys

import pytest
import scopetrie as tf
from recorded.string_expressions import RECORDED, outcome
from scopetrie.ops.strings.hashes import siphash

EXPECTED = json.loads(RECORDED.read_text())
PARTS = 8


@pytest.mark.parametrize("part", range(PARTS))
def test_expressions_have_tensorflows_values(part):
    for expression in list(EXPECTED)[part::PARTS]:
        assert json.loads(json.dumps(outcome(tf, expression))) == EXPECTED[expression], expression


def test_dtypes_has_functions_too():
    assert tf.dtypes.cast is tf.cast
    assert tf.dtypes.complex is tf.complex
    assert tf.dtypes.saturate_cast is tf.saturate_cast
    assert tf.dtypes.as_string is tf.as_string is tf.strings.as_string
    assert tf.dtypes.as_dtype("float32") is tf.dtypes.float32
    assert not hasattr(tf.dtypes, "nothing")


def test_siphash_is_the_published_one():
    """The example of its paper."""
    key = tuple(int.from_bytes(bytes(range(at, at + 8)), "little") for at in (0, 8))
    assert siphash(bytes(range(15)), key) == 0xA129CA6149BE45E5


def test_strings_reach_ops_by_feeding_variables_and_loops():
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.string, [None])
        v = tf.get_variable("v", initializer="seen")
        lines = tf.strings.join([tf.strings.lower(x), v], separator="/")
        session.run(v.initializer)
        for _ in range(3):
            assert session.run(lines, {x: ["A", "b"]}).tolist() == [b"a/seen", b"b/seen"]
        rows = tf.map_fn(lambda row: tf.strings.length(row), x, dtype=tf.int32)
        assert session.run(rows, {x: ["abc", ""]}).tolist() == [3, 0]


def test_what_splits_is_refused_with_a_reason():
    for name in ("bytes_split", "ngrams", "unicode_decode", "unicode_script"):
        with pytest.raises(AttributeError, match=r"scopetrie does not offer tf\.strings\."):
            getattr(tf.strings, name)


def test_importing_the_package_does_not_import_them():
    code = "import sys, scopetrie; print([each for each in sys.modules if 'ops.strings' in each])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"
