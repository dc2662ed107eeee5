"""Workers that are killed, slow or unreachable; clusters that are closed."""

from __future__ import annotations

import gc
import logging
import os
import pickle
import signal
import threading
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scopetrie as tf
from scopetrie.partitioned import ClusterClosedError, PartitionedStore, SlowWorkerError, WorkerLostError

pytest.importorskip("safetensors")
CUT = tf.fixed_size_partitioner(4)
KILLS = int(os.environ.get("SCOPETRIE_WORKER_KILLS", "5"))


def pid_of(part: Any) -> int:
    return os.getpid()


def wait_for_two(client: Any) -> None:
    try:
        client.wait_for_workers(2, timeout=10)
    except TimeoutError:  # what brings up workers gives one up now and then, if it is killed too early
        client.cluster.scale(len(client.cluster.worker_spec) + 1)
        client.wait_for_workers(2, timeout=30)


@pytest.fixture
def killable(processes: Any) -> Iterator[Any]:
    wait_for_two(processes)
    with PartitionedStore(processes, seed=0, timeout=20) as store:
        yield store
    wait_for_two(processes)


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def test_pending_and_later_calls_say_what_is_lost(killable: Any, tmp_path: Path) -> None:
    w = killable.get("w", (8, 2), initializer="zeros", partitioner=CUT)
    killable.save(tmp_path)
    pids = w.apply(pid_of)
    assert len(set(pids)) == 2
    lost = [part.path for part, pid in zip(w.parts, pids, strict=True) if pid == pids[0]]
    caught: list[BaseException] = []

    def wait() -> None:
        try:
            w.apply(lambda part: time.sleep(20) if os.getpid() == pids[0] else None)
        except BaseException as error:
            caught.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    time.sleep(0.3)
    started = time.monotonic()
    kill(pids[0])
    thread.join()
    assert time.monotonic() - started < 5
    (error,) = caught
    assert isinstance(error, WorkerLostError) and error.parts == lost and error.generation == 1
    assert pickle.loads(pickle.dumps(error)).parts == lost
    with pytest.raises(WorkerLostError, match=r"w/part_0.* are lost; recover\(\) goes back to generation 1"):
        w.sum()
    with pytest.raises(WorkerLostError):
        killable.get("v", (8,), partitioner=CUT)
    with pytest.raises(WorkerLostError):
        killable.save(tmp_path)
    with tf.Graph().as_default(), tf.Session(store=killable) as session:
        part = next(iter(tf.get_variable("w", [8, 2], partitioner=CUT)))
        with pytest.raises(WorkerLostError, match=r"w/part_0 are lost") as in_session:
            session.run(tf.gather(part, [0], name="rows"))
        assert "node rows (of type GatherV2)" in in_session.value.__notes__[0]
    assert w.gather([2, 3]).tolist() == [[0, 0], [0, 0]]  # of a worker that lives
    w.scatter_add([2], 5)
    assert killable.recover() == 1
    assert w.sum() == 0 and killable.get("v", (8,), initializer="ones", partitioner=CUT).sum() == 8


def test_random_kills_under_load(killable: Any, processes: Any, tmp_path: Path) -> None:
    """Each step adds 1 to one row of each part; after a recovery all parts are those of one step."""
    random = np.random.default_rng(0)
    w = killable.get("w", (8,), np.int64, "zeros", partitioner=CUT)
    killable.save(tmp_path)
    saved = {1: 0}
    step = recovered = 0
    for _ in range(KILLS):
        wait_for_two(processes)
        time.sleep(0.2)  # what starts a worker anew looks on for a while, and gives up if it ends meanwhile
        pids = w.apply(pid_of)
        timer = threading.Timer(float(random.uniform(0, 0.2)), kill, [pids[random.integers(len(pids))]])
        timer.start()
        while True:
            try:
                w.scatter_add([0, 2, 4, 6], 1)
                step += 1
                if step % 5 == 0:
                    saved[killable.save(tmp_path)] = step
            except WorkerLostError as error:
                timer.join()
                assert error.parts and error.generation == killable.generation
                step = saved[killable.recover()]
                recovered += 1
                break
        assert w.read().tolist() == [step, 0] * 4, "a mixture of generations"
    assert recovered == KILLS


class Flaky:
    """An actor whose connection breaks after it has done what it was asked."""

    def __init__(self, actor: Any, times: int) -> None:
        self.actor, self.times = actor, times

    def __getattr__(self, name: str) -> Any:
        return getattr(self.actor, name)

    async def call(self, message: Any) -> Any:
        answer = await self.actor.call(message)
        if self.times > 0:
            self.times -= 1
            raise OSError("the connection is gone")
        return answer


def test_what_is_sent_again_is_done_once(store: Any) -> None:
    w = store.get("w", (8,), initializer="zeros", partitioner=CUT)
    actors = store._shards._actors
    for times in (1, 3):
        actors[0] = Flaky(actors[0], times)
        w.scatter_add([0, 1, 7], 1)
        assert w.apply(lambda part: float(part.array.sum())) == [
            2.0 * (1 + (times == 3)),
            0,
            0,
            1 + (times == 3),
        ]
    actors[1] = Flaky(actors[1], 100)
    with pytest.raises(WorkerLostError, match="w/part_1"):
        w.gather([2])


def test_a_slow_worker_is_named_and_asked_again(client: Any) -> None:
    with PartitionedStore(client, timeout=0.3) as store:
        w = store.get("w", (4,), initializer="zeros", partitioner=tf.fixed_size_partitioner(2))

        def slow(part: Any) -> float:
            part.array[0] += 1
            if part.path.endswith("1"):
                time.sleep(0.8)
            return float(part.array[0])

        with pytest.raises(SlowWorkerError, match=r"within 0.3 s from the workers of w/part_1") as caught:
            w.apply(slow)
        time.sleep(0.7)
        assert caught.value.parts == ["w/part_1"] and caught.value.retry() == [1.0, 1.0]
        assert w.read().tolist() == [1, 0, 1, 0]
        with pytest.raises(RuntimeError, match="another process"):
            pickle.loads(pickle.dumps(caught.value)).retry()


def test_a_closed_store_a_closed_client_a_closed_cluster() -> None:
    distributed = pytest.importorskip("distributed")
    store = PartitionedStore(workers=0)
    w = store.get("w", (4,), initializer="ones", partitioner=CUT)
    store.close()
    store.close()
    assert repr(store) == "<PartitionedStore: closed>"
    with pytest.raises(ClusterClosedError, match="the PartitionedStore is closed"):
        w.sum()
    with distributed.LocalCluster(
        n_workers=1, processes=False, dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL
    ) as cluster:
        client = distributed.Client(cluster, set_as_default=False)
        with PartitionedStore(client) as other:
            v = other.get("w", (4,), initializer="ones", partitioner=CUT)
            assert v.sum() == 4  # through the scheduler
            client.close()
            with pytest.raises(ClusterClosedError, match="the client of the cluster is closed"):
                v.sum()
            assert "a cluster that is closed" in repr(other)
        client = distributed.Client(cluster, set_as_default=False)
        ended = PartitionedStore(client)
        u = ended.get("w", (4,), initializer="ones", partitioner=CUT)
    with pytest.raises(ClusterClosedError):
        u.sum()
    ended.close()
    client.close()


def test_a_store_nobody_holds_lets_its_actors_go(client: Any) -> None:
    store = PartitionedStore(client)
    store.get("w", (4,), partitioner=CUT)
    held = weakref.ref(store)
    workers = client.cluster.workers.values()
    assert sum(len(each.state.actors) for each in workers) >= 4
    before = sum(len(each.state.actors) for each in workers)
    del store
    gc.collect()
    assert held() is None
    end = time.monotonic() + 5
    while sum(len(each.state.actors) for each in workers) > before - 4 and time.monotonic() < end:
        time.sleep(0.02)
    assert sum(len(each.state.actors) for each in workers) == before - 4
