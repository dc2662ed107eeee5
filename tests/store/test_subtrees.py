"""Subtrees: what is beneath a path, as a mapping; patterns; trees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import scopetrie as st
from hypothesis import given
from hypothesis import strategies as hyp

PATHS = [
    "encoder/layer_0/w",
    "encoder_2/w",
    "encoder/layer_1/w",
    "w",
    "encoder/layer_0/b",
    "encoder/layer_1",
    "other/encoder/w",
]


@pytest.fixture
def store() -> Any:
    store = st.Store(seed=0)
    store.get_many(PATHS, [(number + 1,) for number in range(len(PATHS))])
    return store


def test_a_subtree_is_a_mapping(store: Any) -> None:
    encoder = store["encoder"]
    inside = ["layer_0/w", "layer_1/w", "layer_0/b", "layer_1"]
    assert isinstance(encoder, Mapping) and isinstance(store, Mapping)
    assert list(encoder) == inside and len(encoder) == 4 and encoder.path == "encoder"
    assert list(encoder.keys()) == inside
    assert list(encoder.values()) == [store[f"encoder/{path}"] for path in inside]
    assert list(encoder.items()) == [(path, store[f"encoder/{path}"]) for path in inside]
    assert dict(encoder) == {path: store[f"encoder/{path}"] for path in inside}
    assert len(encoder.values()) == len(encoder.items()) == 4
    assert "layer_0/w" in encoder and "layer_0" not in encoder and "w" not in encoder and 3 not in encoder
    assert encoder.get("layer_0/b") is store["encoder/layer_0/b"] and encoder.get("x", 5) == 5
    assert encoder["layer_0"]["w"] is encoder["layer_0/w"]
    assert encoder.store is store
    assert encoder == {path: store[f"encoder/{path}"] for path in inside}


def test_what_is_measured(store: Any) -> None:
    encoder = store["encoder"]
    assert (encoder.size, encoder.nbytes) == (1 + 3 + 5 + 6, 60)
    assert not any(variable.ready for variable in encoder.values())  # nothing was made for it


def test_a_view_shows_what_comes_and_goes(store: Any) -> None:
    encoder = store["encoder"]
    with store.scope("encoder"):
        store.get("new", (2,))
    assert "new" in encoder and list(encoder)[-1] == "new" and len(encoder) == 5
    with store.transaction() as transaction:
        store.get("encoder/gone", (2,))
        assert len(encoder) == 6
        transaction.rollback()
    assert len(encoder) == 5


def test_a_path_that_is_a_variable_and_a_scope(store: Any) -> None:
    assert isinstance(store["encoder/layer_1"], st._core.StoreVariable)
    assert list(store.subtree("encoder/layer_1")) == ["w"]
    assert list(store["encoder"].subtree("layer_1")) == ["w"]
    tree = store.tree()
    assert tree["encoder"]["layer_1"] == {"w": store["encoder/layer_1/w"], "": store["encoder/layer_1"]}
    assert store["encoder"].tree() == tree["encoder"]


def test_the_whole_store_as_a_subtree(store: Any) -> None:
    whole = store.subtree("")
    assert list(whole) == PATHS and whole["w"] is store["w"] and whole["encoder"] == store["encoder"]
    assert whole.size == sum(range(1, len(PATHS) + 1)) and whole.path == ""
    assert list(st.Store().subtree("")) == []


@pytest.mark.parametrize(
    "path", ["x", "encod", "encoder/layer", "", "/", "encoder/", "/encoder", "encoder//w"]
)
def test_a_path_that_is_not_there(store: Any, path: str) -> None:
    with pytest.raises(KeyError):
        store[path]
    with pytest.raises(KeyError):
        store["encoder"][path]
    if path:
        with pytest.raises(KeyError):
            store.subtree(path)


def test_errors_name_the_whole_path_and_the_nearest(store: Any) -> None:
    with pytest.raises(KeyError, match=r"'encoder/layer_0/ww'.*'encoder/layer_0/w'"):
        store["encoder"]["layer_0"]["ww"]
    for wrong in (3, None, ("a",), b"encoder"):
        with pytest.raises(KeyError):
            store[wrong]
        with pytest.raises(TypeError):
            store.subtree(wrong)


def test_what_is_deleted_through_a_view(store: Any) -> None:
    encoder = store["encoder"]
    del encoder["layer_0"]
    del encoder["layer_1/w"]
    assert list(encoder) == ["layer_1"]
    for wrong in ("layer_0", "x", 3, None):
        with pytest.raises(KeyError):
            del encoder[wrong]
    del store["encoder/layer_1"]
    assert list(encoder) == [] and len(encoder) == encoder.size == 0 and encoder.tree() == {}
    assert str(encoder) == "Subtree 'encoder': 0 variables, 0 elements, 0 B"
    with pytest.raises(KeyError):
        store["encoder"]
    assert list(store) == ["encoder_2/w", "w", "other/encoder/w"]


def test_names_of_one_variable_count_and_are_measured_once(store: Any) -> None:
    store.alias("decoder/w", "encoder/layer_0/w")
    store.alias("decoder/v", "encoder/layer_0/w")
    decoder = store["decoder"]
    assert list(decoder) == ["w", "v"] and decoder["w"] is decoder["v"] is store["encoder/layer_0/w"]
    assert "  v  float32[1]  4 B  lazy, alias of encoder/layer_0/w" in str(decoder).splitlines()
    assert [variable.path for variable in store.match("decoder/*")] == ["encoder/layer_0/w"] * 2
    del store["encoder"]
    assert decoder["v"].path == "decoder/w"


def test_a_flat_subtree(store: Any) -> None:
    flat = store["encoder"].flat(lambda variable: variable.size > 1)
    assert flat.data.shape == (3 + 5 + 6,)
    flat.data[...] = 7
    assert store["encoder/layer_1/w"].array.tolist() == [7, 7, 7]


# --- patterns ---------------------------------------------------------------------------


def test_match(store: Any) -> None:
    def paths(found: list[Any]) -> list[str]:
        return [variable.path for variable in found]

    assert paths(store.match("encoder/*/w")) == ["encoder/layer_0/w", "encoder/layer_1/w"]
    assert paths(store.match("**")) == PATHS
    assert paths(store.match("*")) == ["w"]
    assert paths(store.match("w")) == ["w"]
    assert paths(store.match(["w", "encoder/**/b", "*/w"])) == ["encoder_2/w", "w", "encoder/layer_0/b"]
    assert paths(store.match([])) == paths(store.match("x/*")) == paths(store.match("")) == []
    assert paths(store["encoder"].match("*/w")) == ["encoder/layer_0/w", "encoder/layer_1/w"]
    assert paths(store["encoder"].match("layer_1")) == ["encoder/layer_1"]
    for wrong in (3, [3], ["w", None]):
        with pytest.raises(TypeError):
            store.match(wrong)
    with pytest.raises(ValueError, match="between slashes"):
        store.match("a**")


SEGMENTS = hyp.lists(hyp.sampled_from("abc"), min_size=1, max_size=3).map("/".join)


@given(
    hyp.lists(SEGMENTS, unique=True, max_size=12),
    hyp.lists(
        hyp.sampled_from(["*", "**", "a", "a/*", "a/**", "**/b", "*/a/*", "a/b", "b/**/c"]), max_size=3
    ),
)
def test_match_agrees_with_a_look_at_every_path(paths: list[str], patterns: list[str]) -> None:
    store = st.Store()
    store.get_many(paths, [(1,)] * len(paths))
    from scopetrie.store.globs import glob

    wanted = [path for path in paths if any(glob(each).match(path) is not None for each in patterns)]
    assert [variable.path for variable in store.match(patterns)] == wanted


@given(hyp.lists(SEGMENTS, unique=True, max_size=12))
def test_a_tree_has_everything_once(paths: list[str]) -> None:
    store = st.Store()
    store.get_many(paths, [(1,)] * len(paths))
    found = {}

    def walk(tree: dict[str, Any], prefix: str) -> None:
        for name, value in tree.items():
            path = f"{prefix}/{name}".strip("/")
            if isinstance(value, dict):
                walk(value, path)
            else:
                found[path] = value

    walk(store.tree(), "")
    assert found == dict(store.items())


# --- printing ---------------------------------------------------------------------------


def test_a_store_and_its_subtrees_are_printed_as_trees(store: Any) -> None:
    store["w"].array[...] = 1
    assert str(store).splitlines()[0] == "Store: 7 variables, 28 elements, 112 B"
    assert str(store["encoder"]).splitlines() == [
        "Subtree 'encoder': 4 variables, 15 elements, 60 B",
        "  layer_0/  2 variables  24 B",
        "    w       float32[1]    4 B  lazy",
        "    b       float32[5]   20 B  lazy",
        "  layer_1   float32[6]   24 B  lazy, beneath it 1 variable, 12 B",
        "    w       float32[3]   12 B  lazy",
    ]
    assert "  w                float32[4]   16 B" in str(store).splitlines()  # not lazy any more
    assert (
        repr(store) == "<Store: 7 variables>" and repr(store["encoder"]) == "<Subtree 'encoder': 4 variables>"
    )
    assert "<details" in store._repr_html_() and "<details" in store["encoder"]._repr_html_()
    assert len([variable for variable in store.values() if variable.ready]) == 1  # printing makes none
    many = st.Store()
    many.get_many([f"layer_{number}/w" for number in range(2000)], [(8,)] * 2000)
    assert len(str(many).splitlines()) < 40
