"""Patterns of paths."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scopetrie.store.globs import Glob, glob

CASES = [
    ("encoder/w", ["encoder/w"], ["encoder/ww", "encoder", "x/encoder/w"]),
    ("*", ["w", "a.b", "["], ["a/w", ""]),
    ("*/w", ["a/w"], ["w", "a/b/w", "/w"]),
    ("layer_*/w", ["layer_/w", "layer_12/w"], ["layer_1/2/w", "layer/w"]),
    ("a*c*e", ["ace", "abcde", "axxcxxe"], ["ae", "a/ce"]),
    ("**", ["w", "a/w", "a/b/w"], [""]),
    ("**/w", ["w", "a/w", "a/b/w"], ["a/ww", "a/w/b"]),
    ("a/**", ["a/w", "a/b/w"], ["a", "ab/w"]),
    ("a/**/w", ["a/w", "a/b/w", "a/b/c/w"], ["a/bw", "aw"]),
    ("a/*/**/w", ["a/b/w", "a/b/c/w"], ["a/w"]),
    ("data[3].w+(x)", ["data[3].w+(x)"], ["data3.w+(x)", "data[3]xw+(x)"]),
    ("a\n*", ["a\nb\n"], ["a"]),
]


@pytest.mark.parametrize(("pattern", "matching", "others"), CASES)
def test_what_matches(pattern: str, matching: list[str], others: list[str]) -> None:
    match = glob(pattern).match
    assert [path for path in matching + others if match(path) is not None] == matching


@pytest.mark.parametrize(
    ("pattern", "path", "target", "made"),
    [
        ("left/*", "left/w", "tower/*", "tower/w"),
        ("left/**", "left/a/w", "tower/**", "tower/a/w"),
        ("**/kernel", "kernel", "**/w", "w"),
        ("**/kernel", "a/b/kernel", "x/**/w", "x/a/b/w"),
        ("**/kernel", "kernel", "x/**/w", "x/w"),
        ("**/kernel", "kernel", "x/**", "x"),
        ("layer_*/*", "layer_3/w", "block/*/part_*", "block/3/part_w"),
        ("layer_*/w", "layer_/w", "block*/w", "block/w"),
        ("a/*/b/*", "a/1/b/2", "c/*", "c/1"),
        ("a/*", "a/w", "b", "b"),
    ],
)
def test_what_wildcards_stand_for_is_put_into_another_pattern(
    pattern: str, path: str, target: str, made: str
) -> None:
    captured = glob(pattern).match(path)
    assert captured is not None and glob(target).fill(captured) == made


@pytest.mark.parametrize("pattern", ["a**", "a/**b/w", "***"])
def test_two_stars_are_a_whole_part(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"write it between slashes"):
        glob(pattern)


PARTS = st.lists(st.sampled_from(["a", "b", "ab"]), min_size=1, max_size=4)


@given(PARTS, st.lists(st.sampled_from(["a", "*", "**", "b*", "ab"]), min_size=1, max_size=4))
def test_a_pattern_fills_itself_and_everything_is_beneath_its_place(
    parts: list[str], pattern: list[str]
) -> None:
    path, compiled = "/".join(parts), Glob("/".join(pattern))
    captured = compiled.match(path)
    if captured is not None:
        assert compiled.fill(captured) == path
        assert not compiled.place or path.startswith(compiled.place + "/")
