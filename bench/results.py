"""Rows of the benchmark, their groups and their results."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from .sampling import Effort, Samples, Work, interleave, paired_ratios

Unit = Literal["ns", "B"]
TargetOn = Literal["ratio", "value", "difference"]


class Unavailable(Exception):
    """Raised when a row cannot be measured here; the message names what is missing."""


@dataclass(frozen=True)
class Result:
    """One measured row.

    Attributes:
      key: Short dotted name, unique in a run.
      title: What was done, in words.
      unit: Of `ours` and `reference`: "ns" for times, "B" for memory.
      ours: This package's samples.
      reference: The samples of what it is compared with, taken in the same rounds; None if there is none.
      against: The name of that.
      ratio: Samples of ours / reference.
      target: The highest `ratio` (or value) allowed; None for a row that is only for information.
      stretch: A more ambitious target.
      target_on: Whether the target bounds the ratio, the value, or the difference of value and reference.
      calls: Calls per sample.
      curve: Median cost at each size, for the flat rows.
    """

    key: str
    title: str
    unit: Unit
    ours: Samples
    reference: Samples | None = None
    against: str = ""
    ratio: Samples | None = None
    target: float | None = None
    stretch: float | None = None
    target_on: TargetOn = "ratio"
    calls: int = 1
    curve: Mapping[int, float] = field(default_factory=dict)

    @property
    def bounded(self) -> float:
        """The figure that the target bounds."""
        if self.target_on == "ratio" and self.ratio is not None:
            return self.ratio.median
        if self.target_on == "difference" and self.reference is not None:
            return self.ours.median - self.reference.median
        return self.ours.median

    @property
    def verdict(self) -> str:
        """One of "stretch", "met" and "missed"; empty for a row without target."""
        if self.target is None:
            return ""
        if self.stretch is not None and self.bounded <= self.stretch:
            return "stretch"
        return "met" if self.bounded <= self.target else "missed"


@dataclass(frozen=True)
class Row:
    """A row before it is measured.

    Attributes:
      key: Short dotted name.
      title: What is done, in words.
      measure: Returns the result; raises Unavailable or WrongResult.
    """

    key: str
    title: str
    measure: Callable[[Effort], Result]


@dataclass(frozen=True)
class Group:
    """Rows under one heading.

    Attributes:
      name: For the command line.
      heading: For the table.
      rows: The rows.
    """

    name: str
    heading: str
    rows: tuple[Row, ...]


def paired_row(
    key: str,
    title: str,
    ours: Work,
    reference: Work,
    *,
    against: str = "bare Python",
    target: float | None = None,
    stretch: float | None = None,
    target_on: TargetOn = "ratio",
    calls: int = 1000,
    quick_calls: int = 200,
) -> Row:
    """A row that interleaves two contenders.

    Args:
      key: See Row.
      title: See Row.
      ours: This package's work.
      reference: The work that it is compared with.
      against: The name of that.
      target: See Result.
      stretch: See Result.
      target_on: See Result.
      calls: Calls per sample.
      quick_calls: The same for the quick form.

    Returns:
      The row.
    """

    def measure(effort: Effort) -> Result:
        count = quick_calls if effort.quick else calls
        mine, theirs = interleave([ours, reference], count, effort)
        return Result(
            key,
            title,
            "ns",
            mine,
            theirs,
            against,
            paired_ratios(mine, theirs),
            target,
            stretch,
            target_on,
            count,
        )

    return Row(key, title, measure)
