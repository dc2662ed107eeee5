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

REPEATS = 30
MARKS = "<!-- gpu report: begin -->", "<!-- gpu report: end -->"


def seconds(call: Callable[[], Any]) -> float:
    """The median time of a call, measured by the device's own clock."""
    import cupy

    for _ in range(5):
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


def step(build: Callable[[Any], Any], size: int) -> tuple[float, float]:
    """Seconds of a session's run of `build(x)`, and of the same function called on CuPy's array."""
    import cupy

    values = cupy.ones(size, cupy.float32)
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [size])
        y = build(x)
        with tf.Session(backend="cupy") as session:
            ours = seconds(lambda: session.run_on_device(y, {x: values}))
    return ours, seconds(lambda: build(values))


def chain(x: Any) -> Any:
    """100 elementwise operations."""
    for _ in range(50):
        x = x * 1.0001 + 0.5
    return x


def adam(size: int) -> float:
    """Seconds of an update of one variable."""
    with tf.Graph().as_default():
        w = tf.get_variable("w", [size], initializer=tf.ones_initializer())
        update = tf.train.AdamOptimizer(0.1).apply_gradients([(tf.ones_like(w) * 0.5, w)])
        with tf.Session(backend="cupy") as session:
            session.run(tf.global_variables_initializer())
            return seconds(lambda: session.run(update))


def rows() -> list[tuple[str, str, str, str]]:
    """What is measured: the row, the time, the share of a copy's bandwidth, the ratio to CuPy by hand."""
    copied = bandwidth()
    made = [("a copy of 256 MiB", f"{2 * (1 << 28) / copied * 1e6:.0f} us", f"{copied / 1e12:.2f} TB/s", "")]
    for size in (10**6, 10**7):
        for name, build, moved in (
            (f"x + 1, {size:.0e} floats", lambda x: x + 1.0, 8 * size),
            (f"100 operations, {size:.0e} floats", chain, 8 * size),
        ):
            ours, theirs = step(build, size)
            share = moved / ours / copied
            made.append((name, f"{ours * 1e6:.0f} us", f"{share:.2f}", f"{ours / theirs:.2f}x"))
    ours, theirs = step(_thousand, 16)
    made.append(("1,000 operations, 16 floats", f"{ours * 1e6:.0f} us", "", f"{ours / theirs:.2f}x"))
    taken = adam(10**8)
    made.append(("Adam, 1e8 floats", f"{taken * 1e6:.0f} us", f"{7 * 4e8 / taken / copied:.2f}", ""))
    return made


def _thousand(x: Any) -> Any:
    for _ in range(10):
        x = chain(x)
    return x


def report() -> str:
    """The figures as a table, with the machine."""
    import cupy

    device = cupy.cuda.runtime.getDeviceProperties(cupy.cuda.Device().id)["name"].decode()
    lines = [
        f"{time.strftime('%Y-%m-%d')}, {device}, CuPy {cupy.__version__}, NumPy {np.__version__}:",
        "",
        "| what | time | share of a copy's bandwidth | relative to CuPy by hand |",
        "|---|---|---|---|",
        *(f"| {' | '.join(row)} |" for row in rows()),
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
    arguments = parser.parse_args()
    text = report()
    if arguments.tests:
        text = f"`pytest -m gpu`: {arguments.tests}.\n\n{text}"
    print(text)
    if arguments.into is not None:
        put_into(arguments.into, text)


if __name__ == "__main__":
    main()
