"""Errors of the operating system: every call of a file gives v1's class, as TensorFlow 2.21 does."""

from __future__ import annotations

import errno
import json
import sys
from pathlib import Path

import pytest
import scopetrie as tf

sys.path.insert(0, str(Path(__file__).parent))

from recorded.file_errors import RECORDED, calls, outcome
from scopetrie.file_errors import errors_of_files

CASES: dict[str, list[str]] = json.loads(RECORDED.read_text(encoding="utf-8"))
# What is wanted otherwise: TensorFlow blames the copy for what it is a copy of, takes a folder for a damaged
# checkpoint, and says nothing of a record whose first bytes alone are left.
TRUNCATED = ["DataLossError", "truncated record at 0"]
WANTED = {
    "Copy from F/folder": ["FailedPreconditionError", "F/folder", "Is a directory"],
    "Saver.restore F/folder": ["ValueError", "The passed save_path is not a valid checkpoint: F/folder"],
    "TFRecordDataset F/file": TRUNCATED,
    "tf_record_iterator F/file": TRUNCATED,
}
CALLS = calls(tf)


def same(ours: list[str], theirs: list[str]) -> bool:
    """Whether class and words are the same; TensorFlow names the file that it renames at the end."""
    if len(theirs) == 3:
        return len(ours) == 3 and ours[::2] == theirs[::2] and theirs[1].startswith(ours[1])
    words = "" if "Graph execution error:" in theirs else theirs[-1].split(":")[0]
    return ours[0] == theirs[0] and ours[-1].startswith(words)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="recorded on Linux")
@pytest.mark.parametrize("call", CALLS)
def test_each_call_gives_v1s_error(call: str) -> None:
    found = {key: outcome(CALLS[call], key.split()[-1]) for key in CASES if key.startswith(f"{call} ")}
    assert len(found) >= 8
    wanted = {key: WANTED.get(key, CASES[key]) for key in found}
    assert not {key: (each, wanted[key]) for key, each in found.items() if not same(each, wanted[key])}


# TensorFlow's classes where a test would need a file system of its own, another user or no descriptors.
@pytest.mark.parametrize(
    "number, expected",
    [
        (errno.EROFS, tf.errors.PermissionDeniedError),
        (errno.EPERM, tf.errors.PermissionDeniedError),
        (errno.ENOTEMPTY, tf.errors.FailedPreconditionError),
        (errno.EXDEV, tf.errors.UnimplementedError),
        (errno.EMFILE, tf.errors.ResourceExhaustedError),
        (errno.EFBIG, tf.errors.OutOfRangeError),
        (errno.EIO, tf.errors.UnknownError),
    ],
)
def test_the_class_of_a_number(number: int, expected: type[tf.errors.OpError]) -> None:
    with pytest.raises(expected, match=r"^a file; ") as caught, errors_of_files("a file"):
        raise OSError(number, "its words")
    assert type(caught.value) is expected


def test_an_error_without_a_number_stays() -> None:
    with pytest.raises(OSError, match=r"^not a gzipped file$"), errors_of_files("a file"):
        raise OSError("not a gzipped file")


def test_a_file_that_cannot_be_written_is_closed() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    file = tf.gfile.GFile("/dev/full", "w")
    file.write("text")
    with pytest.raises(tf.errors.ResourceExhaustedError):
        file.close()
    file.close()  # nothing is left to be written
