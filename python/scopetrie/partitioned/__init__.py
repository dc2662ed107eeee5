"""Variables that are larger than a machine, on the workers of a Dask cluster; the extra `dask`."""

from .errors import ClusterClosedError, SlowWorkerError, WorkerLostError
from .shard import Part
from .store import PartitionedStore
from .variable import ClusterVariable

__all__ = [
    "ClusterClosedError",
    "ClusterVariable",
    "Part",
    "PartitionedStore",
    "SlowWorkerError",
    "WorkerLostError",
]
