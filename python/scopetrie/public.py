"""Public names, declared where what they name is defined.

    @v1("nn.relu", "relu")
    def relu(...): ...

    cumsum = _scan(...)
    cumsum = v1("cumsum", "math.cumsum")(cumsum)

`.ci/generate.py` reads the declarations from the source and writes what follows from them: the table by which
the package finds its names (exports.py), the stubs of its namespaces, and the tables of docs/ops.md.

Example:
    >>> @v1("twice")
    ... def twice(x):
    ...     return 2 * x
    >>> twice(4)
    8
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import FunctionType
from typing import Any, Final, TypeVar

from ._core import Composite

__all__ = ["NAMESPACES", "v1", "whole"]

_Public = TypeVar("_Public")

# v1's modules, as far as they are here, and the modules that are them.
NAMESPACES: Final = {
    "app": "v1.app",
    "bitwise": "v1.namespaces.bitwise",
    "client": "client",
    "compat": "compat",
    "contrib": "contrib",
    "contrib.crf": "contrib.crf",
    "contrib.cudnn_rnn": "contrib.cudnn_rnn",
    "contrib.data": "contrib.data",
    "contrib.distributions": "contrib.distributions",
    "contrib.framework": "contrib.framework",
    "contrib.framework.nest": "contrib.framework.nest",
    "contrib.layers": "contrib.layers",
    "contrib.layers.utils": "contrib.layers.utils",
    "contrib.learn": "contrib.learn",
    "contrib.learn.preprocessing": "contrib.learn.preprocessing",
    "contrib.legacy_seq2seq": "contrib.legacy_seq2seq",
    "contrib.losses": "contrib.losses",
    "contrib.metrics": "contrib.metrics",
    "contrib.lookup": "contrib.lookup",
    "contrib.opt": "contrib.opt",
    "contrib.rnn": "contrib.rnn",
    "contrib.seq2seq": "contrib.seq2seq",
    "contrib.slim": "contrib.slim",
    "contrib.slim.evaluation": "contrib.slim.evaluation",
    "contrib.slim.initializers": "contrib.layers",
    "contrib.slim.layers": "contrib.layers",
    "contrib.slim.learning": "contrib.slim.learning",
    "contrib.slim.losses": "contrib.losses",
    "contrib.slim.metrics": "contrib.metrics",
    "contrib.slim.model_analyzer": "contrib.slim.model_analyzer",
    "contrib.slim.regularizers": "contrib.layers",
    "contrib.slim.utils": "contrib.layers.utils",
    "contrib.slim.variables": "contrib.framework",
    "contrib.tpu": "contrib.tpu",
    "contrib.training": "contrib.training",
    "data": "data",
    "data.experimental": "data.experimental",
    "debugging": "v1.namespaces.debugging",
    "distributions": "distributions",
    "dtypes": "dtypes",
    "errors": "errors",
    "estimator": "estimator",
    "estimator.export": "estimator.export",
    "estimator.inputs": "estimator.inputs",
    "estimator.tpu": "estimator.tpu",
    "flags": "v1.flags",
    "gfile": "v1.gfile",
    "graph_util": "v1.namespaces.graph_util",
    "image": "v1.namespaces.image",
    "initializers": "initializers",
    "io": "v1.namespaces.io",
    "io.gfile": "v1.io_gfile",
    "keras": "keras",
    "keras.activations": "keras.activations",
    "keras.backend": "keras.backend",
    "keras.constraints": "keras.constraints",
    "keras.initializers": "keras.initializers",
    "keras.layers": "keras.layers",
    "keras.losses": "keras.losses",
    "keras.preprocessing": "v1.namespaces.keras_preprocessing",
    "keras.preprocessing.sequence": "v1.namespaces.keras_sequence",
    "keras.regularizers": "keras.regularizers",
    "keras.utils": "keras.utils",
    "layers": "layers",
    "linalg": "v1.namespaces.linalg",
    "logging": "v1.logging",
    "lookup": "lookup",
    "losses": "losses",
    "math": "v1.namespaces.math",
    "nest": "v1.nest",
    "metrics": "metrics",
    "nn": "v1.namespaces.nn",
    "nn.rnn_cell": "rnn",
    "onnx": "onnx",
    "python_io": "v1.namespaces.python_io",
    "queue": "queues",
    "random": "random",
    "saved_model": "saved_model",
    "saved_model.builder": "saved_model.builder",
    "saved_model.constants": "saved_model.constants",
    "saved_model.loader": "saved_model.loader",
    "saved_model.main_op": "saved_model.main_op",
    "saved_model.signature_constants": "saved_model.signature_constants",
    "saved_model.signature_def_utils": "saved_model.signature_def_utils",
    "saved_model.tag_constants": "saved_model.tag_constants",
    "saved_model.utils": "saved_model.utils",
    "sparse": "v1.namespaces.sparse",
    "strings": "v1.namespaces.strings",
    "summary": "summary",
    "test": "v1.test",
    "train": "train",
}
# Where functions and constructors that build are defined: what `v1` declares there is whole. Methods and
# what is not public say `@whole` themselves.
_BUILDERS: Final = tuple(
    f"{__package__}.{name}"
    for name in (
        "contrib.crf", "contrib.layers.dense", "contrib.layers.groups", "contrib.layers.norms",
        "contrib.layers.optimizing", "contrib.layers.plain", "contrib.legacy_seq2seq",
        "contrib.opt", "contrib.rnn", "contrib.seq2seq", "data", "derivatives", "distributions",
        "keras.activations", "keras.layers", "keras.losses", "layers", "lookup", "losses", "metrics", "ops",
        "partitioners", "queues", "random", "rnn", "summary.ops", "train.batching", "train.producers",
        "train.schedules", "variables",
    )
)  # fmt: skip


def whole(function: _Public) -> _Public:
    """Makes a function that builds one whose calls make all of their operations, or none if they fail."""
    plain: Any = function
    made: Any = functools.update_wrapper(Composite(plain), plain)
    result: _Public = made
    return result


def v1(*names: str, note: str = "supported", is_one_op: bool = False) -> Callable[[_Public], _Public]:
    """Declares under which names v1's users find something; one in a namespace is written with it.

    Args:
        *names: The names: `"relu"`, `"nn.relu"`.
        note: What docs/ops.md says of it: `"supported"`, where need be with what differs, or `"accepted"`
            with the reason why there is nothing to do here.
        is_one_op: Whether a function that builds makes one operation at most: nothing is left of a call that
            fails.

    Returns:
        A decorator. It returns the very object, or where that is a function that builds, `whole` of it. Of a
        class among those, the constructor is made whole.
    """

    def declared(value: _Public) -> _Public:
        given: Any = value
        if is_one_op or not str(getattr(given, "__module__", "")).startswith(_BUILDERS):
            return value
        if isinstance(given, FunctionType):
            return whole(value)
        if isinstance(given, type) and isinstance(vars(given).get("__init__"), FunctionType):
            constructed: Any = given
            constructed.__init__ = whole(constructed.__init__)
        return value

    return declared
