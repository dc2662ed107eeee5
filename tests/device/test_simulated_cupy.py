"""The simulated CuPy refuses what CuPy refuses, and counts what the host and the device ask of each other."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from simulated_cupy import counted, installed
from simulated_cupy.module import PLAIN
from simulated_cupy.signatures import CLASSES, FACTS

# What no program makes itself.
MADE_OTHERWISE = {"ndarray.__init__", "ufunc.__init__"}
# Parts of the simulation itself.
OWN = {("cuda.MemoryPool", "device_pool")}


@pytest.fixture(scope="module")
def cupy() -> Iterator[Any]:
    with installed() as module:
        yield module


def test_copies_and_waits_are_counted(cupy: Any) -> None:
    with counted() as counts:
        x = cupy.asarray(np.arange(3.0))
        assert counts.all == (1, 0, 0)
        y = x + 1.0
        assert (counts.all, counts.launches) == ((1, 0, 0), 1)
        assert y.get().tolist() == [1.0, 2.0, 3.0]
        assert counts.all == (1, 1, 1)
        assert float(y[0]) == 1.0 and bool(y[1] > 0)
        assert counts.all == (1, 3, 3)
        assert x[x > 0].shape == (2,)
        assert counts.all == (1, 3, 4)
        x[[0, 1]] = 5.0  # a list of indices goes up
        assert counts.all == (2, 3, 4)
        assert cupy.nonzero(x)[0].shape == (3,)
        assert counts.all == (2, 3, 5)


def test_what_cupy_refuses(cupy: Any) -> None:
    x = cupy.asarray(np.arange(3.0))
    with pytest.raises(TypeError, match="Implicit conversion to a NumPy array is not allowed"):
        np.asarray(x)
    with pytest.raises(TypeError, match="Unsupported type"):
        x + np.ones(3)
    with pytest.raises(TypeError, match="Unsupported type"):
        cupy.concatenate([x, np.ones(3)])
    with pytest.raises(TypeError):
        np.ones(3) + x
    with pytest.raises(ValueError, match="Unsupported dtype"):
        cupy.asarray(np.array(["text"]))
    with pytest.raises(NotImplementedError, match=r"cupy_multiply.at"):
        cupy.multiply.at(x, cupy.asarray([0]), x[:1])
    with pytest.raises(TypeError, match="Wrong type"):
        cupy.bitwise_and(x, x)
    with pytest.raises(NotImplementedError, match=r"cupy_maximum.reduce"):
        cupy.maximum.reduce(x)
    with pytest.raises(TypeError, match=r"cupy.add.at only supports"):
        cupy.add.at(x.astype(np.int8), cupy.asarray([0]), x[:1])
    with pytest.raises(ValueError, match=r"non-scalar numpy\.ndarray cannot be used for fill"):
        x[...] = np.ones(3)
    with pytest.raises(TypeError, match="len"):
        len(x[0])
    with pytest.raises(TypeError, match="unhashable"):
        {cupy.cuda.Device(0)}
    with pytest.raises(NotImplementedError, match="non-contiguous"), cupy.cuda.Device(1):
        cupy.asarray(x[::2])
    with pytest.raises(TypeError):  # NumPy has this parameter, CuPy has not
        cupy.take(x, cupy.asarray([0]), mode="clip")
    assert not hasattr(cupy, "vecdot")


def parameters(signature: inspect.Signature) -> list[list[Any]]:
    """Name, kind and whether there is a default."""
    return [[each.name, each.kind, each.default is not each.empty] for each in signature.parameters.values()]


def simulated(cupy: Any, name: str) -> Any:
    """What the simulation has of a name; None for nothing."""
    import cupyx

    found: Any = SimpleNamespace(cupyx=cupyx, **vars(cupy))
    for part in name.split("."):
        found = vars(found).get(part)
        if found is None:
            return None
    return found


def test_classes_have_the_parameters_that_cupys_have(cupy: Any) -> None:
    seen, wrong = set(), {}
    for name, recorded in CLASSES.items():
        found = simulated(cupy, name)
        # Calls of ufuncs and kernels name what CuPy takes as keywords.
        if found is None or not callable(found) or name in MADE_OTHERWISE or name.endswith(".__call__"):
            continue
        own = parameters(inspect.signature(found))
        if own and own[0][0] == "self":
            del own[0]
        if own != recorded:
            wrong[name] = own, recorded
        seen.add(name)
    assert not wrong
    assert len(seen) > 80


def test_classes_have_no_more_than_cupys(cupy: Any) -> None:
    for owner in {name.rpartition(".")[0] for name in CLASSES} - {"", "cuda", "cupyx"}:
        for name, each in vars(simulated(cupy, owner)).items():
            if name[0] != "_" and inspect.isfunction(each) and (owner, name) not in OWN:
                assert f"{owner}.{name}" in CLASSES, (owner, name)


def test_functions_have_the_parameters_that_cupys_have(cupy: Any) -> None:
    wrong = {}
    for name, recorded in FACTS["functions"]["cupy"].items():
        found = simulated(cupy, name)
        if found is not None and recorded is not None and name not in PLAIN:
            own = parameters(inspect.signature(found))
            if own != recorded:
                wrong[name] = own, recorded
    assert not wrong


def test_a_graph_does_what_was_captured(cupy: Any) -> None:
    stream, pool = cupy.cuda.Stream(non_blocking=True), cupy.cuda.MemoryPool()
    x, total = cupy.ones(3), cupy.zeros(3)
    stream.wait_event(cupy.cuda.get_current_stream().record())
    with stream, counted() as counts:
        stream.begin_capture()
        with cupy.cuda.using_allocator(pool.malloc):
            y = x * 2.0
            total += y
        graph = stream.end_capture()
        assert (counts.launches, counts.captured) == (0, 2)
        assert total.tolist() == [0.0] * 3  # nothing has been computed
        x[...] = 5.0
        for _ in range(2):
            graph.launch()
        assert total.tolist() == [20.0] * 3
        assert counts.graphs == 2
        del y
        graph.launch()  # the memory is the pool's, which is there
        del pool
        with pytest.raises(AssertionError, match="memory that it has not kept"):
            graph.launch()


def test_what_a_capture_refuses(cupy: Any) -> None:
    import cupyx

    x, host = cupy.ones(3), cupyx.empty_pinned(3)
    mask = x > 0
    stream, other = cupy.cuda.Stream(non_blocking=True), cupy.cuda.Stream(non_blocking=True)
    before = cupy.cuda.get_current_stream().record()
    stream.wait_event(before)
    runtime_error = cupy.cuda.runtime.CUDARuntimeError
    with pytest.raises(RuntimeError, match="cannot capture on the default"):
        cupy.cuda.Stream.null.begin_capture()

    def refused(call: Any, error: type[Exception], text: str, spoils: bool) -> None:
        stream.begin_capture()
        try:
            with pytest.raises(error, match=text):
                call()
        finally:
            if spoils:
                with pytest.raises(runtime_error, match="Invalidated"):
                    stream.end_capture()
            else:
                stream.end_capture()

    with stream:
        refused(lambda: float(x[0]), RuntimeError, "D2H transfers", False)
        refused(lambda: x.get(out=host, blocking=False), RuntimeError, "D2H transfers", False)
        refused(lambda: x.set(np.ones(3)), RuntimeError, "H2D transfers", False)
        refused(lambda: cupy.asarray([1.0]), RuntimeError, "H2D transfers", False)
        refused(lambda: x[mask], RuntimeError, "D2H transfers", False)
        refused(lambda: x + 1.0, AssertionError, "that others may get", False)
        refused(stream.synchronize, runtime_error, "Unsupported", True)
        refused(cupy.cuda.Device().synchronize, runtime_error, "Unsupported", True)
        refused(lambda: stream.wait_event(other.record()), runtime_error, "Isolation", True)
        refused(lambda: stream.record().synchronize(), runtime_error, "CapturedEvent", False)


def test_indices_out_of_range_wrap_around(cupy: Any) -> None:
    x = cupy.asarray(np.arange(3.0))
    assert x[cupy.asarray(np.array([3, -1]))].tolist() == [0.0, 2.0]
    assert cupy.take(x, cupy.asarray(np.array([4]))).tolist() == [1.0]


def test_python_numbers_are_weak(cupy: Any) -> None:
    x = cupy.asarray(np.arange(3, dtype=np.float32))
    assert (x + 1.0).dtype == np.float32
    assert (x + np.float64(1)).dtype == np.float64
    assert (cupy.asarray(np.arange(3)) / 2).dtype == np.float64
