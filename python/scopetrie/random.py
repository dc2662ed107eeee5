"""`tf.random`: seeds and random tensors."""

from .ops.random.choice import (
    categorical,
    multinomial,
)
from .ops.random.choice import (
    random_shuffle as shuffle,
)
from .ops.random.draws import (
    random_normal,
    random_uniform,
    truncated_normal,
)
from .ops.random.draws import (
    random_normal as normal,
)
from .ops.random.draws import (
    random_uniform as uniform,
)
from .ops.random.seed import (
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
