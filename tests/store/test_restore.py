"""Restoring: plans, renaming, strictness, and that it is all or nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scopetrie as st

pytest.importorskip("safetensors")


def filled(**values: float) -> Any:
    """A store with a variable float32[2] for each keyword; `__` stands for a slash."""
    store = st.Store()
    for name, value in values.items():
        store.put(name.replace("__", "/"), np.full(2, value, np.float32))
    return store


def contents(store: Any) -> dict[str, float]:
    return {path: float(variable.array[0]) for path, variable in store.items()}


@pytest.fixture(params=["a file", "a store"])
def source(request: Any, tmp_path: Path) -> Any:
    """Makes what is restored from: the file of a store, or the store."""

    def make(store: Any) -> Any:
        if request.param == "a store":
            return store
        store.save(tmp_path / "model.safetensors")
        return tmp_path / "model.safetensors"

    return make


# --- plans ------------------------------------------------------------------------------


def test_a_plan_says_what_would_be_done_and_changes_nothing(source: Any) -> None:
    store = filled(a__w=1, a__b=2, extra=3)
    plan = store.plan_restore(source(filled(a__b=20, a__w=10, right__w=30)), strict=False)
    assert plan.restored == ["a/w", "a/b"] and plan.missing == ["extra"] and plan.unexpected == ["right/w"]
    assert plan.mismatched == {} and plan.sources == {"a/w": "a/w", "a/b": "a/b"} and plan.strict is False
    assert repr(plan) == "<RestorePlan: 2 restored, 1 missing, 1 unexpected>"
    assert contents(store) == {"a/w": 1, "a/b": 2, "extra": 3}
    plan.apply()
    assert contents(store) == {"a/w": 10, "a/b": 20, "extra": 3}


def test_a_plan_is_printed_as_a_table(source: Any) -> None:
    store = filled(tower__w=1, b=2, other=3)
    store.get("wrong", (3,))
    given = source(filled(left__w=1, b=2, right__w=3, wrong=1))
    plan = store.plan_restore(given, strict=False, rename={"left/*": "tower/*"})
    lines = str(plan).splitlines()
    assert lines[0].startswith("2 variables, 16 B, from ")
    assert lines[1:] == [
        "  tower/w  float32[2]   8 B  from left/w",
        "  b        float32[2]   8 B",
        "1 missing: not in the source",
        "  other    float32[2]   8 B",
        "1 unexpected: not in the store",
        "  right/w  float32[2]   8 B",
        "1 mismatched",
        "  wrong    float32[3]  12 B  wrong is float32[3], and float32[2] in the source",
    ]
    many = st.Store()
    many.get_many([f"v{number}" for number in range(1000)], [(1,)] * 1000)
    assert (
        len(str(many.plan_restore(many)).splitlines())
        == len(str(many.plan_restore(st.Store())).splitlines()) - 1
        == 10
    )


def test_a_plan_reads_the_header_only(tmp_path: Path) -> None:
    store = filled(w=1)
    store.save(tmp_path / "model")
    plan = store.plan_restore(tmp_path / "model")
    filled(w=2).save(tmp_path / "model")  # another file of this name
    store["w"].array[...] = 0
    plan.apply()
    assert contents(store) == {"w": 1}


def test_a_plan_whose_variables_are_gone(source: Any) -> None:
    store = filled(v=1)
    with store.transaction() as transaction:
        store.put("w", np.zeros(2, np.float32))
        plan = store.plan_restore(source(filled(v=5, w=6)))
        transaction.rollback()
    with pytest.raises(RuntimeError, match="'w' is gone"):
        plan.apply()
    assert contents(store) == {"v": 1}


# --- strictness -------------------------------------------------------------------------


def test_strict_is_all_or_nothing_and_names_both_sides(source: Any) -> None:
    store, given = filled(a=1, extra=2), source(filled(a=10, right=20))
    for restore in (store.restore, lambda given: store.plan_restore(given).apply()):
        with pytest.raises(
            ValueError, match=r"does not have extra; the store does not have right; strict=False"
        ):
            restore(given)
    assert contents(store) == {"a": 1, "extra": 2}
    store.restore(given, strict=False)
    assert contents(store) == {"a": 10, "extra": 2}


def test_the_error_names_the_call_and_the_source(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    filled(a=1).save(path)
    with pytest.raises(ValueError, match=rf"^Store\.restore: nothing was restored from '{path}': it does"):
        filled(a=1, b=2).restore(path)
    with pytest.raises(
        ValueError, match=r"^RestorePlan\.apply\(\): nothing was restored from 'another store'"
    ):
        filled(a=1, b=2).plan_restore(filled(a=1)).apply()


def test_a_long_list_is_cut(source: Any) -> None:
    store = st.Store()
    store.get_many([f"v{number}" for number in range(100)], [(1,)] * 100)
    with pytest.raises(ValueError, match=r"v0, v1, .*, v19 and 80 more"):
        store.restore(source(st.Store()))


@pytest.mark.parametrize("strict", [True, False])
def test_another_shape_or_dtype_is_named_for_each_variable(source: Any, strict: bool) -> None:
    store = filled(a=1, b=2, c=3)
    other = filled(a=10)
    other.put("b", np.zeros((2, 1), np.float32))
    other.put("c", np.zeros(2, np.float64))
    with pytest.raises(ValueError, match=r"b is float32\[2\], and float32\[2, 1\] in the source") as caught:
        store.restore(source(other), strict=strict)
    assert "c is float32[2], and float64[2] in the source" in str(caught.value)
    assert contents(store) == {"a": 1, "b": 2, "c": 3}


# --- renaming ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rename", "wanted"),
    [
        ({"left/*": "tower/*", "right/*": None}, {"tower/w": 1, "tower/b": 2}),
        ({"right/*": "tower/*", "left/*": None}, {"tower/w": 3, "tower/b": 4}),
        ({"left/w": "tower/w", "right/b": "tower/b", "**": None}, {"tower/w": 1, "tower/b": 4}),
        ({"right/w": None, "left/b": None, "*/*": "tower/*"}, None),
        ({"left/**": "tower/**", "**": None}, {"tower/w": 1, "tower/b": 2}),
    ],
)
def test_renaming(source: Any, rename: Any, wanted: Any) -> None:
    store = filled(tower__w=0, tower__b=0)
    given = source(filled(left__w=1, left__b=2, right__w=3, right__b=4))
    if wanted is None:
        with pytest.raises(ValueError, match="does not have tower/w, tower/b"):
            store.restore(given, rename=rename)
    else:
        store.restore(given, rename=rename)
        assert contents(store) == wanted


def test_two_that_become_one_are_refused(source: Any) -> None:
    store = filled(tower__w=0)
    given = source(filled(left__w=1, right__w=3))
    with pytest.raises(ValueError, match=r"'tower/w' of both 'left/w' and 'right/w'"):
        store.restore(given, rename={"*/w": "tower/w"})
    assert contents(store) == {"tower/w": 0}


def test_a_pattern_that_nothing_matches_is_said(source: Any) -> None:
    with pytest.raises(ValueError, match=r"nothing is called 'lefty/\*', as rename= says"):
        filled(tower__w=0).restore(source(filled(left__w=1)), rename={"lefty/*": "tower/*"})


@pytest.mark.parametrize(
    ("rename", "error"),
    [
        ({"a**": "b"}, ValueError),
        ({"a/*": "b/*/*"}, ValueError),
        ({"a": "*"}, ValueError),
        ({3: "b"}, TypeError),
        ({None: "b"}, TypeError),
        ({"a": 3}, TypeError),
        ({"a": b"b"}, TypeError),
        ("ab", (TypeError, ValueError)),
        (5, TypeError),
    ],
)
def test_wrong_patterns(source: Any, rename: Any, error: Any) -> None:
    store = filled(w=1)
    with pytest.raises(error):
        store.restore(source(filled(w=2)), rename=rename)
    assert contents(store) == {"w": 1}


# --- values -----------------------------------------------------------------------------


def test_views_see_what_is_restored(source: Any) -> None:
    store = filled(w=1)
    view = store["w"].array
    store.restore(source(filled(w=5)))
    assert view.tolist() == [5, 5] and np.shares_memory(view, store["w"].array)


def test_a_lazy_variable_is_not_drawn(source: Any) -> None:
    def never(shape: Any, dtype: Any) -> Any:
        raise AssertionError("it is drawn")

    store = st.Store()
    store.get("w", (2,), initializer=never)
    store.restore(source(filled(w=5)))
    assert contents(store) == {"w": 5}


def test_a_frozen_variable_is_refused(source: Any) -> None:
    store, given = filled(a=1, b=2), source(filled(a=10, b=20))
    store._freeze("b", True)
    with pytest.raises(ValueError, match=r"b is frozen, and freeze\(False\) lets it be changed"):
        store.restore(given)
    assert contents(store) == {"a": 1, "b": 2}
    store.freeze(False)
    store.restore(given)
    assert contents(store) == {"a": 10, "b": 20}


def test_a_variable_of_two_names_needs_one(source: Any) -> None:
    store = filled(a=1, c=3)
    store.alias("b", "a")
    for given in (filled(b=10, c=30), filled(a=10, c=30)):
        plan = store.plan_restore(source(given))
        assert plan.restored == ["a", "c"] and plan.missing == plan.unexpected == []
        plan.apply()
        assert contents(store) == {"a": 10, "c": 30, "b": 10}
        store["a"].assign([0, 0])
    with pytest.raises(ValueError, match="the store does not have b;"):
        store.restore(source(filled(a=1, b=2, c=3)))  # which of the two?
    both = filled(a=5, c=6)
    both.alias("b", "a")
    store.restore(source(both))
    assert contents(store) == {"a": 5, "c": 6, "b": 5}


def test_a_fork_keeps_its_values(source: Any) -> None:
    store = filled(a=1, b=2)
    fork = store.fork()
    store.restore(source(filled(a=10, b=20)))
    assert contents(fork) == {"a": 1, "b": 2} and contents(store) == {"a": 10, "b": 20}
    store.restore(fork)
    assert contents(store) == {"a": 1, "b": 2}


def test_names_may_be_exchanged_in_one_store() -> None:
    store = filled(a=1, b=2)
    store.restore(store, rename={"a": "b", "b": "a"})
    assert contents(store) == {"a": 2, "b": 1}


def test_a_failure_in_the_middle_undoes_what_was_done(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(shape: Any, dtype: Any) -> Any:
        raise MemoryError

    other = filled(a=10, b=20)
    other.get("c", (2,), initializer=fails)
    store = filled(a=1)
    store.get_many(["b", "c"], [(2,)] * 2, initializer="zeros")
    with pytest.raises(MemoryError):
        store.restore(other)
    assert not store["b"].ready and contents(store) == {"a": 1, "b": 0, "c": 0}


@pytest.mark.out_of_memory
def test_a_lack_of_memory_in_the_middle_changes_nothing() -> None:
    code = """if True:
        import resource
        import numpy as np
        import scopetrie as st

        size = 1 << 26
        source = st.Store()
        for name in "abcd":
            source.put(name, np.zeros(size, np.uint8))
        source["a"].array[0] = 5
        store = st.Store()
        store.put("a", np.zeros(size, np.uint8))
        store.get_many(["b", "c", "d"], [(size,)] * 3, dtype=np.uint8, initializer="ones")
        with open("/proc/self/statm") as file:
            used = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + size + size // 2,) * 2)
        try:
            store.restore(source)
        except MemoryError:
            print([variable.ready for variable in store.values()], store["a"].array[0])
    """
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[True, False, False, False] 0"


def test_renaming_by_a_function() -> None:
    saved, store = st.Store(seed=1), st.Store(seed=2)
    saved.get_many(["Left/W", "Left/B", "right/w"], [(2,)] * 3)
    store.get_many(["left/w", "left/b"], [(2,)] * 2)
    store.restore(saved, rename=lambda path: path.lower() if path.startswith("Left") else None)
    assert np.array_equal(store["left/w"].array, saved["Left/W"].array)
    with pytest.raises(
        TypeError, match=r"Store\.restore: rename\('Left/W'\) gave int: a path is a str, or None"
    ):
        store.restore(saved, rename=lambda path: 3)  # type: ignore[arg-type,return-value]
    with pytest.raises(ValueError, match=r"rename= makes 'x' of both 'Left/W' and 'Left/B'"):
        store.restore(saved, rename=lambda path: "x")


# --- files that change meanwhile ----------------------------------------------------------


def test_a_plan_keeps_the_file_that_it_has_read(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    store = filled(a=1, b=2)
    store.save(path)
    plan = store.plan_restore(path)
    filled(x=8, b=9, a=7).save(path)
    store["a"].array[...] = store["b"].array[...] = 0
    plan.apply()
    assert contents(store) == {"a": 1, "b": 2}


def test_a_file_that_is_cut_meanwhile_ends_the_call_only(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    store = filled(a=1, b=2)
    store.save(path)
    plan = store.plan_restore(path)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 12)
    with pytest.raises(OSError, match=r"was cut while it was read: 0 of 2 variables have its"):
        plan.apply()
    assert contents(store)["b"] == 2


def test_a_file_that_a_writer_replaces_while_it_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "model.safetensors"
    filled(a=1).save(path)
    library = __import__("safetensors")
    check, replaced = library.safe_open, []

    def replacing(*args: Any, **keywords: Any) -> Any:
        if not replaced:
            replaced.append(filled(first=5, a=6).save(path))
        return check(*args, **keywords)

    monkeypatch.setattr(library, "safe_open", replacing)
    assert contents(st.Store.open(path)) == {"first": 5, "a": 6}


def test_small_floats_are_read_in_place(tmp_path: Path) -> None:
    half = pytest.importorskip("ml_dtypes").bfloat16
    path = tmp_path / "model.safetensors"
    store = st.Store()
    arrays = [store.put(name, np.full(shape, 3, half)).array for name, shape in (("w", (2, 2)), ("x", ()))]
    store.save(path)
    for array in arrays:
        array[...] = 0
    store.restore(path)
    assert all((array == 3).all() for array in arrays)
