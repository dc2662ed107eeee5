"""`tf.random`: seeds and random tensors."""

from .ops.random import (
    random_normal,
    random_uniform,
    truncated_normal,
)
from .ops.random import (
    random_normal as normal,
)
from .ops.random import (
    random_uniform as uniform,
)
from .ops.random_choice import (
    categorical,
    multinomial,
)
from .ops.random_choice import (
    random_shuffle as shuffle,
)
from .ops.random_seed import (
    get_seed,
    set_random_seed,
)
from .ops.refused import refuser

__getattr__ = refuser("random")

__all__ = [
    "categorical",
    "get_seed",
    "multinomial",
    "normal",
    "random_normal",
    "random_uniform",
    "set_random_seed",
    "shuffle",
    "truncated_normal",
    "uniform",
]
