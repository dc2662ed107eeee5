"""PyTorch modules that share by path: their parameters are a Store, and PyTorch works on its memory.

An encoder and a decoder know nothing of each other. Both ask for the matrix `code/w`, so they share it, and
its gradients are those of both. Run it with `python examples/pytorch_sharing.py`; it needs the package torch.
"""

from __future__ import annotations

import numpy as np
import scopetrie as st
import torch
from torch import nn


class Parameters:
    """A store's variables as PyTorch's parameters: one for each variable, however often it is asked for."""

    def __init__(self, store: st.Store) -> None:
        self.store = store
        self._made: dict[object, nn.Parameter] = {}

    def get(self, name: str, shape: tuple[int, ...], initializer: str | None = None) -> nn.Parameter:
        """The parameter of a name in the store's current scope, over the variable's memory."""
        variable = self.store.get(name, shape, initializer=initializer)
        if variable not in self._made:
            self._made[variable] = nn.Parameter(torch.from_dlpack(variable))
        return self._made[variable]


class Encoder(nn.Module):
    """Codes `[N, code]` of points `[N, size]`."""

    def __init__(self, parameters: Parameters, size: int, code: int) -> None:
        super().__init__()
        self.w = parameters.get("code/w", (size, code))
        self.b = parameters.get("encoder/b", (code,), "zeros")

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        return points @ self.w + self.b


class Decoder(nn.Module):
    """Points `[N, size]` of codes `[N, code]`."""

    def __init__(self, parameters: Parameters, size: int, code: int) -> None:
        super().__init__()
        self.w = parameters.get("code/w", (size, code))
        self.b = parameters.get("decoder/b", (size,), "zeros")

    def forward(self, codes: torch.Tensor) -> torch.Tensor:
        return codes @ self.w.T + self.b


def main() -> None:
    store = st.Store(seed=0)
    parameters = Parameters(store)
    with store.scope("autoencoder", reuse=st.AUTO_REUSE):
        model = nn.Sequential(Encoder(parameters, 8, 2), Decoder(parameters, 8, 2))
    print(store)
    assert len(list(model.parameters())) == 3, "code/w is not shared"

    w = store["autoencoder/code/w"]
    assert next(model.parameters()).data_ptr() == w.array.ctypes.data, "PyTorch has made a copy"

    # Points of a plane in space, which two numbers describe.
    random = np.random.default_rng(0)
    plane = random.normal(size=(2, 8)).astype(np.float32)
    points = torch.from_numpy(random.normal(size=(256, 2)).astype(np.float32) @ plane)

    before = store.fork()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for step in range(301):
        optimizer.zero_grad()
        loss = (model(points) - points).square().mean()
        loss.backward()
        optimizer.step()
        if step % 100 == 0:
            print(f"step {step}: loss {loss.item():.4f}")
    assert loss.item() < 1e-3, "it has not learnt"

    # The store has what PyTorch has learnt, and its fork what it began with.
    codes = points.numpy() @ w + store["autoencoder/encoder/b"]
    assert np.allclose(codes @ w.array.T + store["autoencoder/decoder/b"], points, atol=0.2)
    print(f"w has moved by {np.linalg.norm(w - before['autoencoder/code/w']):.2f}")


if __name__ == "__main__":
    main()
