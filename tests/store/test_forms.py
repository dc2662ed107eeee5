"""Store.get with its arguments in all their forms finds the same variable, and runs no Python of ours."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scopetrie as st

DTYPES = [np.dtype("float32"), np.float32, "float32", "f4", st.float32]
SHAPES: list[Any] = [(3,), [3]]
INITIALIZERS = [None, "zeros", st.zeros_initializer(), np.zeros]


def frames(call: Callable[[], Any]) -> list[str]:
    """The Python functions of the package that a call runs."""
    ran: list[str] = []

    def note(frame: Any, event: str, argument: Any) -> None:
        if event == "call" and "scopetrie" in frame.f_code.co_filename and frame.f_code is not call.__code__:
            ran.append(frame.f_code.co_name)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        call()
    finally:
        sys.setprofile(before)
    return ran


@pytest.mark.parametrize("dtype", DTYPES, ids=repr)
@pytest.mark.parametrize("shape", SHAPES, ids=repr)
@pytest.mark.parametrize("initializer", INITIALIZERS, ids=repr)
def test_each_form_finds_the_variable_that_another_made(dtype: Any, shape: Any, initializer: Any) -> None:
    store = st.Store(seed=1)
    with store.scope("scope", reuse=st.AUTO_REUSE):
        made = store.get("w", shape, dtype, initializer)
        assert (made.dtype, made.shape) == (np.float32, (3,))
        for other in DTYPES:
            assert store.get("w", (3,), other, initializer) is made
        found: list[Any] = []
        assert frames(lambda: found.append(store.get("w", shape, dtype, initializer))) == []
        assert found == [made]
        with pytest.raises(ValueError, match="dtype int32"):
            store.get("w", shape, "int32")


def test_a_path_is_looked_up_where_the_call_stands() -> None:
    store = st.Store(seed=1)
    path = "/".join(["a", "b", "w"])  # one str for all
    variables = []
    for scope in ("x", "y", "x/a"):
        with store.scope(scope):
            variables.append(store.get(path, (2,)))
    assert [v.path for v in variables] == ["x/a/b/w", "y/a/b/w", "x/a/a/b/w"]
    for _ in range(2):
        for scope, variable in zip(("x", "y", "x/a"), variables, strict=True):
            with store.scope(scope, reuse=True):
                assert store.get(path) is variable
                found: list[Any] = []
                assert frames(lambda found=found: found.append(store.get(path))) == []
                assert found == [variable]
    fork = store.fork()
    with fork.scope("y", reuse=True):
        assert fork.get(path).path == "y/a/b/w"


NO_NAMES = ["", "/w", "w/", "a//b", "a\nb", "a/\x7f", "\0", "long names, too\x1f", "\x7fabcdefg"]


@pytest.mark.parametrize("name", NO_NAMES)
def test_what_is_no_name_is_refused_each_time(name: str) -> None:
    store = st.Store()
    for _ in range(2):
        with pytest.raises(ValueError, match=r"^Store.get: '.*' is no name: "):
            store.get(name, (2,))
    assert len(store) == 0


def test_a_path_may_be_made_and_undone() -> None:
    store = st.Store()
    path = "/".join(["a", "w"])
    for _ in range(3):
        with pytest.raises(KeyError), store.transaction():
            store.get(path, (2,))
            raise KeyError
        assert path not in store
    assert store.get(path, (4,)).shape == (4,)


def test_paths_beneath_different_scopes_with_one_prefix() -> None:
    store = st.Store(seed=0)
    names = [f"a/b/w{i}" for i in range(3)]
    for scope in ("", "x", "x/a"):
        with store.scope(scope) if scope else contextlib.nullcontext():
            for name in names:
                made = store.get("".join(["a/b/", name[4:]]), (2,))
                assert made.path == (f"{scope}/{name}" if scope else name)
            assert store.get("b/w", (2,)).path.endswith("b/w")
            assert store.get("a/b/c/w", (2,)).path.endswith("a/b/c/w")
    assert len(store) == 15
    with store.transaction() as attempt:
        store.get("new/scope/w", (2,))
        attempt.rollback()
    assert store.get("new/scope/w", (2,)).path == "new/scope/w"
