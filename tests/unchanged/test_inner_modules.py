"""tf.nest, and the inner modules of TensorFlow that have something of their own."""

from __future__ import annotations

import gzip
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import scopetrie as tf


class Pair(NamedTuple):
    a: Any
    b: Any


STATE = {"b": [1, (2, 3)], "a": Pair(4, None)}


def test_nests() -> None:
    nest = tf.nest
    assert (
        nest.flatten(STATE) == [4, None, 1, 2, 3] and nest.flatten("ab") == ["ab"] and nest.flatten([]) == []
    )
    assert nest.pack_sequence_as(STATE, [10, 11, 12, 13, 14]) == {"b": [12, (13, 14)], "a": Pair(10, 11)}
    assert nest.pack_sequence_as(3, [1]) == 1
    assert nest.map_structure(lambda x, y: (x, y), STATE, STATE)["a"] == Pair((4, 4), (None, None))
    ordered = nest.map_structure(lambda x: x + 1, OrderedDict([("z", 1), ("a", 2)]))
    assert list(ordered.items()) == [("z", 2), ("a", 3)]
    assert nest.map_structure(lambda x, y: x, [1], (1,), check_types=False) == [1]
    found = [nest.is_nested(each) for each in (1, "a", [], (), {}, Pair(1, 2), np.arange(2), {1}, None)]
    assert found == [False, False, True, True, True, True, False, False, False]


def test_nests_that_are_not_alike() -> None:
    nest = tf.nest
    same = r"^The two structures don't have the same nested structure\.\n\nFirst structure: type=.*"
    cases: list[tuple[Any, type[Exception], str]] = [
        (lambda: nest.assert_same_structure([1, 2], [1]), ValueError, f"{same}the same number of elements"),
        (
            lambda: nest.assert_same_structure([1], [[1]]),
            ValueError,
            f"{same}is a sequence, while substructure",
        ),
        (lambda: nest.assert_same_structure({"a": 1}, {"b": 1}), ValueError, f"{same}the same set of keys"),
        (lambda: nest.assert_same_structure([[1]], [(1,)]), TypeError, f"{same}has type list, while second"),
        (lambda: nest.assert_same_structure(Pair(1, 2), (1, 2)), TypeError, f"{same}has type Pair, while"),
        (lambda: nest.map_structure(max, [1], [1, 2]), ValueError, same),
        (lambda: nest.map_structure(3, [1]), TypeError, "^func must be callable, got: 3$"),
        (lambda: nest.map_structure(max), ValueError, "^Must provide at least one structure$"),
        (
            lambda: nest.pack_sequence_as([1, 2], [1]),
            ValueError,
            "^Could not pack sequence. Structure had 2 atoms",
        ),
        (lambda: nest.pack_sequence_as([1], 3), TypeError, "^Attempted to pack value:"),
    ]
    for call, kind, text in cases:
        with pytest.raises(kind, match=f"(?s){text}"):
            call()


@pytest.fixture
def input_data() -> Iterator[Any]:
    with tf.as_tensorflow():
        from tensorflow.examples.tutorials.mnist import input_data

        yield input_data


def write_digits(folder: Path, train: int, test: int, packed: bool) -> None:
    """Files as those of MNIST: the images of a digit have its number in all pixels."""
    for name, count in (("train", train), ("t10k", test)):
        labels = (np.arange(count) % 10).astype(np.uint8)
        images = np.repeat(labels[:, None], 784, axis=1)
        for kind, head, data in (
            ("images-idx3", [2051, count, 28, 28], images),
            ("labels-idx1", [2049, count], labels),
        ):
            content = np.array(head, ">u4").tobytes() + data.tobytes()
            path = folder / f"{name}-{kind}-ubyte{'.gz' if packed else ''}"
            path.write_bytes(gzip.compress(content) if packed else content)


@pytest.mark.parametrize("packed", [True, False])
def test_the_digits_of_mnist(tmp_path: Path, input_data: Any, packed: bool) -> None:
    write_digits(tmp_path, 60, 20, packed)
    mnist = input_data.read_data_sets(tmp_path, one_hot=True, validation_size=10, seed=1)
    assert [part.num_examples for part in mnist] == [50, 10, 20]
    assert mnist.train.images.shape == (50, 784) and mnist.train.images.dtype == np.float32
    assert mnist.test.labels.shape == (20, 10) and mnist.validation.labels.argmax(1).tolist() == list(
        range(10)
    )
    seen = []
    for _ in range(5):
        images, labels = mnist.train.next_batch(15)
        assert (np.rint(images[:, 0] * 255) == labels.argmax(1)).all()
        seen += labels.argmax(1).tolist()
    assert mnist.train.epochs_completed == 1
    assert sorted(seen[:50]) == sorted(list(range(10)) * 5) != seen[:50]
    again = input_data.read_data_sets(str(tmp_path), one_hot=True, validation_size=10, seed=1)
    assert again.train.next_batch(50)[1].argmax(1).tolist() == seen[:50]
    plain = input_data.read_data_sets(tmp_path, dtype=tf.uint8, reshape=False, validation_size=0)
    images, labels = plain.test.next_batch(20, shuffle=False)
    assert (
        images.shape == (20, 28, 28, 1)
        and images.dtype == np.uint8
        and labels.tolist() == list(range(10)) * 2
    )


def test_digits_that_are_not_there(tmp_path: Path, input_data: Any) -> None:
    with pytest.raises(
        FileNotFoundError, match=r"train-images-idx3-ubyte\.gz, .*: put the files of MNIST there"
    ):
        input_data.read_data_sets(tmp_path)
    write_digits(tmp_path, 60, 20, False)
    with pytest.raises(ValueError, match=r"^Validation size should be between 0 and 60\. Received: 5000\.$"):
        input_data.read_data_sets(tmp_path)
    with pytest.raises(TypeError, match="expected uint8 or float32"):
        input_data.read_data_sets(tmp_path, dtype=tf.int32, validation_size=0)
    (tmp_path / "t10k-labels-idx1-ubyte").write_bytes(b"\x00\x00\x08\x01\x00\x00\x00\x14")
    with pytest.raises(ValueError, match="and says that it has"):
        input_data.read_data_sets(tmp_path, validation_size=0)
    (tmp_path / "t10k-labels-idx1-ubyte").write_bytes(b"nothing")
    with pytest.raises(ValueError, match=r"^Invalid magic number"):
        input_data.read_data_sets(tmp_path, validation_size=0)
    made_up = input_data.read_data_sets("nowhere", fake_data=True, one_hot=True).train.next_batch(2)
    assert np.shape(made_up[0]) == (2, 784) and made_up[1][0][0] == 1


def test_tools(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("google.protobuf")
    with tf.Graph().as_default(), tf.Session() as session:
        session.run(tf.get_variable("layer/w", initializer=[[1.0, 2.0]]).initializer)
        path = tf.train.Saver().save(session, str(tmp_path / "m"), write_meta_graph=False)
    with tf.as_tensorflow():
        from tensorflow.python.client import device_lib
        from tensorflow.python.tools import inspect_checkpoint
        from tensorflow.python.tools.inspect_checkpoint import print_tensors_in_checkpoint_file

        assert [each.device_type for each in device_lib.list_local_devices()] == ["CPU"]
        assert inspect_checkpoint.print_tensors_in_checkpoint_file is print_tensors_in_checkpoint_file
    print_tensors_in_checkpoint_file(path, tensor_name="", all_tensors=True)
    assert capsys.readouterr().out == "tensor_name:  layer/w\n[[1. 2.]]\n# Total number of params: 2\n"
    print_tensors_in_checkpoint_file(path, None, False, count_exclude_pattern="layer")
    assert capsys.readouterr().out == "layer/w (DT_FLOAT) [1,2]\n\n# Total number of params: 0\n"
    print_tensors_in_checkpoint_file(path, "layer/w")
    assert "[[1. 2.]]" in capsys.readouterr().out


def test_what_decorates_v1_s_functions() -> None:
    with tf.as_tensorflow():
        from tensorflow.python.ops import control_flow_ops, standard_ops
        from tensorflow.python.training import moving_averages
        from tensorflow.python.util import deprecation, tf_contextlib, tf_decorator, tf_inspect

    @tf_contextlib.contextmanager
    def block() -> Iterator[int]:
        yield 3

    @deprecation.deprecated(None, "Use another.")
    def function(a: int, b: int = 2) -> int:
        return a + b

    with block() as value:
        assert value == function(1) == 3
    wrapped = tf_decorator.make_decorator(function, lambda *args: function(*args))
    assert wrapped.__name__ == "function" and tf_decorator.unwrap(wrapped)[1] is function
    assert tf_inspect.getfullargspec(function).args == ["a", "b"]
    with pytest.raises(ValueError, match="Cannot specify both 'dim' and 'axis'"):
        deprecation.deprecated_argument_lookup("axis", 1, "dim", 2)
    with tf.Graph().as_default(), tf.Session() as session:
        mean = tf.get_variable("mean", initializer=10.0, trainable=False)
        session.run(mean.initializer)
        update = moving_averages.assign_moving_average(mean, 20.0, 0.9, zero_debias=False)
        after = control_flow_ops.with_dependencies([update], standard_ops.constant(1.0))
        assert (after.name, session.run(after), session.run(mean)) == ("control_dependency:0", 1.0, 11.0)


def test_contrib_s_inner_modules() -> None:
    with tf.as_tensorflow():
        from tensorflow.contrib.framework.python.ops import arg_scope
        from tensorflow.contrib.layers.python.layers import initializers, layers, utils
        from tensorflow.contrib.layers.python.layers.utils import collect_named_outputs

        with pytest.raises(ImportError):
            from tensorflow.contrib.layers.python.layers import no_such_name  # noqa: F401
    assert initializers.xavier_initializer is tf.contrib.layers.xavier_initializer
    assert layers.conv2d is tf.contrib.layers.conv2d and utils.collect_named_outputs is collect_named_outputs
    assert arg_scope is tf.contrib.framework.arg_scope


def test_modes_and_nests_of_data() -> None:
    with tf.as_tensorflow():
        from tensorflow.python.data.ops import dataset_ops
        from tensorflow.python.data.util import nest
        from tensorflow.python.eager import context
    assert dataset_ops.Dataset is tf.data.Dataset and nest.flatten([1, [2]]) == [1, 2]
    assert context.in_graph_mode() and not context.in_eager_mode() and not context.executing_eagerly()


def test_keras_s_modules() -> None:
    with tf.as_tensorflow():
        from tensorflow.keras import layers
        from tensorflow.keras.initializers import he_normal
        from tensorflow.keras.preprocessing.sequence import pad_sequences
        from tensorflow.python.keras.layers import Dense
        from tensorflow.python.keras.regularizers import l2
    assert layers.Dense is Dense is tf.keras.layers.Dense and l2 is tf.keras.regularizers.l2
    assert he_normal is tf.keras.initializers.he_normal and pad_sequences is tf.keras.utils.pad_sequences
