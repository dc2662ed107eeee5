"""What variables are set to at first: v1's initializers, under all their names.

`tf.initializers.zeros`, `tf.zeros_initializer` and the class `Zeros` are the same.

Example:
    >>> import scopetrie as tf
    >>> get("glorot_uniform")
    GlorotUniform(seed=None, dtype='float32')
    >>> tf.initializers.constant is tf.constant_initializer
    True
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from .._core import wire
from ..variables import global_variables_initializer, local_variables_initializer, variables_initializer
from .base import Initializer
from .drawn import (
    RandomNormal,
    RandomUniform,
    TruncatedNormal,
    random_normal_initializer,
    random_uniform_initializer,
    truncated_normal_initializer,
)
from .filled import (
    Constant,
    Identity,
    Ones,
    Zeros,
    constant_initializer,
    identity_initializer,
    ones_initializer,
    zeros_initializer,
)
from .orthogonal_kernel import (
    ConvolutionDeltaOrthogonal,
    ConvolutionOrthogonal,
    ConvolutionOrthogonal1D,
    ConvolutionOrthogonal2D,
    ConvolutionOrthogonal3D,
    convolutional_delta_orthogonal,
    convolutional_orthogonal_1d,
    convolutional_orthogonal_2d,
    convolutional_orthogonal_3d,
)
from .orthogonal_matrix import Orthogonal, orthogonal_initializer
from .scaled import (
    GlorotNormal,
    GlorotUniform,
    UniformUnitScaling,
    VarianceScaling,
    glorot_normal_initializer,
    glorot_uniform_initializer,
    he_normal,
    he_uniform,
    lecun_normal,
    lecun_uniform,
    uniform_unit_scaling_initializer,
    variance_scaling_initializer,
)

__all__ = [
    "Constant",
    "ConvolutionDeltaOrthogonal",
    "ConvolutionOrthogonal",
    "ConvolutionOrthogonal1D",
    "ConvolutionOrthogonal2D",
    "ConvolutionOrthogonal3D",
    "GlorotNormal",
    "GlorotUniform",
    "Identity",
    "Initializer",
    "Ones",
    "Orthogonal",
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "UniformUnitScaling",
    "VarianceScaling",
    "Zeros",
    "constant",
    "constant_initializer",
    "convolutional_delta_orthogonal",
    "convolutional_orthogonal_1d",
    "convolutional_orthogonal_2d",
    "convolutional_orthogonal_3d",
    "get",
    "global_variables",
    "glorot_normal",
    "glorot_normal_initializer",
    "glorot_uniform",
    "glorot_uniform_initializer",
    "he_normal",
    "he_uniform",
    "identity",
    "identity_initializer",
    "lecun_normal",
    "lecun_uniform",
    "local_variables",
    "ones",
    "ones_initializer",
    "orthogonal",
    "orthogonal_initializer",
    "random_normal",
    "random_normal_initializer",
    "random_uniform",
    "random_uniform_initializer",
    "truncated_normal",
    "truncated_normal_initializer",
    "uniform_unit_scaling",
    "uniform_unit_scaling_initializer",
    "variables",
    "variance_scaling",
    "variance_scaling_initializer",
    "zeros",
    "zeros_initializer",
]

# The names of v1's tf.initializers.
constant = Constant
glorot_normal = GlorotNormal
glorot_uniform = GlorotUniform
identity = Identity
ones = Ones
orthogonal = Orthogonal
random_normal = RandomNormal
random_uniform = RandomUniform
truncated_normal = TruncatedNormal
uniform_unit_scaling = UniformUnitScaling
variance_scaling = VarianceScaling
zeros = Zeros

# What `get` finds: every callable above that makes an initializer without further arguments.
_BY_NAME: Final[dict[str, Callable[..., Initializer]]] = {
    name: value
    for name, value in globals().items()
    if name in __all__ and callable(value) and value not in (Initializer, ConvolutionOrthogonal)
}

# What the extension reads of instances of exactly these classes: a first value is made without a call.
_SCALING: Final = ("scale", "mode", "distribution", "seed")
_READ_BY_CORE: Final = [
    (Zeros(), "zeros", ()),
    (Ones(), "ones", ()),
    (Constant(), "constant", ("value",)),
    (RandomUniform(), "uniform", ("minval", "maxval", "seed")),
    (RandomNormal(), "normal", ("mean", "stddev", "seed")),
    (TruncatedNormal(), "truncated_normal", ("mean", "stddev", "seed")),
    (VarianceScaling(), "variance_scaling", _SCALING),
    (GlorotUniform(), "variance_scaling", _SCALING),
    (GlorotNormal(), "variance_scaling", _SCALING),
    (UniformUnitScaling(), "uniform_unit_scaling", ("factor", "seed")),
    # These are called once for each shape and dtype; what they make is recorded.
    (Identity(), "identity", ("gain",)),
    (Orthogonal(), "orthogonal", ("gain", "seed")),
    (ConvolutionDeltaOrthogonal(), "delta_orthogonal", ("gain", "seed")),
    (ConvolutionOrthogonal1D(), "kernel_orthogonal_1", ("gain", "seed")),
    (ConvolutionOrthogonal2D(), "kernel_orthogonal_2", ("gain", "seed")),
    (ConvolutionOrthogonal3D(), "kernel_orthogonal_3", ("gain", "seed")),
]
wire(initializers=_READ_BY_CORE, initializers_by_name={name: make() for name, make in _BY_NAME.items()})

# v1 has what initializes variables here as well; these are no initial values, so `get` does not know them.
global_variables = global_variables_initializer
local_variables = local_variables_initializer
variables = variables_initializer


def get(identifier: Any) -> Any:
    """Returns the initializer for a name, a class or a configuration.

    Args:
        identifier: A name of `tf.initializers` or one ending in `_initializer`, or of a class; a class of
            initializers; a dictionary with `class_name` and `config`; an initializer or other callable, which
            is returned as it is; or None.

    Returns:
        An initializer, or None for None.

    Raises:
        ValueError: If no initializer has the name, or the identifier is none of these.

    Example:
        >>> get("zeros"), get(Zeros), get({"class_name": "Constant", "config": {"value": 3}})
        (Zeros(dtype='float32'), Zeros(dtype='float32'), Constant(value=3, dtype='float32'))
    """
    if identifier is None:
        return None
    if isinstance(identifier, dict) and "class_name" in identifier:
        return _named(identifier["class_name"])(**identifier.get("config", {}))
    if isinstance(identifier, str):
        return _named(identifier)()
    if isinstance(identifier, type) and issubclass(identifier, Initializer):
        return identifier()
    if callable(identifier):
        return identifier
    raise ValueError(f"Could not interpret initializer identifier: {identifier!r}")


def _named(name: str) -> Callable[..., Initializer]:
    try:
        return _BY_NAME[name]
    except KeyError:
        known = ", ".join(sorted(each for each in _BY_NAME if each.islower() and "initializer" not in each))
        raise ValueError(f"Unknown initializer: {name!r}. There are: {known}.") from None
