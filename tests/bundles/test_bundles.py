"""TensorFlow's checkpoints: what TensorFlow 2.21 wrote is read, and what is written is the same."""

from __future__ import annotations

import random
import shutil
import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scopetrie as tf

pytest.importorskip("google.protobuf")
ml_dtypes = pytest.importorskip("ml_dtypes")
from scopetrie.bundles import Bundle, Part, message, open_bundle, parse_slice, write_bundle  # noqa: E402
from scopetrie.bundles import checksum as checksums  # noqa: E402
from scopetrie.bundles.encodings import ordered_signed, ordered_text, read_varint, varint  # noqa: E402
from scopetrie.bundles.table import read_table, table_bytes  # noqa: E402

RECORDED = Path(__file__).parents[1] / "recorded" / "checkpoints"
DTYPES = [
    *"bool int8 int16 int32 int64 uint8 uint16 uint32 uint64".split(),
    *"float16 float32 float64 complex64 complex128 bfloat16".split(),
]
INDEX, DATA = ".index", ".data-00000-of-00001"
# What may come of a damaged file.
FAULTS = (tf.errors.DataLossError, tf.errors.NotFoundError, tf.errors.UnimplementedError)


def values() -> dict[str, Any]:
    """What record.py wrote."""
    made: dict[str, Any] = {
        f"types/{name}": np.arange(6)
        .reshape(2, 3)
        .astype(getattr(ml_dtypes, name) if name == "bfloat16" else name)
        for name in DTYPES
    }
    return made | {
        "scalar": np.float32(1.5),
        "empty": np.zeros((0, 3), np.float32),
        "text": np.array([[b"a", b"bc"], [b"", b"x" * 300]], object),
        "parts/rows": np.arange(10, dtype=np.float32).reshape(5, 2),
        "parts/columns": np.arange(140, dtype=np.float32).reshape(1, 140),
        "elsewhere": np.array([5, 6], np.int32),
        "global_step": np.int64(7),
    }


def parts() -> list[Part]:
    """The same, as it is to be written."""
    cuts = {
        "parts/rows": ["5 2 0,3:0,2", "5 2 3,2:0,2"],
        "parts/columns": ["1 140 0,1:0,70", "1 140 0,1:70,70"],
    }
    made = []
    for name, array in values().items():
        array = np.asarray(array)
        if name not in cuts:
            made.append(Part(name, array))
        for text in cuts.get(name, []):
            place = parse_slice(text)
            made.append(Part(name, array[place.where], place))
    return made


@pytest.mark.parametrize("name", ["model", "sharded"])
def test_what_tensorflow_wrote_is_read(name: str) -> None:
    bundle = open_bundle(RECORDED / name)
    wanted = values()
    assert set(bundle.entries) == set(wanted)
    for key, value in wanted.items():
        entry = bundle.entries[key]
        assert (entry.shape, entry.dtype) == (value.shape, tf.as_dtype(value.dtype)), key
        found = bundle.array(key)
        assert (found.dtype, found.shape, found.tolist()) == (value.dtype, value.shape, value.tolist()), key


def test_it_is_written_as_tensorflow_writes_it(tmp_path: Path) -> None:
    in_order = sorted(parts(), key=lambda part: part.name)  # as v1's Saver has it
    write_bundle(tmp_path / "ours", in_order)
    ours, theirs = tmp_path / "ours", RECORDED / "model"
    assert Path(f"{ours}{DATA}").read_bytes() == Path(f"{theirs}{DATA}").read_bytes()
    wanted, found = (dict(read_table(Path(f"{each}{INDEX}").read_bytes())) for each in (theirs, ours))
    assert list(found) == list(wanted)
    for key in wanted:
        kind = message("BundleEntryProto" if key else "BundleHeaderProto")
        assert kind.FromString(found[key]) == kind.FromString(wanted[key]), key


def test_there_and_back(tmp_path: Path) -> None:
    write_bundle(tmp_path / "ours", reversed(parts()))
    bundle = open_bundle(tmp_path / "ours.index")
    for key, value in values().items():
        assert bundle.array(key).tolist() == value.tolist(), key
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"ours{DATA}", f"ours{INDEX}"]


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("5 2 0,3:0,2", [[0, 1], [2, 3], [4, 5]]),  # one that is stored
        ("5 2 2,2:-", [[4, 5], [6, 7]]),  # of two that are
        ("5 2 0,5:1,1", [[1], [3], [5], [7], [9]]),
        ("5 2 4,1:0,0", [[]]),
    ],
)
def test_parts_of_a_whole(tmp_path: Path, text: str, wanted: list[list[float]]) -> None:
    write_bundle(tmp_path / "whole", [Part("parts/rows", values()["parts/rows"])])
    for bundle in (Bundle(tmp_path / "whole"), Bundle(RECORDED / "model")):
        assert bundle.array("parts/rows", parse_slice(text)).tolist() == wanted
        with pytest.raises(tf.errors.DataLossError, match=r"the whole is \[5, 2\], and not \[6, 2\]"):
            bundle.array("parts/rows", parse_slice("6 2 0,3:0,2"))


def test_many_variables_take_several_blocks(tmp_path: Path) -> None:
    names = [f"scope_{i // 7}/variable_{i}" for i in range(5000)]
    write_bundle(tmp_path / "many", (Part(name, np.int32(i)) for i, name in enumerate(names)))
    bundle = open_bundle(tmp_path / "many")
    assert list(bundle.entries) == sorted(names)
    assert all(bundle.array(name) == i for i, name in enumerate(names))


def test_what_cannot_be_written(tmp_path: Path) -> None:
    one = np.float32(1)
    for wrong, fault in (
        ([Part("a", one), Part("a", one)], "'a' would be written twice"),
        ([Part("", one)], "no variable of a checkpoint can be called ''"),
        (
            [Part("a", np.zeros(2), parse_slice("4 0,2")), Part("a", np.zeros(2), parse_slice("5 2,2"))],
            "parts of 'a'",
        ),
    ):
        with pytest.raises(ValueError, match=fault):
            write_bundle(tmp_path / "wrong", wrong)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "4", "4 5,1", "4 -1,2", "4 2,-1", "4 0,2:0,2", "x 0,2", "4 0;2"])
def test_texts_that_are_no_slices(text: str) -> None:
    with pytest.raises(ValueError):
        parse_slice(text)


def test_names_that_sort(tmp_path: Path) -> None:
    numbers = [*range(-200, 200), -(1 << 63), (1 << 63) - 1, 8191, 8192, -8192, -8193, 1 << 40]
    assert [ordered_signed(each) for each in sorted(numbers)] == sorted(map(ordered_signed, numbers))
    texts = [b"a", b"a\x00", b"a\x00b", b"a\xff", b"ab", b"", b"\x00", b"\xff\x00"]
    assert [ordered_text(each) for each in sorted(texts)] == sorted(map(ordered_text, texts))
    for number in (0, 127, 128, 1 << 35, (1 << 64) - 1):
        assert read_varint(varint(number), 0) == (number, len(varint(number)))


def test_checksums_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    data = np.random.default_rng(0).integers(0, 256, 300_000).astype(np.uint8)
    sizes = [0, 1, 1000, 1024, 2047, 2048, 5000, 300_000]
    monkeypatch.setattr(checksums, "_library", lambda: None)
    alone = [checksums.crc32c(data[:size], before) for size in sizes for before in (0, 77)]
    assert checksums.crc32c(b"123456789") == 0xE3069283  # as RFC 3720 has it
    assert checksums.crc32c(bytes(32)) == 0x8A9136AA
    monkeypatch.undo()
    if checksums._library() is not None:
        assert alone == [checksums.crc32c(data[:size], before) for size in sizes for before in (0, 77)]


# --- what is refused --------------------------------------------------------------------


def compressed(content: bytes, claimed: int | None = None) -> bytes:
    """A table whose blocks are compressed by snappy."""
    cramjam = pytest.importorskip("cramjam")

    def block(data: bytes) -> bytes:
        packed = bytes(cramjam.snappy.compress_raw(data))
        if claimed is not None:
            _, at = read_varint(packed, 0)
            packed = varint(claimed) + packed[at:]
        body = packed + b"\x01"
        return body + struct.pack("<I", checksums.masked(checksums.crc32c(body)))

    entries = list(read_table(content))
    plain = table_bytes(entries)
    places = list(read_footer(plain))
    data = plain[places[1][0] :][: places[1][1]]
    (key_size,) = data[1:2]
    first = data[3 + key_size :]
    begin, at = read_varint(first, 0)
    size, _ = read_varint(first, at)
    packed = block(plain[begin : begin + size])
    # One block of entries: the index names it by the same key.
    handle = varint(0) + varint(len(packed) - 5)
    body = bytes([0, key_size, len(handle)]) + data[3 : 3 + key_size] + handle + struct.pack("<II", 0, 1)
    second = block_plain(body)
    footer = varint(len(packed)) + varint(0) + varint(len(packed)) + varint(len(body))
    return packed + second + footer.ljust(40, b"\x00") + plain[-8:]


def block_plain(body: bytes) -> bytes:
    return body + b"\x00" + struct.pack("<I", checksums.masked(checksums.crc32c(body + b"\x00")))


def read_footer(table: bytes) -> list[tuple[int, int]]:
    footer, at, found = table[-48:], 0, []
    for _ in range(2):
        begin, at = read_varint(footer, at)
        size, at = read_varint(footer, at)
        found.append((begin, size))
    return found


def test_an_index_that_is_compressed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for ending in (INDEX, DATA):
        shutil.copy(RECORDED / f"model{ending}", tmp_path)
    index = tmp_path / f"model{INDEX}"
    plain = index.read_bytes()
    index.write_bytes(compressed(plain))
    assert open_bundle(tmp_path / "model").array("global_step") == 7
    index.write_bytes(compressed(plain, claimed=1 << 50))
    with pytest.raises(tf.errors.DataLossError, match="longer than its compressed form can be"):
        open_bundle(tmp_path / "model")
    index.write_bytes(compressed(plain, claimed=3000))
    with pytest.raises(tf.errors.DataLossError, match="cannot be decompressed"):
        open_bundle(tmp_path / "model")
    index.write_bytes(compressed(plain))
    monkeypatch.setitem(__import__("sys").modules, "cramjam", None)
    with pytest.raises(ImportError, match="install the package cramjam"):
        open_bundle(tmp_path / "model")


def read_all(name: Path) -> list[str]:
    """Reads all that can be read; returns what was refused."""
    refused = []
    try:
        bundle = open_bundle(name)
    except FAULTS as error:
        return [str(error)]
    for key in bundle.entries:
        try:
            bundle.array(key)
        except FAULTS as error:
            refused.append(str(error))
    return refused


def flipped(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content))
    return content[:at] + bytes([content[at] ^ 1 << chance.randrange(8)]) + content[at + 1 :]


def cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))]


def moved(content: bytes, chance: random.Random) -> bytes:
    at, size, to = (chance.randrange(len(content)) for _ in range(3))
    return content[:to] + content[at : at + size % 64] + content[to:]


@pytest.mark.parametrize("ending", [INDEX, DATA])
@pytest.mark.parametrize("change", [flipped, cut, moved])
def test_every_change_of_a_file_is_noticed(
    tmp_path: Path, ending: str, change: Callable[[bytes, random.Random], bytes]
) -> None:
    for each in (INDEX, DATA):
        shutil.copy(RECORDED / f"model{each}", tmp_path)
    path, chance = tmp_path / f"model{ending}", random.Random(0)
    content = path.read_bytes()
    for _ in range(40):
        changed = change(content, chance)
        path.write_bytes(changed)
        # What is put behind the elements is nobody's, as is a change between the blocks of the index.
        assert (
            read_all(tmp_path / "model")
            or ending == DATA
            or list(read_table(changed)) == list(read_table(content))
        )


def test_entries_of_malice_are_refused_without_memory_for_them(tmp_path: Path) -> None:
    """Checksums are no help here: the index is written anew after each change."""
    for each in (INDEX, DATA):
        shutil.copy(RECORDED / f"model{each}", tmp_path)
    path, chance = tmp_path / f"model{INDEX}", random.Random(1)
    entries = list(read_table(path.read_bytes()))
    numbers = [0, 1, -1, 2, 7, 100, 101, 1 << 31, (1 << 31) - 1, (1 << 63) - 1, -(1 << 63), 1 << 40]
    kind = message("BundleEntryProto")
    tracemalloc.start()
    refused = 0
    try:
        for _ in range(300):
            at = chance.randrange(1, len(entries))
            key, value = entries[at]
            entry = kind.FromString(value)
            field = chance.choice(["dtype", "shard_id", "offset", "size", "shape", "more", "slices", "bytes"])
            if field in ("dtype", "shard_id"):
                setattr(entry, field, max(-(1 << 31), min(chance.choice(numbers), (1 << 31) - 1)))
            elif field in ("offset", "size"):
                setattr(entry, field, chance.choice(numbers))
            elif field == "shape" and entry.shape.dim:
                chance.choice(entry.shape.dim).size = chance.choice(numbers)
            elif field == "more":
                for _ in range(chance.choice([1, 3, 70])):
                    entry.shape.dim.add(size=chance.choice(numbers))
            elif field == "slices":
                part = entry.slices.add()
                for _ in range(chance.choice([0, 2, 2, 2, 3])):
                    part.extent.add(start=chance.choice(numbers), length=chance.choice(numbers))
            made = entry.SerializeToString()
            if field == "bytes" and made:
                made = flipped(made, chance)
            path.write_bytes(table_bytes([*entries[:at], (key, made), *entries[at + 1 :]]))
            tracemalloc.reset_peak()
            refused += bool(read_all(tmp_path / "model"))
            assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()
    assert refused > 200


def test_keys_that_would_fill_the_memory() -> None:
    """Each key shares almost all of the one before it."""
    block = bytearray()
    long = b"x" * 20_000
    block += varint(0) + varint(len(long)) + varint(0) + long
    for number in range(20_000):
        block += varint(len(long)) + varint(3) + varint(0) + number.to_bytes(3, "big")
    body = bytes(block) + struct.pack("<II", 0, 1)
    handle = varint(0) + varint(len(body))
    index = varint(0) + varint(1) + varint(len(handle)) + b"z" + handle + struct.pack("<II", 0, 1)
    data = block_plain(body)
    footer = varint(0) + varint(0) + varint(len(data)) + varint(len(index))
    table = data + block_plain(index) + footer.ljust(40, b"\x00") + table_bytes([])[-8:]
    with pytest.raises(ValueError, match="longer than a file of its size can have"):
        list(read_table(table))


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(
        tf.errors.NotFoundError, match=r"^Unsuccessful TensorSliceReader constructor: Failed to find"
    ):
        open_bundle(tmp_path / "nothing")
    shutil.copy(RECORDED / f"model{INDEX}", tmp_path)
    with pytest.raises(tf.errors.NotFoundError, match=r"model\.data-00000-of-00001; No such file"):
        open_bundle(tmp_path / "model").array("scalar")
    with pytest.raises(tf.errors.NotFoundError, match=r"^Key nope not found in checkpoint$"):
        open_bundle(RECORDED / "model").array("nope")


def test_a_checkpoint_of_format_v1(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(table_bytes([(b"", b"")]))
    with pytest.raises(tf.errors.UnimplementedError, match="of format V1"):
        open_bundle(tmp_path / "old")
