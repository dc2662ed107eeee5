"""Stores as pytrees of optree and JAX, where these are installed."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
import scopetrie as st


@pytest.fixture
def store() -> Any:
    store = st.Store()
    for name, value in (("tower/w", 2.0), ("tower/b", 3.0), ("v", 5.0)):
        store.put(name, np.full(2, value, np.float32))
    return store


def test_optree(store: Any) -> None:
    optree = pytest.importorskip("optree")
    for tree in (store, store.tree()):
        leaves = optree.tree_leaves(tree, namespace="scopetrie")
        assert sorted(leaf[0] for leaf in leaves) == [2, 3, 5]
        assert all(type(leaf) is np.ndarray for leaf in leaves)
        doubled = optree.tree_map(lambda leaf: 2 * leaf, tree, namespace="scopetrie")
        assert doubled["tower"]["w"].tolist() == [4, 4] and type(doubled) is dict
    sums = optree.tree_map(np.sum, store["tower"], namespace="scopetrie")
    assert sums == {"w": 4, "b": 6}


def test_leaves_are_the_memory_of_the_variables(store: Any) -> None:
    optree = pytest.importorskip("optree")
    for leaf in optree.tree_leaves(store["tower"], namespace="scopetrie"):
        leaf += 1
    assert store["tower/w"].array.tolist() == [3, 3]


def test_a_store_that_nobody_has_looked_into() -> None:
    pytest.importorskip("optree")
    code = (
        "import optree, scopetrie as st\n"
        "store = st.Store(); store.get('a/w', (2,), initializer='ones')\n"
        "print(optree.tree_leaves(store, namespace='scopetrie'))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[array([1., 1.], dtype=float32)]"


def test_jax(store: Any) -> None:
    jax = pytest.importorskip("jax")

    def loss(parameters: Any) -> Any:
        return (parameters["w"] * parameters["b"]).sum()

    gradients = jax.jit(jax.grad(loss))(store["tower"])
    assert gradients["w"].tolist() == [3, 3] and gradients["b"].tolist() == [2, 2]
    assert jax.grad(loss)(store["tower"].tree())["w"].tolist() == [3, 3]
    jax.tree.map(
        lambda gradient, variable: variable.assign(variable - 0.5 * gradient),
        gradients,
        store["tower"].tree(),
    )
    assert store["tower/w"].array.tolist() == [0.5, 0.5]
    assert len(jax.tree.leaves(store)) == 3


def test_nobody_is_imported_for_it() -> None:
    code = (
        "import sys, scopetrie as st; s = st.Store(); s.get('a/w', (2,)); s.tree(); s['a'].tree();"
        "print({'jax', 'optree'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"


def test_who_has_registered_the_types_keeps_that() -> None:
    pytest.importorskip("optree")
    code = (
        "import optree, scopetrie as st\n"
        "optree.register_pytree_node(st.Store, lambda s: (list(s), None), lambda _, made: list(made),"
        " namespace='scopetrie')\n"
        "s = st.Store(); s.get('a/w', (2,)); s.tree()\n"
        "leaves = [optree.tree_leaves(each, namespace='scopetrie') for each in (s, s['a'])]\n"
        "print(leaves[0], len(leaves[1]))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["['a/w']", "1"]
