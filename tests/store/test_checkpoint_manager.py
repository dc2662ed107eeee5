"""Checkpoints under numbers: which are kept, and what is left after a crash."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scopetrie as st

pytest.importorskip("safetensors")
Manager = st.train.CheckpointManager


@pytest.fixture
def store() -> Any:
    store = st.Store()
    store.put("w", np.zeros(2, np.float32))
    return store


def save(manager: Any, store: Any, *steps: int) -> None:
    for step in steps:
        store["w"].array[...] = step
        manager.save(step)


def files(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


def test_the_latest_few_are_kept(store: Any, tmp_path: Path) -> None:
    manager = Manager(store, tmp_path / "deep" / "folder", max_to_keep=2)
    assert manager.steps() == [] and manager.latest() is None and manager.restore() is None
    save(manager, store, 10, 20, 30)
    assert manager.steps() == [20, 30]
    assert manager.latest() == str(tmp_path / "deep" / "folder" / "checkpoint-30.safetensors")
    assert files(tmp_path / "deep" / "folder") == [
        "checkpoint",
        "checkpoint-20.safetensors",
        "checkpoint-30.safetensors",
    ]
    assert manager.restore(20) == 20 and store["w"].array[0] == 20
    assert manager.restore() == 30 and store["w"].array[0] == 30
    assert Manager(store, manager.folder).steps() == [20, 30]
    with pytest.raises(ValueError, match=r"restore\(10\): there are 20, 30 in"):
        manager.restore(10)


@pytest.mark.parametrize("most", [None, 0])
def test_all_are_kept(store: Any, tmp_path: Path, most: Any) -> None:
    manager = Manager(store, tmp_path, max_to_keep=most)
    save(manager, store, *range(12))
    assert manager.steps() == list(range(12))


def test_the_order_is_that_of_saving(store: Any, tmp_path: Path) -> None:
    manager = Manager(store, tmp_path, max_to_keep=3)
    save(manager, store, 100, 200, 5, 100)
    assert manager.steps() == [200, 5, 100]
    save(manager, store, 6)
    assert manager.steps() == [5, 100, 6]
    assert Manager(store, tmp_path).latest().endswith("checkpoint-6.safetensors")


def test_the_index_is_one_of_tensorflow(store: Any, tmp_path: Path) -> None:
    manager = Manager(store, tmp_path)
    save(manager, store, 1, 2)
    assert (tmp_path / "checkpoint").read_text() == (
        'model_checkpoint_path: "checkpoint-2.safetensors"\n'
        'all_model_checkpoint_paths: "checkpoint-1.safetensors"\n'
        'all_model_checkpoint_paths: "checkpoint-2.safetensors"\n'
    )


def test_what_others_have_done_to_the_folder(store: Any, tmp_path: Path) -> None:
    manager = Manager(store, tmp_path, max_to_keep=3)
    save(manager, store, 1, 2, 3)
    (tmp_path / "checkpoint-2.safetensors").unlink()
    (tmp_path / ".checkpoint-9.safetensors.0123456789ab.part").write_text("half")
    for name in ("checkpoint-007.safetensors", "checkpoint--1.safetensors", "checkpoint-4.safetensors.bak"):
        (tmp_path / name).write_text("other")
    (tmp_path / "checkpoint-5.safetensors").mkdir()
    (tmp_path / f"checkpoint-{'9' * 100}.safetensors").write_text("other")
    assert manager.steps() == [1, 3]
    save(manager, store, 4)
    assert manager.steps() == [1, 3, 4]
    save(manager, store, 6)
    assert manager.steps() == [3, 4, 6]
    assert (tmp_path / "checkpoint-007.safetensors").exists()  # nobody else's file goes


@pytest.mark.parametrize(
    "index",
    [
        None,
        b"",
        b"\xff\xfe\0",
        b'all_model_checkpoint_paths: "../other/checkpoint-1.safetensors"\n',
        b'all_model_checkpoint_paths: "checkpoint-' + b"9" * 10_000 + b'.safetensors"\n',
        b'all_model_checkpoint_paths: "checkpoint-7.safetensors"\n' * 3,
    ],
)
def test_an_index_that_is_lost_or_damaged(store: Any, tmp_path: Path, index: Any) -> None:
    manager = Manager(store, tmp_path, max_to_keep=2)
    save(manager, store, 10, 9)
    (tmp_path / "checkpoint").unlink()
    if index is not None:
        (tmp_path / "checkpoint").write_bytes(index)
    assert manager.steps() == [9, 10]  # by their numbers
    save(manager, store, 2)
    assert manager.steps() == [10, 2]


@pytest.mark.parametrize("fails_at", range(6))
def test_a_crash_at_any_moment(
    store: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    manager = Manager(store, tmp_path, max_to_keep=2)
    save(manager, store, 1, 2)
    calls = 0

    def counted(function: Any) -> Any:
        def call(*arguments: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls > fails_at:
                raise SystemError("the end")
            return function(*arguments)

        return call

    for name in ("replace", "unlink", "fsync"):
        monkeypatch.setattr(os, name, counted(getattr(os, name)))
    with pytest.raises(SystemError):
        save(manager, store, 3)
    monkeypatch.undo()
    again = Manager(store, tmp_path, max_to_keep=2)
    steps = again.steps()
    assert steps in ([1, 2], [1, 2, 3], [2, 3])
    for step in steps:
        assert again.restore(step) == step and store["w"].array[0] == step
    save(again, store, 4)
    assert again.steps() == [steps[-1], 4]


def test_a_damaged_checkpoint_is_refused_and_named(store: Any, tmp_path: Path) -> None:
    manager = Manager(store, tmp_path)
    save(manager, store, 1, 2)
    path = tmp_path / "checkpoint-2.safetensors"
    path.write_bytes(path.read_bytes()[:-1])
    store["w"].array[...] = 7
    with pytest.raises(ValueError, match=r"checkpoint-2\.safetensors"):
        manager.restore()
    assert store["w"].array[0] == 7 and manager.restore(1) == 1


def test_restoring_takes_what_restore_takes(store: Any, tmp_path: Path) -> None:
    manager = Manager(store, tmp_path)
    save(manager, store, 1)
    other = st.Store()
    other.put("v", np.zeros(2, np.float32)), other.put("more", np.zeros(2, np.float32))
    second = Manager(other, tmp_path)
    with pytest.raises(ValueError, match="more"):
        second.restore(rename={"w": "v"})
    assert second.restore(rename={"w": "v"}, strict=False) == 1 and other["v"].array[0] == 1


class Watched(st.Store):
    """A store that is saved by one thread at a time."""

    saving = 0
    most = 0

    def save(self, path: Any) -> None:
        Watched.saving += 1
        Watched.most = max(Watched.most, Watched.saving)
        time.sleep(0.002)
        super().save(path)
        Watched.saving -= 1


def test_threads_share_a_manager(tmp_path: Path) -> None:
    manager = Manager(Watched(), tmp_path, max_to_keep=3)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(manager.save, range(20)))
    assert Watched.most == 1
    assert len(manager.steps()) == 3 and len(files(tmp_path)) == 4


@pytest.mark.parametrize("step", [-1, 10**18, 1.5, "1", None])
def test_wrong_steps(store: Any, tmp_path: Path, step: Any) -> None:
    manager = Manager(store, tmp_path)
    with pytest.raises((TypeError, ValueError)):
        manager.save(step)
    if step is not None:
        with pytest.raises((TypeError, ValueError)):
            manager.restore(step)
    assert files(tmp_path) == []


def test_wrong_arguments(store: Any, tmp_path: Path) -> None:
    for arguments in (
        (None, tmp_path),
        ({}, tmp_path),
        (store, None),
        (store, tmp_path, "2"),
        (store, tmp_path, 1.5),
    ):
        with pytest.raises(TypeError):
            Manager(*arguments)
    with pytest.raises(ValueError, match="negative"):
        Manager(store, tmp_path, -1)
