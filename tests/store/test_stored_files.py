"""Stores as files of safetensors: what is written, what is read, and what is refused."""

from __future__ import annotations

import json
import mmap
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scopetrie as st

safetensors = pytest.importorskip("safetensors")
from safetensors.numpy import load_file, save_file  # noqa: E402

DTYPES = [
    *"bool int8 int16 int32 int64 uint8 uint16 uint32 uint64".split(),
    *"float16 float32 float64 complex64 complex128".split(),
]
SMALL_FLOATS = "bfloat16 float8_e4m3fn float8_e5m2 float8_e4m3fnuz float8_e5m2fnuz float8_e4m3b11fnuz".split()


def header_of(path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    header: dict[str, Any] = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    return header


def write(path: Path, header: dict[str, Any] | bytes, data: bytes = b"") -> Path:
    """A file with any header."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)
    return path


def entry(dtype: str = "F32", shape: Any = (1,), offsets: Any = (0, 4)) -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "model.safetensors"


# --- there and back ---------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [*DTYPES, *SMALL_FLOATS])
@pytest.mark.parametrize("shape", [(), (3,), (2, 3, 1), (0,), (2, 0, 3)])
def test_every_dtype_comes_back(path: Path, dtype: str, shape: tuple[int, ...]) -> None:
    if dtype in SMALL_FLOATS:
        kind = np.dtype(getattr(pytest.importorskip("ml_dtypes"), dtype))
    else:
        kind = np.dtype(dtype)
    values = np.arange(int(np.prod(shape))).reshape(shape).astype(kind)
    store = st.Store()
    try:
        store.put("a/w", values)
    except TypeError:
        pytest.skip("a Store has no such dtype")
    store.save(path)
    found = st.Store.open(path)["a/w"]
    assert (found.dtype, found.shape, found.array.tobytes()) == (kind, shape, values.tobytes())
    other = st.Store()
    other.put("a/w", np.zeros(shape, kind))
    other.restore(path)
    assert other["a/w"].array.tobytes() == values.tobytes()


ODD_PATHS = ["a.b/c", "a/b/d", "a/b.e", "_metadata__", "a/b/c~1", "層/名", 'quote"s', "w", "w/m"]


def test_all_paths_come_back_in_the_order_of_creation(path: Path) -> None:
    store = st.Store()
    for number, name in enumerate(ODD_PATHS):
        store.put(name, np.full(1 + number % 3, number, "int64" if number % 2 else "float32"))
    store.save(path)
    opened = st.Store.open(path)
    assert list(opened) == ODD_PATHS
    assert [variable.array[0] for variable in opened.values()] == list(range(len(ODD_PATHS)))
    assert {"a.b.c", "a.b.d", "w.m", "w"} < set(load_file(path))
    opened.save(path.with_name("again"))
    assert path.with_name("again").read_bytes() == path.read_bytes()


def test_two_paths_with_one_key_are_an_error_that_names_both(path: Path) -> None:
    store = st.Store()
    store.get_many(["a/b", "w", "a.b"], [(1,)] * 3)
    with pytest.raises(
        ValueError, match=r"'a/b' and 'a\.b' would both have the key 'a\.b'.*another separator="
    ):
        store.save(path)
    assert not path.exists()
    store.save(path, separator="/")
    assert set(load_file(path)) == {"a/b", "w", "a.b"} and list(st.Store.open(path)) == ["a/b", "w", "a.b"]
    for separator in ("__", "", "/"):
        del store["a.b"]
        store.save(path, separator=separator)
        assert set(load_file(path)) == {f"a{separator}b", "w"}
        assert list(st.Store.open(path)) == ["a/b", "w"]
        store.restore(path)
        store.get("a.b", (1,))
    with pytest.raises(TypeError, match="separator=None: a str is needed"):
        store.save(path, separator=None)  # type: ignore[call-overload]
    with pytest.raises(ValueError, match="'__metadata__': rename '__metadata__'"):
        odd = st.Store()
        odd.get("__metadata__", (1,))
        odd.save(path)


def test_keys_of_others_are_read_by_the_separator(path: Path) -> None:
    store = st.Store()
    store.get("a/b", (1,), initializer="ones")
    store.save(path, separator="|")
    text = path.read_bytes()
    length = int.from_bytes(text[:8], "little")
    header = json.loads(text[8 : 8 + length])
    header["c|d.e"] = header.pop("a|b")  # by a program that knows nothing of ours
    changed = json.dumps(header).encode()
    path.write_bytes(len(changed).to_bytes(8, "little") + changed + text[8 + length :])
    assert list(st.Store.open(path)) == ["c/d.e"]


def test_what_is_not_to_be_trained_comes_back(path: Path) -> None:
    store = st.Store()
    store.get_many(["w", "b"], [(1,)] * 2)
    store.get("steps", (), dtype=np.int64, trainable=False)
    store.save(path)
    assert [variable.trainable for variable in st.Store.open(path).values()] == [True, True, False]


def test_aliases_and_frozen_variables_come_back(path: Path) -> None:
    store = st.Store()
    store.get_many(["encoder/w", "encoder/b"], [(3,)] * 2, initializer="ones")
    store.alias("decoder", "encoder")
    store._freeze("encoder/b", True)
    store.save(path)
    assert set(load_file(path)) == {"encoder.w", "encoder.b"}  # each once
    opened = st.Store.open(path)
    assert list(opened) == ["encoder/w", "encoder/b", "decoder/w", "decoder/b"]
    assert opened["decoder/w"] is opened["encoder/w"]
    assert not opened["decoder/b"].array.flags.writeable and opened["encoder/w"].array.flags.writeable
    assert [opened[name].trainable for name in ("encoder/w", "encoder/b")] == [True, False]
    other = st.Store()
    other.get_many(list(opened), [(3,)] * 4)
    other.restore(path)  # four variables of their own
    assert [variable.array.sum() for variable in other.values()] == [3] * 4


def test_arrays_of_any_layout_are_saved(path: Path) -> None:
    values = np.arange(12.0).reshape(3, 4)
    store = st.Store()
    for name, array in (
        ("columns", np.asfortranarray(values)),
        ("part", values[::2, 1:3]),
        ("scalar", np.array(5.0)),
    ):
        store.put(name, array)
    store.save(path)
    found = load_file(path)
    assert np.array_equal(found["columns"], values) and np.array_equal(found["part"], values[::2, 1:3])
    assert found["scalar"].shape == () and found["scalar"] == 5.0


def test_an_empty_store(path: Path) -> None:
    st.Store().save(path)
    assert load_file(path) == {} and list(st.Store.open(path)) == []
    st.Store().restore(path)


def test_files_of_other_programs(path: Path) -> None:
    save_file({"model.layer.0.weight": np.ones((2, 2), np.float32), "bias": np.zeros(2, np.int32)}, path)
    opened = st.Store.open(path)
    assert (
        set(opened) == {"model/layer/0/weight", "bias"} and opened["model/layer"]["0/weight"].array.sum() == 4
    )
    save_file({"w": np.ones(2, np.float32)}, path, metadata={"format": "pt", "made by": "somebody"})
    assert list(st.Store.open(path)) == ["w"]


def test_a_file_that_another_program_has_changed(path: Path) -> None:
    store = st.Store()
    store.get_many(["a/b.c", "a/w"], [(1,)] * 2)
    store.save(path)
    metadata = header_of(path)["__metadata__"]
    arrays = load_file(path)
    del arrays["a.w"]
    save_file(arrays | {"new.one": np.zeros(3)}, path, metadata=metadata)
    assert list(st.Store.open(path)) == ["a/b.c", "new/one"]


@pytest.mark.parametrize("padding", range(8))
def test_numbers_at_odd_addresses(path: Path, padding: int) -> None:
    header = json.dumps({"w": entry("F64", (3,), (0, 24))}).encode() + b" " * padding
    write(path, header, np.arange(3.0).tobytes())
    array = st.Store.open(path)["w"].array
    assert array.tolist() == [0, 1, 2] and array.flags.aligned and array.ctypes.data % 8 == 0


# --- writing ----------------------------------------------------------------------------


def test_a_failed_save_leaves_the_file_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = st.Store()
    store.get("w", (2,))
    store.save(path)
    before = path.read_bytes()

    def fail(*arguments: Any, **options: Any) -> None:
        path.with_name(os.listdir(path.parent)[0]).exists()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(safetensors, "serialize_file", fail)
    with pytest.raises(OSError, match="No space"):
        store.save(path)
    monkeypatch.undo()
    assert path.read_bytes() == before and os.listdir(path.parent) == [path.name]
    with pytest.raises(OSError, match="nowhere"):
        store.save(path.parent / "nowhere" / "model")


def test_the_file_goes_to_the_disk_before_it_has_the_name(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda fd: (events.append("sync"), fsync(fd))[1])
    monkeypatch.setattr(os, "replace", lambda a, b: (events.append("rename"), replace(a, b))[1])
    st.Store().save(path)
    assert events[:2] == ["sync", "rename"]


def test_without_the_package_the_error_names_the_extra(path: Path) -> None:
    code = (
        "import sys; sys.modules['safetensors'] = None\nimport scopetrie as st\nfailed = []\n"
        "store = st.Store()\n"
        "for call in (lambda: store.save('x'), lambda: store.restore('x'), lambda: st.Store.open('x')):\n"
        "    try: call()\n    except ImportError as error: failed.append(str(error))\n"
        "print(failed)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=path.parent
    )
    assert run.stdout.count("scopetrie[checkpoints]") == 3 and os.listdir(path.parent) == []


# --- opening ----------------------------------------------------------------------------


def test_an_opened_file_is_mapped_and_private(path: Path) -> None:
    store = st.Store(seed=1)
    w = store.get("w", (64, 64))
    store.save(path)
    before = path.read_bytes()
    opened = st.Store.open(path)
    assert np.array_equal(opened["w"].array, w.array)
    assert not opened["w"].array.flags.owndata
    opened["w"].array[...] = 5
    opened["w"].assign(opened["w"].array + 1)
    assert opened["w"].array.min() == 6 and path.read_bytes() == before
    store.save(path)  # while it is open
    assert opened["w"].array.min() == 6
    opened.get("more", (2,))
    opened.save(path)  # onto itself
    assert set(load_file(path)) == {"w", "more"} and load_file(path)["w"].min() == 6


def pages() -> int:
    """How much memory of this process is really there."""
    return int(Path("/proc/self/statm").read_text().split()[1])


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux")
def test_opening_takes_the_time_of_the_header(path: Path) -> None:
    store = st.Store()
    store.put("big", np.zeros(1 << 24, np.uint8))
    store.save(path)
    before = pages()
    opened = st.Store.open(path)
    assert opened["big"].shape == (1 << 24,)
    assert (pages() - before) * mmap.PAGESIZE < 1 << 22
    assert opened["big"].array.sum() == 0 and (pages() - before) * mmap.PAGESIZE > 1 << 23


# --- what is refused --------------------------------------------------------------------

OURS = {"version": 1, "paths": ["w"]}
BAD_HEADERS: dict[str, Any] = {
    "no json": b"{" * 40,
    "a list": b"[]",
    "deep": b'{"w":' + b"[" * 5000 + b"]" * 5000 + b"}",
    "offsets beyond the end": {"w": entry(offsets=(0, 400), shape=(100,))},
    "offsets backwards": {"w": entry(offsets=(4, 0))},
    "negative offsets": {"w": entry(offsets=(-4, 0))},
    "a hole": {"w": entry(), "v": entry(offsets=(6, 10))},
    "an overlap": {"w": entry(), "v": entry(offsets=(2, 6))},
    "too few bytes": {"w": entry(shape=(2,))},
    "a shape that overflows": {"w": entry(shape=(1 << 62, 1 << 62), offsets=(0, 4))},
    "a negative size": {"w": entry(shape=(-1,), offsets=(0, 4))},
    "no dtype": {"w": {"shape": [1], "data_offsets": [0, 4]}},
    "an unknown dtype": {"w": entry(dtype="F99")},
    "metadata that is no text": {"__metadata__": {"scopetrie": 5}, "w": entry()},
    "ours is no json": {"__metadata__": {"scopetrie": "{"}, "w": entry()},
    "ours is a list": {"__metadata__": {"scopetrie": "[]"}, "w": entry()},
    "ours is deep": {"__metadata__": {"scopetrie": "[" * 100_000}, "w": entry()},
    "ours is later": {"__metadata__": {"scopetrie": json.dumps(OURS | {"version": 2})}, "w": entry()},
    "paths of numbers": {"__metadata__": {"scopetrie": json.dumps(OURS | {"paths": [1]})}, "w": entry()},
    "paths as a dict": {"__metadata__": {"scopetrie": json.dumps(OURS | {"paths": {"w": 1}})}, "w": entry()},
    "aliases of lists": {
        "__metadata__": {"scopetrie": json.dumps(OURS | {"aliases": {"v": ["w"]}})},
        "w": entry(),
    },
    "an alias of its own": {
        "__metadata__": {"scopetrie": json.dumps(OURS | {"aliases": {"w": "w"}})},
        "w": entry(),
    },
    "a wrong dtype": {
        "__metadata__": {"scopetrie": json.dumps(OURS | {"dtypes": {"w": "complex128"}})},
        "w": entry(),
    },
    "an object dtype": {
        "__metadata__": {"scopetrie": json.dumps(OURS | {"dtypes": {"w": "object"}})},
        "w": entry(),
    },
    "one name twice": {"a.b": entry(), "a/b": entry(offsets=(4, 8))},
}


@pytest.mark.parametrize("kind", BAD_HEADERS)
def test_damaged_headers_are_refused_before_anything_changes(path: Path, kind: str) -> None:
    write(path, BAD_HEADERS[kind], bytes(8 if kind in ("one name twice",) else 4))
    store = st.Store()
    store.put("w", np.ones(1, np.float32))
    for call in (store.restore, store.plan_restore, st.Store.open):
        if kind == "an object dtype" and call == store.plan_restore:
            continue
        what = "damaged" if call != st.Store.open else "model"
        with pytest.raises(
            (ValueError, ImportError), match=rf"model\.safetensors.*{what}|{what}.*safetensors"
        ):
            call(path)
    assert list(store) == ["w"] and store["w"].array[0] == 1


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 100, -1, -4])
def test_truncated_files_are_refused(path: Path, size: int) -> None:
    store = st.Store()
    store.get_many(["v", "w"], [(3,)] * 2, initializer="ones")
    store.save(path)
    content = path.read_bytes()
    path.write_bytes(content[:size])
    store["w"].array[...] = 7
    for call in (store.restore, store.plan_restore, st.Store.open):
        with pytest.raises(ValueError, match=r"model\.safetensors.*damaged"):
            call(path)
    assert store["w"].array.tolist() == [7, 7, 7] and store["v"].array.tolist() == [1, 1, 1]
    path.write_bytes(content + b"more")
    with pytest.raises(ValueError, match="damaged"):
        store.restore(path)


def test_a_bool_is_0_or_1(path: Path) -> None:
    write(path, {"a": entry("U8", (4,), (0, 4)), "w": entry("BOOL", (4,), (4, 8))}, b"\1\2\3\4\0\1\2\xff")
    store = st.Store()
    store.put("a", np.zeros(4, np.uint8)), store.put("w", np.zeros(4, bool))
    for call in (store.restore, st.Store.open):
        with pytest.raises(ValueError, match=r"model\.safetensors.*'w' is bool"):
            call(path)
    assert store["a"].array.sum() == 0  # nor anything else


def test_a_dtype_that_nobody_has(path: Path) -> None:
    write(path, {"w": entry("F8_E8M0", (4,), (0, 4)), "v": entry("F4", (8,), (4, 8))}, bytes(8))
    store = st.Store()
    store.put("w", np.zeros(4, np.uint8))
    with pytest.raises(ValueError, match=r"w is uint8\[4\], and float8_e8m0fnu\[4\] in the source"):
        store.restore(path, strict=False)
    plan = store.plan_restore(path)
    assert list(plan.mismatched) == ["w"] and plan.unexpected == ["v"]


def test_names_that_a_store_does_not_take(path: Path) -> None:
    for name in ("", "a..b", ".a", "a\n"):
        write(path, {name: entry()}, bytes(4))
        with pytest.raises(ValueError, match=r"Store\.open\(.*model\.safetensors"):
            st.Store.open(path)


@pytest.mark.parametrize("wrong", [None, 5, ["model"], object()])
def test_what_is_no_path(wrong: Any) -> None:
    store = st.Store()
    for call in (store.save, store.restore, st.Store.open):
        with pytest.raises(TypeError):
            call(wrong)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    store = st.Store()
    for call in (store.restore, store.plan_restore, st.Store.open):
        with pytest.raises(FileNotFoundError):
            call(tmp_path / "nothing")
        with pytest.raises(OSError):
            call(tmp_path)


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux")
def test_a_fork_of_what_was_opened_shares_the_file_until_one_changes(path: Path) -> None:
    filled = st.Store()
    for number, name in enumerate("abc"):
        filled.put(name, np.full(1 << 20, number, np.float32))
    filled.save(path)
    opened = st.Store.open(path)
    before = pages()
    fork = opened.fork()
    assert (pages() - before) * mmap.PAGESIZE < 1 << 20
    opened["b"].array[...] = 7
    fork["c"].assign(np.zeros(1 << 20, np.float32))
    assert [v.array[0] for v in opened.values()] == [0, 7, 2]
    assert [v.array[0] for v in fork.values()] == [0, 1, 0]
    del opened, filled
    assert fork["b"].array.sum() == 1 << 20


def test_what_lies_at_an_odd_address_is_copied(path: Path) -> None:
    write(
        path,
        {"a": entry("U8", (1,), (0, 1)), "w": entry("F32", (2,), (1, 9))},
        bytes(1) + np.float32([1, 2]).tobytes(),
    )
    opened = st.Store.open(path)
    assert opened["w"].array.tolist() == [1, 2] and opened["w"].array.flags.aligned


def test_the_store_takes_only_what_is_in_the_file() -> None:
    content, plain = np.zeros(16, np.uint8), ("w", "float32", np.dtype(np.float32), (2,), 8, 8, None)
    for wrong in [
        (*plain[:4], 12, *plain[5:]),
        (*plain[:5], 4, None),
        (*plain[:3], (3,), *plain[4:]),
        plain[:3],
    ]:
        with pytest.raises((TypeError, ValueError)):
            st.Store()._put_mapped(content, [wrong], frozenset())
    for huge in (-1, 1 << 63, 1 << 64, "1"):
        with pytest.raises((TypeError, ValueError, OverflowError)):
            st.Store()._put_mapped(content, [(*plain[:4], huge, *plain[5:])], frozenset())
    store = st.Store()
    store._put_mapped(content, [plain], frozenset("w"))
    assert store["w"].shape == (2,) and not store["w"].trainable
    with pytest.raises(ValueError, match="w already exists"):
        store._put_mapped(content, [plain], frozenset())
