"""Programs that import TensorFlow run as they are."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import scopetrie

PROGRAM = """
from __future__ import print_function
import os, sys
import numpy as np
import tensorflow as tf
import tensorflow.python.platform
from tensorflow.python.client import timeline
from tensorflow.python.framework import ops
from tensorflow.python.ops import array_ops, init_ops, variable_scope as vs
from tensorflow.python.platform import gfile
from tensorflow.python.training import saver as saver_lib
import beside

flags = tf.app.flags
flags.DEFINE_integer("steps", 3, "Steps.")
flags.DEFINE_string("logdir", None, "Where.")
FLAGS = flags.FLAGS

def main(_):
    assert tf.__version__.split(".")[0] == "1" and beside.tf is tf
    ops.reset_default_graph()
    with vs.variable_scope("a"):
        w = tf.get_variable("w", [2], initializer=init_ops.zeros_initializer())
    tf.summary.scalar("w0", w[0])
    merged = tf.summary.merge_all()
    update = tf.assign_add(w, array_ops.ones([2]))
    saver = saver_lib.Saver()
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        writer = tf.summary.FileWriter(FLAGS.logdir, sess.graph)
        for i in range(FLAGS.steps):
            sess.run(update)
            writer.add_summary(sess.run(merged), i)
            saver.save(sess, os.path.join(FLAGS.logdir, "m"), i)
        print(sess.run(w), gfile.Exists(FLAGS.logdir), tf.train.latest_checkpoint(FLAGS.logdir), sys.argv[1:])
    return 3

if __name__ == "__main__":
    tf.app.run()
"""


@pytest.fixture
def stands() -> Iterator[scopetrie.unchanged.importing.AsTensorFlow]:
    with scopetrie.as_tensorflow() as stands:
        yield stands


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scopetrie", "run", *arguments],
        capture_output=True, text=True, cwd=folder, timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize("way", ["script", "module"])
def test_a_program_runs(tmp_path: Path, way: str) -> None:
    pytest.importorskip("absl")
    pytest.importorskip("tensorboard")
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "train.py").write_text(PROGRAM)
    (tmp_path / "code" / "beside.py").write_text("import tensorflow as tf\n")
    how = ["code/train.py"] if way == "script" else ["-m", "train"]
    where = tmp_path if way == "script" else tmp_path / "code"
    done = run(where, *how, "--steps=5", "--logdir", "logs", "--unknown=1")
    assert done.stdout == "[5. 5.] True logs/m-4 ['--steps=5', '--logdir', 'logs', '--unknown=1']\n", (
        done.stderr
    )
    assert done.returncode == 3


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    done = run(tmp_path, "nothing.py")
    assert done.returncode == 2 and "there is no script 'nothing.py'" in done.stderr


def test_modules(stands: object) -> None:
    import tensorflow as tf
    import tensorflow.compat.v1 as v1
    import tensorflow.python.ops.nn_ops as nn_ops
    from tensorflow.core.protobuf import config_pb2
    from tensorflow.python.framework import dtypes, errors_impl, ops, tensor_shape
    from tensorflow.python.ops import math_ops, random_ops
    from tensorflow.python.training import moving_averages, training_util  # noqa: F401

    assert tf.Graph is scopetrie.Graph is ops.Graph is v1.Graph and tf.nn is scopetrie.nn
    assert nn_ops.relu is scopetrie.nn.relu and math_ops.reduce_sum is scopetrie.reduce_sum
    assert dtypes.float32 is scopetrie.float32 and random_ops.random_normal is scopetrie.random_normal
    assert errors_impl.NotFoundError is scopetrie.errors.NotFoundError
    assert tensor_shape.TensorShape is scopetrie.TensorShape
    assert config_pb2.ConfigProto is scopetrie.ConfigProto
    assert training_util.get_global_step is scopetrie.train.get_global_step
    assert tf.python.framework.ops is ops and tf.__version__ == v1.__version__ == tf.VERSION
    assert "get_variable" in dir(tf) and "Saver" in dir(tf.train)
    names: dict[str, object] = {}
    exec("from tensorflow.python.framework.errors import *", names)
    assert "NotFoundError" in names


def test_what_is_not_there(stands: object) -> None:
    import tensorflow as tf

    with pytest.raises(AttributeError, match=r"scopetrie does not offer tf\.keras\.Model"):
        _ = tf.keras.Model
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = tf.no_such_name
    with pytest.raises(AttributeError):
        _ = tf.printing  # a module of this package
    for name in (
        "tensorflow.examples.tutorials.other",
        "tensorflow.python.ops.no_such_ops",
        "tensorflow.keras.models",
    ):
        with pytest.raises(ModuleNotFoundError, match=r"does not have tensorflow\."):
            __import__(name)


def test_it_is_undone() -> None:
    before = {name for name in sys.modules if name.startswith(("tensorflow", "tensorboard.compat.notf"))}
    stands = scopetrie.as_tensorflow()
    import tensorflow.python.framework.ops

    with scopetrie.as_tensorflow():  # twice
        import tensorflow  # noqa: F401
    assert "tensorflow.python.framework.ops" in sys.modules
    assert repr(stands) == "<scopetrie stands for tensorflow>"
    stands.undo()
    stands.undo()
    assert {
        name for name in sys.modules if name.startswith(("tensorflow", "tensorboard.compat.notf"))
    } == before
    assert stands not in sys.meta_path and repr(stands) == "<scopetrie stands for tensorflow: undone>"


def test_not_where_tensorflow_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorflow", ModuleType("tensorflow"))
    with pytest.raises(RuntimeError, match="TensorFlow itself has been imported"):
        scopetrie.as_tensorflow()


# What releases of real libraries import of v1's inner modules.
IMPORTED = """
    tensorflow.core.protobuf.rewriter_config_pb2.RewriterConfig tensorflow.io.gfile.GFile
    tensorflow.python.client.session.register_session_run_conversion_functions
    tensorflow.python.client.session.Session tensorflow.python.framework.smart_cond.smart_cond
    tensorflow.python.util.all_util.remove_undocumented tensorflow.python.util.deprecation.silence
    tensorflow.python.debug.DumpingDebugWrapperSession tensorflow.python.debug.LocalCLIDebugWrapperSession
    tensorflow.python.debug.lib.debug_data.has_inf_or_nan
"""


@pytest.mark.parametrize("name", IMPORTED.split())
def test_what_libraries_import(stands: object, name: str) -> None:
    module, _, member = name.rpartition(".")
    assert callable(getattr(importlib.import_module(module), member))


def test_options_of_the_rewriter(stands: object) -> None:
    import tensorflow as v1
    from tensorflow.core.protobuf import rewriter_config_pb2

    config = v1.ConfigProto()
    config.graph_options.rewrite_options.layout_optimizer = rewriter_config_pb2.RewriterConfig.OFF
    assert config.graph_options.rewrite_options.layout_optimizer == 2
    with pytest.raises(AttributeError, match='RewriterConfig has no "wrong" field'):
        config.graph_options.rewrite_options.wrong = 1


def test_the_debugger_says_what_to_use(stands: object) -> None:
    from tensorflow.python import debug
    from tensorflow.python.util.deprecation import silence

    with silence():
        assert debug.has_inf_or_nan(None, [1.0, float("nan")]) and not debug.has_inf_or_nan(None, [1])
    wrappers = [name for name in debug.__all__ if isinstance(getattr(debug, name), type)]
    assert len(wrappers) == 8
    for name in wrappers:
        with pytest.raises(NotImplementedError, match=rf"^{name}: .*check_values=True"):
            getattr(debug, name)(None, "folder")
