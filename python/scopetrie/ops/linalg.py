"""`tf.linalg`: products, decompositions and diagonals of matrices."""

from .clipping import (
    global_norm,
)
from .linalg_rank import matrix_rank, normalize, pinv
from .linalg_solve import adjoint, cholesky_solve, logdet
from .linalg_solve import matrix_solve_ls as lstsq
from .math_contraction import einsum, tensordot
from .math_decomposition import qr, svd
from .math_decomposition import self_adjoint_eig as eigh
from .math_decomposition import self_adjoint_eigvals as eigvalsh
from .math_diag import eye, trace
from .math_diag import (
    matrix_band_part as band_part,
)
from .math_diag import (
    matrix_diag as diag,
)
from .math_diag import (
    matrix_diag_part as diag_part,
)
from .math_diag import (
    matrix_set_diag as set_diag,
)
from .math_linalg import cross, matmul, matrix_transpose, matvec, norm
from .math_linalg import (
    matrix_transpose as transpose,
)
from .math_solve import cholesky, slogdet
from .math_solve import matrix_determinant as det
from .math_solve import matrix_inverse as inv
from .math_solve import matrix_solve as solve
from .math_solve import matrix_triangular_solve as triangular_solve
from .math_tensor_diag import tensor_diag, tensor_diag_part
from .nn_norm import (
    l2_normalize,
)
from .refused import refuser

__getattr__ = refuser("linalg")

__all__ = [
    "adjoint",
    "band_part",
    "cholesky",
    "cholesky_solve",
    "cross",
    "det",
    "diag",
    "diag_part",
    "eigh",
    "eigvalsh",
    "einsum",
    "eye",
    "global_norm",
    "inv",
    "l2_normalize",
    "logdet",
    "lstsq",
    "matmul",
    "matrix_rank",
    "matrix_transpose",
    "matvec",
    "norm",
    "normalize",
    "pinv",
    "qr",
    "set_diag",
    "slogdet",
    "solve",
    "svd",
    "tensor_diag",
    "tensor_diag_part",
    "tensordot",
    "trace",
    "transpose",
    "triangular_solve",
]
