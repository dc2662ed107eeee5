"""Results as a table on the terminal and as a file in pytest-benchmark's format."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import machine
from .results import Result, Unit
from .sampling import Samples

TITLE_WIDTH = 58


def quantity(value: float, unit: Unit) -> str:
    """A value with a readable unit.

    Args:
      value: In `unit`.
      unit: "ns" or "B".

    Returns:
      Three significant digits or so.

    >>> quantity(75.31, "ns"), quantity(4_100, "ns"), quantity(3.2e8, "ns"), quantity(41.0, "B")
    ('75.3 ns', '4.10 us', '320 ms', '41.0 B')
    """
    steps = (("ns", 1.0), ("us", 1e3), ("ms", 1e6), ("s", 1e9)) if unit == "ns" else (("B", 1.0), ("MB", 1e6))
    name, scale = steps[0]
    for name_of_step, size in steps:
        if abs(value) >= size:
            name, scale = name_of_step, size
    scaled = value / scale
    digits = 0 if abs(scaled) >= 100 else 1 if abs(scaled) >= 10 else 2
    return f"{scaled:.{digits}f} {name}"


def _ratio(ratio: Samples | None) -> str:
    if ratio is None:
        return ""
    low, high = ratio.quartiles
    spread = f" ({low:.2f}-{high:.2f})" if len(ratio.values) > 1 else ""
    # A peer may take a thousand times as long: show two significant digits.
    shown = f"{ratio.median:.2f}" if ratio.median >= 0.095 or ratio.median == 0 else f"{ratio.median:.2g}"
    return f"{shown}x{spread}"


def _bound(value: float | None, result: Result) -> str:
    if value is None:
        return ""
    if result.target_on == "ratio":
        return f"{value:g}x"
    return ("+" if result.target_on == "difference" else "") + quantity(value, result.unit)


def heading(name: str, against: str) -> str:
    """The head of a group's table."""
    columns = f"{'this':>9}  {against[:12]:>12}  {'ratio (quartiles)':>19}  {'target':>8}  {'stretch':>8}"
    return f"\n{name:<{TITLE_WIDTH}}  {columns}"


def line(result: Result) -> str:
    """One row of the table."""
    reference = "" if result.reference is None else quantity(result.reference.median, result.unit)
    title = result.title if len(result.title) <= TITLE_WIDTH else result.title[: TITLE_WIDTH - 3] + "..."
    return (
        f"{title:<{TITLE_WIDTH}}  {quantity(result.ours.median, result.unit):>9}  {reference:>12}  "
        f"{_ratio(result.ratio):>19}  {_bound(result.target, result):>8}  {_bound(result.stretch, result):>8}"
        f"  {result.verdict}"
    ).rstrip()


# --- JSON -----------------------------------------------------------------------


def statistics_of(samples: Samples, scale: float) -> dict[str, Any]:
    """pytest-benchmark's statistics of some samples.

    Args:
      samples: The samples.
      scale: Seconds per unit of the samples; 1 for bytes.

    Returns:
      Plain values.
    """
    values = [value * scale for value in samples.values]
    low, high = (value * scale for value in samples.quartiles)
    reach = 1.5 * (high - low)
    inside = [value for value in values if low - reach <= value <= high + reach]
    mean = statistics.fmean(values)
    deviation = statistics.stdev(values) if len(values) > 1 else 0.0
    far = sum(abs(value - mean) > deviation for value in values)
    outside = len(values) - len(inside)
    return {
        "min": min(values),
        "max": max(values),
        "mean": mean,
        "stddev": deviation,
        "rounds": len(values),
        "median": statistics.median(values),
        "iqr": high - low,
        "q1": low,
        "q3": high,
        "iqr_outliers": outside,
        "stddev_outliers": far,
        "outliers": f"{far};{outside}",
        "ld15iqr": min(inside, default=low),
        "hd15iqr": max(inside, default=high),
        "ops": 1 / mean if mean else math.inf,
        "total": sum(values),
        "iterations": 1,
    }


def _entries(group: str, result: Result) -> Iterable[dict[str, Any]]:
    scale = 1e-9 if result.unit == "ns" else 1.0
    ratio = result.ratio
    extra = {
        "title": result.title,
        "unit": result.unit,
        "against": result.against,
        "calls": result.calls,
        "ratio": None if ratio is None else ratio.median,
        "ratio_quartiles": None if ratio is None else list(ratio.quartiles),
        "target": result.target,
        "stretch": result.stretch,
        "target_on": result.target_on,
        "verdict": result.verdict,
        "curve": {str(size): value for size, value in result.curve.items()},
        "section": group,
    }
    sides = [("scopetrie", result.ours, extra)]
    if result.reference is not None:
        sides.append((result.against, result.reference, {"unit": result.unit}))
    for side, samples, note in sides:
        yield {
            "group": result.key,
            "name": f"{result.key}[{side}]",
            "fullname": f"bench::{result.key}[{side}]",
            "params": {"side": side},
            "param": side,
            "extra_info": note,
            "options": {"disable_gc": True, "timer": "perf_counter_ns", "warmup": True},
            "stats": statistics_of(samples, scale) | {"iterations": result.calls},
        }


def as_document(
    about: Mapping[str, Any], measured: Iterable[tuple[str, Result]], skipped: Mapping[str, str]
) -> dict[str, Any]:
    """The document that `--json` writes. Times are in seconds, as in pytest-benchmark.

    Args:
      about: The result of `machine.describe`.
      measured: The results with their groups' names.
      skipped: The reason for each row that could not be measured.

    Returns:
      Plain values.
    """
    benchmarks = [entry for group, result in measured for entry in _entries(group, result)]
    info = dict(about)
    info["cpu"] = {"brand_raw": info["processor"], "count": info["cores"]}
    info["python_version"] = info["python"]
    return {
        "machine_info": info,
        "commit_info": machine.commit(),
        "benchmarks": benchmarks,
        "skipped": dict(skipped),
        "datetime": datetime.now(UTC).isoformat(),
        "version": "5.0.0",
    }


def write(path: Path, document: Mapping[str, Any]) -> None:
    """Writes the document, indented.

    Args:
      path: Where to.
      document: The result of `as_document`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
