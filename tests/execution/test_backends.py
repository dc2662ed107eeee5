"""Sessions on array libraries other than NumPy."""

import importlib.util

import array_api_strict
import numpy as np
import pytest
import scopetrie as tf
from scopetrie.backends import Backend, available, get_backend, names, registry


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def test_get_backend():
    numpy = get_backend()
    assert numpy.name == "numpy"
    assert get_backend(numpy) is numpy
    assert repr(get_backend(array_api_strict)) == "<scopetrie backend array_api_strict>"
    with pytest.raises(
        TypeError, match=r"^A backend is a name, a Backend or an array-API namespace; 3 has type"
    ):
        get_backend(3)


@pytest.mark.skipif(importlib.util.find_spec("cupy") is not None, reason="CuPy is installed")
def test_cupy_without_cupy():
    with pytest.raises(ImportError) as caught:
        tf.Session(backend="cupy")
    text = str(caught.value)
    assert text.startswith("The backend 'cupy' needs the library CuPy: ")
    assert "pip install scopetrie[cuda12]" in text
    assert "pip install scopetrie[cuda13]" in text


def test_cupy_without_a_driver(monkeypatch):
    import sys
    import types

    def no_driver(*args):
        raise RuntimeError("cudaErrorInsufficientDriver: CUDA driver version is insufficient")

    monkeypatch.setitem(sys.modules, "cupy", types.SimpleNamespace(zeros=no_driver))
    with pytest.raises(RuntimeError) as caught:
        tf.Session(backend="cupy")
    first = str(caught.value).splitlines()[0]
    assert first.startswith(
        "The backend 'cupy' needs a working CUDA driver and device: cudaErrorInsufficient"
    )
    assert "pip install scopetrie[cuda12]" in str(caught.value)


DEVICES = [None, array_api_strict.Device("device1")]


@pytest.mark.parametrize("device", DEVICES, ids=["cpu", "device1"])
def test_the_strict_namespace_computes_the_same(device):
    x = tf.placeholder(tf.float32, [None, 3])
    w = tf.get_variable("w", initializer=np.ones((3, 2), np.float32))
    b = tf.get_variable("b", initializer=[1.0, 2.0])
    y = tf.tanh(tf.matmul(x, w) + b)
    add = tf.assign_add(b, [1.0, 1.0])
    values = np.arange(6, dtype=np.float32).reshape(2, 3) / 10
    session = tf.Session(backend=Backend("array_api_strict", array_api_strict, device))
    session.run(tf.global_variables_initializer())
    for count in range(3):
        found = session.run({"y": y, "s": tf.reduce_sum(b)}, {x: values})
        bias = np.array([1, 2]) + count
        assert isinstance(found["y"], np.ndarray)
        assert np.allclose(found["y"], np.tanh(values @ np.ones((3, 2)) + bias), rtol=1e-5)
        assert found["s"] == bias.sum()
        session.run(add.op)
    assert session.run(w.value()).dtype == np.float32


def test_the_default_backend(monkeypatch):
    assert tf.Session().backend.name == "numpy"
    try:
        tf.set_default_backend(array_api_strict)
        assert tf.Session().backend.name == "array_api_strict"
        assert tf.Session(backend="numpy").backend.name == "numpy"
        with pytest.raises(
            ValueError, match=r"^No backend is named 'tpu'; the backends are 'numpy', 'cupy', "
        ):
            tf.set_default_backend("tpu")
        assert tf.Session().backend.name == "array_api_strict"
    finally:
        tf.set_default_backend(None)
    monkeypatch.setattr(registry._default, "named", None)  # it is read once
    monkeypatch.setenv("SCOPETRIE_BACKEND", "numpy")
    assert tf.Session().backend.name == "numpy"
    monkeypatch.setattr(registry._default, "named", None)
    monkeypatch.setenv("SCOPETRIE_BACKEND", "nampy")
    with pytest.raises(
        ValueError, match=r"^SCOPETRIE_BACKEND: No backend is named 'nampy'; the backends are "
    ):
        tf.Session()


def test_available(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "jax", None)
    found = available()
    assert tuple(found) == names()
    assert found["numpy"] == ""
    assert found["jax"].startswith("The backend 'jax' needs the library JAX: ")


def test_the_module_of_a_known_library_is_its_backend():
    assert type(get_backend(np)) is type(get_backend("numpy"))


def test_kernels_of_a_backend_replace_those_of_the_ops():
    class Off(Backend):
        """A backend with two wrong kernels."""

    Off.kernels = {
        "Neg": lambda xp: lambda x: x + 1,
        "AssignAdd": lambda xp, state, use_locking=False: lambda x: x,
    }
    session = tf.Session(backend=Off("off", array_api_strict))
    x = tf.placeholder(tf.float32, [2])
    w = tf.get_variable("w", initializer=[1.0, 2.0])
    session.run(w.initializer)
    assert session.run(-x, {x: [1, 2]}).tolist() == [2, 3]
    session.run(tf.assign_add(w, x).op, {x: [1, 2]})
    assert session.run(w).tolist() == [1, 2]


def test_failures_of_a_library_are_translated():
    class Short(Backend):
        """A backend that takes divisions by zero for a lack of memory."""

        def failure(self, error):
            return MemoryError("no room") if isinstance(error, ZeroDivisionError) else error

    def kernel(xp):
        return lambda x: 1 // 0

    Short.kernels = {"Neg": kernel}
    x = tf.placeholder(tf.float32, [2])
    with pytest.raises(tf.errors.ResourceExhaustedError, match=r"^OOM when computing Neg: no room\n"):
        tf.Session(backend=Short("short", array_api_strict)).run(-x, {x: [1, 2]})


def test_a_store_gives_values_in_arrays_of_its_backend():
    store = tf.Store(seed=0, backend=array_api_strict)
    w = store.get("w", (2,), initializer="ones")
    assert isinstance(w.value, type(array_api_strict.ones(1)))
    assert np.asarray(w.value).tolist() == [1, 1]
    assert w.array.tolist() == [1, 1]
    assert tf.Store().get("w", (2,), initializer="ones").value.flags.writeable


def test_a_session_computes_with_the_backend_of_its_store():
    assert tf.Session(store=tf.Store(backend="numpy")).backend.name == "numpy"
    assert tf.Store(backend=array_api_strict).fork().fork().backend.name == "array_api_strict"
    assert tf.Session(store=tf.Store()).backend.name == "numpy"
    with pytest.raises(ValueError, match=r"^Session\(store=\.\.\.\): a Store holds NumPy's arrays"):
        tf.Session(store=tf.Store(backend=array_api_strict))


def test_torch_computes_in_the_memory_of_a_store():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    store = tf.Store(seed=0)
    w = tf.get_variable("w", initializer=[1.0, 2.0])
    add = tf.assign_add(w, [1.0, 1.0])
    with tf.Session(backend=torch, store=store) as session:
        session.run(w.initializer)
        held = store["w"].array
        for _ in range(3):
            session.run(add.op)
        assert held.tolist() == [4, 5]
        held[0] = 0
        assert session.run(w).tolist() == [0, 5]
        store.freeze()
        with pytest.raises(tf.errors.InvalidArgumentError, match="is frozen"):
            session.run(add.op)
        store.freeze(False)
        session.run(add.op)
        assert session.run(w).tolist() == [1, 6]
    short = tf.Store(backend="torch").get("w", (2,), "uint16")
    with pytest.raises(
        TypeError, match=r"^The backend 'torch' has no arrays of uint16, the dtype of variable 'w'"
    ):
        short.value  # noqa: B018
    other = tf.Store(backend="torch").get("w", (2,), initializer="ones")
    value = other.value
    value += 1
    assert other.array.tolist() == [2, 2]


def test_torch_keeps_what_it_has_no_arrays_for_on_the_host():
    pytest.importorskip("torch", reason="PyTorch is not installed")
    w = tf.get_variable("w", initializer=np.array([1, 2], np.uint32))
    add = tf.assign_add(w, np.array([1, 1], np.uint32))
    with tf.Session(backend="torch") as session:
        session.run(w.initializer)
        assert session.run(add).tolist() == [2, 3]
        assert session.run(w * 2).dtype == np.uint32
        text = tf.placeholder(tf.string, [2])
        assert session.run(tf.string_join([text, "b"]), {text: ["a", "c"]}).tolist() == [b"ab", b"cb"]
        x = tf.placeholder(tf.float32, [3])
        assert session.run(x[::-1], {x: [1, 2, 3]}).tolist() == [3, 2, 1]
        y = tf.placeholder(tf.int32, [])
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"^Integer division by zero\n"):
            session.run(4 // y, {y: 0})
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"^indices = 5 is not in \[0, 3\)\n"):
            session.run(tf.gather(x, y), {x: [1, 2, 3], y: 5})
        z = tf.placeholder(tf.float32, None)
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"^Incompatible shapes: \[3\] vs. \[2\]\n"):
            session.run(x + z, {x: [1, 2, 3], z: [1, 2]})


def test_jax_computes_with_64_bits_in_a_session_and_says_so_elsewhere():
    jax = pytest.importorskip("jax", reason="JAX is not installed")
    x = tf.placeholder(tf.float64, [2])
    w = tf.get_variable("w", initializer=np.array([1.0, 2.0]))
    y = x * w + 1e-12
    with tf.Session(backend=jax.numpy) as session:
        session.run(w.initializer)
        found = session.run([y, tf.argmax(x)], {x: [1, 1]})
        assert (found[0].dtype, found[1].dtype) == (np.float64, np.int64)
        assert found[0][0] == 1 + 1e-12
        index = tf.placeholder(tf.int32, [])
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"^indices = 2 is not in \[0, 2\)\n"):
            session.run(tf.gather(x, index), {x: [1, 1], index: 2})
    function = tf.lower(y, [x], [w])
    one = jax.numpy.ones(2)
    with pytest.raises(
        tf.errors.UnimplementedError, match=r"^JAX would compute in 32 bits what the graph has"
    ):
        jax.jit(function)([one], [one])
    with jax.enable_x64(True):
        one = jax.numpy.ones(2)
        assert jax.jit(function)([one], [one])[0] == 1 + 1e-12


def test_checks_are_left_out_of_a_trace():
    jax = pytest.importorskip("jax", reason="JAX is not installed")
    x, at = tf.placeholder(tf.float32, [3]), tf.placeholder(tf.int32, [2])
    checked = tf.check_numerics(tf.gather(x, at), "no")
    function = tf.lower(checked / tf.cast(at // (at + 1), tf.float32), [x, at])
    given = [jax.numpy.ones(3), jax.numpy.array([1, 2], "int32")]
    assert np.isinf(jax.jit(function)((), given)).all()
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"^no : Tensor had NaN values"):
        function((), [given[0] * np.float32("nan"), given[1]])
