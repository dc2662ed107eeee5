"""What a row of the benchmark says, and the rows' own outline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from .sampling import Effort, Samples, Work, interleave, paired_ratios

Unit = Literal["ns", "B"]
TargetOn = Literal["ratio", "value", "difference"]


class Unavailable(Exception):
    """The row cannot be measured here; the message names what is missing."""


@dataclass(frozen=True)
class Result:
    """One measured row.

    Attributes:
      key: Short dotted name, unique in a run.
      title: What was done, in words.
      unit: Of `ours` and `reference`: "ns" for times, "B" for memory.
      ours: This package's samples.
      reference: The counterpart's, taken in the same rounds; None where the row has none.
      against: What the counterpart is.
      ratio: Samples of ours / reference.
      target: The most that `ratio` (or the value itself) may be; None for a row shown for information.
      stretch: The value hoped for.
      target_on: Whether the target bounds the ratio, the value, or the value less the counterpart's.
      calls: Calls per sample.
      curve: Median cost at each size, for rows that ask how it grows.
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
        """One of "stretch", "met" and "over"; empty for a row without target."""
        if self.target is None:
            return ""
        if self.stretch is not None and self.bounded <= self.stretch:
            return "stretch"
        return "met" if self.bounded <= self.target else "over"


@dataclass(frozen=True)
class Row:
    """Something to measure.

    Attributes:
      key: Short dotted name.
      title: What is done, in words.
      measure: Gives the result; raises Unavailable or WrongResult.
    """

    key: str
    title: str
    measure: Callable[[Effort], Result]


@dataclass(frozen=True)
class Group:
    """Rows that are shown under one heading.

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
    """A row of two contenders, interleaved.

    Args:
      key: See Row.
      title: See Row.
      ours: This package's work.
      reference: The counterpart's.
      against: What the counterpart is.
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
