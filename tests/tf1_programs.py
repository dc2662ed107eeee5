"""The programs of examples/tf1, trained from initial values that do not depend on a library."""

from __future__ import annotations

import runpy
import zlib
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).resolve().parents[1] / "examples" / "tf1"
RECORDED = Path(__file__).parent / "recorded" / "tf1_losses.json"
STEPS = 10


def programs() -> list[str]:
    """The names of the programs that say `import tensorflow`."""
    return sorted(each.stem for each in FOLDER.glob("*.py") if "import tensorflow as tf" in each.read_text())


def losses(tf: Any, name: str) -> list[float]:
    """The losses of the first steps of a program.

    Args:
      tf: What the program gets by `import tensorflow`.
      name: The program's name.

    Returns:
      What its `train` returns.
    """
    program = runpy.run_path(str(FOLDER / f"{name}.py"))
    with tf.Graph().as_default(), tf.Session() as session:
        model = program["build"]()
        session.run(tf.global_variables_initializer())
        for variable in tf.trainable_variables():
            sizes = variable.shape.as_list()
            if len(sizes) > 1:
                random = np.random.RandomState(zlib.crc32(variable.name.encode()))
                width = np.prod(sizes[:-1])
                variable.load((random.standard_normal(sizes) / np.sqrt(width)).astype(np.float32), session)
        return [float(each) for each in program["train"](session, model, STEPS)]
