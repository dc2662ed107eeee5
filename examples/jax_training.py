"""Training with JAX: the parameters are a Store, shared by scope, and JAX reads their memory without a copy.

Two towers with shared parameters learn whether two points lie in the same quadrant. Run it with
`python examples/jax_training.py`; it needs the package jax.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import scopetrie as st


def make_parameters(store: st.Store) -> None:
    """Makes what the towers share, and what compares them."""
    for layer, (inputs, outputs) in enumerate([(2, 32), (32, 16)]):
        with store.scope(f"tower/layer_{layer}"):
            store.get("w", (inputs, outputs)), store.get("b", (outputs,), initializer="zeros")
    with store.scope("head", initializer="zeros"):
        store.get("scale", ()), store.get("bias", ())


def tower(parameters: Any, points: Any) -> Any:
    """Features `[N, 16]` of points `[N, 2]`."""
    for layer in ("layer_0", "layer_1"):
        points = jnp.tanh(points @ parameters[layer]["w"] + parameters[layer]["b"])
    return points


def loss(parameters: Any, left: Any, right: Any, same: Any) -> Any:
    """The mean cross entropy of what the network says of pairs of points; both towers share parameters."""
    apart = jnp.square(tower(parameters["tower"], left) - tower(parameters["tower"], right)).sum(1)
    logits = parameters["head"]["scale"] * apart + parameters["head"]["bias"]
    return jnp.mean(jnp.logaddexp(0.0, logits) - same * logits)


def main() -> None:
    store = st.Store(seed=0)
    make_parameters(store)
    print(store)

    w = store["tower/layer_0/w"]
    seen = jax.dlpack.from_dlpack(w)
    assert seen.unsafe_buffer_pointer() == w.array.ctypes.data, "JAX has made a copy"
    del seen

    random = np.random.default_rng(0)
    left, right = random.uniform(-1, 1, (2, 256, 2)).astype(np.float32)
    same = np.all((left > 0) == (right > 0), axis=1).astype(np.float32)

    # A store is a pytree: its nested dict. The gradients come back as one.
    step = jax.jit(jax.value_and_grad(loss))
    velocity = jax.tree.map(np.zeros_like, store)
    for number in range(301):
        value, gradients = step(store, left, right, same)
        velocity = jax.tree.map(lambda v, g: 0.9 * v + np.asarray(g), velocity, gradients)
        jax.tree.map(lambda v, variable: variable.assign(variable - 0.1 * v), velocity, store.tree())
        if number % 100 == 0:
            print(f"step {number}: loss {float(value):.3f}")
    assert value < 0.3, "it has not learnt"


if __name__ == "__main__":
    main()
