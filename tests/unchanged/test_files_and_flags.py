"""tf.gfile, tf.app and tf.flags."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import scopetrie as tf


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_files() -> None:
    with tf.gfile.GFile("a.txt", "w") as file:
        file.write("one\n")
        file.write(b"two\n")
        file.flush()
        assert file.tell() == 8 and file.size() == 8
        with pytest.raises(tf.errors.PermissionDeniedError, match=r"^File isn't open for reading$"):
            file.read()
    file = tf.gfile.Open("a.txt")
    assert (file.name, file.mode) == ("a.txt", "r")
    assert file.readline() == "one\n" and list(file) == ["two\n"] and file.read() == ""
    file.seek(0)
    assert file.readlines() == ["one\n", "two\n"]
    with pytest.raises(tf.errors.PermissionDeniedError, match=r"^File isn't open for writing$"):
        file.write("x")
    with tf.gfile.FastGFile("a.txt", "ab") as more:
        more.write("three")
    assert tf.gfile.GFile("a.txt", "rb").read(5) == b"one\nt"
    assert tf.gfile.Stat("a.txt").length == 13 and tf.gfile.Stat(".").is_directory
    with pytest.raises(tf.errors.InvalidArgumentError, match="mode is not"):
        tf.gfile.GFile("a.txt", "x")
    missing = tf.gfile.GFile("nothing")
    with pytest.raises(tf.errors.NotFoundError, match=r"^nothing; No such file or directory$"):
        missing.read()


def test_folders() -> None:
    tf.gfile.MakeDirs("a/b")
    tf.gfile.MakeDirs("a/b")
    tf.gfile.MkDir("a/c")
    tf.gfile.MkDir("a/c")
    Path("a/b/x.txt").write_text("x")
    assert tf.gfile.IsDirectory("a/b") and not tf.gfile.IsDirectory("a/b/x.txt")
    assert tf.gfile.Exists("a/b/x.txt") and not tf.gfile.Exists("a/y")
    assert sorted(tf.gfile.ListDirectory("a")) == ["b", "c"]
    assert tf.gfile.Glob(["a/b/*", "a/?"]) == ["a/b/x.txt", "a/b", "a/c"]
    assert sorted(tf.gfile.Walk("a"))[0] == ("a", ["b", "c"], [])
    tf.gfile.Copy("a/b/x.txt", "y.txt")
    with pytest.raises(tf.errors.AlreadyExistsError, match=r"^file already exists$"):
        tf.gfile.Copy("a/b/x.txt", "y.txt")
    tf.gfile.Copy("a/b/x.txt", "y.txt", overwrite=True)
    with pytest.raises(tf.errors.AlreadyExistsError):
        tf.gfile.Rename("y.txt", "a/b/x.txt")
    tf.gfile.Rename("y.txt", "z.txt")
    tf.gfile.Remove("z.txt")
    tf.gfile.DeleteRecursively("a")
    for call in (tf.gfile.Remove, tf.gfile.DeleteRecursively, tf.gfile.ListDirectory, tf.gfile.Stat):
        with pytest.raises(tf.errors.NotFoundError):
            call("a")
    with pytest.raises(tf.errors.UnimplementedError, match=r"^File system scheme 'gs' not implemented"):
        tf.gfile.Exists("gs://bucket/x")


def outcome(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", f"import scopetrie as tf\n{code}", *arguments], capture_output=True, text=True
    )


def test_the_names_that_tensorflow_2_kept() -> None:
    files = tf.io.gfile
    with files.GFile("a", "w") as file:
        file.write("x")
    files.mkdir("d")
    files.mkdir("d")
    files.makedirs("d/e/f")
    files.copy("a", "d/b")
    with pytest.raises(tf.errors.AlreadyExistsError, match=r"^file already exists$"):
        files.copy("a", "d/b")
    files.copy("a", "d/b", overwrite=True)
    assert files.glob("d/*") == ["d/b", "d/e"] and files.glob(["a", "d/*"]) == ["a", "d/b", "d/e"]
    assert sorted(files.listdir("d")) == ["b", "e"] and files.isdir("d") and not files.isdir("a")
    down = [("d", ["e"], ["b"]), ("d/e", ["f"], []), ("d/e/f", [], [])]
    assert list(files.walk("d")) == down and list(files.walk("d", topdown=False)) == down[::-1]
    assert files.join("a", "b") == "a/b" and files.join("a", "b", "/c") == "/c"
    with pytest.raises(tf.errors.AlreadyExistsError):
        files.rename("a", "d/b")
    files.rename("a", "d/b", overwrite=True)
    assert not files.exists("a") and files.stat("d/b").length == 1
    for call in (files.remove, files.rmtree, files.stat, files.listdir):
        with pytest.raises(tf.errors.NotFoundError):
            call("missing")
    files.remove("d/b")
    files.rmtree("d")
    assert not files.exists("d")


def test_flags() -> None:
    pytest.importorskip("absl")
    code = """
f = tf.app.flags
f.DEFINE_integer("n", 3, "N.")
f.DEFINE_boolean(flag_name="on", default_value=True, docstring="On.")
f.DEFINE_enum("kind", "a", ["a", "b"], "Kind.")
F = tf.flags.FLAGS
print(F.n, F.on, F.kind, "n" in F, F["n"].value, "n" in dir(F))
F.n = 9
print(F.n, tf.flags.FLAGS is f.FLAGS)
"""
    assert outcome(code, "--n=5", "--noon", "--other").stdout == "5 False a True 5 True\n9 True\n"
    run = outcome(
        "tf.flags.DEFINE_string('s', 'x', 'S.')\n"
        "def main(argv): print(argv[1:], tf.flags.FLAGS.s); return 4\ntf.app.run(main)", "--s", "y", "left"
    )  # fmt: skip
    assert (run.stdout, run.returncode) == ("['left'] y\n", 4), run.stderr
    required = outcome(
        "tf.flags.DEFINE_string('s', None, 'S.')\ntf.flags.mark_flag_as_required('s')\ntf.app.run(print)"
    )
    assert required.returncode == 1 and "--s" in required.stderr


def test_flags_without_absl() -> None:
    run = outcome(
        """
import sys; sys.modules['absl'] = None
for call in (lambda: tf.flags.DEFINE_bool("a"), lambda: tf.app.run(print), lambda: tf.flags.FLAGS.a):
    try: call()
    except ImportError as error: print(error)
"""
    )
    assert run.stdout.count("install it, or scopetrie[tf1]") == 3, run.stderr
