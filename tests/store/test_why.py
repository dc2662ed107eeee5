"""Where variables come from, and blocks that make where they might reuse."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import scopetrie as st


def make(store: Any, name: str, **options: Any) -> Any:
    return store.get(name, (2,), **options)  # this line


LINE = make.__code__.co_firstlineno + 1


def test_why_names_the_line() -> None:
    store = st.Store()
    make(store, "tower/w")
    why = store.why("tower/w")
    assert (why.path, why.place.path, why.place.function, why.taken) == ("tower/w", "tower/w", "make", {})
    assert why.place.file == __file__ and why.place.line == LINE
    assert str(why) == f"tower/w: made at {__file__}:{LINE}, in make"
    assert store.why("tower").place == why.place  # of a scope, the first variable


def test_why_names_who_took_the_names_before() -> None:
    store = st.Store()
    for _ in range(3):
        with store.scope(None, "layer"):
            make(store, "w")
            make(store, "w_1")
    why = store.why("layer_2/w_1")
    assert {name: place.path for name, place in why.taken.items()} == {
        "layer": "layer/w",
        "layer_1": "layer_1/w",
        "layer_2/w": "layer_2/w",
    }
    assert len(str(why).splitlines()) == 4 and f"layer_1 was taken by layer_1/w, made at {__file__}" in str(
        why
    )
    assert store.why("layer").taken == {}


@pytest.mark.parametrize("path", ["", "x", "towe", 3, None])
def test_why_of_nothing(path: Any) -> None:
    store = st.Store()
    make(store, "tower/w")
    with pytest.raises(KeyError):
        store.why(path)


def test_a_number_that_nobody_counted_to_takes_no_time() -> None:
    store = st.Store()
    make(store, "w_99999999999999999999")
    assert store.why("w_99999999999999999999").taken == {}


# --- audits -----------------------------------------------------------------------------


def test_an_audit_tells_what_was_made_and_what_is_near() -> None:
    store = st.Store()
    make(store, "tower/weights"), make(store, "tower/bias")
    with store.audit() as audit, store.scope("tower", reuse=st.AUTO_REUSE):
        make(store, "weights"), make(store, "wieghts"), make(store, "quite_other")
    assert [(each.path, each.near) for each in audit.made] == [
        ("tower/wieghts", ["tower/weights"]),
        ("tower/quite_other", []),
    ]
    assert audit.made[0].variable is store["tower/wieghts"] and audit.made[0].place.line == LINE
    lines = str(audit).splitlines()
    assert (
        lines[0] == "2 variables were made" and "near to tower/weights" in lines[1] and "near" not in lines[2]
    )
    assert repr(audit) == "<Audit: 2 variables made>"


def test_an_audit_of_a_block_that_makes_nothing() -> None:
    store = st.Store()
    make(store, "w")
    with store.audit() as audit, store.scope("", reuse=True):
        make(store, "w")
    assert audit.made == [] and str(audit) == "no variable was made"


def test_what_is_undone_or_raises_does_not_count() -> None:
    store = st.Store()
    audit = store.audit()
    with pytest.raises(ZeroDivisionError), audit, store.transaction():
        make(store, "w")
        raise ZeroDivisionError
    assert audit.made == []
    with pytest.raises(ZeroDivisionError), audit:  # one after the other is right
        make(store, "w")
        raise ZeroDivisionError
    assert [each.path for each in audit.made] == ["w"]
    with audit, pytest.raises(RuntimeError, match="under way"):
        audit.__enter__()


def test_audits_nest_and_see_other_threads() -> None:
    store = st.Store()
    with store.audit() as outer:
        make(store, "a")
        with store.audit() as inner:
            thread = threading.Thread(target=make, args=(store, "b"))
            thread.start()
            thread.join()
    assert [each.path for each in outer.made] == ["a", "b"] and [each.path for each in inner.made] == ["b"]


def test_an_audit_of_many_is_short() -> None:
    store = st.Store()
    with store.audit() as audit:
        store.get_many([f"v{number}" for number in range(100)], [(1,)] * 100)
    assert len(audit.made) == 100 and len(str(audit).splitlines()) == 32
