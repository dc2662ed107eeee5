"""Changes of what a store holds: del, move, copy, alias, freeze, fork, flat; and undoing all of them."""

from __future__ import annotations

import gc
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scopetrie as st


@pytest.fixture
def store() -> st.Store:
    store = st.Store(seed=7)
    for layer in range(2):
        with store.scope(f"a/layer_{layer}"):
            store.get("w", (2, 2)), store.get("b", (2,), initializer="zeros")
    store.get("a_2/w", (1,))
    return store


PATHS = ["a/layer_0/w", "a/layer_0/b", "a/layer_1/w", "a/layer_1/b", "a_2/w"]


def test_deleting_takes_a_variable_or_all_beneath_a_path(store: st.Store) -> None:
    w, b = store["a/layer_0/w"], store["a/layer_0/b"]
    array = w.array
    del store["a/layer_0/w"]
    assert list(store) == PATHS[1:] and b.path == "a/layer_0/b" and array.shape == (2, 2)
    with pytest.raises(RuntimeError, match=r"'a/layer_0/w' is gone: it was deleted"):
        _ = w.array
    again = store.get("a/layer_0/w", (3,))
    assert again.shape == (3,) and list(store)[-1] == "a/layer_0/w" and again is not w
    del store["a"]
    assert list(store) == ["a_2/w"] and len(store) == 1
    for path in ("a", "a/layer_0/w", "", "nothing"):
        with pytest.raises(KeyError):
            del store[path]
    with pytest.raises(TypeError):
        del store[1]  # type: ignore[arg-type]


def test_moving_keeps_the_variable_its_elements_and_its_place(store: st.Store) -> None:
    w = store["a/layer_1/w"]
    values = w.array.copy()
    store.move("a/layer_1", "z")
    assert list(store) == [*PATHS[:2], "z/w", "z/b", "a_2/w"]
    assert store["z/w"] is w and w.path == "z/w" and np.array_equal(w.array, values)
    store.move("z/w", "a/layer_1/v")
    assert store._paths("a") == ["layer_0/w", "layer_0/b", "layer_1/v"] and store._paths("z") == ["b"]


def test_a_lazy_variable_that_is_moved_is_seeded_by_its_path_when_it_is_looked_at(store: st.Store) -> None:
    other = st.Store(seed=7)
    store.move("a/layer_0/w", "w")
    assert np.array_equal(store["w"].array, other.get("w", (2, 2)).array)


@pytest.mark.parametrize("call", ["move", "copy", "alias"])
def test_what_cannot_be_moved_copied_or_named_changes_nothing(store: st.Store, call: str) -> None:
    def go(path: str, to: str) -> None:
        getattr(store, call)(*((to, path) if call == "alias" else (path, to)))

    store.get("z/b", (1,))
    for path, to, why in [
        ("a/layer_0", "z", "z/b already exists"),
        ("a", "a/b", "which is in it"),
        ("a", "a", "which is in it"),
        ("nothing", "z", "no variable 'nothing'"),
        ("a_2/w", "a_2/w", "already exists"),
        ("", "z", "no variable ''"),
        ("a", "", "is no name"),
        ("a", "b//c", "is no name"),
    ]:
        with pytest.raises(ValueError, match=why):
            go(path, to)
        assert list(store) == [*PATHS, "z/b"]
    with pytest.raises(TypeError):
        go("a", 1)  # type: ignore[arg-type]


def test_copies_are_new_variables_with_the_elements_of_now(store: st.Store) -> None:
    calls: list[Any] = []

    def make(shape: Any, dtype: Any) -> Any:
        calls.append(shape)
        return np.full(shape, 5, dtype)

    store.get("a/f", (2,), initializer=make, trainable=False)
    store["a/layer_0/b"].assign([1, 2])
    store.copy("a", "c")
    assert store._paths("c") == [*(path[2:] for path in PATHS[:-1]), "f"] and len(calls) == 1
    for path in store._paths("c"):
        one, two = store[f"a/{path}"], store[f"c/{path}"]
        assert one is not two and np.array_equal(one.array, two.array) and two.trainable == one.trainable
        assert not np.shares_memory(one.array, two.array)


def test_an_alias_is_another_name_of_one_variable(store: st.Store) -> None:
    w = store["a_2/w"]
    store.alias("t/w", "a_2/w")
    store.alias("u/w", "t/w")
    assert store["t/w"] is store["u/w"] is w and len(store) == 7 and w.path == "a_2/w"
    with store.scope("u", reuse=True):
        assert store.get("w", (1,)) is w
        with pytest.raises(ValueError, match=r"it has \(1,\)"):
            store.get("w", (2,))
    assert store._measure("u") == (1, 0, 0)  # counted where the variable is
    del store["a_2/w"]
    assert w.path == "t/w" and list(store)[-2:] == ["t/w", "u/w"] and w.array.shape == (1,)
    del store["u/w"], store["t/w"]
    with pytest.raises(RuntimeError, match="is gone"):
        _ = w.array
    store.alias("all", "a")
    assert store["all/layer_0/w"] is store["a/layer_0/w"]


def test_frozen_variables_keep_their_elements(store: st.Store) -> None:
    w = store["a_2/w"]
    before = w.array
    store.freeze()
    assert not w.trainable and not w.array.flags.writeable and "frozen" in repr(w)
    with pytest.raises(ValueError, match="'a_2/w' is frozen"):
        w.assign([1])
    with pytest.raises(ValueError, match="read-only"):
        w += 1
    before[:] = 3  # was handed out before
    store.freeze(False)
    assert w.trainable and w.assign([4]).array[0] == 4


def test_a_fork_is_independent_and_shares_what_nobody_looks_at(store: st.Store) -> None:
    held = store["a_2/w"].array
    for variable in store.values():
        _ = variable.array
    fork = store.fork()
    assert type(fork) is st.Store and list(fork) == list(store) and fork.seed == store.seed
    assert fork["a_2/w"] is not store["a_2/w"]
    held += 1
    store["a/layer_0/b"].assign([9, 9])
    fork["a/layer_1/b"].array[...] = 7
    assert not np.array_equal(fork["a_2/w"].array, store["a_2/w"].array)
    assert fork["a/layer_0/b"].array.tolist() == [0, 0] and store["a/layer_1/b"].array.tolist() == [0, 0]
    assert np.array_equal(fork["a/layer_0/w"].array, store["a/layer_0/w"].array)
    fork.get("new", (1,)), store.get("other", (1,))
    assert "new" not in store and "other" not in fork
    with fork.scope("a", reuse=True):
        assert fork.get("layer_0/b", (2,)).array.tolist() == [0, 0]


def test_a_fork_draws_and_calls_what_the_store_would(store: st.Store) -> None:
    store.get("f", (2,), initializer=lambda shape, dtype: np.full(shape, 8.0), regularizer=lambda v: v.path)
    fork = store.fork()
    assert np.array_equal(fork["a/layer_0/w"].array, store["a/layer_0/w"].array)
    del store
    gc.collect()
    assert fork["f"].array.tolist() == [8, 8] and fork.regularization_losses() == ["f"]


def test_adopted_memory_is_copied_by_a_fork_as_long_as_somebody_has_it() -> None:
    store = st.Store()
    held = np.zeros(3)
    store.put("held", held), store.put("let go", np.zeros(3))
    fork = store.fork()
    held += 1
    assert fork["held"].array.tolist() == [0, 0, 0]
    store["let go"].array[...] = 1
    assert fork["let go"].array.tolist() == [0, 0, 0]


def test_flat_moves_elements_and_refuses_what_would_be_left_behind(store: st.Store) -> None:
    held = store["a_2/w"].array
    with pytest.raises(ValueError, match="somebody has an array of 'a_2/w'"):
        store.flat()
    values = {path: store[path].array.copy() for path in PATHS}
    flat = store.flat("a", where=lambda variable: variable.path.endswith("w"))
    assert list(flat) == ["layer_0/w", "layer_1/w"] and flat.data.shape == (8,)
    assert all(np.array_equal(store[path].array, values[path]) for path in PATHS)
    flat.data *= 0
    flat.data[0] = 5
    assert store["a/layer_0/w"].array.tolist() == [[5, 0], [0, 0]] and held.shape == (1,)
    store["a/layer_1/w"].assign([[1, 1], [1, 1]])
    assert flat.data.sum() == 9 and flat["layer_1/w"].sum() == 4
    store.get("int", (2,), np.int32)
    with pytest.raises(ValueError, match="'int' has dtype int32, and the first variable has float32"):
        store.flat(where=lambda variable: variable.path in ("int", "a/layer_1/b"))
    assert store.flat("nothing").data.shape == (0,)
    store.alias("t", "a/layer_0/b")
    assert list(store.flat(where=lambda variable: variable.path.endswith("_0/b"))) == ["a/layer_0/b"]


def test_transactions_nest_and_undo_every_change(store: st.Store) -> None:
    w = store["a/layer_0/w"]
    with store.transaction() as outer:
        store.move("a/layer_0", "moved")
        with store.transaction():
            del store["moved/w"]
            store.alias("alias", "a_2/w")
            store.get("moved/w", (7,))
        with store.transaction() as inner:
            store.move("moved/w", "away")
            store.freeze()
            inner.rollback()
        assert store["moved/w"].shape == (7,) and store["moved/w"].trainable
        with pytest.raises(RuntimeError):
            _ = w.array
        outer.rollback()
    assert list(store) == PATHS and store["a/layer_0/w"] is w and w.array.shape == (2, 2)


class Model:
    """What a store is to hold: numbers of variables by path."""

    def __init__(self) -> None:
        self.paths: dict[str, int] = {}
        self.frozen: dict[int, bool] = {}

    def copy(self) -> Model:
        made = Model()
        made.paths, made.frozen = dict(self.paths), dict(self.frozen)
        return made

    def at(self, path: str) -> list[str]:
        return [path] if path in self.paths else [p for p in self.paths if p.startswith(path + "/")]


@pytest.mark.parametrize("seed", range(30))
def test_random_changes_do_what_a_dictionary_would(seed: int) -> None:
    choose = random.Random(seed)
    store, model = st.Store(seed=1), Model()
    handles: dict[int, Any] = {}
    names = ["a", "b", "a/a", "a/b", "b/a", "b/b", "a/a/a", "b/a/b", "c", "a_1", "a_1/b"]

    def check() -> None:
        assert set(store) == set(model.paths) and len(store) == len(model.paths)
        for path, number in model.paths.items():
            assert store[path] is handles[number]
            assert handles[number].array[0] == number and handles[number].trainable != model.frozen[number]
        for top in ("a", "b", "a_1"):
            assert sorted(store._paths(top)) == sorted(
                p[len(top) + 1 :] for p in model.paths if p.startswith(top + "/")
            )

    def put() -> None:
        path = choose.choice(names)
        if path not in model.paths:
            number = len(handles)
            handles[number] = store.put(path, np.array([float(number)]))
            model.paths[path], model.frozen[number] = number, False

    def delete() -> None:
        gone = model.at(path := choose.choice(names))
        if gone:
            del store[path]
        for each in gone:
            del model.paths[each]

    def go(call: str) -> None:
        path, to = choose.choice(names), choose.choice(names)
        moved = [(p, to + p[len(path) :]) for p in model.at(path)]
        inside = path not in model.paths and (to == path or to.startswith(path + "/"))
        arguments = (to, path) if call == "alias" else (path, to)
        if not moved or inside or any(new in model.paths for _, new in moved):
            with pytest.raises(ValueError):
                getattr(store, call)(*arguments)
            return
        getattr(store, call)(*arguments)
        for old, new in moved:
            if call == "copy":
                number = len(handles)
                handles[number] = store[new].assign([float(number)])
                model.paths[new], model.frozen[number] = number, False
            else:
                model.paths[new] = model.paths[old]
        if call == "move":
            for old, _ in moved:
                del model.paths[old]

    def freeze() -> None:
        path, frozen = choose.choice(names), choose.random() < 0.5
        store._freeze(path, frozen)
        for each in model.at(path):
            model.frozen[model.paths[each]] = frozen

    def within(depth: int) -> None:
        nonlocal model
        before = model.copy()
        with store.transaction() as transaction:
            steps(choose.randrange(6), depth + 1)
            if choose.random() < 0.5:
                transaction.rollback()
                model = before
        check()

    def steps(count: int, depth: int) -> None:
        kinds: list[Callable[[], None]] = [
            put, put, put, delete, freeze, lambda: go("move"), lambda: go("alias"), lambda: go("copy"),
        ]  # fmt: skip
        for _ in range(count):
            if depth < 3 and choose.random() < 0.25:
                within(depth)
            else:
                choose.choice(kinds)()

    for _ in range(12):
        steps(4, 0)
        check()
