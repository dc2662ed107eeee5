"""The programs of examples/tf1, run forward on their own data with the same initial values."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

FOLDER = Path(__file__).parents[2] / "examples" / "tf1"


def load(name: str, tf: Any) -> SimpleNamespace:
    """A program's functions, with another module as its `tf`."""
    text = (FOLDER / name).read_text("utf-8").replace("import tensorflow as tf\n", "")
    space: dict[str, Any] = {"__name__": name, "tf": tf}
    exec(compile(text, name, "exec"), space)
    return SimpleNamespace(**space)


def cnn(tf: Any, x: Any, training: bool) -> Any:
    program = load("cnn_batch_norm.py", tf)
    model = program.build()
    images, labels = next(program.batches())
    x.feeds.update({model.images: images, model.labels: labels, model.training: training})
    return model.loss, model.accuracy


def char_rnn(tf: Any, x: Any) -> Any:
    program = load("char_rnn.py", tf)
    model = program.Model(4, 10)
    inputs, targets = next(program.batches(4, 10))
    x.feeds.update({model.inputs: inputs, model.targets: targets})
    return model.cost, model.final_state, model.probabilities


PROGRAMS: dict[str, Callable[[Any, Any], Any]] = {
    "cnn in training": lambda tf, x: cnn(tf, x, True),
    "cnn": lambda tf, x: cnn(tf, x, False),
    "char_rnn": char_rnn,
}
