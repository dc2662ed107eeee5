"""The ops: functions that add nodes to the graph, under v1's top-level names."""

from . import operators
from .array_gather import *
from .array_join import *
from .array_shape import *
from .array_slice import *
from .array_slice import slice_ as slice
from .array_space import *
from .checks import *
from .constant import *
from .control_flow import *
from .control_flow import tuple_ as tuple
from .creation import *
from .math_compare import *
from .math_elementwise import *
from .math_diag import *
from .math_linalg import *
from .math_reduce import *
from .math_segment import *
from .math_sort import *
from .nn_norm import clip_by_global_norm, clip_by_norm, global_norm
from .sequence import *
from .sequence import range_ as range
from .state import *
from .state_scatter import *
eye = diag_part = matrix_transpose = qr = None  # placeholder until the diag and linalg modules are written (lead, 00:50)
