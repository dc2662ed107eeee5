"""Arguments drawn at random, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, Final

Json = Any
FLOATS: Final = "float16 float32 float64".split()
COMPLEX: Final = "complex64 complex128".split()
SIGNED: Final = "int8 int16 int32 int64".split()
UNSIGNED: Final = "uint8 uint16 uint32 uint64".split()
INTEGERS: Final = SIGNED + UNSIGNED
NUMBERS: Final = FLOATS + COMPLEX + INTEGERS
ALL: Final = ["bfloat16", *NUMBERS, "bool", "string"]

_LIMITS: Final = {
    **{f"int{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": (0, 2**bits - 1) for bits in (8, 16, 32, 64)},
}
_LARGEST: Final = {
    "float16": 65504.0, "bfloat16": 3.3895313892515355e38, "float32": 3.4028234663852886e38,
    "float64": 1.7976931348623157e308,
}  # fmt: skip
_SMALLEST: Final = {
    "float16": 6.103515625e-05, "bfloat16": 1.1754943508222875e-38, "float32": 1.1754943508222875e-38,
    "float64": 2.2250738585072014e-308,
}  # fmt: skip
_INF: Final = float("inf")


class Draw:
    """A source of arguments."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)
        self.chance = self.random.random
        self.pick = self.random.choice
        self.int = self.random.randint

    def size(self) -> int:
        """A size of a dimension: mostly small, now and then 0."""
        return self.random.choices([0, 1, 2, 3, 4], [6, 22, 30, 30, 12])[0]

    def shape(self, low: int = 0, high: int = 4) -> list[int]:
        """A shape of a rank from `low` to `high`, of at most 60 elements."""
        rank = self.random.choices(range(low, high + 1), [4, 6, 6, 3, 1][: high - low + 1])[0]
        while True:
            shape = [self.size() for _ in range(rank)]
            if count(shape) <= 60:
                return shape

    def broadcasting(self, shape: Sequence[int]) -> list[int]:
        """A shape that broadcasts with another; once in ten times one that does not."""
        other = [1 if self.chance() < 0.3 else size for size in shape]
        other = other[self.int(0, len(other)) if self.chance() < 0.4 else 0 :]
        if self.chance() < 0.1:
            other = [2, *other] if self.chance() < 0.5 else [size + 1 for size in other]
        return other

    def values(self, dtype: str, number: int, kind: str = "plain") -> list[Any]:
        """Values of a dtype: plain, positive, unit (-1..1), nonzero, special, `mixed` plain and special."""
        if dtype.startswith("complex"):
            part = "float32" if dtype == "complex64" else "float64"
            return self.values(part, 2 * number, kind)
        return [self.value(dtype, kind) for _ in range(number)]

    def value(self, dtype: str, kind: str = "plain") -> Any:
        """One value; see `values`."""
        if kind == "mixed":
            kind = "special" if self.chance() < 0.3 else "plain"
        if dtype == "bool":
            return self.int(0, 1)
        if dtype == "string":
            return self.pick(["a", "b", "ab", "", "Z", "0"])
        if dtype in _LIMITS:
            low, high = _LIMITS[dtype]
            if kind == "special":
                return self.pick([low, high, low + 1, high - 1, 0, 1, max(low, -1), 2, high // 2])
            first = {"positive": 1, "nonzero": 1, "unit": 0}.get(kind, -6)
            found = self.int(max(low, first), 7)
            return -found if kind == "nonzero" and low and self.chance() < 0.5 else found
        if kind == "special":
            largest, smallest = _LARGEST[dtype], _SMALLEST[dtype]
            choices = [
                float("nan"), _INF, -_INF, 0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, 1.5, -2.5, 3.0, largest,
                -largest, smallest, 100.0, -100.0, 1000.0,
            ]  # fmt: skip
            return smallest / 4 if self.chance() < 0.02 else self.pick(choices)
        if kind == "unit":
            return self.int(-16, 16) / 16
        if kind in ("positive", "nonzero"):
            found = self.int(1, 32) / 8
            return -found if kind == "nonzero" and self.chance() < 0.5 else found
        return self.int(-32, 32) / 8

    def dims(self, shape: Sequence[int]) -> list[int | None] | None:
        """A static shape that fits a shape: whole, with gaps, or of unknown rank."""
        how = self.chance()
        if how < 0.35:
            return list(shape)
        if how < 0.7:
            return [None if self.chance() < 0.6 else size for size in shape]
        return None

    def tensor(
        self, dtype: str, shape: Sequence[int], kind: str = "plain", values: Sequence[Any] | None = None,
        fed: float = 0.4,
    ) -> Json:  # fmt: skip
        """A tensor: a constant, or, with the chance `fed`, a placeholder."""
        held = list(self.values(dtype, count(shape), kind) if values is None else values)
        if self.chance() < fed:
            return {"p": [dtype, list(shape), held, self.dims(shape)]}
        return {"c": [dtype, list(shape), held]}

    def ints(self, values: Sequence[int], dtype: str | None = None, plain: float = 0.5) -> Json:
        """A vector of ints: a list, or a tensor of int32 or int64."""
        if self.chance() < plain:
            return list(values)
        return self.tensor(dtype or self.pick(["int32", "int32", "int64"]), [len(values)], values=values)

    def scalar(self, value: int, dtype: str | None = None, plain: float = 0.5) -> Json:
        """An int: as it is, or a tensor of int32 or int64."""
        if self.chance() < plain:
            return value
        return self.tensor(dtype or self.pick(["int32", "int32", "int64"]), [], values=[value])

    def axis(self, rank: int, wrong: float = 0.07) -> int:
        """An axis of a tensor of a rank; sometimes a negative one, sometimes one that is out of range."""
        if self.chance() < wrong or rank == 0:
            return self.pick([rank, -rank - 1, rank + 2])
        return self.int(-rank, rank - 1)

    def axes(self, rank: int) -> Json:
        """What reductions take for axes: None, one, several, none, now and then the same one twice."""
        how = self.chance()
        if how < 0.25:
            return None
        if how < 0.5:
            return self.scalar(self.axis(rank))
        if how < 0.56:
            return []
        chosen = self.random.sample(range(rank), self.int(0, rank))
        if chosen and how < 0.62:
            chosen.append(chosen[0])
        return self.ints([at - rank if self.chance() < 0.3 else at for at in chosen])

    def indices(self, size: int, number: int, wrong: float = 0.12) -> list[int]:
        """Indices into a dimension; with the chance `wrong`, some are negative or too large."""
        found = [self.int(0, max(size - 1, 0)) for _ in range(number)]
        if number and self.chance() < wrong:
            found[self.int(0, number - 1)] = self.pick([-1, size, -size, size + 5, -(2**31), 2**31 - 1])
        return found


def count(shape: Sequence[int]) -> int:
    """How many elements a shape has."""
    total = 1
    for size in shape:
        total *= size
    return total
