"""Variables on a cluster, relative to NumPy in one process and to Dask's arrays on the same cluster."""

from __future__ import annotations

import atexit
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..results import Row, Unavailable, paired_row
from ..sampling import REPEATED, Names, Work, require

ROWS, SIZE, PARTS, WORKERS = 1_000_000, 64, 8, 2
QUICK_ROWS = 10_000
ASKED = 10_000


class Cluster:
    """A store on a cluster of processes, an array, and an array of Dask's; made once."""

    def __init__(self, tf: Any, rows: int, is_quick: bool) -> None:
        self.tf = tf
        self.rows = rows
        self.is_quick = is_quick  # then the workers are threads
        self.made: Names | None = None

    @contextmanager
    def prepare(self, calls: int) -> Iterator[Names]:
        """Yields them, with ids and rows."""
        if self.made is None:
            self.made = self._make()
        yield dict(self.made)

    def _make(self) -> Names:
        try:
            import dask.array
            from distributed import Client, LocalCluster
        except ImportError as error:
            raise Unavailable("needs dask[distributed]") from error
        from scopetrie.partitioned import PartitionedStore

        cluster = LocalCluster(
            n_workers=WORKERS,
            processes=not self.is_quick,
            threads_per_worker=1,
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.ERROR,
        )
        client = Client(cluster, direct_to_workers=True, set_as_default=False)
        atexit.register(lambda: (client.close(), cluster.close()))
        store = PartitionedStore(client, seed=0)
        random = np.random.default_rng(0)
        values = random.normal(size=(self.rows, SIZE)).astype(np.float32)
        cut = self.tf.fixed_size_partitioner(PARTS)
        generator = dask.array.random.default_rng(0)
        lazy = generator.normal(size=values.shape, chunks=(self.rows // PARTS, SIZE)).astype(np.float32)
        return {
            "variable": store.get("w", initializer=values, partitioner=cut),
            "array": values.copy(),
            "lazy": client.persist(lazy),
            "client": client,
            "np": np,
            "ids": random.integers(0, self.rows, ASKED),
            "more": np.ones((ASKED, SIZE), np.float32),
        }


def _same(names: Names, calls: int) -> None:
    wanted = names["array"].shape[1]
    require(names["variable"].gather([0]).shape == (1, wanted), "the rows have another shape")


def rows(tf: Any, quick: bool) -> tuple[Row, ...]:
    """The rows.

    Args:
      tf: The package under test.
      quick: Whether the table is small.
    """
    cluster = Cluster(tf, QUICK_ROWS if quick else ROWS, quick)

    def work(statement: str) -> Work:
        return Work(statement, cluster.prepare, over=REPEATED, check=_same)

    what = f"{ASKED:,} rows of {SIZE}, {PARTS} parts on {WORKERS} workers"
    gather = "variable.gather(ids)"
    return (
        paired_row(
            "cluster.gather", f"gather of {what}", work(gather), work("array[ids]"),
            against="NumPy in one process", target=20e6, target_on="value", calls=5, quick_calls=1,
        ),
        paired_row(
            "cluster.gather.dask", f"gather of {what}", work(gather),
            work("client.compute(lazy[ids]).result()"),
            against="Dask's arrays", target=0.5, calls=2, quick_calls=1,
        ),
        paired_row(
            "cluster.scatter_add", f"scatter_add of {what}", work("variable.scatter_add(ids, more)"),
            work("np.add.at(array, ids, more)"),
            against="NumPy in one process", target=25e6, target_on="value", calls=5, quick_calls=1,
        ),
    )  # fmt: skip
