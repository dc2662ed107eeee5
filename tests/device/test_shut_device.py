"""Programs on array-api-strict's second device with every way to the host shut."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import array_api_strict as strict
import numpy as np
import pytest
import scopetrie as tf
from device_programs import WAITING, programs, types_of
from scopetrie.backends import Backend

# array-api-strict computes with NumPy, whose warnings it does not switch off.
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
WAYS = (
    "__float__ __bool__ __int__ __index__ __complex__ __iter__ __dlpack__ __array__ __buffer__ to_device"
).split()
ARRAY: Any = type(strict.asarray(0))
# What the standard does not have, and no formula of ours.
BEYOND = {
    "BesselI0", "BesselI0e", "BesselI1", "BesselI1e", "Betainc", "Digamma", "Einsum", "Erfinv", "Igamma",
    "IgammaGradA", "Igammac", "Ndtri", "Polygamma", "Zeta",
}  # fmt: skip
# What a backend without `checks` looks at itself.
LOOKING = {"CheckNumerics"}


class ShutDevice(Backend):
    """The second device, which only `from_host` and `to_host` reach."""

    def from_host(self, array: Any) -> Any:
        with opened():
            return super().from_host(array)

    def to_host(self, array: Any) -> Any:
        with opened():
            return super().to_host(array)


_ORIGINAL = {name: getattr(ARRAY, name) for name in WAYS if hasattr(ARRAY, name)}


def _shut(name: str) -> Any:
    def refuse(self: Any, *args: Any, **kwargs: Any) -> Any:
        raise AssertionError(f"{name} of an array of the device")

    return refuse


@contextmanager
def opened() -> Iterator[None]:
    """Opens the ways in the block."""
    now = {name: getattr(ARRAY, name) for name in _ORIGINAL}
    for name, method in _ORIGINAL.items():
        setattr(ARRAY, name, method)
    try:
        yield
    finally:
        for name, method in now.items():
            setattr(ARRAY, name, method)


@pytest.fixture
def _all_shut() -> Iterator[None]:
    for name in _ORIGINAL:
        setattr(ARRAY, name, _shut(name))
    yield
    for name, method in _ORIGINAL.items():
        setattr(ARRAY, name, method)


@pytest.mark.usefixtures("_all_shut")
@pytest.mark.parametrize("part", range(4))
def test_no_kernel_looks_at_the_host(part: int) -> None:
    faults = []
    for program in list(programs())[part::4]:
        with tf.Graph().as_default() as graph:
            fetches, feeds, before = program.build()
            types = types_of(graph)
            if types & (BEYOND | LOOKING | WAITING.keys()):
                continue
            backend = ShutDevice("strict", strict, strict.Device("device1"))
            with tf.Session(backend=backend) as session:
                try:
                    for each in before:
                        session.run(each)
                    found = session.run(fetches, feeds)
                except tf.errors.OpError as error:
                    faults.append((program.name, str(error).splitlines()[0]))
                    continue
        assert all(each is None or isinstance(each, (np.ndarray, np.generic)) for each in found)
    assert not faults
