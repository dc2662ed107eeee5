"""Calls of look-up tables."""

from __future__ import annotations

from collections.abc import Iterator

from differential.draw import Draw, Json
from differential.families.elementwise import Accepts

PAIRS = "string,int64 int64,string string,float32 int32,float32 int64,int64 string,string int32,int32".split()
PAIRS += "string,int32 int64,float32 string,bool float32,int64 string,float64 int32,string bool,int64".split()


def calls(draw: Draw, accepts: Accepts) -> Iterator[Json]:
    """The family's calls."""
    for pair in PAIRS * 8:
        yield from _tables(draw, *pair.split(","))


def _tables(draw: Draw, keys: str, values: str) -> Iterator[Json]:
    number = draw.int(0, 4)
    fed = 0.2
    held = [[each] if keys == "string" else [at * 2] for at, each in enumerate(["a", "b", "ab", "Z"])]
    held = [each[0] for each in held][:number]
    if number and draw.chance() < 0.1:
        held[0] = held[-1]
    given = draw.tensor(keys, [number] if draw.chance() < 0.95 else [1, number], values=held, fed=fed)
    kept = draw.tensor(values, [number if draw.chance() < 0.94 else number + 1], fed=fed)
    default = draw.tensor(values, [] if draw.chance() < 0.94 else [1], fed=0.1)
    asked = draw.tensor(keys if draw.chance() < 0.93 else draw.pick(["int64", "string"]), draw.shape(0, 3))
    yield ["~table", [given, kept, default, asked], {}]
    names = ["a", "b", "ab", "Z"][:number]
    words = draw.tensor("string", [number], values=names, fed=fed)
    places = draw.tensor("int64", [number], values=list(range(number)), fed=fed)
    buckets = draw.pick([1, 2, 5, 0, -1])
    asked = draw.tensor(draw.pick(["string", "string", "int64"]), draw.shape(0, 2))
    yield ["~table", [words, places, None, asked, buckets], {}]
