from __future__ import annotations

import numpy as np
import pytest
from scopetrie.partitioned.routing import Cut, Slice, checked_ids, route


def cut_of(*sizes: int) -> Cut:
    begins = np.cumsum([0, *sizes[:-1]]).tolist()
    return Cut(
        0,
        tuple(Slice(f"w/part_{at}", (b,), (n,)) for at, (b, n) in enumerate(zip(begins, sizes, strict=True))),
    )


@pytest.mark.parametrize("sizes", [(5,), (3, 2, 2), (1,) * 40, (4, 3)])
def test_each_id_goes_to_the_part_that_has_it(sizes: tuple[int, ...]) -> None:
    cut, total = cut_of(*sizes), sum(sizes)
    ids = np.random.default_rng(0).integers(0, total, 200)
    found = np.full(200, -1)
    for each in route(cut, ids):
        part = cut.parts[each.part]
        assert each.rows.min() >= 0 and each.rows.max() < part.sizes[0]
        found[each.positions] = each.rows + part.offset[0]
    assert np.array_equal(found, ids)


def test_only_parts_with_rows_are_asked() -> None:
    assert [each.part for each in route(cut_of(3, 2, 2), np.array([6, 0]))] == [0, 2]
    assert route(cut_of(3, 2), np.array([], np.int64)) == []


def test_ids_dealt_out_in_turn() -> None:
    found = {each.part: each.rows.tolist() for each in route(cut_of(3, 3), np.array([0, 1, 4, 5]), "mod")}
    assert found == {0: [0, 2], 1: [0, 2]}


def test_what_is_no_id() -> None:
    assert checked_ids("f", [], 3).dtype == np.int64
    assert checked_ids("f", np.array([2], np.uint64), 3).tolist() == [2]
    with pytest.raises(TypeError, match="integers, not float64"):
        checked_ids("f", [1.0], 3)
    with pytest.raises(IndexError, match=r"f: indices\[1\]\[0\] = 3 is not in \[0, 3\)"):
        checked_ids("f", [[0], [3]], 3)
    with pytest.raises(IndexError, match=r"indices\[0\] = -1"):
        checked_ids("f", [-1], 3)
