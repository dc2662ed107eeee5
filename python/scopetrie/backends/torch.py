"""PyTorch, on the CPU or the device that is given."""

from __future__ import annotations

from typing import Any

import numpy as np

from .base import Array, Backend, functions_of, namespace


class TorchBackend(Backend):
    """PyTorch.

    Args:
        device: A `torch.device` or its name; by default torch's own default.

    Raises:
        ImportError: If PyTorch is not installed.
    """

    in_place = True

    def __init__(self, device: Any = None) -> None:
        try:
            import torch
        except ImportError as error:
            raise ImportError(
                f"The backend 'torch' needs the library PyTorch: {error}\nInstall it: `pip install torch`."
            ) from error
        import array_api_compat.torch

        self._torch = torch
        super().__init__(
            "torch", namespace(array_api_compat.torch, special=functions_of("torch.special")), device
        )

    def from_host(self, array: np.ndarray[Any, Any] | np.generic) -> Array:
        """Returns a copy of the array; strings stay on the host."""
        if array.dtype.hasobject:
            return array
        return self._torch.tensor(array, device=self.device)

    def to_host(self, array: Array) -> np.ndarray[Any, Any]:
        """Returns a copy on the host."""
        if isinstance(array, (np.ndarray, np.generic)):
            return np.array(array)
        return np.array(array.detach().resolve_conj().resolve_neg().cpu().numpy())

    def overwrite(self, array: Array, value: Array) -> None:
        """Copies `value` into `array`."""
        array.copy_(value)

    def synchronize(self) -> None:
        """Waits for the device, where there is one to wait for."""
        if self._torch.accelerator.is_available():
            self._torch.accelerator.synchronize()
