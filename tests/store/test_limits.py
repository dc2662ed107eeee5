"""What a store refuses or survives: variables of another one, no memory, its own end; reopened scopes."""

from __future__ import annotations

import gc
import subprocess
import sys

import numpy as np
import pytest
import scopetrie as st


@pytest.fixture
def store() -> st.Store:
    return st.Store(seed=1)


def test_a_variable_of_another_store_is_no_path_and_no_name(store: st.Store) -> None:
    other = st.Store(seed=2)
    w = other.get("w", (2,))
    store.get("w", (2,))
    with pytest.raises(KeyError, match="a variable's path is a str, not StoreVariable"):
        store[w]  # type: ignore[index]
    for call in (
        lambda: store.subtree(w),  # type: ignore[arg-type]
        lambda: store.get(w),  # type: ignore[arg-type]
        lambda: store.put(w, [1.0]),  # type: ignore[arg-type]
        lambda: store.move(w, "v"),  # type: ignore[arg-type]
        lambda: store.alias("v", w),  # type: ignore[arg-type]
    ):
        with pytest.raises(TypeError, match="a str"):
            call()
    assert w not in store and list(store) == ["w"] and list(other) == ["w"]


def test_elements_of_another_store_are_values_like_any_others(store: st.Store) -> None:
    other = st.Store(seed=2)
    w = other.get("w", (2,), initializer="ones")
    copy = store.get("copy", initializer=w)
    v = store.get("v", (2,)).assign(w)
    w.array[:] = 5
    assert copy.array.tolist() == v.array.tolist() == [1.0, 1.0]


def test_the_scope_of_another_store_is_its_path(store: st.Store) -> None:
    other = st.Store(seed=2)
    with other.scope("a"), other.scope("b", reuse=True) as scope:
        pass
    with store.scope("x"), store.scope(scope), pytest.raises(ValueError, match="a/b/w does not exist"):
        store.get("w", (2,))
    assert len(store) == len(other) == 0


def test_variables_and_views_outlive_the_store() -> None:
    store = st.Store(seed=1)
    w, lazy = store.get("w", (2,), initializer="ones"), store.get("lazy", (2,))
    view = memoryview(w.array)
    subtree = store.subtree("")
    del store
    gc.collect()
    assert view.tolist() == [1.0, 1.0]
    assert lazy.array.shape == (2,) and lazy.store is w.store
    assert list(subtree) == ["w", "lazy"]


def test_a_variable_that_was_given_its_elements_cannot_forget_them(store: st.Store) -> None:
    w = store.put("w", np.ones(2, np.float32))
    with pytest.raises(ValueError, match="'w' was made with its elements"):
        w._unmake()
    assert w.array.tolist() == [1.0, 1.0]


def test_a_scope_is_reopened_from_where_the_call_stands(store: st.Store) -> None:
    with store.scope("a"), store.scope("b", trainable=False) as captured:
        w = store.get("w", (2,))
    with store.reopen("a"), store.reopen("b", reuse=True) as scope:
        assert scope.name == "a/b" and store.get("w") is w
    with store.reopen("a/b", dtype="int32"):
        assert store.get("n", (2,)).dtype == np.int32
    with store.scope("elsewhere"), store.reopen(captured, reuse=st.AUTO_REUSE):
        assert store.get("w") is w and not store.get("v", (1,)).trainable
    with store.scope("elsewhere"), pytest.raises(KeyError, match="there is no scope 'elsewhere/a'"):
        store.reopen("a")
    for name in ("a/w", "aa", "a/b/w"):
        with pytest.raises(KeyError, match="there is no scope"):
            store.reopen(name)
    assert sorted(store) == ["a/b/n", "a/b/v", "a/b/w"]


LIMITED = """
import resource
import sys

import numpy as np
import scopetrie as st

def used():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * resource.getpagesize()

MIB = 1 << 20
store = st.Store(seed=1)
kept = store.get("kept", (MIB,), initializer="ones")
kept.array[0] = 7
kinds = ("ones", "zeros", "glorot_uniform")
large = {kind: store.get(kind, (256 * MIB,), initializer=kind) for kind in kinds}
store.get("small", (2,), initializer="ones")
resource.setrlimit(resource.RLIMIT_AS, (used() + 64 * MIB,) * 2)
for name, variable in large.items():
    for look in (lambda v: v.array, np.asarray, lambda v: v + 1, memoryview):
        try:
            look(variable)
        except MemoryError:
            pass
        else:
            sys.exit(name + " fitted")
    assert not variable.ready
calls = {
    "copy": lambda: store.copy("ones", "copied"),
    "put": lambda: store.put("put", np.broadcast_to(np.float32(1), (256 * MIB,))),
    "value": lambda: store.get("value", initializer=np.broadcast_to(np.float32(1), (256 * MIB,))),
    "flat": lambda: store.flat(),
}
for name, call in calls.items():
    try:
        call()
    except MemoryError:
        pass
    else:
        sys.exit(name + " fitted")
assert list(store) == ["kept", "ones", "zeros", "glorot_uniform", "small"], list(store)
assert kept.array[0] == 7 and store["small"].array.tolist() == [1, 1]
fork = store.fork()
assert fork["kept"].array[0] == 7
del store["ones"], store["zeros"], store["glorot_uniform"]
assert store.get("after", (2,), initializer="ones").array.tolist() == [1, 1]
print("ok")
"""


@pytest.mark.out_of_memory
@pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_AS and /proc are Linux's")
def test_where_the_system_has_no_memory_the_store_is_as_it_was() -> None:
    """Elements of 1 GiB within 64 MiB: MemoryError from the system's allocator, not from a test's."""
    done = subprocess.run([sys.executable, "-c", LIMITED], capture_output=True, text=True, timeout=120)
    assert done.stdout == "ok\n", done.stderr[-2000:]
