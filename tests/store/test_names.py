"""Store.names: names that know the store's variables."""

from __future__ import annotations

import gc
import weakref

import pytest
import scopetrie as st


def test_names_of_variables_are_taken_and_come_back_with_them() -> None:
    store = st.Store()
    with store.scope("layer"):
        store.get("w", (2,))
    names = store.names
    assert store.names is names
    assert names.unique_name("layer/w") == "layer/w_1"
    store.get("b", (2,))
    assert "b" in names
    store.move("b", "layer/b")
    assert "b" not in names and "layer/b" in names
    del store["layer/w"]
    assert names.unique_name("layer/w") == "layer/w"


def test_they_stand_where_the_thread_stands_in_the_store() -> None:
    store = st.Store()
    with store.scope("a"), store.scope("b"):
        assert store.names.unique_name("MatMul") == "a/b/MatMul"
        with store.names.scope("c"):
            assert store.names.unique_name("MatMul") == "a/b/c/MatMul"
    assert store.names.unique_name("MatMul") == "MatMul"


def test_a_transaction_takes_back_what_was_given_out_in_it() -> None:
    store = st.Store()
    names = store.names
    with pytest.raises(KeyError), store.transaction():
        store.get("w", (2,))
        assert names.unique_name("w") == "w_1"
        raise KeyError
    assert "w" not in names and names.unique_name("w_1") == "w_1"
    with store.transaction():
        assert names.unique_name("kept") == "kept"
    assert "kept" in names


def test_names_that_the_transaction_is_the_first_to_ask_for() -> None:
    store = st.Store()
    with pytest.raises(KeyError), store.transaction():
        assert store.names.unique_name("x") == "x"
        raise KeyError
    assert store.names.unique_name("x") == "x"


def test_a_fork_has_names_of_its_own() -> None:
    store = st.Store()
    store.get("w", (2,))
    assert store.names.unique_name("x") == "x"
    fork = store.fork()
    assert fork.names is not store.names
    assert fork.names.unique_name("w") == "w_1" and fork.names.unique_name("x") == "x_1"
    fork.get("v", (2,))
    assert "v" in fork.names and "v" not in store.names


def test_names_outlive_their_store() -> None:
    store = st.Store()
    store.get("w", (2,))
    names, gone = store.names, weakref.ref(store)
    assert names.unique_name("w") == "w_1"
    del store
    gc.collect()
    assert gone() is None
    assert names.unique_name("w") == "w_2"
