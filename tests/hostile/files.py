"""Files and messages that are damaged or made up, for everything that reads some.

A sample of each kind is written, changed at random, and read. A message of protobuf is changed field by
field, and a checkpoint's index below its checksums, so that what is behind them is reached, too. Run as a
program, this plays the cases from FIRST on, writes the number of each to FILE before it begins, and what went
wrong to stdout:

    python -m hostile.files FILE FIRST LAST
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import mmap
import os
import resource
import signal
import sys
import tempfile
import warnings
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import scopetrie as tf
from graph_states import contents
from hostile.changes import Random, change_message, changed, changed_json
from scopetrie.bundles.messages import message
from scopetrie.bundles.table import read_table, table_bytes

SIZE = 100  # of FILE
SECONDS = 5  # that a case may take
ROOM = 1 << 30  # bytes that it may allocate
RECORDED = Path(__file__).parents[1] / "saved_graphs" / "control_flow.json"


# What is read ----------------------------------------------------------------------------------------------


def _graph(r: Random) -> Any:
    """A graph with one of most things, as a GraphDef; its collections as a MetaGraphDef."""
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 4], name="x")
        v = tf.get_variable("v", [4, 3])
        y = tf.nn.relu(tf.matmul(x, v), name="y")
        what = r.randrange(5)
        if what == 0:
            tf.cond(tf.reduce_sum(y) > 1.0, lambda: y + 1.0, lambda: y - 1.0)
        elif what == 1:
            tf.while_loop(lambda i, z: i < 3, lambda i, z: (i + 1, z * 2.0), [0, y])
        elif what == 2:
            tf.gradients(tf.reduce_mean(tf.concat([y, tf.split(y, 3, 1)[0]], 1)), [v])
            tf.nn.conv2d(tf.ones([1, 4, 4, 2]), tf.ones([2, 2, 2, 3]), [1, 1, 1, 1], "SAME")
        elif what == 3:
            tf.strided_slice(y, [0, 1], [2, 3], [1, 1], shrink_axis_mask=1)
            tf.constant(["a", "b"])
            tf.reshape(tf.one_hot([1, 2], 3), [-1, 2])
            with tf.control_dependencies([y]), tf.device("/cpu:0"):
                tf.random_normal([2, 2], seed=1)
        else:
            tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(y))
            tf.train.Saver()
        return tf.train.export_meta_graph(graph=graph)


def _of_tensorflow(r: Random) -> Any:
    """A graph with branches and loops as TensorFlow writes them: functions, or Switch and Merge."""
    made = tf.MetaGraphDef()
    text = r.choice([each["graph"] for each in json.loads(RECORDED.read_text()).values()])
    made.graph_def.ParseFromString(zlib.decompress(base64.b64decode(text)))
    return made


def _imports(r: Random, folder: str) -> None:
    is_meta = r.random() < 0.4
    found = _graph(r) if is_meta or r.random() < 0.6 else _of_tensorflow(r)
    change_message(found if is_meta else found.graph_def, r)
    before = contents()
    prefix = r.choice(["", "import"])
    try:
        if is_meta:
            tf.train.import_meta_graph(found, import_scope=prefix)
        else:
            tf.import_graph_def(found.graph_def, name=prefix)
    except BaseException as error:
        assert contents() == before, "the import has left something"
        is_saver = is_meta and "Variable to save is not a Variable" in str(error)
        is_mine = isinstance(error, (ValueError, MemoryError, tf.errors.NotFoundError)) or is_saver
        assert is_mine, f"import: {error!r}"
        raise
    _runs(r, f"{prefix}/x:0".lstrip("/"))


def _runs(r: Random, name: str) -> None:
    """Reads and runs what an import has made: it may be no graph that computes anything."""
    graph = tf.get_default_graph()
    graph.as_graph_def()
    outputs = [op.outputs[0] for op in graph.get_operations() if op.outputs]
    if not outputs:
        return
    with tf.Session(graph=graph) as session:
        with contextlib.suppress(tf.errors.OpError):
            session.run(tf.global_variables_initializer())
        feeds = {name: np.ones((2, 4))} if _has(graph, name) else {}
        try:
            session.run(r.choice(outputs), feeds)
        except Exception as error:
            is_fed = "Cannot feed value" in str(error) or "may not be fed" in str(error)
            assert isinstance(error, tf.errors.OpError) or is_fed, f"run: {error!r}"


def _has(graph: Any, name: str) -> bool:
    with contextlib.suppress(KeyError, ValueError):
        return bool(graph.get_tensor_by_name(name).dtype == tf.float32)
    return False


def _meta_graph_file(r: Random, folder: str) -> None:
    path = os.path.join(folder, "g.meta")
    with open(path, "wb") as file:
        file.write(changed(_graph(r).SerializeToString(), r))
    before = contents()
    try:
        tf.train.import_meta_graph(path)
    except BaseException:
        assert contents() == before, "the import has left something"
        raise


def _store() -> Any:
    store = tf.Store(seed=1)
    store.put("a/w", np.arange(6, dtype=np.float32).reshape(2, 3))
    store.put("a/b", np.ones(3, np.int64))
    store.put("c", np.array([True, False]))
    return store


def _reads_store(path: str) -> None:
    """All ways in which a store reads a file; a store into which it fails to be read stays as it was."""
    errors: list[BaseException] = []

    def restored() -> None:
        store = _store()
        before = {key: np.array(each) for key, each in store.items()}
        try:
            store.restore(path)
        except BaseException:
            assert all((np.array(store[key]) == value).all() for key, value in before.items()), (
                "half restored"
            )
            assert list(before) == list(store.keys()), "something is left"
            raise

    def opened() -> None:
        for each in tf.Store.open(path).values():
            np.array(each)

    def planned() -> None:
        str(_store().plan_restore(path, strict=False))

    for call in (opened, planned, restored):
        try:
            call()
        except BaseException as error:
            errors.append(error)
            if not is_known(error):
                raise
    if errors:
        raise errors[0]


def _safetensors(r: Random, folder: str) -> None:
    path = os.path.join(folder, "s.safetensors")
    _store().save(path)
    if r.random() < 0.3:
        _change_file(path, r)
    else:
        with open(path, "rb") as file:
            data = file.read()
        size = int.from_bytes(data[:8], "little")
        header = changed_json(json.loads(data[8 : 8 + size]), r).encode()
        with open(path, "wb") as file:
            file.write(len(header).to_bytes(8, "little") + header + data[8 + size :])
    _reads_store(path)


def _npz(r: Random, folder: str) -> None:
    path = os.path.join(folder, "s.npz")
    save = np.savez if r.random() < 0.5 else np.savez_compressed
    save(
        path,
        **{"a/w": np.zeros((2, 3), np.float32), "a/b": np.ones(3, np.int64), "c": np.array([True, False])},
    )
    if r.random() < 0.4:
        _change_file(path, r)
    else:  # behind the zip's checksums
        with zipfile.ZipFile(path) as content:
            members = [(name, content.read(name)) for name in content.namelist()]
        at = r.randrange(len(members))
        name, data = members[at]
        end = 10 + int.from_bytes(data[8:10], "little")
        header = data[10:end].decode("latin1")
        parts = [("(2, 3)", "(1099511627776, 1099511627776)"), ("(2, 3)", "(-2, -3)"), ("(3,)", "(True,)"),
                 ("'<f4'", "'|O'"), ("'<i8'", "'<M8[ns]'"), ("'<f4'", "'<U3'"), ("False", "True"),
                 ("'<i8'", "[('a', '<i8')]"), ("(3,)", "(" * 5000), ("'<f4'", "'<f8'"), ("(2,)", "()"),
                 ("'|b1'", "'|u1'"), ("{", "[{"), ("'descr'", "'other'"), ("(2,)", "(2**9**9,)"),
                 ("(3,)", "3")]  # fmt: skip
        for old, new in r.sample(parts, 6):
            header = header.replace(old, new)
        if r.random() < 0.7:
            begin = data[:8] + len(header.encode("latin1")).to_bytes(2, "little") + header.encode("latin1")
            members[at] = (name, begin + data[end:])
        else:
            members[at] = (r.choice([name, "x", "../a.npy", "a//b.npy", ".npy"]), changed(data, r))
        with warnings.catch_warnings(), zipfile.ZipFile(path, "w") as content:
            for name, data in members:
                content.writestr(name, data)
    _reads_store(path)


def _change_file(path: str, r: Random) -> None:
    with open(path, "rb") as file:
        data = file.read()
    with open(path, "wb") as file:
        file.write(changed(data, r))


def _checkpoint(r: Random, folder: str) -> None:
    path = os.path.join(folder, "ckpt")
    with tf.Graph().as_default(), tf.Session() as session:
        tf.get_variable("a/w", [2, 3])
        tf.get_variable("a/b", [3], tf.int64, initializer=tf.ones_initializer())
        tf.get_variable("p", [5], partitioner=tf.fixed_size_partitioner(2))
        if r.random() < 0.3:
            tf.get_variable("t", initializer=tf.constant(["x", "yz"]))
        session.run(tf.global_variables_initializer())
        saver = tf.train.Saver()
        saver.save(session, path, write_meta_graph=False)
        before = session.run(tf.global_variables())
        index = path + ".index"
        if r.random() < 0.3:
            _change_file(r.choice([index, path + ".data-00000-of-00001"]), r)
        else:  # below the checksums of the table
            with open(index, "rb") as file:
                entries = list(read_table(file.read()))
            at = r.randrange(len(entries))
            key, value = entries[at]
            kind = message("BundleEntryProto" if key else "BundleHeaderProto")
            if r.random() < 0.7:
                found = kind.FromString(value)
                change_message(found, r)
                value = found.SerializeToString()
            elif r.random() < 0.5:
                key = changed(key, r)
            else:
                value = changed(value, r)
            entries[at] = (key, value)
            with open(index, "wb") as file:
                file.write(table_bytes(sorted(entries)))
        errors: list[BaseException] = []

        def restored() -> None:
            try:
                saver.restore(session, path)
            except BaseException:
                now = session.run(tf.global_variables())
                assert all((a == b).all() for a, b in zip(before, now, strict=True)), "half restored"
                raise

        def listed() -> None:
            for name, _ in tf.train.list_variables(path):
                tf.train.load_variable(path, name)

        for call in (restored, listed, lambda: _reads_store(path)):
            try:
                call()
            except BaseException as error:
                errors.append(error)
                if not is_known(error):
                    raise
    if errors:
        raise errors[0]


def _checkpoint_state(r: Random, folder: str) -> None:
    path = os.path.join(folder, "checkpoint")
    with open(path, "wb") as file:
        file.write(b'model_checkpoint_path: "ckpt-2"\nall_model_checkpoint_paths: "ckpt-1"\nlast: 3\n')
    _change_file(path, r)
    tf.train.latest_checkpoint(folder)
    tf.train.get_checkpoint_state(folder)


def _records(r: Random, folder: str) -> None:
    path = os.path.join(folder, "r.tfrecord")
    kind = r.choice(["", "GZIP", "ZLIB"])
    options = tf.io.TFRecordOptions(kind) if kind else None
    with tf.io.TFRecordWriter(path, options) as writer:
        for size in (0, 3, 50):
            writer.write(b"x" * size)
    _change_file(path, r)
    errors: list[BaseException] = []
    for read in (
        lambda: list(tf.io.tf_record_iterator(path, options)),
        lambda: _elements(tf.data.TFRecordDataset(path, kind or None)),
    ):
        try:
            read()
        except Exception as error:
            errors.append(error)
    if errors:
        raise errors[0]


def _elements(dataset: Any) -> None:
    element = tf.data.make_one_shot_iterator(dataset).get_next()
    with tf.Session() as session:
        for _ in range(20):
            try:
                session.run(element)
            except tf.errors.OutOfRangeError:
                return


FEATURES = {
    "i": lambda: tf.io.FixedLenFeature([2], tf.int64),
    "f": lambda: tf.io.VarLenFeature(tf.float32),
    "s": lambda: tf.io.FixedLenSequenceFeature([], tf.string, allow_missing=True),
    "d": lambda: tf.io.FixedLenFeature([], tf.float32, default_value=0.0),
    "n": lambda: tf.io.SparseFeature("k", "f", tf.float32, 9),
}


def _examples(r: Random, folder: str) -> None:
    feature = tf.train.Feature
    given = {
        "i": feature(int64_list=tf.train.Int64List(value=[1, 2])),
        "k": feature(int64_list=tf.train.Int64List(value=[1, 5, 8])),
        "f": feature(float_list=tf.train.FloatList(value=[1.0, 2.0, 3.0])),
        "s": feature(bytes_list=tf.train.BytesList(value=[b"a", b"bc"])),
    }
    found = tf.train.Example(features=tf.train.Features(feature=given))
    if r.random() < 0.5:
        change_message(found, r)
        data = found.SerializeToString()
    else:
        data = changed(found.SerializeToString(), r)
    with tf.Session() as session:
        names = r.sample(list(FEATURES), 3)
        wanted = {name: FEATURES[name]() for name in names}
        if r.random() < 0.5:
            session.run(tf.io.parse_example([data, data], wanted))
        else:
            session.run(tf.io.parse_single_example(data, wanted))


def _sequences(r: Random, folder: str) -> None:
    row = tf.train.Feature(int64_list=tf.train.Int64List(value=[1, 2]))
    found = tf.train.SequenceExample(
        context=tf.train.Features(feature={"i": row}),
        feature_lists=tf.train.FeatureLists(feature_list={"l": tf.train.FeatureList(feature=[row, row])}),
    )
    change_message(found, r)
    data = found.SerializeToString()
    data = data if r.random() < 0.5 else changed(data, r)
    lists = {"l": r.choice([tf.io.FixedLenSequenceFeature([2], tf.int64), tf.io.VarLenFeature(tf.int64)])}
    with tf.Session() as session:
        context = {"i": tf.io.FixedLenFeature([2], tf.int64)}
        session.run(tf.io.parse_single_sequence_example(data, context, lists))


def _texts(r: Random, folder: str) -> None:
    """What ops decode: numbers, lines, base64, tensors."""
    ops: dict[str, tuple[bytes, Callable[[Any], Any]]] = {
        "csv": (b'1,2.5,"a ""b"" c"', lambda data: tf.io.decode_csv(data, [[1], [1.0], [""]])),
        "raw": (b"\x00\x01\x02\x03" * 4, lambda data: tf.io.decode_raw(data, tf.float32)),
        "base64": (b"aGVsbG8_d29ybGQ", tf.io.decode_base64),
        "number": (b" 1e5", lambda data: tf.strings.to_number(data)),
    }
    data, call = ops[r.choice(list(ops))]
    with tf.Session() as session:
        session.run(call(changed(data, r)))


def _images(r: Random, folder: str) -> None:
    pixels = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    with tf.Session() as session:
        kind = r.choice(["png", "jpeg", "gif", "bmp"])
        if kind in ("png", "jpeg"):
            encode = tf.image.encode_png if kind == "png" else tf.image.encode_jpeg
            data = session.run(encode(pixels))
        else:
            from PIL import Image

            out = io.BytesIO()
            Image.fromarray(pixels).save(out, kind)
            data = out.getvalue()
        session.run(tf.image.decode_image(changed(data, r)))


KINDS: dict[str, Callable[[Random, str], None]] = {
    "import": _imports,
    "import again": _imports,
    "file of a meta graph": _meta_graph_file,
    "safetensors": _safetensors,
    "npz": _npz,
    "checkpoint": _checkpoint,
    "checkpoint state": _checkpoint_state,
    "records": _records,
    "examples": _examples,
    "sequences": _sequences,
    "texts": _texts,
    "images": _images,
}


def is_known(error: BaseException) -> bool:
    """Whether an error is of a class that is told of what comes from outside."""
    return isinstance(error, (tf.errors.OpError, ValueError, OSError)) or type(error) in (
        TypeError,
        KeyError,
        ImportError,
    )


class TooLong(BaseException):
    """A case takes longer than it may."""


def _end(*_: Any) -> None:
    raise TooLong


def play(number: int) -> str:
    """Plays one case; what went wrong, or nothing."""
    kind = list(KINDS)[number % len(KINDS)]
    signal.signal(signal.SIGALRM, _end)
    signal.alarm(SECONDS)
    wrong = ""
    try:
        with tempfile.TemporaryDirectory() as folder, tf.Graph().as_default():
            KINDS[kind](Random(number), folder)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        if not is_known(error):
            wrong = f"{number} {kind}: {type(error).__name__}: {str(error)[:300]}"
    finally:
        signal.alarm(0)
    return wrong


def _limit() -> None:
    with open("/proc/self/statm") as file:
        used = int(file.read().split()[0]) * mmap.PAGESIZE
    resource.setrlimit(resource.RLIMIT_AS, (used + ROOM, resource.RLIM_INFINITY))


def main() -> None:
    warnings.simplefilter("ignore")
    tf.logging.set_verbosity(tf.logging.FATAL)
    path, first, last = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    out = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    for number in range(len(KINDS)):  # loads what is loaded late
        play(-1 - number)
    _limit()
    with open(path, "r+b") as file, mmap.mmap(file.fileno(), SIZE) as shared:
        for number in range(first, last):
            shared[:] = f"{number}".encode().ljust(SIZE)
            if wrong := play(number):
                os.write(out, f"{wrong}\n".encode())


if __name__ == "__main__":
    main()
