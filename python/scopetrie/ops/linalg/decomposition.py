"""Decompositions of matrices: singular values, QR, eigenvalues."""

from __future__ import annotations

from typing import Any

from ..._core import OpFunction
from ...graph import Tensor
from ...public import v1
from ..declare import attr, tensor
from ..elementwise.complex import real
from ..outputs import Qr
from ..registry import define_op
from .products import MATRIX_TYPES
from .solve import conjugate_transposed, in_float32


def _svd_kernel(xp: Any, compute_uv: bool = True, full_matrices: bool = False) -> Any:
    def decompose(x: Any) -> Any:
        if not compute_uv:
            nothing = xp.zeros((0,), dtype=x.dtype)
            return xp.astype(xp.linalg.svdvals(x), x.dtype), nothing, nothing
        u, s, vh = xp.linalg.svd(x, full_matrices=full_matrices)
        return xp.astype(s, x.dtype), u, conjugate_transposed(xp, vh)

    return in_float32(xp, decompose)


_svd: OpFunction[list[Tensor]] = define_op(
    "Svd", tensor("input", MATRIX_TYPES), kernel=_svd_kernel,
    attributes=(attr("compute_uv", bool), attr("full_matrices", bool)),
)  # fmt: skip


@v1("svd", "linalg.svd")
def svd(tensor: Any, full_matrices: bool = False, compute_uv: bool = True, name: str | None = None) -> Any:
    """Singular value decompositions: `tensor` = u diag(s) v^H.

    Args:
        tensor: A tensor `[..., m, n]`.
        full_matrices: Whether u and v are square.
        compute_uv: Whether u and v are wanted.
        name: The operation's name.

    Returns:
        s `[..., p]`, u and v; s alone if those are not wanted.
    """
    s, u, v = _svd(tensor, compute_uv=compute_uv, full_matrices=full_matrices, name=name)
    singular = real(s)
    return (singular, u, v) if compute_uv else singular


def _qr_kernel(xp: Any, full_matrices: bool = False) -> Any:
    mode = "complete" if full_matrices else "reduced"
    return in_float32(xp, lambda x: tuple(xp.linalg.qr(x, mode=mode)))


_qr: OpFunction[list[Tensor]] = define_op(
    "Qr", tensor("input", MATRIX_TYPES),
    kernel=_qr_kernel,
    attributes=(attr("full_matrices", bool),),
)  # fmt: skip


@v1("qr", "linalg.qr")
def qr(input: Any, full_matrices: bool = False, name: str | None = None) -> Qr:
    """QR decompositions: `input` = q r with r upper triangular.

    Args:
        input: A tensor `[..., m, n]`.
        full_matrices: Whether q is square.
        name: The operation's name.

    Returns:
        A named tuple of `q` and `r`.
    """
    return Qr(*_qr(input, full_matrices=bool(full_matrices), name=name))


def _eigh_kernel(xp: Any, compute_v: bool = True) -> Any:
    def decompose(x: Any) -> Any:
        if compute_v:
            values, vectors = xp.linalg.eigh(x)
            return xp.astype(values, x.dtype), vectors
        return xp.astype(xp.linalg.eigvalsh(x), x.dtype), xp.zeros((0,), dtype=x.dtype)

    return in_float32(xp, decompose)


_eigh: OpFunction[list[Tensor]] = define_op(
    "SelfAdjointEigV2", tensor("input", MATRIX_TYPES), kernel=_eigh_kernel,
    attributes=(attr("compute_v", bool),),
)  # fmt: skip


@v1("self_adjoint_eig", "linalg.eigh")
def self_adjoint_eig(tensor: Any, name: str | None = None) -> tuple[Tensor, ...]:
    """Eigenvalues, ascending, and eigenvectors of self-adjoint matrices.

    Args:
        tensor: A tensor `[..., m, m]`.
        name: The operation's name.

    Returns:
        The values `[..., m]` and the vectors, the columns of `[..., m, m]`.
    """
    return tuple(_eigh(tensor, compute_v=True, name=name))


@v1("self_adjoint_eigvals", "linalg.eigvalsh")
def self_adjoint_eigvals(tensor: Any, name: str | None = None) -> Tensor:
    """Eigenvalues, ascending, of self-adjoint matrices.

    Args:
        tensor: A tensor `[..., m, m]`.
        name: The operation's name.

    Returns:
        A tensor `[..., m]`.
    """
    return _eigh(tensor, compute_v=False, name=name)[0]
