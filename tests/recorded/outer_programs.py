"""Random programs whose branches and loops wait for, and use, what was made outside.

With a Python that has TensorFlow, `python tests/recorded/outer_programs.py` records in outer_programs.json
what it says of the first of them.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).with_suffix(".json")
RECORDED_PROGRAMS = 400

KINDS = ("count", "value", "fed", "group", "assert")
PLACES = ("cond", "while", "map", "scan")


class Program:
    """One program, made from a number: the same in any library with v1's names.

    Args:
        tf: The library.
        seed: The number.
    """

    def __init__(self, tf: Any, seed: int) -> None:
        self.tf = tf
        self.draw = random.Random(seed)
        self.counters: list[Any] = []
        self.x = tf.placeholder(tf.float32, [], name="x")
        self.preds = [tf.placeholder(tf.bool, [], name=f"p{i}") for i in range(3)]
        outer = [self.outside() for _ in range(self.draw.randint(1, 3))]
        self.fetched = [each for each in outer if self.draw.random() < 0.5]
        with tf.control_dependencies(self.some(outer) if self.draw.random() < 0.2 else []):
            self.out = self.construct(outer, 0)

    def counter(self) -> Any:
        name = f"c{len(self.counters)}"
        self.counters.append(self.tf.Variable(0.0, name=name, collections=["counters"], trainable=False))
        return self.counters[-1]

    def outside(self) -> Any:
        tf, kind = self.tf, self.draw.choice(KINDS)
        if kind == "assert":
            return tf.Assert(self.x > 0.0, [self.x])
        variable = self.counter()
        add = tf.assign_add(variable, self.x if kind == "fed" else 1.0)
        if kind == "group":
            return tf.group(add)
        return tf.identity(add) if kind == "value" else add

    def some(self, made: list[Any]) -> list[Any]:
        return [each for each in made if self.draw.random() < 0.5]

    def body(self, made: list[Any], depth: int, given: Any = None) -> Any:
        tf, draw = self.tf, self.draw
        inner = [self.outside()] if draw.random() < 0.4 else []
        with tf.control_dependencies(self.some([*made, *inner])):
            what = draw.randrange(4)
            if what == 0 and depth < 2:
                value = self.construct([*made, *inner], depth + 1)
            elif what == 1:
                values = [each for each in [*made, *inner] if isinstance(each, tf.Tensor)]
                value = draw.choice(values) * 2.0 if values else tf.identity(self.x)
            elif what == 2:
                value = tf.constant(1.0)
            else:
                value = tf.identity(self.x) + 1.0
            return value if given is None or draw.random() < 0.3 else value + given

    def construct(self, made: list[Any], depth: int) -> Any:
        tf, draw = self.tf, self.draw
        place = draw.choice(PLACES)
        if place == "cond":
            pred = draw.choice(self.preds)
            return tf.cond(pred, lambda: self.body(made, depth), lambda: self.body(made, depth))
        if place == "while":
            test = draw.random() < 0.3

            def go_on(i: Any, total: Any) -> Any:
                with tf.control_dependencies(self.some(made) if test else []):
                    return i < 3

            first = [tf.constant(0), tf.constant(0.0)]
            # One round after the other: v1's would race otherwise.
            return tf.while_loop(
                go_on, lambda i, total: (i + 1, self.body(made, depth, total)), first, parallel_iterations=1
            )[1]
        rows = tf.constant([1.0, 2.0, 3.0])
        if place == "map":
            each = tf.map_fn(lambda row: self.body(made, depth, row), rows, parallel_iterations=1)
        else:
            each = tf.scan(
                lambda total, row: self.body(made, depth, total) + row, rows, parallel_iterations=1
            )
        return tf.reduce_sum(each)

    def results(self, runs: int = 4) -> list[Any]:
        """What some runs give: the values, and how often each counter was raised by then.

        After a run that fails, nothing is said of the counters: how far it came is up to the library.
        """
        tf, found = self.tf, []
        with tf.Session() as session:
            session.run([each.initializer for each in self.counters])
            for run in range(runs):
                feeds = {each: bool(run >> at & 1) for at, each in enumerate(self.preds)}
                feeds[self.x] = -1.0 if run == 3 else 2.0
                fetches = [self.out, self.fetched if run == 1 else []]
                try:
                    value = round(float(session.run(fetches, feeds)[0]), 6)
                except tf.errors.InvalidArgumentError as error:
                    known = "assertion failed" in str(error)
                    found.append("assertion failed" if known else str(error).split("\n")[0])
                    break
                found.append([value, [round(float(each), 6) for each in session.run(self.counters)]])
        return found


def record() -> None:
    """Writes down what TensorFlow says."""
    import tensorflow.compat.v1 as tf

    tf.disable_v2_behavior()
    lines = []
    for seed in range(RECORDED_PROGRAMS):
        with tf.Graph().as_default():
            lines.append(json.dumps(Program(tf, seed).results(), separators=(",", ":")))
    RECORDED.write_text("[\n" + ",\n".join(lines) + "\n]\n")


if __name__ == "__main__":
    record()
