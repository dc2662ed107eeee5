"""`tf.keras.initializers`: v1's initializers under Keras's names, some with Keras's defaults.

>>> import scopetrie as tf
>>> tf.keras.initializers.get("normal"), tf.random_normal_initializer()
(RandomNormal(mean=0.0, stddev=0.05, seed=None, ...), RandomNormal(mean=0.0, stddev=1.0, seed=None, ...))
>>> tf.get_variable("w", [3, 4], initializer=tf.keras.initializers.he_normal(seed=1))
<tf.Variable 'w:0' shape=(3, 4) dtype=float32_ref>
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .. import initializers as own
from ..dtypes import DTypeLike, float32
from ..namespaces import namespace
from ..public import v1
from .identifiers import described, found


@v1("keras.initializers.RandomNormal", "keras.initializers.normal", "keras.initializers.random_normal")
class RandomNormal(own.RandomNormal):
    """Normally distributed numbers, of the standard deviation 0.05 where nothing is said.

    Args:
        mean: The mean.
        stddev: The standard deviation.
        seed: The seed; see `set_random_seed`.
        dtype: The dtype where a variable says none; a floating point type.

    Raises:
        ValueError: If the dtype is another one.
    """

    def __init__(
        self, mean: Any = 0.0, stddev: Any = 0.05, seed: int | None = None, dtype: DTypeLike = float32
    ) -> None:
        super().__init__(mean, stddev, seed, dtype)


@v1("keras.initializers.TruncatedNormal", "keras.initializers.truncated_normal")
class TruncatedNormal(own.TruncatedNormal):
    """Normally distributed numbers within two standard deviations, which are 0.05 where nothing is said.

    Args:
        mean: The mean.
        stddev: The standard deviation before what lies outside is drawn again.
        seed: The seed; see `set_random_seed`.
        dtype: The dtype where a variable says none; a floating point type.

    Raises:
        ValueError: If the dtype is another one.
    """

    def __init__(
        self, mean: Any = 0.0, stddev: Any = 0.05, seed: int | None = None, dtype: DTypeLike = float32
    ) -> None:
        super().__init__(mean, stddev, seed, dtype)


@v1("keras.initializers.RandomUniform", "keras.initializers.uniform", "keras.initializers.random_uniform")
class RandomUniform(own.RandomUniform):
    """Numbers uniform over [minval, maxval), which is -0.05 to 0.05 where nothing is said.

    Args:
        minval: The least number.
        maxval: The upper bound, exclusive.
        seed: The seed; see `set_random_seed`.
        dtype: The dtype where a variable says none.
    """

    def __init__(
        self, minval: Any = -0.05, maxval: Any = 0.05, seed: int | None = None, dtype: DTypeLike = float32
    ) -> None:
        super().__init__(minval, maxval, seed, dtype)


class _Scaled(own.VarianceScaling):
    """What is configured by its seed alone."""

    def get_config(self) -> dict[str, Any]:
        """Returns the configuration."""
        return {"seed": self.seed}


@v1("keras.initializers.he_normal")
class HeNormal(_Scaled):
    """Truncated normal numbers with the standard deviation sqrt(2 / fan_in): He et al., ICCV 2015.

    Args:
        seed: The seed; see `set_random_seed`.
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(2.0, "fan_in", "truncated_normal", seed)


@v1("keras.initializers.he_uniform")
class HeUniform(_Scaled):
    """Uniform numbers within sqrt(6 / fan_in) of 0: He et al., ICCV 2015.

    Args:
        seed: The seed; see `set_random_seed`.
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(2.0, "fan_in", "uniform", seed)


@v1("keras.initializers.lecun_normal")
class LecunNormal(_Scaled):
    """Truncated normal numbers with the standard deviation sqrt(1 / fan_in): LeCun et al., 1998.

    Args:
        seed: The seed; see `set_random_seed`.
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(1.0, "fan_in", "truncated_normal", seed)


@v1("keras.initializers.lecun_uniform")
class LecunUniform(_Scaled):
    """Uniform numbers within sqrt(3 / fan_in) of 0: LeCun et al., 1998.

    Args:
        seed: The seed; see `set_random_seed`.
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(1.0, "fan_in", "uniform", seed)


Constant = v1("keras.initializers.Constant", "keras.initializers.constant")(own.Constant)
Identity = v1("keras.initializers.Identity", "keras.initializers.identity")(own.Identity)
Initializer = v1("keras.initializers.Initializer")(own.Initializer)
Ones = v1("keras.initializers.Ones", "keras.initializers.ones")(own.Ones)
Orthogonal = v1("keras.initializers.Orthogonal", "keras.initializers.orthogonal")(own.Orthogonal)
VarianceScaling = v1("keras.initializers.VarianceScaling")(own.VarianceScaling)
Zeros = v1("keras.initializers.Zeros", "keras.initializers.zeros")(own.Zeros)
GlorotNormal = v1("keras.initializers.glorot_normal")(own.GlorotNormal)
GlorotUniform = v1("keras.initializers.glorot_uniform")(own.GlorotUniform)

_KNOWN: Final[dict[str, Any]] = {
    "Constant": Constant, "constant": Constant, "Identity": Identity, "identity": Identity, "Ones": Ones,
    "ones": Ones, "one": Ones, "Orthogonal": Orthogonal, "orthogonal": Orthogonal,
    "VarianceScaling": VarianceScaling, "variance_scaling": VarianceScaling, "Zeros": Zeros, "zeros": Zeros,
    "zero": Zeros, "GlorotNormal": GlorotNormal, "glorot_normal": GlorotNormal,
    "GlorotUniform": GlorotUniform, "glorot_uniform": GlorotUniform, "HeNormal": HeNormal,
    "he_normal": HeNormal, "HeUniform": HeUniform, "he_uniform": HeUniform, "LecunNormal": LecunNormal,
    "lecun_normal": LecunNormal, "LecunUniform": LecunUniform, "lecun_uniform": LecunUniform,
    "RandomNormal": RandomNormal, "random_normal": RandomNormal, "normal": RandomNormal,
    "RandomUniform": RandomUniform, "random_uniform": RandomUniform, "uniform": RandomUniform,
    "TruncatedNormal": TruncatedNormal, "truncated_normal": TruncatedNormal,
}  # fmt: skip


@v1("keras.initializers.get")
def get(identifier: Any) -> Any:
    """Returns the initializer for a name, a class or a configuration.

    Args:
        identifier: A name of `tf.keras.initializers`, a class of initializers, a dictionary with `class_name`
            and `config`, an initializer or other callable, which is returned as it is, or None.

    Returns:
        An initializer, or None for None.

    Raises:
        ValueError: If no initializer has the name, or the identifier is none of these.

    >>> get("uniform")
    RandomUniform(minval=-0.05, maxval=0.05, seed=None, dtype='float32')
    >>> get({"class_name": "HeNormal", "config": {"seed": 1}}).get_config()
    {'seed': 1}
    """
    return found("initializer", identifier, _KNOWN, Initializer)


@v1("keras.initializers.serialize")
def serialize(initializer: Any) -> Any:
    """Returns the dictionary that `deserialize` makes an initializer of.

    Args:
        initializer: The initializer.

    Raises:
        ValueError: If it has neither a configuration nor a name.

    >>> serialize(get("glorot_uniform"))
    {'class_name': 'GlorotUniform', 'config': {'seed': None, 'dtype': 'float32'}}
    """
    return described(initializer)


@v1("keras.initializers.deserialize")
def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """Returns the initializer that a dictionary describes.

    Args:
        config: What `serialize` returned.
        custom_objects: More classes, by name.

    Raises:
        ValueError: If there is none of that name.
    """
    return found("initializer", config, {**_KNOWN, **(custom_objects or {})}, Initializer)


if not TYPE_CHECKING:
    __getattr__, __dir__, __all__ = namespace("keras.initializers")
