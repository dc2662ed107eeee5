"""Records what TensorFlow 2.21 in v1 mode makes of the calls that `generate.py` wrote.

    python tests/differential/record.py [FAMILY ...]

needs TensorFlow (`pip install tensorflow-cpu==2.21`) and not scopetrie. Calls with an outcome are left as
they are: to record again, delete the file and generate it. The calls run in another process, which is
replaced when a call ends it: such a call's outcome is `["crashes"]`.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from differential.records import FAMILIES, read, write

CHUNK = 40
SECONDS = 60


def serve(calls: Connection) -> None:
    """Answers lists of calls with lists of outcomes."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
    import tensorflow.compat.v1 as tf
    from differential.calls import outcomes

    tf.disable_v2_behavior()
    tf.logging.set_verbosity(tf.logging.FATAL)
    # Kernels as they are: nothing folded, rewritten or fused.
    config = tf.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    config.graph_options.optimizer_options.opt_level = tf.OptimizerOptions.L0

    def session() -> Any:
        return tf.Session(config=config)

    while True:
        given = calls.recv()
        found = outcomes(given, tf, session)
        for at, outcome in enumerate(found):
            # An op without a kernel, or a loop that does not fit together, fails all that is in its graph.
            if outcome[0] == "fails" and outcome[1] == "run" and len(given) > 1:
                (found[at],) = outcomes([given[at]], tf, session)
        calls.send(found)


class Recorder:
    """A process that runs calls."""

    def __init__(self) -> None:
        self._process: Any = None
        self._calls: Any = None

    def outcomes(self, calls: list[Any]) -> list[Any] | None:
        """The calls' outcomes; None if the process ended over one of them, or took too long."""
        if self._process is None:
            context = multiprocessing.get_context("spawn")
            self._calls, theirs = context.Pipe()
            self._process = context.Process(target=serve, args=(theirs,), daemon=True)
            self._process.start()
            theirs.close()
        try:
            self._calls.send(calls)
            if self._calls.poll(SECONDS):
                return self._calls.recv()
        except (EOFError, ConnectionError):
            pass
        self._process.kill()
        self._process.join()
        self._process = None
        return None

    def each(self, calls: list[Any]) -> list[Any]:
        """The calls' outcomes."""
        found = self.outcomes(calls)
        if found is not None:
            return found
        if len(calls) == 1:
            return [["crashes"]]
        half = len(calls) // 2
        return self.each(calls[:half]) + self.each(calls[half:])


def main(families: list[str]) -> None:
    """Records what is missing of families."""
    recorder = Recorder()
    for family in families or FAMILIES:
        lines = read(family)
        missing = [at for at, (_, outcome) in enumerate(lines) if outcome is None]
        for first in range(0, len(missing), CHUNK):
            chunk = missing[first : first + CHUNK]
            for at, outcome in zip(chunk, recorder.each([lines[at][0] for at in chunk]), strict=True):
                lines[at][1] = outcome
            if first // CHUNK % 5 == 4:
                write(family, lines)
                print(family, first + CHUNK, "of", len(missing), flush=True)
        write(family, lines)
        kinds: dict[str, int] = {}
        for _, outcome in lines:
            kinds[outcome[0]] = kinds.get(outcome[0], 0) + 1
        print(family, len(lines), "calls:", kinds, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
