"""v1's calls of files, with paths at which each fails, and how TensorFlow 2.21 does (file_errors.json).

`TF_USE_LEGACY_KERAS=1 python tests/recorded/file_errors.py`, on Linux with TensorFlow, records them anew.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

_WORDS = re.compile(r"(?:^|\s)(\S+); ([A-Z][A-Za-z ]+)(?=$|\n|:)")
RECORDED = Path(__file__).with_suffix(".json")
PATHS = [
    "F/x",
    "F/none/x",
    "F/file/x",
    "F/file",
    "F/folder",
    "F/loop/x",
    "F/" + 300 * "a",
    "F/denied/x",
    "/dev/full",
]


# What neither reads the device to its end, which it has not, nor takes it away.
WRITING = {"GFile.write", "GFile.append", "MkDir", "write_file", "TFRecordWriter"}


def make_files(folder: Path) -> None:
    """Makes what the paths mean, where F is the folder."""
    (folder / "folder").mkdir()
    (folder / "folder" / "inner").write_text("text")
    (folder / "file").write_text("text")
    (folder / "other").write_text("text")
    (folder / "loop").symlink_to("loop")
    (folder / "denied").mkdir(mode=0)


@contextlib.contextmanager
def _as_nobody(really: bool) -> Iterator[None]:
    """Lets a block run without root's rights."""
    if not really or os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def calls(tf: Any) -> dict[str, Callable[[str], Any]]:
    """What is called with each path."""

    def read(path: str) -> Any:
        return tf.gfile.GFile(path).read()

    def put(path: str, mode: str) -> None:
        with tf.gfile.GFile(path, mode) as file:
            file.write("text")

    def run(make: Callable[[], Any]) -> Any:
        with tf.Graph().as_default(), tf.Session() as session:
            return session.run(make())

    def elements(dataset: Callable[[], Any]) -> Any:
        return run(lambda: tf.data.make_one_shot_iterator(dataset()).get_next())

    def written(path: str) -> None:
        with tf.python_io.TFRecordWriter(path) as writer:
            writer.write(b"text")

    def saver(path: str, call: str) -> Any:
        with tf.Graph().as_default(), tf.Session() as session:
            tf.get_variable("v", [], use_resource=False)
            session.run(tf.global_variables_initializer())
            return getattr(tf.train.Saver(), call)(session, path)

    def reader(path: str, kind: Callable[[], Any]) -> Any:
        with tf.Graph().as_default(), tf.Session() as session:
            queue = tf.FIFOQueue(1, tf.string, [[]])
            session.run([queue.enqueue(path)])
            return session.run(kind().read(queue))

    files = tf.gfile
    return {
        "GFile.read": read,
        "GFile.write": lambda path: put(path, "w"),
        "GFile.append": lambda path: put(path, "a"),
        "GFile.size": lambda path: files.GFile(path).size(),
        "ListDirectory": files.ListDirectory,
        "MkDir": files.MkDir,
        "MakeDirs": files.MakeDirs,
        "Remove": files.Remove,
        "DeleteRecursively": files.DeleteRecursively,
        "Copy from": lambda path: files.Copy(path, "F/copied"),
        "Copy to": lambda path: files.Copy("F/other", path),
        "Copy over": lambda path: files.Copy("F/other", path, overwrite=True),
        "Rename from": lambda path: files.Rename(path, "F/renamed"),
        "Rename to": lambda path: files.Rename("F/other", path),
        "Rename over": lambda path: files.Rename("F/other", path, overwrite=True),
        "Stat": lambda path: files.Stat(path).length,
        "Exists": files.Exists,
        "IsDirectory": files.IsDirectory,
        "Glob": files.Glob,
        "Saver.save": lambda path: saver(path, "save"),
        "Saver.restore": lambda path: saver(path, "restore"),
        "update_checkpoint_state": lambda path: tf.train.update_checkpoint_state(path, "ckpt"),
        "latest_checkpoint": tf.train.latest_checkpoint,
        "write_graph": lambda path: tf.train.write_graph(tf.Graph(), os.path.dirname(path), "x"),
        "export_meta_graph": lambda path: tf.train.export_meta_graph(path, graph=tf.Graph()),
        "import_meta_graph": tf.train.import_meta_graph,
        "FileWriter": lambda path: tf.summary.FileWriter(path).close(),
        "TextLineDataset": lambda path: elements(lambda: tf.data.TextLineDataset(path)),
        "FixedLengthRecordDataset": lambda path: elements(lambda: tf.data.FixedLengthRecordDataset(path, 2)),
        "TFRecordDataset": lambda path: elements(lambda: tf.data.TFRecordDataset(path)),
        "TextLineReader": lambda path: reader(path, tf.TextLineReader),
        "WholeFileReader": lambda path: reader(path, tf.WholeFileReader),
        "tf_record_iterator": lambda path: list(tf.python_io.tf_record_iterator(path)),
        "read_file": lambda path: run(lambda: tf.read_file(path)),
        "write_file": lambda path: run(lambda: tf.write_file(path, "text")),
        "matching_files": lambda path: run(lambda: tf.matching_files(path)),
        "TFRecordWriter": written,
    }


def outcome(call: Callable[[str], Any], path: str) -> list[str]:
    """What a call among new files gives: "returns", or the error's class and what it says."""
    before = os.getcwd()
    with tempfile.TemporaryDirectory(prefix="files") as made:
        os.chmod(made, 0o777)
        folder = Path(made) / "F"
        folder.mkdir()
        folder.chmod(0o777)
        os.chdir(made)
        try:
            make_files(folder)
            with _as_nobody("denied" in path):
                call(path)
        except Exception as error:
            text = str(error).replace(made + "/", "")
            words = next(
                _WORDS.finditer(text), None
            )  # of the system; an error of a node says them further down
            return [type(error).__name__, *(words.groups() if words else [text.split("\n")[0]])]
        finally:
            os.chdir(before)
            (folder / "denied").chmod(0o777)
    return ["returns"]


def main() -> None:
    """Records."""
    import tensorflow.compat.v1 as tf

    tf.disable_v2_behavior()
    found = {}
    for name, call in calls(tf).items():
        for path in PATHS:
            if path != "/dev/full" or name in WRITING:
                found[f"{name} {path}"] = outcome(call, path)
    lines = (
        "{\n" + ",\n".join(f"{json.dumps(key)}: {json.dumps(each)}" for key, each in found.items()) + "\n}\n"
    )
    RECORDED.write_text(lines, encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    main()
