"""train.init_from_checkpoint; TensorFlow 2.21 said what is expected."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scopetrie as tf

pytest.importorskip("google.protobuf")


@pytest.fixture(autouse=True)
def graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tf.Graph]:
    monkeypatch.chdir(tmp_path)
    with tf.Graph().as_default(), tf.Session() as session:
        tf.get_variable("a/x", initializer=[1.0, 2.0])
        tf.get_variable("a/deep/w", initializer=9.0)
        tf.get_variable("b/z", initializer=[[5.0, 6.0]])
        tf.get_variable("p", initializer=tf.range(6.0), partitioner=tf.fixed_size_partitioner(2))
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, "m", write_meta_graph=False)
    with tf.Graph().as_default() as graph:
        yield graph


def values(*variables: Any) -> list[Any]:
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return [session.run(each).tolist() for each in variables]


@pytest.mark.parametrize(
    "name, mapping",
    [
        ("c/x", {"a/": "c/"}),
        ("c/x", {"a/x": "c/x"}),
        ("c/x", [("a/x", "c/x")]),
        ("x", {"a/": "/"}),
        ("a/x", {"/": "/"}),
        ("u/v/x", {"a/": "u/v/"}),
    ],
)
def test_names_and_scopes(name: str, mapping: Any) -> None:
    x, other = tf.get_variable(name, [2]), tf.Variable(4.0, name="other")
    tf.train.init_from_checkpoint("." if "/" in name else "m", mapping)
    assert values(x, other) == [[1, 2], 4]
    with tf.Session() as session:
        session.run(x.initializer)
        assert session.run([x, x.initial_value])[1].tolist() == [1, 2]
        x.load([7.0, 8.0], session)
        assert session.run(x).tolist() == [7, 8]


@pytest.mark.parametrize("what", [lambda v: v, lambda v: v.op.name, lambda v: [v]])
def test_the_variable_itself(what: Callable[[Any], Any]) -> None:
    x = tf.get_variable("c/x", [2])
    tf.train.init_from_checkpoint("m", {"a/x": what(x)})
    assert values(x) == [[1, 2]]


def test_nodes(graph: tf.Graph) -> None:
    x = tf.get_variable("c/x", [2])
    before = graph.version
    tf.train.init_from_checkpoint("m", {"a/": "c/"})
    made = [(op.name, op.type, op.device) for op in graph.get_operations()[-5:]]
    cpu, name = "/device:CPU:0", "checkpoint_initializer"
    assert graph.version == before + 5 and made == [
        *((f"{name}/{each}", "Const", cpu) for each in ("prefix", "tensor_names", "shape_and_slices")),
        (name, "RestoreV2", cpu),
        ("Assign", "Assign", ""),
    ]
    assert x.initializer.name == "Assign" and x.initial_value.name == f"{name}:0"


@pytest.mark.parametrize("what", [lambda p: p, list, lambda p: "c/p"])
@pytest.mark.parametrize("count", [1, 3])
def test_variables_in_parts(what: Callable[[Any], Any], count: int) -> None:
    with tf.variable_scope("c", partitioner=tf.fixed_size_partitioner(count)):
        p = tf.get_variable("p", [6])
    tf.train.init_from_checkpoint("m", {"p": what(p)})
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run(tf.identity(p)).tolist() == np.arange(6).tolist()


def test_what_is_wrong_changes_nothing(graph: tf.Graph) -> None:
    x = tf.get_variable("c/x", [2], initializer=tf.zeros_initializer())
    wide = tf.get_variable("d/x", [3])
    tf.get_variable("e/x/Adam", [2])
    parts = tf.get_variable("f/p", [9], partitioner=tf.fixed_size_partitioner(3))
    before = graph.version
    cases: list[tuple[Any, str]] = [
        (
            {"a/x": wide},
            r"^Shape of variable d/x:0 \(\(3,\)\) doesn't match with shape of tensor a/x \(\[2\]\)",
        ),
        ({"p": parts}, r"^Shape of variable f/p/part_0:0 \(\(9,\)\) doesn't match"),
        ({"a/": "e/"}, r"^Tensor a/x/Adam \(x/Adam in a/\) is not found in m checkpoint$"),
        ({"no": "c/x"}, r"^Tensor no is not found in m checkpoint \{"),
        ({"a/x": "no"}, r"^Assignment map with scope only name  should map to scope only a/x\. Should be"),
        ({"a": "c/"}, r"^Assignment map with scope only name c should map to scope only a\."),
        ({"a/x": x, "b/z": x}, "doesn't match"),
    ]
    for mapping, text in cases:
        with pytest.raises(ValueError, match=text):
            tf.train.init_from_checkpoint("m", mapping)
        assert graph.version == before and x.initializer.name == "c/x/Assign"
    with pytest.raises(TypeError, match="is neither a variable nor the name of one"):
        tf.train.init_from_checkpoint("m", {"a/x": 3})
    with pytest.raises(tf.errors.NotFoundError):
        tf.train.init_from_checkpoint("none", {"a/x": x})
    tf.train.init_from_checkpoint("m", {"a/": "nothing/"})
    assert values(x) == [[0, 0]]


def test_another_dtype_is_said_when_it_runs() -> None:
    x = tf.get_variable("c/x", [2], tf.int32, initializer=tf.zeros_initializer())
    tf.train.init_from_checkpoint("m", {"a/": "c/"})
    with pytest.raises(
        tf.errors.InvalidArgumentError, match="expected dtype int32 does not equal original dtype float"
    ):
        values(x)
