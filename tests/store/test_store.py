"""Store: variables by name in scopes, their elements, and what is refused."""

from __future__ import annotations

import gc
import pickle
import threading
import weakref
from itertools import permutations
from typing import Any

import numpy as np
import pytest
import scopetrie as st


@pytest.fixture
def store() -> st.Store:
    return st.Store(seed=7)


def test_a_variable_is_made_once_and_shared_by_the_scopes_mode(store: st.Store) -> None:
    with store.scope("a") as scope:
        w = store.get("w", (2, 3))
        with pytest.raises(ValueError, match=r"a/w already exists \(float32\[2, 3\]\)"):
            store.get("w", (2, 3))
    for mode in (True, st.AUTO_REUSE):
        with store.scope("a", reuse=mode):
            assert store.get("w") is w
            assert store.get("w", [2, 3], np.float32) is w
            with pytest.raises(ValueError, match=r"shape \(3, 2\) was asked for, and it has \(2, 3\)"):
                store.get("w", (3, 2))
            with pytest.raises(ValueError, match="dtype int32 was asked for, and it has float32"):
                store.get("w", dtype=np.int32)
    with store.scope(scope, reuse=True), pytest.raises(ValueError, match="a/b does not exist"):
        store.get("b", (1,))
    with store.scope(scope, reuse=st.AUTO_REUSE):
        assert store.get("b", (1,)).path == "a/b"
    assert list(store) == ["a/w", "a/b"]


def test_scopes_are_the_stores_own(store: st.Store) -> None:
    other = st.Store()
    with st.Graph().as_default(), st.variable_scope("graph"), store.scope("one"), other.scope("two"):
        assert store.get("w", (1,)).path == "one/w"
        assert other.get("w", (1,)).path == "two/w"
        assert st.get_variable("w", [1]).name == "graph/w:0"
        assert store.current_scope.name == "one"
        assert st.get_variable_scope().name == "graph"


def test_scopes_belong_to_a_thread(store: st.Store) -> None:
    seen = []
    with store.scope("mine"):
        thread = threading.Thread(target=lambda: seen.append(store.get("w", (1,)).path))
        thread.start()
        thread.join()
        assert store.get("w", (1,)).path == "mine/w"
    assert seen == ["w"]


def test_scopes_hand_on_what_variables_leave_out(store: st.Store) -> None:
    def getter(getter: Any, name: str, **kwargs: Any) -> Any:
        return getter(name + "_got", **kwargs)

    with store.scope("a", dtype="float64", initializer="ones", trainable=False), store.scope("b"):
        w = store.get("w", (2,))
        own = store.get("own", (2,), np.int32, st.constant_initializer(3), trainable=True)
    assert (w.dtype, w.array.tolist(), w.trainable) == (np.float64, [1, 1], False)
    assert (own.dtype, own.array.tolist(), own.trainable) == (np.int32, [3, 3], True)
    with store.scope("c", custom_getter=getter):
        assert store.get("w", (2,)).path == "c/w_got"
    with store.scope("d", regularizer=lambda v: float(v.array.sum()), initializer="ones"):
        store.get("w", (4,))
    assert store.regularization_losses() == [4.0]


def test_default_names_count_as_in_variable_scope(store: st.Store) -> None:
    names = []
    for _ in range(2):
        with store.scope(default_name="block") as scope:
            names.append(scope.name)
            with store.scope(default_name="layer") as inner:
                names.append(inner.name)
    assert names == ["block", "block/layer", "block_1", "block_1/layer"]


@pytest.mark.parametrize(
    "name", ["", "/a", "a/", "a//b", "a\nb", "\x7f", "long/names/end/", "eight/so//is/this", "seven/s/\x1f"]
)
def test_names_with_empty_parts_or_control_characters_are_refused(store: st.Store, name: str) -> None:
    for call in (lambda: store.get(name, (1,)), lambda: store.put(name, np.ones(1))):
        with pytest.raises(ValueError, match="is no name"):
            call()
    if name:
        with pytest.raises(ValueError, match="is no name"), store.scope(name):
            pass
    assert len(store) == 0


def test_an_initializer_says_each_time_what_it_says_now(store: st.Store) -> None:
    class Twos(st.zeros_initializer):  # type: ignore[misc]
        def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
            return np.full(shape, 2, np.float32)

    constant = st.constant_initializer(3)
    given: list[tuple[Any, int]] = [
        (st.zeros_initializer(), 0), (st.ones_initializer(), 1), (Twos(), 2), (constant, 3),
        ("zeros", 0), ("ones", 1), (st.zeros_initializer, 0), (st.ones_initializer, 1), (Twos, 2),
    ]  # fmt: skip
    for i, (initializer, value) in enumerate(given * 3):
        assert store.get(f"w{i}", (2,), initializer=initializer).array.tolist() == [value, value]
    constant.value = 4
    assert store.get("w", (1,), initializer=constant).array.tolist() == [4]
    kept = weakref.ref(given[0][0])
    del given, initializer
    gc.collect()
    assert kept() is None


def test_keywords_come_in_any_order(store: st.Store) -> None:
    keywords = {"name": "w", "shape": (1,), "dtype": "int8", "initializer": "ones", "trainable": False}
    w = store.get(**keywords)  # type: ignore[arg-type]
    assert (w.array.tolist(), w.dtype, w.trainable) == ([1], np.int8, False)
    with store.scope("", reuse=True):
        for order in permutations(keywords.items()):
            assert store.get(**dict(order)) is w  # type: ignore[arg-type]
        assert store.get(**{"".join(["na", "me"]): "w", "".join(["dty", "pe"]): "int8"}) is w  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="unexpected keyword argument 'shapes'"):
        store.get(shape=(1,), shapes=(1,), name="w")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="multiple values for argument 'name'"):
        store.get("w", name="w")  # type: ignore[misc]


@pytest.mark.parametrize("name", ["_w", "layers.0.weight", "0", "a b", "Grün", "data[3]", "w:0", "-"])
def test_any_other_text_is_a_name(store: st.Store, name: str) -> None:
    with store.scope(name):
        w = store.get(name, (1,))
    assert store[f"{name}/{name}"] is w
    assert list(store) == [w.path] == [f"{name}/{name}"]


DTYPES = [
    np.bool_, np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64, np.longlong,
    np.float16, np.float32, np.float64, np.longdouble, np.complex64, np.complex128, np.clongdouble,
]  # fmt: skip


@pytest.mark.parametrize("dtype", DTYPES, ids=lambda dtype: dtype.__name__)
def test_all_numeric_dtypes_of_numpy(store: st.Store, dtype: Any) -> None:
    zeros, ones = store.get("z", (3,), dtype, "zeros"), store.get("o", (3,), dtype, "ones")
    assert zeros.dtype == ones.dtype == dtype
    assert np.array_equal(zeros.array, np.zeros(3, dtype))
    assert np.array_equal(ones.array, np.ones(3, dtype))
    given = np.ones((2, 2), dtype)
    assert np.shares_memory(store.put("p", given).array, given)
    kind = np.dtype(dtype).kind
    if kind == "c":
        with pytest.raises(ValueError, match="needs an initializer: this dtype has no default"):
            store.get("d", (3,), dtype)
    else:
        default = store.get("d", (300,), dtype).array
        assert default.any() == (kind == "f")
        assert np.all(np.abs(default.astype(float)) <= np.sqrt(6 / 600))


@pytest.mark.parametrize(
    "dtype", ["S", "U4", "O", "M8[s]", "m8[s]", "V4", [("a", "f4")], ">f4", st.string, st.qint8]
)
def test_other_dtypes_are_refused_with_the_reason(store: st.Store, dtype: Any) -> None:
    with pytest.raises(TypeError, match="a Store holds numbers and bools"):
        store.get("w", (1,), dtype)
    if not isinstance(dtype, st.DType):
        with pytest.raises(TypeError, match="a Store holds numbers and bools"):
            store.put("w", np.zeros(1, dtype))
    assert "w" not in store


def test_elements_depend_on_the_seed_and_the_path_alone() -> None:
    def made(seed: int, names: list[str], look: bool) -> dict[str, list[float]]:
        store = st.Store(seed)
        for name in names:
            w = store.get(name, (5,), initializer=st.random_normal_initializer())
            if look:
                _ = w.array
        return {name: store[name].array.tolist() for name in sorted(names)}

    first = made(1, ["a", "b", "s/a"], look=True)
    assert made(1, ["s/a", "b", "a"], look=False) == first
    assert made(2, ["a", "b", "s/a"], look=True) != first
    assert len({tuple(values) for values in first.values()}) == 3


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
@pytest.mark.parametrize(
    ("initializer", "low", "high", "deviation"),
    [
        (st.random_uniform_initializer(-2.0, 6.0), -2, 6, 8 / 12**0.5),
        (st.random_normal_initializer(1.0, 2.0), -9, 11, 2),
        (st.truncated_normal_initializer(0.0, 1.0), -2, 2, 0.8796),
        (st.glorot_uniform_initializer(), -((6 / 200) ** 0.5), (6 / 200) ** 0.5, (2 / 200) ** 0.5),
        (st.glorot_normal_initializer(), -0.23, 0.23, (2 / 200) ** 0.5),
        (st.uniform_unit_scaling_initializer(), -((3 / 100) ** 0.5), (3 / 100) ** 0.5, 0.1),
    ],
    ids=["uniform", "normal", "truncated", "glorot uniform", "glorot normal", "unit scaling"],
)
def test_random_elements_are_distributed_as_the_initializer_says(
    store: st.Store, dtype: Any, initializer: Any, low: float, high: float, deviation: float
) -> None:
    values = store.get("w", (100, 100), dtype, initializer).array.astype(float)
    assert low - 1e-3 <= values.min() < values.max() <= high + 1e-2
    assert values.std() == pytest.approx(deviation, rel=0.03)
    assert abs(values.mean() - (low + high) / 2) < 0.1 * deviation


def test_an_initializers_own_seed_takes_no_part_of_the_path(store: st.Store) -> None:
    seeded = st.random_normal_initializer(seed=3)
    assert np.array_equal(store.get("a", (4,), initializer=seeded), store.get("b", (4,), initializer=seeded))


def test_a_function_is_called_at_first_look_and_once(store: st.Store) -> None:
    calls = []

    def make(shape: Any, dtype: Any) -> Any:
        calls.append((shape, dtype))
        return np.full(shape, 4.0, dtype)

    w = store.get("w", (2, 1), np.float64, make)
    assert not w.ready and calls == []
    assert w.array.tolist() == [[4.0], [4.0]] == w.array.tolist()
    assert calls == [((2, 1), np.dtype(np.float64))]


def test_an_initializer_that_fails_leaves_the_variable_usable(store: st.Store) -> None:
    fails = [ArithmeticError("no luck")]

    def make(shape: Any, dtype: Any) -> Any:
        if fails:
            raise fails.pop()
        return np.ones(shape, dtype)

    w = store.get("w", (2,), initializer=make)
    with pytest.raises(ArithmeticError, match="no luck"):
        _ = w.array
    assert not w.ready
    assert w.array.tolist() == [1, 1]
    bad = store.get("bad", (2,), initializer=lambda shape, dtype: np.ones(3))
    with pytest.raises(ValueError, match=r"'bad' gave elements of shape \(3,\), not \(2,\)"):
        np.asarray(bad)
    assert bad.assign([5, 6]).array.tolist() == [5, 6]
    with pytest.raises(TypeError, match="do not convert to int32"):
        _ = store.get("int", (1,), np.int32, lambda shape, dtype: np.ones(shape)).array


def test_an_initializer_that_makes_operations_is_run() -> None:
    made = [
        st.Store(seed=s).get("w", (3, 3), initializer=st.orthogonal_initializer()).array for s in (1, 1, 2)
    ]
    assert np.allclose(made[0] @ made[0].T, np.eye(3), atol=1e-5)
    assert np.array_equal(made[0], made[1]) and not np.array_equal(made[0], made[2])


def test_a_value_as_initializer_is_copied_and_has_a_shape_of_its_own(store: st.Store) -> None:
    value = np.arange(3, dtype=np.int32)
    w = store.get("w", initializer=value)
    value[:] = 7
    assert (w.shape, w.dtype, w.array.tolist(), w.ready) == ((3,), np.int32, [0, 1, 2], True)
    with pytest.raises(ValueError, match="leave shape= out"):
        store.get("v", (3,), initializer=value)
    with pytest.raises(ValueError, match="dtype float32, and its initializer has dtype int32"):
        store.get("v", dtype=np.float32, initializer=value)
    assert store.get("v", initializer=lambda: np.zeros((2, 2))).shape == (2, 2)
    with pytest.raises(ValueError, match="u does not exist, and has no shape to be made with"):
        store.get("u")


def test_put_adopts_what_it_can_and_copies_the_rest(store: st.Store) -> None:
    plain = np.zeros((2, 3), np.float32)
    w = store.put("w", plain)
    w.assign(np.ones((2, 3)))
    assert plain.sum() == 6 and w.ready
    frozen = np.zeros(2)
    frozen.flags.writeable = False
    for name, given in {
        "f": np.zeros((2, 3), order="F"),
        "s": np.zeros(6)[::2],
        "r": frozen,
        "l": [1.0],
    }.items():
        made = store.put(name, given)
        assert not np.shares_memory(made.array, given) and made.array.flags.writeable
        assert np.array_equal(made.array, given)
    with pytest.raises(ValueError, match=r"Store.put: w already exists \(float32\[2, 3\]\)"):
        store.put("w", plain)
    with store.scope("a"):
        assert store.put("b/c", plain.copy()).path == "a/b/c"


def test_assign_is_in_place_whole_and_casts_as_numpy_does(store: st.Store) -> None:
    w = store.get("w", (2, 2))
    assert w.assign([[1, 2], [3, 4]]) is w  # no first elements are made for it
    view = w.array
    w.load(np.eye(2))
    assert view.tolist() == [[1, 0], [0, 1]]
    for wrong in ([1, 2], 5, np.ones((2, 2, 1))):
        with pytest.raises(ValueError, match="'w' has shape"):
            w.assign(wrong)
    with pytest.raises(TypeError, match="same_kind"):
        store.get("i", (1,), np.int32).assign([1.5])
    w.assign(w.array.T)
    w.array[...] = [[1, 2], [3, 4]]
    w.assign(w.array.T)
    assert view.tolist() == [[1, 3], [2, 4]]


def test_a_variable_is_an_array_to_numpy(store: st.Store) -> None:
    w = store.get("w", (2, 2), initializer="ones")
    x = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)
    for made, expected in [
        (x @ w + w, x @ np.ones((2, 2)) + 1), (w * 2 - x, 2 - x), (1 / w, np.ones((2, 2))),
        (-w, -np.ones((2, 2))), (w**2, np.ones((2, 2))), (w[0], [1, 1]), (np.exp(w), np.full((2, 2), np.e)),
        (w <= 1, np.full((2, 2), True)), (np.add(w, w), np.full((2, 2), 2.0)), (w.array.mean(), 1),
        (list(w)[1], [1, 1]), (np.stack([w, w]).sum(), 8), (divmod(w, 1)[0], np.ones((2, 2))),
    ]:  # fmt: skip
        assert np.allclose(made, expected)
    before = w
    w += x
    w[0, 0] = -1
    assert w is before and w.array.tolist() == [[-1, 3], [4, 5]]
    assert len(w) == 2 and 5 in w and float(store.get("s", (), initializer="ones")) == 1.0
    assert np.shares_memory(np.from_dlpack(w), w.array) and np.shares_memory(memoryview(w), w.array)
    assert np.asarray(w, np.float64).dtype == np.float64
    assert not np.shares_memory(np.array(w), w.array) and np.shares_memory(np.array(w, copy=False), w.array)
    with pytest.raises(ValueError, match="copy"):
        np.array(w, np.float64, copy=False)


def test_equality_is_identity_and_a_handle_can_be_a_key(store: st.Store) -> None:
    w, b = store.get_many(["w", "b"], [(2,), (2,)])
    assert (w, b) == (store["w"], store["b"]) and w != b and len({w, b, store["w"]}) == 2
    held = weakref.ref(w)
    assert held() is w
    del w
    assert held() is None
    assert pickle.loads(pickle.dumps(b)).tolist() == b.array.tolist()


def test_arrays_outlive_the_store() -> None:
    array = st.Store(seed=1).get("w", (100,), initializer="ones").array
    gc.collect()
    assert array.sum() == 100
    view = memoryview(st.Store(seed=1).get("w", (3,), initializer="ones"))
    gc.collect()
    assert view.tolist() == [1, 1, 1]


def test_memory_is_aligned_whatever_the_size(store: st.Store) -> None:
    for size in (0, 1, 3, 100, 70_000):
        for initializer in ("zeros", "ones"):
            array = store.get(f"{initializer}{size}", (size,), np.int8, initializer).array
            assert array.size == 0 or array.ctypes.data % 64 == 0
            assert (array == (initializer == "ones")).all()


@pytest.mark.parametrize("shape", [(-1,), (2, -3), (2**40, 2**40), (2**63,), ("a",), 1.5, (None,), (1,) * 65])
def test_shapes_that_no_array_has_are_refused(store: st.Store, shape: Any) -> None:
    with pytest.raises((ValueError, TypeError, OverflowError), match=r"w|int"):
        store.get("w", shape)
    assert "w" not in store


@pytest.mark.out_of_memory
def test_too_large_an_array_fails_when_it_is_looked_at_and_the_store_stays_whole(store: st.Store) -> None:
    w = store.get("w", (2**45,), np.float64, "ones")
    for _ in range(2):
        with pytest.raises(MemoryError):
            _ = w.array
    assert not w.ready and w.nbytes == 2**48
    assert store.get("b", (1,), initializer="ones").array.tolist() == [1]


def test_get_many_is_get_for_each_or_for_none(store: st.Store) -> None:
    with store.scope("s", reuse=st.AUTO_REUSE):
        many = store.get_many(["a", "b", "c/d"], [(1,), [2], (3,)], np.int32, "ones", trainable=False)
        assert [v.path for v in many] == ["s/a", "s/b", "s/c/d"]
        assert [(v.shape, v.dtype, v.trainable) for v in many] == [((n,), np.int32, False) for n in (1, 2, 3)]
        assert store.get_many(["b", "a"], dtype=np.int32) == [many[1], many[0]]
    with pytest.raises(ValueError, match="w does not exist, and has no shape"):
        store.get_many(["w", "x"])
    with pytest.raises(ValueError, match="3"):
        store.get_many(["y", "z"], [(1,)] * 3)
    assert len(store) == 3


def test_the_mapping(store: st.Store) -> None:
    w, b = store.get("s/w", (1,)), store.get("b", (1,))
    assert dict(store) == {"s/w": w, "b": b} == dict(store.items())
    assert list(store.keys()) == ["s/w", "b"] and list(store.values()) == [w, b]
    assert "s" not in store and 3 not in store and "\udc80" not in store
    with pytest.raises(KeyError, match="near to it are 's/w'"):
        store["s/ww"]
    with pytest.raises(ValueError, match="path is a str, not int"):
        store[3]  # type: ignore[index]


def test_a_store_is_not_pickled(store: st.Store) -> None:
    with pytest.raises(TypeError, match="neither pickled nor copied"):
        pickle.dumps(store)


def test_a_variable_that_was_undone_says_so(store: st.Store) -> None:
    with store.transaction() as transaction:
        lost = store.get("a/w", (2,))
        array = lost.array
        transaction.rollback()
    again = store.get("b", (2,))
    for use in (lambda: lost.array, lambda: lost.path, lambda: lost.assign([1, 2]), lambda: lost + 1):
        with pytest.raises(RuntimeError, match="'a/w' is gone"):
            use()
    assert array.shape == (2,) and again.path == "b" and repr(lost) == "<Variable 'a/w' (gone)>"


@pytest.mark.parametrize(
    ("reuse", "makes", "shares"),
    [(None, True, True), (True, False, True), (False, True, False), (0, True, False), (1, True, True)],
)
def test_a_getter_reads_reuse_as_get_variable_does(reuse, makes, shares):
    """A mode that is true or false without being True or False says AUTO_REUSE or False."""

    def own(getter, name, **keywords):
        return getter(name, **{**keywords, "reuse": reuse})

    def works(call):
        try:
            call()
        except ValueError:
            return False
        return True

    store = st.Store()
    with st.Graph().as_default():
        for get in (store.get, st.get_variable):
            assert works(lambda: get("new", (2,), custom_getter=own)) == makes  # noqa: B023
            get("old", (2,))
            assert works(lambda: get("old", (2,), custom_getter=own)) == shares  # noqa: B023
