"""Calls of every public function while Python's memory runs out: at the first allocation, at the second, ...

What is called comes from the package's public names, with arguments that the call takes; CALLS adds forms of
calls that have paths of their own. Run as a program, since some of them change the process, this plays the
calls from FIRST on, writes number and name of each to FILE before it begins, and what went wrong to stdout:

    python -m hostile.memory FILE FIRST
"""

from __future__ import annotations

import contextlib
import gc
import mmap
import os
import re
import sys
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import scopetrie as tf
from graph_states import contents
from hostile import attacks
from hostile.actors import World

try:
    import _testcapi
except ImportError:  # some builds of Python leave it out
    _testcapi = None  # type: ignore[assignment]

Call = Callable[[World], Any]
Preparation = Callable[[World], Callable[[], Any]]  # gives the call
# Beyond these, a call runs code that is not ours: NumPy's, warnings, the files of a checkpoint.
MOST = 400
SIZE = 100  # of FILE


def _variable(**arguments: Any) -> Call:
    return lambda world: tf.get_variable("made", [2, 2], **arguments)


def _reuse(world: World) -> Any:
    with tf.variable_scope(tf.get_variable_scope(), reuse=True):
        return tf.get_variable("v", shape=(2, 2), dtype=tf.float32)


def _in(block: Call) -> Call:
    def enter(world: World) -> None:
        with block(world):
            pass

    return enter


def _transaction(world: World) -> None:
    with world.graph.transaction() as transaction:
        tf.negative(world.x)
        tf.get_variable("made", [2])
        transaction.commit()


def _run(world: World) -> None:
    session = tf.Session(graph=world.graph)
    # Not by the initializer: NumPy's broadcast_to, which it takes, ends the process without memory. And each
    # form is run once: the second run compiles code, and CPython 3.11's compiler, when memory runs out, frees
    # its tables twice.
    world.variable.load([[1.0, 2.0], [3.0, 4.0]], session)
    session.run([world.x, world.variable.value()], {world.x: [[1.0, 0.0], [0.0, 1.0]]})
    session.run({"read": world.variable.value()})
    session.close()


def _names(world: World) -> None:
    names = tf.Names()
    with names.scope("a"):
        names.unique_name("b")
    names.unique_name("b")


CALLS: dict[str, Call] = {
    "x + y": lambda world: world.x + world.x,
    "x * 2.0": lambda world: world.x * 2.0,
    "2.0 - x": lambda world: 2.0 - world.x,
    "-x": lambda world: -world.x,
    "x < 1.0": lambda world: world.x < 1.0,
    "x @ list": lambda world: world.x @ [[1.0], [2.0]],
    "x[0]": lambda world: world.x[0],
    "x[:, None, ...]": lambda world: world.x[:, None, ...],
    "variable + 1.0": lambda world: world.variable + 1.0,
    "negative": lambda world: tf.negative(world.x, name="made"),
    "negative of a list": lambda world: tf.negative([1.0, 2.0]),
    "a name that is a path": lambda world: tf.negative(world.x, name="a/b"),
    "reduce_sum": lambda world: tf.reduce_sum(world.x),
    "reduce_sum of axes": lambda world: tf.reduce_sum(world.x, [0, 1], keepdims=True),
    "reshape": lambda world: tf.reshape(world.x, [4]),
    "concat": lambda world: tf.concat([world.x, world.x], 0),
    "split": lambda world: tf.split(world.x, 2),
    "stack": lambda world: tf.stack([world.x, [[1.0, 2.0], [3.0, 4.0]]]),
    "constant": lambda world: tf.constant(1.0),
    "constant of a list": lambda world: tf.constant([[1, 2], [3, 4]], name="made"),
    "constant of an array": lambda world: tf.constant(np.ones(3, np.float32)),
    "constant of texts": lambda world: tf.constant(["a", "b"]),
    "placeholder": lambda world: tf.placeholder(tf.float32, [2, None]),
    "random_normal": lambda world: tf.random_normal([2]),
    "get_variable": lambda world: tf.get_variable("made"[:4], [2]),
    "get_variable, a hit": _reuse,
    "get_variable of a path": lambda world: tf.get_variable("a/b", [2]),
    "get_variable of zeros": _variable(initializer=tf.zeros_initializer()),
    "get_variable of glorot": _variable(initializer=tf.glorot_uniform_initializer()),
    "get_variable of a function": _variable(initializer=lambda shape, **_: tf.ones(shape)),
    "get_variable of a number": lambda world: tf.get_variable("made", initializer=1.0),
    "get_variable of a list": lambda world: tf.get_variable("made", initializer=[1.0, 2.0]),
    "get_variable of an array": lambda world: tf.get_variable("made", initializer=np.ones(3)),
    "get_variable of a tensor": lambda world: tf.get_variable("made", initializer=lambda: world.x),
    "get_variable, regularizer": _variable(regularizer=tf.reduce_sum),
    "get_variable, getter": _variable(custom_getter=lambda getter, *args, **kwargs: getter(*args, **kwargs)),
    "get_variable, partitioner": _variable(partitioner=tf.fixed_size_partitioner(2)),
    "get_variable, collections": _variable(collections=["mine", "yours"], trainable=False),
    "get_variable, dtype": _variable(dtype=tf.int32),
    "get_variable, constraint": _variable(constraint=lambda value: value),
    "get_variables": lambda world: tf.get_variables(["made", "other"], [[2], [3]]),
    "Variable": lambda world: tf.Variable(1.0),
    "Variable of a list": lambda world: tf.Variable([1.0, 2.0], name="made"),
    "Variable of a tensor": lambda world: tf.Variable(world.x, trainable=False),
    "Variable of a function": lambda world: tf.Variable(lambda: tf.zeros([2])),
    "assign": lambda world: world.variable.assign(world.x),
    "variable_scope": _in(lambda world: tf.variable_scope("made", reuse=tf.AUTO_REUSE)),
    "variable_scope by default": _in(lambda world: tf.variable_scope(None, "made", [1.0])),
    "variable_scope, captured": _in(lambda world: tf.variable_scope(tf.get_variable_scope())),
    "variable_scope, settings": _in(
        lambda world: tf.variable_scope("a", initializer=tf.ones_initializer(), regularizer=tf.reduce_sum)
    ),
    "name_scope": _in(lambda world: tf.name_scope("made")),
    "name_scope, verbatim": _in(lambda world: tf.name_scope("made/")),
    "control_dependencies": _in(lambda world: tf.control_dependencies([world.x])),
    "device": _in(lambda world: tf.device("/cpu:0")),
    "as_default": _in(lambda world: world.graph.as_default()),
    "transaction": _transaction,
    "unique_name": lambda world: world.graph.unique_name("made"),
    "unique_name of a path": lambda world: world.graph.unique_name("a/b"),
    "unique_names": lambda world: world.graph.unique_names(["made", "a/b", "made"]),
    "create_op": lambda world: world.graph.create_op("Mine", [world.x], [tf.float32], attrs={"a": 1}),
    "create_op of a known type": lambda world: world.graph.create_op("Neg", [world.x], [tf.float32]),
    "create_ops": lambda world: world.graph.create_ops("Neg", [(world.x,), (world.x,)]),
    "create_ops of a new type": lambda world: world.graph.create_ops("Mine", [[world.x]], dtypes=[tf.int32]),
    "add_to_collection": lambda world: tf.add_to_collection("mine", world.x),
    "get_collection": lambda world: tf.get_collection("variables", scope="v"),
    "Names": _names,
    "run": _run,
}
# One allocation fails at a time, to the last of them: NumPy's errstate ends the process where several do.
ONE_BY_ONE = {"run"}

# Not played: what changes the process, and code of others that ends it, or waits for ever, without memory.
LEFT_OUT = {
    **attacks.LEFT_OUT,
    "reset_default_graph": "takes the graph away",
    "bincount": "NumPy's reductions",
    "confusion_matrix": "NumPy's reductions",
    "keras.utils.normalize": "NumPy's division",
    "math.bincount": "NumPy's reductions",
    "Session.run": "it is `run` above",
    "Session.run_on_device": "it is `run` above",
    "contrib.rnn.MultiRNNCell": "Python's warnings",
    "op_scope": "Python's warnings",
    "variable_op_scope": "Python's warnings",
    "errors.error_code_from_exception_type": "protobuf",
    "Graph.as_graph_def": "protobuf",
    "TensorShape.as_proto": "protobuf",
    "train.MonitoredSession": "starts threads",
    "train.MonitoredTrainingSession": "starts threads",
    "train.SingularMonitoredSession": "starts threads",
    "train.SummaryWriter": "Python's queues",
    "train.Supervisor": "finalizes the graph",
    "train.export_meta_graph": "protobuf",
    "train.generate_checkpoint_state_proto": "protobuf",
    "train.CheckpointManager.restore": "the package safetensors ends the process",
    "train.Saver.as_saver_def": "protobuf",
    "train.Saver.export_meta_graph": "protobuf",
    "train.Saver.to_proto": "protobuf",
    "train.get_checkpoint_state": "protobuf",
    "train.latest_checkpoint": "protobuf",
    "train.update_checkpoint_state": "protobuf",
    "logging.log_every_n": "counts",
    "logging.log_first_n": "counts",
}
# One in so many methods of other classes than PLAYED is played; 1 plays all.
EVERY = int(os.environ.get("SCOPETRIE_ALLOCATIONS", "12"))
PLAYED = {
    "Graph", "Tensor", "Operation", "Variable", "VariableScope", "Session", "Names", "Store", "Subtree",
    "RestorePlan", "Audit", "StoreVariable", "PartitionedStoreVariable", "TensorShape", "DType",
}  # fmt: skip
# protobuf's, NumPy's, absl's, what changes files, unittest's
OF_OTHERS = (
    "summary.",
    "StoreVariable.__",
    "PartitionedStoreVariable.__",
    "app.",
    "flags.",
    "gfile.",
    "io.gfile.",
    "train.Coordinator.",  # waits for ever for a lock
    "Template.",  # the program's own function, whose operations stay
    "io.TFRecord",
    "test.",
)
# What others say instead of MemoryError: functions of Python's, whose exceptions 3.11 loses, NumPy, locks.
OTHERS = re.compile(
    r"<function .* returned NULL|<built-in method reduce of numpy|<class '(numpy|logging)"
    # Without memory, 3.11 may leave out the end of a `with` block.
    r"|Exiting device scope|Initializer for variable v/ExponentialMovingAverage/ is from inside"
    r"|This operation was undone"
    r"|can't allocate (read )?lock|error return without exception set|stat: path should be string"
)


def _accepted(get: Callable[[World], Any]) -> Preparation | None:
    """A call of a public function with arguments that it takes; None where none of these do.

    The object whose method it is, and the arguments, are made before the call.
    """
    for fill in attacks.FILLS:
        for count in range(4):

            def prepare(world: World, fill: Any = fill, count: int = count) -> Callable[[], Any]:
                function, arguments = get(world), [fill(world)] * count
                return lambda: function(*arguments)

            def enter(world: World, prepare: Any = prepare) -> Callable[[], Any]:
                call = prepare(world)
                return lambda: _in(lambda _: call())(world)

            world = World()
            try:
                made = prepare(world)()
                if not hasattr(made, "__enter__") or isinstance(made, tf.Session):
                    return prepare
                with made:
                    return enter
            except Exception:
                continue
            finally:
                world.leave()
    return None


def _is_message(name: str) -> bool:
    """Whether a public name is a class of protobuf's messages."""
    found: Any = tf
    for part in name.split("."):
        found = getattr(found, part, None)
    return type(found).__name__ == "MessageMeta"


def calls() -> list[tuple[str, Preparation]]:
    """All calls, by name: forms with a path of their own, and every public function that can be called."""
    found: list[tuple[str, Preparation]] = [(name, partial(partial, call)) for name, call in CALLS.items()]
    for number, (name, get) in enumerate(attacks.functions()):
        if name in LEFT_OUT or name.startswith(OF_OTHERS) or name.endswith(("__enter__", "__exit__")):
            continue
        owner, _, member = name.rpartition(".")
        if _is_message(name) or (owner in attacks.INSTANCES.keys() - PLAYED and number % EVERY):
            continue  # protobuf's
        if owner == "Session":  # attacks has one that has run, with which NumPy ends the process: see _run
            get = lambda world, member=member: getattr(tf.Session(), member)  # noqa: E731
        call = _accepted(get)
        if call is not None:
            found.append((name, call))
    return found


def state(graph: Any) -> tuple[Any, ...]:
    """All of a graph that a program sees: names that come next and seeds that are drawn next, too."""
    names = [
        graph.unique_name(name, mark_as_used=False) for name in ("Const", "Neg", "made", "a", "a/b", "Mine")
    ]
    scopes = (tf.get_variable_scope().name, graph.get_name_scope(), tf.get_default_graph() is graph)
    return (*contents(), [v.name for v in graph._variables()], names, scopes, graph.finalized, graph.seed)


def attempt(call: Callable[[], Any], first: int, count: int) -> tuple[BaseException | None, bool]:
    """Makes a call in which `count` allocations fail, from the `first` on.

    Returns:
        What it failed with; whether it makes fewer allocations than `first`.
    """
    failed: BaseException | None = None
    ended = False
    _testcapi.set_nomemory(first, first + count)
    try:
        call()
        try:
            for _ in range(first):
                bytearray(1)
        except MemoryError:  # now, not in the call
            ended = True
    except BaseException as error:
        _testcapi.remove_mem_hooks()
        failed = error
    finally:
        _testcapi.remove_mem_hooks()
    if failed is not None:
        failed.__traceback__ = None
    return failed, ended


def play(name: str, prepare: Preparation) -> list[str]:
    """Makes one call again and again, each time with a later allocation that fails; what went wrong."""
    wrong: list[str] = []
    world = World()
    with contextlib.suppress(Exception):
        prepare(world)()  # fills caches
    world = World()
    call = prepare(world)
    before = state(world.graph)
    one_by_one = name in ONE_BY_ONE
    for at in range(1, 10 * MOST if one_by_one else MOST):
        # Python 3.11 tries for ever to handle an exception without memory, so it comes back after a while.
        for count in (1,) if one_by_one else (30, 1):
            failed, ended = attempt(call, at, count)
            if failed is not None and not is_no_memory(failed):
                wrong.append(f"{name}, {count} from allocation {at} on: {failed!r}")
            if failed is not None and state(world.graph) != before:
                wrong.append(
                    f"{name}, {count} from allocation {at} on: {difference(before, state(world.graph))}"
                )
            if failed is None or wrong:
                world.leave()
                world = World()
                call = prepare(world)
                before = state(world.graph)
        if ended or len(wrong) > 4:
            break
    attacks.look(world.graph)
    return wrong


def is_no_memory(error: BaseException) -> bool:
    """Whether an error is what Python says where it has no memory."""
    return (
        isinstance(error, (MemoryError, tf.errors.ResourceExhaustedError))
        or OTHERS.match(str(error)) is not None
    )


def difference(before: tuple[Any, ...], after: tuple[Any, ...]) -> str:
    """The first part of a state that is not as it was."""
    return next(f"{new!r} in place of {old!r}" for old, new in zip(before, after, strict=True) if old != new)


def main() -> None:
    warnings.simplefilter("ignore")
    tf.logging.set_verbosity(tf.logging.FATAL)
    out = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    every = calls()
    gc.disable()
    with open(sys.argv[1], "r+b") as file, mmap.mmap(file.fileno(), SIZE) as shared:
        for at, (name, prepare) in list(enumerate(every))[int(sys.argv[2]) :]:
            shared[:] = f"{at} {name}".encode().ljust(SIZE)
            for line in play(name, prepare):
                os.write(out, f"{line}\n".encode())
            if at % 50 == 0:
                gc.collect()


if __name__ == "__main__":
    main()
