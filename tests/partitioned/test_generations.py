"""Generations: saved and taken whole, or not at all."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scopetrie as tf
from scopetrie.partitioned import PartitionedStore

pytest.importorskip("safetensors")
CUT = tf.fixed_size_partitioner(3)


def filled(store: Any) -> Any:
    w = store.get("tower/w", (7, 2), initializer="ones", partitioner=CUT)
    store.get("bias", (2,), initializer="ones")
    return w


def test_there_and_back(store: Any, tmp_path: Path) -> None:
    w = filled(store)
    w.apply(lambda part: part.slot("m", "ones")[...].sum())
    assert store.generation is None and store.save(tmp_path) == 1 == store.generation
    w.scatter_add([0, 6], [[5, 5], [6, 6]])
    w.apply(lambda part: part.slot("m").fill(9))
    bias = store.local["bias"].array
    bias += 1
    later = store.get("later", (4,), partitioner=CUT)
    store.get("late", (2,))
    assert store.restore(tmp_path) == 1
    assert w.sum() == 14 and store["tower/w"] is w and list(store) == ["tower/w"]
    assert w.apply(lambda part: float(part.slot("m").sum())) == [6.0, 4.0, 4.0]
    assert bias.tolist() == [1, 1] and list(store.local) == ["bias"]
    with pytest.raises(KeyError, match="'later' is not in generation 1"):
        later.sum()
    assert store.get("later", (4,), initializer="ones", partitioner=CUT).sum() == 4
    with pytest.raises(ValueError, match="already exists"):
        store.get("tower/w", (7, 2), partitioner=CUT)


def test_another_store_takes_it_on_other_workers(store: Any, tmp_path: Path) -> None:
    w = filled(store)
    w.scatter_add([3], [[1, 2]])
    store.save(tmp_path)
    with PartitionedStore(workers=0) as other:
        assert other.restore(tmp_path) == 1
        assert np.array_equal(other["tower/w"].read(), w.read()) and other["tower/w"].parts == w.parts
        assert other.local["bias"].array.tolist() == [1, 1] and len(other.client.nthreads()) == 1
        other["tower/w"].scatter_add([0], [[1, 1]])  # the file keeps its values
        assert other.save(tmp_path) == 2 and other.restore(tmp_path, 1) == 1
        assert np.array_equal(other["tower/w"].read(), w.read())


def test_two_generations_are_kept(store: Any, tmp_path: Path) -> None:
    w = filled(store)
    left = tmp_path / "generation-00000009-0123456789ab-0-of-3.safetensors"
    left.write_bytes(b"by a process that was killed")
    for number in (1, 2, 3):
        w.assign(number)
        assert store.save(tmp_path, keep=2) == number
    assert len(list(tmp_path.iterdir())) == 2 * (3 + 1 + 1)
    assert store.restore(tmp_path, 2) == 2 and w.sum() == 28
    with pytest.raises(FileNotFoundError, match=r"no generation 1 in .*; there are \[2, 3\]"):
        store.restore(tmp_path, 1)
    with pytest.raises(ValueError, match="keep=0"):
        store.save(tmp_path, keep=0)


def damage_size(folder: Path) -> None:
    file = next(folder.glob("*-1-of-3.safetensors"))
    file.write_bytes(file.read_bytes()[:-4])


def damage_values(folder: Path) -> None:
    file = next(folder.glob("*-2-of-3.safetensors"))
    file.write_bytes(b"\xff" * file.stat().st_size)


def damage_manifest(folder: Path) -> None:
    (file,) = folder.glob("*.json")
    file.write_text(json.dumps(json.loads(file.read_text()) | {"variables": 3}))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (damage_size, r"generation 1 is not whole: .*1-of-3.safetensors' is .* bytes long, not"),
        (damage_values, "is damaged, or no file of safetensors"),
        (damage_manifest, r"generation-00000001.json' is damaged"),
        (lambda folder: next(folder.glob("*whole*")).unlink(), r"whole.safetensors' is missing"),
    ],
)
def test_all_of_it_or_none(store: Any, tmp_path: Path, damage: Any, message: str) -> None:
    w = filled(store)
    store.save(tmp_path)
    w.assign(2)
    damage(tmp_path)
    with pytest.raises(ValueError, match=message):
        store.restore(tmp_path)
    assert w.sum() == 28 and w.apply(lambda part: part.path) == [part.path for part in w.parts]


def test_a_save_that_fails_leaves_the_last_one(store: Any, tmp_path: Path) -> None:
    w = filled(store)
    store.save(tmp_path)

    def put_odd(part: Any) -> None:
        if part.path.endswith("2"):
            part.store.put("odd", np.zeros(1, np.longdouble))

    w.apply(put_odd)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(ValueError, match="odd"):
        store.save(tmp_path)
    assert sorted(tmp_path.iterdir()) == before and store.generation == 1
    w.assign(3)
    assert store.restore(tmp_path) == 1 and w.sum() == 14


def test_changes_are_in_it_whole_or_not_at_all(store: Any, tmp_path: Path) -> None:
    w = store.get("w", (6,), np.int64, "zeros", partitioner=CUT)
    stop = threading.Event()

    def change() -> None:
        while not stop.is_set():
            w.scatter_add([0, 2, 4], 1)

    thread = threading.Thread(target=change)
    thread.start()
    try:
        for _ in range(4):
            store.save(tmp_path)
    finally:
        stop.set()
        thread.join()
    for number in (3, 4):
        store.restore(tmp_path, number)
        assert len(set(w.gather([0, 2, 4]).tolist())) == 1


def test_nothing_to_go_back_to(store: Any, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="nothing was saved"):
        store.recover()
    with pytest.raises(FileNotFoundError, match="there is no generation in"):
        store.restore(tmp_path / "no")
