"""What `import scopetrie` imports, how long that takes beyond NumPy, and what the first uses import."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import threading

import pytest
from scopetrie.exports import OP_TYPES
from scopetrie.late import load
from scopetrie.locks import importing
from scopetrie.ops.registry import OPS

# What a program may do without.
HEAVY = {
    "contrib", "data", "derivatives", "execution", "initializers", "layers", "ops", "partitioned", "train",
}  # fmt: skip


def ran(code: str, *options: str, folder: str = "") -> subprocess.CompletedProcess[str]:
    """A run of a program, with byte code in a folder, as an installed package has it."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    if folder:
        environment["PYTHONPYCACHEPREFIX"] = folder
    command = [sys.executable, *options, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=100, env=environment)


def printed(code: str, folder: str = "") -> str:
    """What a program prints; it must write no errors."""
    run = ran(code, folder=folder)
    assert run.stderr == ""
    return run.stdout.strip()


def modules_after(code: str) -> set[str]:
    """The modules of the package, named without it, that a program has imported."""
    code += "\nimport sys; print(*[each for each in sys.modules if each.startswith('scopetrie.')])"
    return {each.partition(".")[2] for each in printed(code).split()}


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder for byte code."""
    return str(tmp_path_factory.mktemp("compiled"))


def test_the_package_alone_imports_next_to_nothing() -> None:
    assert modules_after("import scopetrie") == {
        "_core", "_wiring", "dtypes", "exports", "late", "locks", "modes", "namespaces", "public",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "heavy"),
    [
        ("tf.Names().unique_name('a'); tf.float32, tf.AUTO_REUSE, dir(tf)", set()),
        ("store = tf.Store(); store.get('w', [3]); store.tree(), str(store)", set()),
        ("tf.get_variable('w', [3])", {"ops"}),
    ],
)
def test_the_first_use_imports_what_it_needs(code: str, heavy: set[str]) -> None:
    found = modules_after(f"import scopetrie as tf\n{code}")
    assert {each.partition(".")[0] for each in found} & HEAVY == heavy


def test_the_import_beyond_numpys_is_short(compiled: str) -> None:
    ran("import scopetrie", folder=compiled)  # writes the byte code
    ratios = []
    for _ in range(5):
        report = ran("import scopetrie", "-X", "importtime", folder=compiled).stderr
        spent = {name: int(time) for time, name in re.findall(r"\|\s*(\d+) \| +(numpy|scopetrie)\n", report)}
        ratios.append(spent["scopetrie"] / spent["numpy"] - 1)
    assert statistics.median(ratios) <= 0.35  # 0.07 where nothing else runs; see python -m bench import


def test_names_of_the_package(compiled: str) -> None:
    code = """
import builtins
import pickle
import scopetrie.compat.v1 as first
import scopetrie as tf
print(tf.compat.v1 is first is tf)
print("constant" in vars(tf), tf.constant is vars(tf)["constant"])
print("constant" in dir(tf), "constant" in tf.__all__, hasattr(tf, "no_such_name"))
print(pickle.loads(pickle.dumps(tf.float32)) is tf.float32)
print(pickle.loads(pickle.dumps(tf.nn.dynamic_rnn)) is tf.nn.dynamic_rnn)
from scopetrie import *
builtins.print(float32, compat.as_bytes("a"), train.Saver is tf.train.Saver)  # print is v1's now, as abs
"""
    assert printed(code, compiled).splitlines() == [
        "True", "False True", "True True False", "True", "True", "<dtype: 'float32'> b'a' True",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "code",
    [
        "v + w, tf.constant(1.0)",  # operators of variables, before an op has been asked for
        "v[:1], -v, v < w",
        "tf.get_variable('x', [2, 2], initializer='orthogonal')",
        "tf.get_default_graph().create_op('Tanh', [v.value()]).outputs[0] * 2.0",
        "tf.get_default_graph().create_ops('Tanh', [(v.value(),)] * 3)",
        "v.initializer.get_attr('T')",
    ],
)
def test_programs_that_begin_in_the_middle(code: str, compiled: str) -> None:
    made = "v, w = tf.get_variable('v', [2]), tf.get_variable('w', [2])"
    assert printed(f"import scopetrie as tf\n{made}\n{code}", compiled) == ""


def test_types_of_ops_are_known_before_their_modules_are_imported(compiled: str) -> None:
    code = """
import sys
import scopetrie as tf
from scopetrie.ops.registry import OPS
print("scopetrie.ops.image.resize" in sys.modules, "NoSuchType" in OPS)
print(OPS["ResizeBilinear"].type, "scopetrie.ops.image.resize" in sys.modules)
"""
    assert printed(code, compiled).splitlines() == ["False False", "ResizeBilinear True"]


def test_each_type_is_defined_where_the_table_says() -> None:
    assert len(OP_TYPES) > 50
    for types in OP_TYPES.values():
        for type in types.split():
            assert OPS[type].type == type  # an ImportError otherwise


def test_threads_may_import_at_the_same_time(compiled: str) -> None:
    code = """
import sys, threading
import scopetrie as tf
sys.setswitchinterval(1e-6)
failures, start = [], threading.Barrier(8)
def use(i):
    try:
        start.wait()
        if i == 5:  # by statements, not by names
            import scopetrie.layers.conv, scopetrie.train, scopetrie.contrib.layers
        with tf.Graph().as_default():
            v = tf.get_variable("v", [2], initializer="ones")
            y = [v + v, v[0], tf.nn.relu(v), tf.layers.flatten(v[None]), tf.gradients(v * v, v)[0]][i % 5]
            with tf.Session() as session:
                session.run(tf.global_variables_initializer())
                session.run(y)
    except BaseException as error:
        failures.append(repr(error))
threads = [threading.Thread(target=use, args=(i,), daemon=True) for i in range(8)]
for each in threads: each.start()
for each in threads: each.join(60)
print(failures, any(each.is_alive() for each in threads))
"""
    assert printed(code, compiled) == "[] False"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_fork_waits_for_imports(compiled: str) -> None:
    code = """
import os, threading, time
import scopetrie as tf
begun = threading.Event()
def use():
    begun.set()
    tf.layers.conv2d, tf.Session
thread = threading.Thread(target=use)
thread.start()
begun.wait()
time.sleep(0.005)
child = os.fork()
tf.layers.conv2d, tf.Session
if child == 0:
    os._exit(0)
thread.join()
print(os.waitpid(child, 0)[1])
"""
    assert printed(f"import warnings; warnings.simplefilter('ignore')\n{code}", compiled) == "0"


def test_an_import_does_not_wait_for_those_of_other_threads() -> None:
    # A thread that imports by a statement may hold what the other one needs, and then ask for a name.
    loaded: list[object] = []
    thread = threading.Thread(target=lambda: loaded.append(load("errors")), daemon=True)
    with importing:
        thread.start()
        thread.join(30)
        assert loaded


def test_what_cannot_be_imported_is_an_import_error() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"scopetrie\.no_such_module"):
        load("no_such_module")
