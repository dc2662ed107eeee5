"""Times on a GPU, as shares of the bandwidth of a copy in the same run: `python -m bench.gpu`.

It needs CuPy and a CUDA device. `.ci/gpu` runs it after the tests and puts what it prints into docs/gpu.md.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import scopetrie as tf
from scopetrie.backends.cupy import CupyBackend

REPEATS = 30
WARM = 5  # the first runs compile, the third is recorded where runs are replayed
MARKS = "<!-- gpu report: begin -->", "<!-- gpu report: end -->"


def seconds(call: Callable[[], Any]) -> float:
    """The median time of a call, measured by the device's own clock."""
    import cupy

    for _ in range(WARM):
        call()
    times = []
    for _ in range(REPEATS):
        begin, end = cupy.cuda.Event(), cupy.cuda.Event()
        begin.record()
        call()
        end.record()
        end.synchronize()
        times.append(cupy.cuda.get_elapsed_time(begin, end) / 1e3)
    return float(np.median(times))


def bandwidth(size: int = 1 << 28) -> float:
    """Bytes a second of a copy in the device's memory, read and written."""
    import cupy

    source, target = cupy.ones(size // 4, cupy.float32), cupy.empty(size // 4, cupy.float32)
    return 2 * size / seconds(lambda: cupy.copyto(target, source))


def step(build: Callable[[Any], Any], size: int, replay: bool = False) -> tuple[float, float]:
    """Seconds of a session's run of `build(x)`, and of the same function called on CuPy's array."""
    import cupy

    values = cupy.ones(size, cupy.float32)
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [size])
        y = build(x)
        with tf.Session(backend=CupyBackend(replay=replay)) as session:
            ours = seconds(lambda: session.run_on_device(y, {x: values}))
    return ours, seconds(lambda: build(values))


def total(size: int) -> tuple[float, float]:
    """Seconds of a session's run of `x + y`, and of CuPy's."""
    import cupy

    x, y = (cupy.full(size, each, cupy.float32) for each in (1, 2))
    with tf.Graph().as_default():
        a, b = (tf.placeholder(tf.float32, [size]) for _ in range(2))
        with tf.Session(backend="cupy") as session:
            ours = seconds(lambda: session.run_on_device(a + b, {a: x, b: y}))
    return ours, seconds(lambda: x + y)


def chain(x: Any) -> Any:
    """100 elementwise operations."""
    for _ in range(50):
        x = x * 1.0001 + 0.5
    return x


def adam(size: int) -> float:
    """Seconds of an update of one variable by a gradient that is on the device."""
    import cupy

    values = cupy.full(size, 0.5, cupy.float32)
    with tf.Graph().as_default():
        w = tf.get_variable("w", [size], initializer=tf.ones_initializer())
        grad = tf.placeholder(tf.float32, [size])
        update = tf.train.AdamOptimizer(0.1).apply_gradients([(grad, w)])
        with tf.Session(backend="cupy") as session:
            session.run(tf.global_variables_initializer())
            return seconds(lambda: session.run(update, {grad: values}))


def rows(scale: int = 1) -> list[tuple[str, str, str, str]]:
    """What is measured: the row, the time, the share of a copy's bandwidth, the ratio to CuPy by hand.

    Args:
        scale: Sizes are divided by this.
    """
    bytes_copied = (1 << 28) // scale
    copied = bandwidth(bytes_copied)
    time_copied = 2 * bytes_copied / copied
    made = [
        (
            f"a copy of {bytes_copied >> 10} KiB",
            f"{time_copied * 1e6:.0f} us",
            f"{copied / 1e12:.2f} TB/s",
            "",
        )
    ]
    for size in (10**6 // scale, 10**7 // scale):
        for name, times, moved in (
            ("x + 1", step(lambda x: x + 1.0, size), 8 * size),
            ("x + y", total(size), 12 * size),
            ("100 operations", step(chain, size), 8 * size),
            ("100 operations, replayed", step(chain, size, replay=True), 16 * size),
        ):
            ours, theirs = times
            share = moved / ours / copied
            made.append(
                (
                    f"{name}, {size:.0e} floats",
                    f"{ours * 1e6:.0f} us",
                    f"{share:.2f}",
                    f"{ours / theirs:.2f}x",
                )
            )
    for replay in (False, True):
        ours, theirs = step(_thousand, 16, replay)
        name = f"1,000 operations, 16 floats{', replayed' if replay else ''}"
        made.append((name, f"{ours * 1e6:.0f} us", "", f"{ours / theirs:.2f}x"))
    size = 10**8 // scale
    taken = adam(size)
    made.append(
        (f"Adam, {size:.0e} floats", f"{taken * 1e6:.0f} us", f"{28 * size / taken / copied:.2f}", "")
    )
    return made


def _thousand(x: Any) -> Any:
    for _ in range(10):
        x = chain(x)
    return x


def report(scale: int = 1) -> str:
    """The figures as a table, with the machine; sizes are divided by `scale`."""
    import cupy

    device = cupy.cuda.runtime.getDeviceProperties(cupy.cuda.Device().id)["name"].decode()
    lines = [
        f"{time.strftime('%Y-%m-%d')}, {device}, CuPy {cupy.__version__}, NumPy {np.__version__}:",
        "",
        "| what | time | share of a copy's bandwidth | relative to CuPy by hand |",
        "|---|---|---|---|",
        *(f"| {' | '.join(row)} |" for row in rows(scale)),
    ]
    return "\n".join(lines)


def put_into(page: Path, text: str) -> None:
    """Replaces what is between the marks of a page."""
    begin, end = MARKS
    old = page.read_text(encoding="utf-8")
    new, count = re.subn(f"{begin}.*?{end}", lambda _: f"{begin}\n{text}\n{end}", old, flags=re.DOTALL)
    assert count == 1, f"{page} has no marks"
    page.write_text(new, encoding="utf-8")


def main() -> None:
    """Prints the report, and puts it into a page if one is given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tests", default="", help="what the tests said: a line")
    parser.add_argument("--into", type=Path, help="the page: docs/gpu.md")
    parser.add_argument("--scale", type=int, default=1, help="divides the sizes, for a rehearsal")
    arguments = parser.parse_args()
    text = report(arguments.scale)
    if arguments.tests:
        text = f"`pytest -m gpu`: {arguments.tests}.\n\n{text}"
    print(text)
    if arguments.into is not None:
        put_into(arguments.into, text)


if __name__ == "__main__":
    main()
