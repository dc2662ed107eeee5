"""`tf.linalg`: products, decompositions and diagonals of matrices."""

from ..ops.linalg.contraction import einsum, tensordot
from ..ops.linalg.decomposition import qr, svd
from ..ops.linalg.decomposition import self_adjoint_eig as eigh
from ..ops.linalg.decomposition import self_adjoint_eigvals as eigvalsh
from ..ops.linalg.diag import eye, trace
from ..ops.linalg.diag import (
    matrix_band_part as band_part,
)
from ..ops.linalg.diag import (
    matrix_diag as diag,
)
from ..ops.linalg.diag import (
    matrix_diag_part as diag_part,
)
from ..ops.linalg.diag import (
    matrix_set_diag as set_diag,
)
from ..ops.linalg.factor_solve import adjoint, cholesky_solve, logdet
from ..ops.linalg.factor_solve import matrix_solve_ls as lstsq
from ..ops.linalg.products import cross, matmul, matrix_transpose, matvec
from ..ops.linalg.products import (
    matrix_transpose as transpose,
)
from ..ops.linalg.rank import matrix_rank, norm, normalize, pinv
from ..ops.linalg.solve import cholesky, slogdet
from ..ops.linalg.solve import matrix_determinant as det
from ..ops.linalg.solve import matrix_inverse as inv
from ..ops.linalg.solve import matrix_solve as solve
from ..ops.linalg.solve import matrix_triangular_solve as triangular_solve
from ..ops.linalg.tensor_diag import tensor_diag, tensor_diag_part
from ..ops.math.clipping import (
    global_norm,
)
from ..ops.nn.norm import (
    l2_normalize,
)
from ..ops.refused import refuser

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
