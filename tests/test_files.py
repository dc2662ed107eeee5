"""Files that are written whole, or not at all."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import scopetrie as tf
from scopetrie.files import write_whole


def put(path: Path, text: str) -> None:
    with write_whole(path) as part:
        Path(part).write_text(text)


def test_the_file_appears_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("before")
    with write_whole(path) as part:
        Path(part).write_text("after")
        assert path.read_text() == "before" and Path(part).parent.parent == tmp_path
    assert path.read_text() == "after"
    assert os.listdir(tmp_path) == ["file"]


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("before")
    with pytest.raises(KeyboardInterrupt), write_whole(path) as part:
        Path(part).write_text("half")
        raise KeyboardInterrupt
    assert path.read_text() == "before" and os.listdir(tmp_path) == ["file"]
    with pytest.raises(OSError), write_whole(path) as part:  # the block has taken the file away
        os.unlink(part)
    assert path.read_text() == "before" and os.listdir(tmp_path) == ["file"]


def test_it_is_on_the_disk_before_it_has_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[str] = []
    fsync, replace = os.fsync, os.replace
    kinds = {stat.S_IFREG: "file", stat.S_IFDIR: "folder"}

    def watched_sync(descriptor: int) -> None:
        events.append("sync of a " + kinds[stat.S_IFMT(os.fstat(descriptor).st_mode)])
        fsync(descriptor)

    def watched_replace(old: str, new: str) -> None:
        events.append("rename")
        replace(old, new)

    monkeypatch.setattr(os, "fsync", watched_sync)
    monkeypatch.setattr(os, "replace", watched_replace)
    put(tmp_path / "file", "text")
    folder = ["sync of a folder"] if os.name == "posix" else []
    assert events == ["sync of a file", "rename", *folder]


def test_a_killed_process_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("before")
    code = (
        "import os, sys\nfrom scopetrie.files import write_whole\n"
        "with write_whole(sys.argv[1]) as part:\n"
        "    open(part, 'w').write('half'); os._exit(1)"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert path.read_text() == "before"
    (left,) = set(os.listdir(tmp_path)) - {"file"}
    assert left.startswith(".file.") and left.endswith(".part")
    others = [".file.part", ".file.0123456789xx.part"]
    for other in others:
        (tmp_path / other).mkdir()
    put(tmp_path / "file", "after")
    assert path.read_text() == "after"
    if os.name == "posix":
        assert sorted(os.listdir(tmp_path)) == sorted(["file", *others])


def test_what_is_being_written_is_no_leftover(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with write_whole(path) as one:
        Path(one).write_text("one")
        with write_whole(path) as other:
            Path(other).write_text("other")
        assert path.read_text() == "other"
    assert path.read_text() == "one" and os.listdir(tmp_path) == ["file"]


@pytest.mark.skipif(os.name != "posix", reason="modes and links")
def test_modes_and_links(tmp_path: Path) -> None:
    path = tmp_path / "file"
    before = os.umask(0o027)
    try:
        put(path, "text")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640  # as any file that the program writes
    (tmp_path / "link").symlink_to("file")
    put(tmp_path / "link", "through the link")
    assert path.read_text() == "through the link" and (tmp_path / "link").is_symlink()


@pytest.mark.skipif(os.name != "posix", reason="modes")
def test_the_mode_is_that_of_a_new_file_where_the_block_replaces_it(tmp_path: Path) -> None:
    with write_whole(tmp_path / "file") as part:
        private = Path(part).with_name("private")
        private.touch(0o600)
        os.replace(private, part)
    (tmp_path / "like").touch()
    assert (tmp_path / "file").stat().st_mode == (tmp_path / "like").stat().st_mode


def test_errors_name_the_file(tmp_path: Path) -> None:
    with (
        pytest.raises(FileNotFoundError, match="no_folder/file'"),
        write_whole(tmp_path / "no_folder" / "file"),
    ):
        pass
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"), write_whole(tmp_path / "folder"):
        pass
    assert os.listdir(tmp_path) == ["folder"]


@pytest.mark.parametrize(
    "write", [lambda path: tf.Store().save(path), lambda path: tf.summary.FileWriter(path).close()]
)
def test_a_path_may_be_bytes(write: Any, tmp_path: Path) -> None:
    write(os.fsencode(tmp_path / "written"))
    assert os.listdir(tmp_path) == ["written"]


def test_a_name_may_have_as_many_bytes_as_the_system_takes(tmp_path: Path) -> None:
    name = "\N{SNOWMAN}" * 80 + ".safetensors"
    tf.Store().save(tmp_path / name)
    assert os.listdir(tmp_path) == [name]


def test_a_path_that_changes_is_asked_once(tmp_path: Path) -> None:
    class Changing:
        asked = 0

        def __fspath__(self) -> str:
            self.asked += 1
            return str(tmp_path / f"at_{self.asked}")

    with write_whole(Changing()) as part:
        Path(part).write_text("whole")
    assert (tmp_path / "at_1").read_text() == "whole"
