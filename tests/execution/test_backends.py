"""Sessions on array libraries other than NumPy."""

import importlib.util

import array_api_strict
import numpy as np
import pytest
import scopetrie as tf
from scopetrie.backends import Backend, available, get_backend, names


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
    monkeypatch.setenv("SCOPETRIE_BACKEND", "numpy")
    assert tf.Session().backend.name == "numpy"
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
