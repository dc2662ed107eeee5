"""transform: functions that ask for their parameters by name."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
import scopetrie as tf


def dense(x: Any, size: int) -> Any:
    w = tf.get_parameter("w", (x.shape[1], size))
    b = tf.get_parameter("b", (size,), initializer="zeros")
    return x @ w + b


def towers(left: Any, right: Any) -> Any:
    """Two towers that share their parameters, and a head."""
    with tf.parameter_scope("tower"):
        a = dense(left, 3)
    with tf.parameter_scope("tower", reuse=True):
        b = dense(right, 3)
    with tf.parameter_scope("head"):
        return dense(a - b, 1)


X = np.linspace(-1, 1, 8, dtype=np.float32).reshape(2, 4)
Y = X[::-1] * 0.5
INIT, APPLY = tf.transform(towers)


def test_init_makes_a_store_by_seed_and_names():
    parameters = INIT(0, X, Y)
    assert isinstance(parameters, tf.Store)
    assert list(parameters) == ["tower/w", "tower/b", "head/w", "head/b"]
    assert parameters.current_scope.name == ""
    again, other = INIT(0, X, Y), INIT(1, X, Y)
    assert np.array_equal(again["tower/w"], parameters["tower/w"])
    assert not np.array_equal(other["tower/w"], parameters["tower/w"])
    assert parameters.seed == 0


def test_apply_takes_what_has_paths():
    parameters = INIT(0, X, Y)
    w, v = parameters["tower/w"].array, parameters["head/w"].array
    wanted = (X @ w - Y @ w) @ v
    flat = {path: variable.array for path, variable in parameters.items()}
    nested = {"tower": {"w": w, "b": np.zeros(3)}, "head": {"w": v, "b": np.zeros(1)}}
    outer = tf.Store(0)
    for path, value in flat.items():
        outer.put(f"model/{path}", value)
    for given in (parameters, flat, nested, parameters.tree(), outer["model"]):
        assert np.allclose(APPLY(given, X, Y), wanted, atol=1e-6)


def test_apply_has_no_state():
    parameters = INIT(0, X, Y)
    first = APPLY(parameters, X, Y)
    assert np.array_equal(APPLY(parameters, X, Y), first)
    assert list(parameters) == ["tower/w", "tower/b", "head/w", "head/b"]


def test_a_name_twice_is_an_error_in_both():
    def twice(x: Any) -> Any:
        return dense(x, 3) + dense(x, 3)

    init, apply = tf.transform(twice)
    with pytest.raises(ValueError, match="w already exists"):
        init(0, X)
    with pytest.raises(ValueError, match="w already exists"):
        apply({"w": np.zeros((4, 3)), "b": np.zeros(3)}, X)


def test_scopes_from_the_root():
    def tied(x: Any) -> Any:
        with tf.parameter_scope("encoder/embedding") as scope:
            table = tf.get_parameter("table", (4, 3))
        with tf.parameter_scope("decoder"):
            with tf.parameter_scope("/encoder/embedding", reuse=True):
                by_path = tf.get_parameter("table", (4, 3))
            with tf.parameter_scope(scope, reuse=True):
                by_scope = tf.get_parameter("table", (4, 3))
            with tf.parameter_scope("/", reuse=True):
                from_root = tf.get_parameter("encoder/embedding/table", (4, 3))
            scale = tf.get_parameter("scale", (), initializer="ones")
        assert table is by_path is by_scope is from_root
        return x @ by_path * scale

    _, apply = tf.transform(tied)
    table = np.ones((4, 3))
    assert apply({"encoder": {"embedding": {"table": table}}, "decoder": {"scale": 2}}, X).shape == (2, 3)

    def untied(x: Any) -> Any:
        with tf.parameter_scope("decoder"), tf.parameter_scope("/encoder"):
            return x @ tf.get_parameter("table", (4, 3))

    assert list(tf.transform(untied).init(0, X)) == ["encoder/table"]


def test_scopes_have_defaults_and_numbers():
    def layers() -> list[Any]:
        with tf.parameter_scope("all", initializer="ones", dtype=np.float64):
            made = []
            for _ in range(2):
                with tf.parameter_scope(None, "dense", trainable=False):
                    made.append(tf.get_parameter("w", (2,)))
            return made

    init, apply = tf.transform(layers)
    parameters = init(None)
    assert list(parameters) == ["all/dense/w", "all/dense_1/w"]
    assert [variable.trainable for variable in parameters.values()] == [False, False]
    assert [value.tolist() for value in apply(parameters)] == [[1, 1], [1, 1]]
    assert apply(parameters)[0].dtype == np.float64


def test_regularizers_are_the_stores():
    def one() -> Any:
        return tf.get_parameter("w", (2,), initializer="ones", regularizer=lambda w: float((w * w).sum()))

    assert tf.transform(one).init(0).regularization_losses() == [2.0]


def test_what_apply_does_not_find():
    parameters = INIT(0, X, Y)
    del parameters["tower/w"]
    with pytest.raises(KeyError, match=r"transform\(towers\).apply: .* no 'tower/w'.*'tower/b'.* Call init"):
        APPLY(parameters, X, Y)
    with pytest.raises(ValueError, match="no 'tower/w'"):
        APPLY({}, X, Y)
    with pytest.raises(KeyError, match="no 'tower/w'"):
        APPLY({"tower": {"w": {"deeper": 1}}}, X, Y)
    with pytest.raises(KeyError, match="no 'tower/w'"):
        APPLY({"tower": 3}, X, Y)


def test_other_shapes_name_both():
    with pytest.raises(ValueError, match=r"'tower/w' has the shape \(4, 3\).* asks for \(5, 3\)"):
        APPLY(INIT(0, X, Y), np.zeros((2, 5)), np.zeros((2, 5)))


def test_other_dtypes_are_taken():
    half = {path: variable.array.astype(np.float16) for path, variable in INIT(0, X, Y).items()}
    assert APPLY(half, X.astype(np.float16), Y.astype(np.float16)).dtype == np.float16


@pytest.mark.parametrize("seed", ["0", 1.5, [0, 1], np.zeros(2, np.uint32)], ids=repr)
def test_seeds_are_ints(seed: Any):
    with pytest.raises(TypeError, match=r"transform\(towers\).init: the seed is an int or None, .* init\(0"):
        INIT(seed, X, Y)
    assert list(INIT(np.int64(3), X, Y))


def test_wrong_arguments():
    with pytest.raises(TypeError, match="transform: 3 is no function"):
        tf.transform(3)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="a Store, a subtree of one or a dict, not list"):
        APPLY([1], X, Y)


def test_outside_of_a_function_the_error_says_what_to_do():
    for call in (lambda: tf.get_parameter("w", (2,)), lambda: tf.parameter_scope("a")):
        with pytest.raises(ValueError, match=r"outside of a transformed function: .* init\(seed, ...\)"):
            call()


def test_a_failure_leaves_nothing_open():
    def fails() -> None:
        with tf.parameter_scope("a"):
            raise RuntimeError("bad idea")

    with pytest.raises(RuntimeError, match="bad idea"):
        tf.transform(fails).init(0)
    with pytest.raises(ValueError, match="outside of a transformed function"):
        tf.get_parameter("w", (2,))


def test_functions_within_functions():
    inner = tf.transform(lambda x: dense(x, 2))
    frozen = inner.init(0, X)

    def outer(x: Any) -> Any:
        y = inner.apply(frozen, x)  # its names are its own
        return dense(y, 1)

    parameters = tf.transform(outer).init(0, X)
    assert {path: variable.shape for path, variable in parameters.items()} == {"w": (2, 1), "b": (1,)}


def test_threads_do_not_meet():
    parameters = INIT(0, X, Y)
    wanted, found = APPLY(parameters, X, Y), []

    def work() -> None:
        found.extend(APPLY(parameters, X, Y) for _ in range(50))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 200 and all(np.array_equal(each, wanted) for each in found)


def test_graphs_are_not_touched():
    tf.reset_default_graph()
    INIT(0, X, Y)
    assert tf.global_variables() == []
    assert tf.get_default_graph().get_operations() == []


def test_jax_compiles_and_differentiates():
    jax = pytest.importorskip("jax")
    parameters = INIT(0, X, Y)

    def loss(parameters: Any, left: Any, right: Any) -> Any:
        return (APPLY(parameters, left, right) ** 2).sum()

    value, gradients = jax.jit(jax.value_and_grad(loss))(parameters, X, Y)
    assert np.allclose(value, loss(parameters, X, Y), atol=1e-6)
    assert {key: set(each) for key, each in gradients.items()} == {"tower": {"w", "b"}, "head": {"w", "b"}}
    plain = jax.tree.map(lambda v: v, parameters)  # nested dicts of arrays
    step = jax.tree.map(lambda v, g: v - 0.01 * g, plain, gradients)
    assert loss(step, X, Y) < value
    w, moved = parameters["head/w"].array.copy(), 1e-2
    nudged = parameters.tree() | {"head": {"w": w + moved, "b": parameters["head/b"].array}}
    assert np.isclose((loss(nudged, X, Y) - value) / moved, gradients["head"]["w"].sum(), rtol=0.05)
    with pytest.raises(TypeError, match=r"the seed is an int or None, .* call init\(0"):
        INIT(jax.random.PRNGKey(0), X, Y)


def test_torch_differentiates():
    torch = pytest.importorskip("torch")
    init, apply = tf.transform(towers, backend="torch")
    x, y = torch.tensor(X), torch.tensor(Y)
    parameters = init(0, x, y)
    leaves = {path: variable.value.requires_grad_() for path, variable in parameters.items()}
    (apply(leaves, x, y) ** 2).sum().backward()
    assert leaves["head/w"].grad.abs().sum() > 0
    assert leaves["head/w"].data_ptr() == parameters["head/w"].array.ctypes.data
