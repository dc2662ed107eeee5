"""Stores from files of other programs: TensorFlow's checkpoints, NumPy's .npz; and damaged files."""

from __future__ import annotations

import io
import random
import shutil
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scopetrie as st

RECORDED = Path(__file__).parents[1] / "recorded" / "checkpoints"
INDEX, DATA = ".index", ".data-00000-of-00001"
WITHOUT_TEXT = {"text": None, "*": "*", "*/*": "*/*"}

needs_protobuf = pytest.mark.skipif(
    not pytest.importorskip("importlib.util").find_spec("google.protobuf"), reason="needs protobuf"
)


# --- TensorFlow's checkpoints -----------------------------------------------------------


@needs_protobuf
def test_a_checkpoint_of_tensorflow_is_opened() -> None:
    store = st.Store.open(RECORDED / "objects")
    assert sorted(store) == ["model/bias", "model/kernel"]
    assert store["model/kernel"].array.tolist() == [[1, 2]] and store["model/bias"].array.tolist() == [3, 4]
    before = Path(f"{RECORDED / 'objects'}{DATA}").read_bytes()
    store["model/bias"].array[...] = 0  # in memory
    assert Path(f"{RECORDED / 'objects'}{DATA}").read_bytes() == before


@needs_protobuf
@pytest.mark.parametrize("name", ["model", "sharded", "model.index"])
def test_a_checkpoint_of_tensorflow_is_restored(name: str) -> None:
    store = st.Store()
    store.get("steps", (), dtype=np.int64)
    store.get("rows", (5, 2))
    plan = store.plan_restore(
        RECORDED / name, strict=False, rename={"global_step": "steps", "parts/rows": "rows"}
    )
    assert plan.restored == ["steps", "rows"] and "types/bfloat16" in plan.unexpected
    assert "  text " in str(plan) or "more" in str(plan)
    plan.apply()
    assert store["steps"].array == 7 and store["rows"].array.tolist() == np.arange(10).reshape(5, 2).tolist()


@needs_protobuf
def test_strings_are_refused_with_a_reason() -> None:
    with pytest.raises(
        ValueError, match=r"'text' is made of strings, and a store has numbers only: train\.load_var"
    ):
        st.Store.open(RECORDED / "model")


@needs_protobuf
def test_what_does_not_fit_changes_nothing(tmp_path: Path) -> None:
    store = st.Store()
    store.put("a", np.zeros(2, np.float32))
    store.put("global_step", np.zeros((), np.int32))
    with pytest.raises(ValueError, match=r"global_step is int32\[\], and int64\[\] in the source"):
        store.restore(RECORDED / "model", strict=False)
    with pytest.raises(FileNotFoundError):
        store.restore(tmp_path / "nothing")
    for ending in (INDEX, DATA):
        shutil.copy(RECORDED / f"model{ending}", tmp_path)
    data = tmp_path / f"model{DATA}"
    content = bytearray(data.read_bytes())
    content[-3] ^= 1
    data.write_bytes(content)
    fresh = st.Store()
    for name in ("scalar", "types/uint8", "types/uint64"):
        fresh.put(name, np.zeros((2, 3) if "/" in name else (), name.partition("/")[2] or np.float32))
    with pytest.raises(
        ValueError, match=r"damaged: '.*model': 'types/uint8' is damaged: its checksum is wrong"
    ):
        fresh.restore(tmp_path / "model", strict=False)
    assert [float(variable.array.sum()) for variable in fresh.values()] == [0, 0, 0]
    data.unlink()
    with pytest.raises(ValueError, match="No such file"):
        fresh.restore(tmp_path / "model", strict=False)


# --- .npz -------------------------------------------------------------------------------


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_npz_files(tmp_path: Path, save: Callable[..., None]) -> None:
    arrays = {
        "tower/w": np.arange(6, dtype=np.float32).reshape(2, 3),
        "tower/b": np.asfortranarray(np.arange(4.0).reshape(2, 2)),
        "steps": np.int64(3),
        "on": np.array([True, False]),
        "none": np.zeros((0, 2)),
    }
    save(tmp_path / "model.npz", **arrays)
    store = st.Store.open(tmp_path / "model.npz")
    assert list(store) == list(arrays)
    for name, array in arrays.items():
        assert store[name].array.dtype == array.dtype and store[name].array.tolist() == array.tolist()
    other = st.Store()
    other.get("left/w", (2, 3))
    other.restore(tmp_path / "model.npz", rename={"tower/w": "left/w", "tower/b": None}, strict=False)
    assert other["left/w"].array.tolist() == arrays["tower/w"].tolist()


@pytest.mark.parametrize(
    "arrays, fault",
    [
        ({"w": np.array([b"x"], object)}, r"at 'w': it is object"),
        ({"w": np.array(["x"])}, "and a store has numbers only"),
        ({"w": np.zeros(1, ">f4")}, "high bytes"),
        ({"w": np.zeros(1, [("a", int)])}, "and a store has numbers only"),
    ],
)
def test_npz_files_of_other_things(tmp_path: Path, arrays: dict[str, Any], fault: str) -> None:
    np.savez(tmp_path / "model.npz", **arrays)
    with pytest.raises(ValueError, match=fault):
        st.Store.open(tmp_path / "model.npz")


def test_npz_files_that_claim_too_much(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "<f4", "fortran_order": False, "shape": (1 << 40,)}
    )
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("w.npy", header.getvalue() + bytes(16))
    with pytest.raises(ValueError, match="16 bytes are not"):
        st.Store.open(path)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("w.txt", "hello")
    with pytest.raises(ValueError, match="something else in it than arrays"):
        st.Store.open(path)


# --- damaged files of every kind ----------------------------------------------------------


def made_safetensors(path: Path) -> None:
    pytest.importorskip("safetensors")
    store = st.Store(seed=0)
    store.get_many(["tower/w", "tower/b.c", "tower/b/d"], [(4, 3), (3,), (2,)])
    store.get("steps", (), dtype=np.int64, trainable=False)
    store.put("long", np.arange(5) * 1j)
    store.alias("twin", "tower")
    store.save(path)


def made_npz(path: Path) -> None:
    with path.open("wb") as file:
        np.savez(file, a=np.arange(12.0).reshape(3, 4), b=np.arange(3), c=np.array([True, False]))


def made_compressed(path: Path) -> None:
    with path.open("wb") as file:
        np.savez_compressed(file, a=np.arange(12.0).reshape(3, 4), b=np.zeros(3000))


NUMBERS = [
    b"0",
    b"-1",
    b"1",
    b"99",
    b"4294967296",
    b"9223372036854775808",
    b"1e99",
    b'"4"',
    b"null",
    b"[4]",
    b"{}",
]
WORDS = [
    b"F32",
    b"F64",
    b"I64",
    b"BOOL",
    b"F8_E4M3",
    b"C64",
    b"complex128",
    b"tower.w",
    b"a",
    b"\xff\xfe",
    b"object",
]


def changed(content: bytes, chance: random.Random) -> bytes:
    """A file that somebody has damaged, or made of malice."""
    made = bytearray(content)
    kind = chance.randrange(6)
    at = chance.randrange(len(made))
    if kind == 0:
        made[at] ^= 1 << chance.randrange(8)
    elif kind == 1:
        del made[at:]
    elif kind == 2:
        made[at:at] = bytes(chance.randrange(256) for _ in range(chance.choice([1, 8, 100])))
    elif kind == 3:
        made[:8] = chance.choice([0, 1, 8, 1 << 20, 1 << 40, (1 << 63), (1 << 64) - 1]).to_bytes(8, "little")
    else:  # a number or a word of the header is another one, as long as the file has one
        import re

        pattern, others = (rb"\d+", NUMBERS) if kind == 4 else (rb"[A-Za-z_.0-9]+", WORDS)
        found = list(re.finditer(pattern, content[8 : max(9, len(content) * 2 // 3)]))
        if found:
            place = chance.choice(found)
            new = chance.choice(others)
            made[8 + place.start() : 8 + place.end()] = new
            length = int.from_bytes(content[:8], "little") + len(new) - (place.end() - place.start())
            if content[8:9] == b"{":
                made[:8] = length.to_bytes(8, "little")
    return bytes(made)


@pytest.mark.parametrize("make", [made_safetensors, made_npz, made_compressed])
def test_damaged_files_change_nothing_and_take_no_memory(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    """200 changes: the file is refused, or is a file; the store is whole after each."""
    path, chance = tmp_path / "model", random.Random(5)
    make(path)
    content = path.read_bytes()
    like = st.Store.open(path)
    shapes = {name: (variable.shape, variable.dtype) for name, variable in like.items()}
    store = st.Store()
    for name, (shape, dtype) in shapes.items():
        store.put(name, np.zeros(shape, dtype))
    wrong = 0
    tracemalloc.start()
    try:
        for _ in range(200):
            path.write_bytes(changed(content, chance))
            tracemalloc.reset_peak()
            for call in (store.restore, st.Store.open):
                try:
                    call(path)
                except (ValueError, ImportError):
                    wrong += 1
                    if call == store.restore:
                        assert not any(np.any(variable.array) for variable in store.values())
                else:
                    if call == store.restore:
                        for variable in store.values():
                            variable.array[...] = 0
            assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()
    assert wrong > 200
