"""Random programs of tasks that take turns in the middle of their blocks, as asyncio's do.

Each task is a generator that opens variable scopes, name scopes, control dependencies and devices, builds,
and lets another task go on. So blocks are left in an order in which they were not entered. What TensorFlow
makes of it is recorded as a digest of each program's log, by

    python tests/hostile/tasks.py > tests/hostile/tasks.txt
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from typing import Any

PROGRAMS = 300
KINDS = "scope scope default name name controls device verbatim reuse root captured".split()
Log = list[Any]


class Tasks:
    """The tasks of one program and what they have seen."""

    def __init__(self, tf: Any, seed: int) -> None:
        self._tf = tf
        self._random = random.Random(seed)
        self._ops = [tf.no_op(name="o1"), tf.no_op(name="o2")]
        self._captured: list[Any] = []
        self.log: Log = []

    def play(self) -> None:
        """Runs all tasks to their ends, a step of one at a time."""
        tasks = [self._task(number, 0) for number in range(3)]
        while tasks:
            task = self._random.choice(tasks)
            if next(task, True):
                tasks.remove(task)
        self.log.append([self._tf.get_variable_scope().name, self._tf.get_default_graph().get_name_scope()])

    def _block(self, kind: str) -> Any:
        tf, name = self._tf, self._random.choice("abc")
        if kind == "captured" and not self._captured:
            kind = "root"
        blocks = {
            "scope": lambda: tf.variable_scope(name),
            "default": lambda: tf.variable_scope(None, default_name=name),
            "name": lambda: tf.name_scope(name),
            "verbatim": lambda: tf.name_scope(name + "/"),
            "root": lambda: tf.name_scope(None),
            "controls": lambda: tf.control_dependencies([self._random.choice(self._ops)]),
            "device": lambda: tf.device(f"/cpu:{self._random.randrange(3)}"),
            "reuse": lambda: tf.variable_scope(tf.get_variable_scope(), reuse=tf.AUTO_REUSE),
            "captured": lambda: tf.variable_scope(self._random.choice(self._captured)),
        }
        return blocks[kind]()

    def _task(self, number: int, depth: int) -> Iterator[bool]:
        for _ in range(self._random.randrange(1, 4)):
            if self._random.random() < 0.6 and depth < 4:
                kind = self._random.choice(KINDS)
                try:
                    with self._block(kind) as entered:
                        if kind in ("scope", "default"):
                            self._captured.append(entered)
                        self.log.append([number, "in", kind])
                        yield False
                        yield from self._task(number, depth + 1)
                        yield False
                except Exception as error:
                    self.log.append([number, "error", kind, type(error).__name__])
            else:
                try:
                    self.log.append([number, *self._build()])
                except Exception as error:
                    self.log.append([number, "error", type(error).__name__])
                yield False

    def _build(self) -> Log:
        tf, what = self._tf, self._random.random()
        if what < 0.6:
            with tf.name_scope("n"):
                op = tf.no_op(name=self._random.choice("xy"))
            return [op.name, op.device, sorted(each.name for each in op.control_inputs)]
        if what < 0.75:
            scope = tf.get_variable_scope()
            return [scope.name, tf.get_default_graph().get_name_scope(), str(scope.reuse)]
        name = self._random.choice("uvw")
        variable = tf.get_variable(name, [1], initializer=tf.zeros_initializer(), use_resource=False)
        return [variable.op.name, variable.device]


def play(tf: Any, seed: int) -> Log:
    """The log of one program."""
    with tf.Graph().as_default():
        tasks = Tasks(tf, seed)
        tasks.play()
    return tasks.log


def digest(log: Log) -> str:
    """A few letters that differ where logs do."""
    return hashlib.sha256(json.dumps(log).encode()).hexdigest()[:6]


def main() -> None:
    import tensorflow.compat.v1 as tensorflow

    tensorflow.disable_v2_behavior()
    for seed in range(PROGRAMS):
        print(digest(play(tensorflow, seed)), end="\n" if seed % 15 == 14 else " ")


if __name__ == "__main__":
    main()
