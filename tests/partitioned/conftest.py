"""Clusters: one in this process, and one of two processes, which may be killed. Each is made once."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest


def _client(processes: bool) -> Iterator[Any]:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=processes,
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
        ) as cluster,
        distributed.Client(cluster, direct_to_workers=True, set_as_default=False) as client,
    ):
        yield client


@pytest.fixture(scope="session")
def client() -> Iterator[Any]:
    """A cluster of two workers in this process."""
    yield from _client(False)


@pytest.fixture(scope="session")
def processes() -> Iterator[Any]:
    """A cluster of two processes: whoever kills one waits until another has taken its place."""
    yield from _client(True)


@pytest.fixture
def store(client: Any) -> Iterator[Any]:
    from scopetrie.partitioned import PartitionedStore

    with PartitionedStore(client, seed=0, timeout=20) as made:
        yield made
