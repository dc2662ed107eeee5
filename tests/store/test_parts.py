"""Variables in parts: saved as one, and restored from a whole, into one, and into other parts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scopetrie as st

safetensors = pytest.importorskip("safetensors")
from safetensors.numpy import load_file  # noqa: E402

WHOLE = np.arange(28, dtype=np.float32).reshape(7, 4)


def cut(sizes: list[int], axis: int = 0, name: str = "tower/w") -> st.Store:
    store, begin = st.Store(), 0
    for number, size in enumerate(sizes):
        part = WHOLE[begin : begin + size] if axis == 0 else WHOLE[:, begin : begin + size]
        store.put(f"{name}/part_{number}", part.copy())
        begin += size
    store.put("b", np.ones(2))
    return store


def zeroed(store: st.Store) -> st.Store:
    for variable in store.values():
        variable.assign(np.zeros(variable.shape))
    return store


def whole(name: str = "tower/w") -> st.Store:
    store = st.Store()
    store.put(name, WHOLE.copy())
    store.put("b", np.ones(2))
    return store


def same(one: st.Store, other: st.Store) -> bool:
    return list(one) == list(other) and all(np.array_equal(one[path], other[path]) for path in one)


@pytest.mark.parametrize(("sizes", "axis"), [([3, 2, 2], 0), ([7], 0), ([3, 1], 1), ([1] * 7, 0)])
def test_saved_as_one_and_opened_as_parts(tmp_path: Path, sizes: list[int], axis: int) -> None:
    path, store = tmp_path / "file", cut(sizes, axis)
    store.save(path, whole=True)
    kept = load_file(path)
    assert set(kept) == {"tower.w", "b"} and np.array_equal(kept["tower.w"], WHOLE)
    opened = st.Store.open(path)
    assert same(opened, store)
    opened["tower/w/part_0"].array[...] = 5  # private
    assert same(st.Store.open(path), store)
    other = zeroed(cut(sizes, axis))
    other.restore(path)
    assert same(other, store)


KINDS: dict[str, Any] = {
    "whole": whole,
    "3 2 2": lambda: cut([3, 2, 2]),
    "4 3": lambda: cut([4, 3]),
    "columns": lambda: cut([2, 2], 1),
}


@pytest.mark.parametrize("joined", [False, True])
@pytest.mark.parametrize("target", KINDS)
@pytest.mark.parametrize("source", KINDS)
def test_restored_whatever_the_cut(tmp_path: Path, source: str, target: str, joined: bool) -> None:
    saved, store = KINDS[source](), zeroed(KINDS[target]())
    saved["b"].array[...] = 7
    file = tmp_path / "file"
    saved.save(file, whole=joined and source != "columns")  # of equal parts, the axis is not known
    for given in (file, saved):
        zeroed(store).restore(given)
        wanted = KINDS[target]()
        wanted["b"].array[...] = 7
        assert same(store, wanted)
    plan = store.plan_restore(file)
    assert not plan.missing and not plan.unexpected and not plan.mismatched
    if source == "whole" and target == "4 3":
        assert plan.sources["tower/w/part_1"] == "tower/w" and "from tower/w" in str(plan)


def test_rename_comes_first(tmp_path: Path) -> None:
    whole("old").save(tmp_path / "file")
    store = zeroed(cut([4, 3], name="new"))
    store.restore(tmp_path / "file", rename={"old": "new"})
    assert np.array_equal(store["new/part_1"], WHOLE[4:])


def test_what_does_not_fit_is_said_as_ever(tmp_path: Path) -> None:
    store = zeroed(cut([4, 2]))
    with pytest.raises(ValueError, match=r"not have tower/w/part_0, tower/w/part_1; .* not have tower/w"):
        store.restore(whole())
    odd = st.Store()
    odd.put("w/part_0", np.ones((2, 2), np.int64))
    odd.put("w/part_1", np.ones((2, 2), np.int64))
    target = st.Store()
    target.get("w", (4, 2))
    with pytest.raises(ValueError, match="w is float32"):
        target.restore(odd)
    assert not target["w"].ready
    incomplete = cut([3, 2, 2])
    del incomplete["tower/w/part_1"]
    incomplete.save(tmp_path / "file", whole=True)
    assert same(st.Store.open(tmp_path / "file"), incomplete)
    both = cut([4, 3])
    both.put("tower/w", np.zeros(1))
    both.save(tmp_path / "both", whole=True)
    assert same(st.Store.open(tmp_path / "both"), both)


@pytest.mark.parametrize(
    "slices",
    [
        {"tower/w": {"axis": 0, "sizes": [3, 3]}},
        {"tower/w": {"axis": 2, "sizes": [7]}},
        {"tower/w": {"axis": 0, "sizes": [9, -2]}},
        {"tower/w": {"axis": "0", "sizes": [7]}},
        {"tower/w": {"axis": 0, "sizes": ["7"]}},
        {"tower/w": {"axis": 0}},
        {"tower/w": 3},
        {"tower/w": {"axis": 0, "sizes": [2**70, 7 - 2**70]}},
        [],
    ],
)
def test_a_table_of_slices_that_is_wrong(tmp_path: Path, slices: Any) -> None:
    path = tmp_path / "file"
    cut([4, 3]).save(path, whole=True)
    text = path.read_bytes()
    length = int.from_bytes(text[:8], "little")
    header = json.loads(text[8 : 8 + length])
    facts = json.loads(header["__metadata__"]["scopetrie"]) | {"slices": slices}
    header["__metadata__"]["scopetrie"] = json.dumps(facts)
    changed = json.dumps(header).encode()
    path.write_bytes(len(changed).to_bytes(8, "little") + changed + text[8 + length :])
    with pytest.raises(ValueError, match="is damaged, or no file of safetensors"):
        st.Store.open(path)


def test_a_session_of_other_parts(tmp_path: Path) -> None:
    def made(parts: int) -> Any:
        return st.get_variable("w", [7, 4], partitioner=st.fixed_size_partitioner(parts))

    with st.Graph().as_default(), st.Session() as session:
        w = made(3)
        session.run(w.assign(WHOLE))
        session.store.save(tmp_path / "file", whole=True)
    with st.Graph().as_default(), st.Session() as session:
        w = made(2)
        session.run(st.global_variables_initializer())
        session.store.restore(tmp_path / "file")
        assert np.array_equal(session.run(w.as_tensor()), WHOLE)
