"""PyTorch, on the CPU or the device that is given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from .base import Array, Backend, checked_pow, functions_of, namespace, seen

# PyTorch has these dtypes in name only: hardly a function takes them.
_NOT_COMPUTED: Final = frozenset(np.dtype(each) for each in (np.uint16, np.uint32, np.uint64))
_REDUCTIONS: Final = {"mul": "prod", "min": "amin", "max": "amax"}


class TorchBackend(Backend):
    """PyTorch.

    Unsigned integers of more than 8 bits and a few special functions are computed by NumPy, on the host.

    Args:
        device: A `torch.device` or its name; by default torch's own default.

    Raises:
        ImportError: If PyTorch is not installed.
    """

    in_place = True
    # What PyTorch lacks, or has for scalars only.
    host_types = frozenset({"Betainc", "Ndtri", "Polygamma", "Unique", "UniqueWithCounts", "Zeta"})

    def __init__(self, device: Any = None) -> None:
        try:
            import torch
        except ImportError as error:
            raise ImportError(
                f"The backend 'torch' needs the library PyTorch: {error}\nInstall it: `pip install torch`."
            ) from error
        self._torch: Any = torch
        super().__init__("torch", _namespace(torch), device)
        place = torch.get_default_device() if device is None else torch.device(device)
        self.shares_memory = place.type == "cpu"

    def from_host(self, array: np.ndarray[Any, Any] | np.generic) -> Array:
        """Returns a copy of the array; strings stay on the host."""
        if not self.holds(array.dtype):
            return array
        return self._torch.tensor(array, device=self.device)

    def to_host(self, array: Array) -> np.ndarray[Any, Any]:
        """Returns a copy on the host."""
        if isinstance(array, (np.ndarray, np.generic)):
            return np.array(array)
        return np.array(array.detach().resolve_conj().resolve_neg().cpu().numpy())

    def adopt(self, array: np.ndarray[Any, Any]) -> Array:
        """Returns a tensor over the array's memory; a copy if that is read-only, which no tensor can be."""
        return self._torch.from_numpy(array) if array.flags.writeable else self._torch.tensor(array)

    def overwrite(self, array: Array, value: Array) -> None:
        """Copies `value` into `array`."""
        array.copy_(self._torch.as_tensor(value))

    def synchronize(self) -> None:
        """Waits for the device, where there is one to wait for."""
        if self._torch.accelerator.is_available():
            self._torch.accelerator.synchronize()

    def computes(self, op_type: str, dtypes: Sequence[np.dtype[Any]]) -> bool:
        """Returns whether PyTorch has the op, for these dtypes."""
        # The mean of uint8 is that of uint64.
        return super().computes(op_type, dtypes) and (op_type != "Mean" or np.dtype(np.uint8) not in dtypes)

    def holds(self, dtype: np.dtype[Any]) -> bool:
        """Returns whether PyTorch computes with a dtype."""
        return dtype.kind in "biufc" and dtype not in _NOT_COMPUTED

    def failure(self, error: Exception) -> Exception:
        """Returns a MemoryError or a ValueError for PyTorch's RuntimeErrors, which are of many kinds."""
        if isinstance(error, self._torch.linalg.LinAlgError):
            return np.linalg.LinAlgError(str(error))
        if type(error) is self._torch.OutOfMemoryError or "can't allocate memory" in str(error):
            return MemoryError(str(error))
        if type(error) is not RuntimeError:
            return error
        if "must match the size of tensor b" in str(error):
            return ValueError(f"shapes do not broadcast: {error}")
        return ValueError(str(error))


def _forwards(key: tuple[Any, ...], shape: Sequence[int]) -> tuple[tuple[Any, ...], list[int]]:
    """Returns a key without steps below 0, which PyTorch lacks, and the dimensions to turn around then."""
    forwards: list[Any] = []
    turned = []
    dimension = made = 0
    for each in key:
        if isinstance(each, slice) and each.step is not None and each.step < 0:
            places = range(*each.indices(shape[dimension]))
            each = slice(places[-1], places[0] + 1, -each.step) if places else slice(0, 0)
            turned.append(made)
        forwards.append(each)
        dimension += each is not None
        made += each is None or isinstance(each, slice)
    return tuple(forwards), turned


def _namespace(torch: Any) -> Any:
    if _made:
        return _made[0]
    import array_api_compat.torch

    def scatter(target: Array, at: Array, rows: Array, how: str) -> Array:
        at = at.to(torch.int64)
        if not at.numel() or not rows.numel():
            return target.clone()
        if how == "add":
            return target.index_add(0, at, rows)
        wide = at.reshape(-1, *[1] * (rows.ndim - 1)).expand(rows.shape)
        if how == "update":
            # The last of several rows for one place, as elsewhere: all of them are given that one's values.
            count = torch.arange(at.shape[0], device=at.device)
            last = torch.zeros(target.shape[0], dtype=torch.int64, device=at.device)
            last = last.scatter_reduce(0, at, count, "amax")
            return target.scatter(0, wide, rows[last[at]])
        if not rows.is_complex():
            return target.scatter_reduce(0, wide, rows, _REDUCTIONS[how])
        out = target.clone()
        for i in range(at.shape[0]):
            out[at[i]] = out[at[i]] * rows[i]
        return out

    def take(x: Array, indices: Array, /, *, axis: int | None = None) -> Array:
        if indices.dtype not in (torch.int32, torch.int64):
            indices = indices.to(torch.int64)
        return array_api_compat.torch.take(x, indices, axis=axis)

    def getitem(x: Array, key: tuple[Any, ...]) -> Array:
        forwards, turned = _forwards(key, x.shape)
        part = x[forwards]
        return torch.flip(part, turned) if turned else part

    def setitem(x: Array, key: tuple[Any, ...], value: Array) -> Array:
        # Setting leaves out the dimensions of size 1 that a key adds.
        forwards, turned = _forwards(tuple(each for each in key if each is not None), x.shape)
        made = x.clone()
        shape = made[forwards].shape
        value = value.reshape(shape) if value.numel() == shape.numel() else value.expand(shape)
        made[forwards] = torch.flip(value, turned) if turned else value
        return made

    @seen.register(torch.Tensor)
    def _(tensor: Any) -> np.ndarray[Any, Any] | None:
        if tensor.device.type != "cpu" or torch._C._functorch.is_functorch_wrapped_tensor(tensor):
            return None
        array: np.ndarray[Any, Any] = tensor.detach().resolve_conj().resolve_neg().numpy()
        return array

    _made.append(
        namespace(
            array_api_compat.torch,
            special=functions_of("torch.special"),
            scatter=scatter,
            getitem=getitem,
            setitem=setitem,
            pow=checked_pow(array_api_compat.torch.pow),
            take=take,
        )
    )
    return _made[0]


# Made once, when the library is there: kernels keep what they find in a namespace.
_made: Final[list[Any]] = []
