"""Files survive whatever happens to their writers; saving while the program goes on."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scopetrie as st

pytest.importorskip("safetensors")

# A process that saves again and again, each time other values, until it is killed. It says how often it has.
WRITER = """
import os, random, signal, sys, time
import numpy as np
import scopetrie as st
kind, folder, moments = sys.argv[1], sys.argv[2], int(sys.argv[3])
chance = random.Random(7)
store = st.Store()
store.get_many([f"layer_{i}/w" for i in range(20)], [(40, 50)] * 20, initializer="zeros")
path = os.path.join(folder, "model.safetensors")
if kind == "saver":
    graph = st.Graph()
    with graph.as_default():
        zeros = st.zeros_initializer()
        variables = [st.get_variable(f"w_{i}", [40, 50], initializer=zeros) for i in range(20)]
        more = st.group(*[st.assign_add(each, st.ones([40, 50])) for each in variables])
        saver = st.train.Saver(max_to_keep=2)
    session = st.Session(graph=graph)
    session.run([each.initializer for each in variables])

def write(step):
    if kind == "saver":
        session.run(more)
        saver.save(session, os.path.join(folder, "m"), step, write_meta_graph=False)
        return
    for variable in store.values():
        variable.array[...] = step
    if kind == "store":
        store.save(path)
    else:
        st.train.CheckpointManager(store, folder, max_to_keep=2).save(step)

def latest():
    if kind == "saver":
        found = st.train.latest_checkpoint(folder)
        if found is None:
            return 0
        reader = st.train.load_checkpoint(found)
        arrays = [reader.get_tensor(f"w_{i}") for i in range(20)]
        step = int(found.rpartition("-")[2])
    else:
        name = path if kind == "store" else st.train.CheckpointManager(store, folder).latest()
        if name is None or not os.path.exists(name):
            return 0
        arrays = [variable.array for variable in st.Store.open(name).values()]
        step = int(arrays[0][0, 0])
    assert len(arrays) == 20 and all((each == arrays[0][0, 0]).all() for each in arrays), "torn"
    return step

if kind == "saver":  # a first run takes its time
    saver.save(session, os.path.join(folder, "m"), 0, write_meta_graph=False)
    session.run(more)
done, longest = 0, 0.03
for moment in range(20 * moments):
    if done and moment >= moments:
        break
    pid = os.fork()
    if not pid:
        for step in range(done + 1, done + 10_000):
            write(step)
    time.sleep(chance.uniform(0.001, longest))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    now = latest()
    assert now >= done, (now, done)
    longest = longest if now > done else min(2.0, longest * 1.2)  # a machine may be slow
    done = now
    left = [name for name in os.listdir(folder) if name.startswith(".")]
    assert len(left) <= 1, left  # the next writer removes what one has left
write(done + 1)
assert not [name for name in os.listdir(folder) if name.startswith(".")], os.listdir(folder)
print(done)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("kind", ["store", "manager", "saver"])
def test_killed_writers_leave_the_latest_whole(tmp_path: Path, kind: str) -> None:
    moments = int(os.environ.get("SCOPETRIE_KILLS", "12"))
    run = subprocess.run(
        [sys.executable, "-c", WRITER, kind, tmp_path, str(moments)],
        capture_output=True,
        text=True,
        timeout=250,
    )
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) > 0  # some have come to their end


def filled(value: float) -> st.Store:
    store = st.Store()
    store.put("w", np.full((100, 100), value, np.float32))
    return store


def value_in(path: Path) -> float:
    array = st.Store.open(path)["w"].array
    assert (array == array[0, 0]).all()
    return float(array[0, 0])


def test_a_folder_that_is_read_only(tmp_path: Path) -> None:
    if os.name != "posix" or os.geteuid() == 0:
        pytest.skip("nothing is forbidden to this user")
    path = tmp_path / "model"
    filled(1).save(path)
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(PermissionError, match="model"):
            filled(2).save(path)
    finally:
        tmp_path.chmod(0o700)
    assert value_in(path) == 1


def test_a_disk_that_is_full(tmp_path: Path) -> None:
    """A process may write few bytes only: that is what its kernel says of a full disk, too."""
    resource = pytest.importorskip("resource")
    path = tmp_path / "model"
    filled(1).save(path)
    code = (
        "import resource, signal, sys\nimport numpy as np, scopetrie as st\nst.Store.save\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "store = st.Store(); store.put('w', np.zeros(100_000))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "for path in sys.argv[1:]:\n"
        "    try: store.save(path)\n"
        "    except OSError as error: print(error.errno, error.filename)\n"
    )
    assert resource
    run = subprocess.run([sys.executable, "-c", code, path, tmp_path / "new"], capture_output=True, text=True)
    assert run.stdout.split() == ["27", str(path), "27", str(tmp_path / "new")], run.stderr
    assert value_in(path) == 1 and os.listdir(tmp_path) == ["model"]


def test_two_writers_at_once(tmp_path: Path) -> None:
    path = tmp_path / "model"
    faults: list[BaseException] = []

    def write(value: float) -> None:
        store = filled(value)
        try:
            for _ in range(20):
                store.save(path)
                assert value_in(path) in range(4)
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=write, args=(value,)) for value in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults and os.listdir(tmp_path) == ["model"]


def test_saving_goes_on_beside_the_program(tmp_path: Path) -> None:
    store = filled(1)
    w = store["w"]
    done = store.save(tmp_path / "model", wait=False)
    w.array[...] = 2  # what is saved is what was there
    later = store.save(tmp_path / "model", wait=False)
    w.array[...] = 3
    store.get("new", (2,))
    assert done.result() is None
    assert later.result() is None and value_in(tmp_path / "model") == 2
    assert list(st.Store.open(tmp_path / "model")) == ["w"] and float(w.array[0, 0]) == 3
    with pytest.raises(FileNotFoundError):
        store.save(tmp_path / "no" / "folder", wait=False).result()


def test_later_saves_of_a_file_are_last(tmp_path: Path) -> None:
    store = filled(0)
    pending: list[Any] = []
    for value in range(30):
        store["w"].array[...] = value
        pending.append(store.save(tmp_path / "model", wait=False))
    pending[-1].result()
    assert all(each.done() for each in pending) and value_in(tmp_path / "model") == 29


def test_a_process_ends_after_what_it_saves(tmp_path: Path) -> None:
    code = (
        "import sys, numpy as np, scopetrie as st\nstore = st.Store()\n"
        "store.put('w', np.ones((1000, 1000), np.float32))\nstore.save(sys.argv[1], wait=False)"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code, tmp_path / "model"], check=True)
    assert value_in(tmp_path / "model") == 1
