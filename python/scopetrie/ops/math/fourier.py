"""Fourier transforms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...graph import Tensor
from ...public import v1
from ..declare import COMPLEX, tensor
from ..registry import define_op


def _fourier(type: str, function: str, rank: int) -> Callable[..., Tensor]:
    axes = tuple(range(-rank, 0))

    def kernel(xp: Any) -> Any:
        transform = getattr(xp.fft, function)
        # Of nothing there is nothing to transform; libraries refuse it.
        return lambda x: x if 0 in x.shape else xp.astype(transform(x, axes=axes), x.dtype, copy=False)

    return define_op(
        type, tensor("input", COMPLEX, attr="Tcomplex"), kernel=kernel,
        doc=f"""The {"inverse " if function == "ifftn" else ""}discrete Fourier transform over {rank}
        dimension(s).

    Args:
        input: A tensor of complex numbers; the last dimensions are transformed.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `input`.
    """,
    )  # fmt: skip


fft, fft2d, fft3d = _fourier("FFT", "fftn", 1), _fourier("FFT2D", "fftn", 2), _fourier("FFT3D", "fftn", 3)
ifft, ifft2d, ifft3d = (
    _fourier("IFFT", "ifftn", 1),
    _fourier("IFFT2D", "ifftn", 2),
    _fourier("IFFT3D", "ifftn", 3),
)
fft = v1("fft")(fft)
fft2d = v1("fft2d")(fft2d)
fft3d = v1("fft3d")(fft3d)
ifft = v1("ifft")(ifft)
ifft2d = v1("ifft2d")(ifft2d)
ifft3d = v1("ifft3d")(ifft3d)
