"""Calls of public functions as plain data, and what comes of them.

A call is `[function, args, kwargs]`, with a fourth item where values say nothing (`"shape"`, for random
numbers) or are known up to their sign (`"abs"`, for the vectors of a decomposition), where the outputs run
one after the other (`"turns"`), or all of them again and again until they fail (`"again"`). The function is a
path such as `"math.add"`, or `"~"` and the name of a program (programs.py). An argument is plain JSON, or one
of

    {"c": [dtype, shape, values]}          a constant
    {"p": [dtype, shape, values, dims]}    a placeholder of static shape `dims` that is fed
    {"v": [dtype, shape, values]}          a variable with this initial value
    {"n": [dtype, shape, values]}          a NumPy array
    {"d": name}                            a dtype
    {"fn": name}                           a function of FUNCTIONS
    {"f": [function, args, kwargs]}        what another call gives
    {"t": [...]}                           a tuple
    {"s": [indices, values, shape]}        a sparse tensor of three arguments

An outcome is `["fails", "build" or "run", class, message]` or `["gives", [output, ...]]`; an output is
`[name and type of its op, dtype, static dims, dims, values]`, or `["is", repr]` for what is no tensor.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import numpy as np
from differential.programs import FIRST, function_of

# How many values of an output are kept, evenly spaced; and how many digits of each.
MOST_VALUES: Final = 96
# How often what runs again and again does.
MOST_RUNS: Final = 7
DIGITS: Final = {"float16": 5, "bfloat16": 4, "float32": 8, "float64": 14, "complex64": 8, "complex128": 14}

FUNCTIONS: Final[dict[str, Callable[[Any], Callable[..., Any]]]] = {
    "square": lambda tf: lambda x: x * x,
    "twice": lambda tf: lambda x: x + x,
    "negate": lambda tf: lambda x: -x,
    "add": lambda tf: lambda a, x: a + x,
    "multiply": lambda tf: lambda a, x: a * x,
    "sum": lambda tf: lambda x: tf.reduce_sum(x),
    "pair": lambda tf: lambda x: (x, x + x),
    "halve": lambda tf: lambda x: x / 2,
    "below 10": lambda tf: lambda x: tf.less(tf.reduce_sum(x), 10),
    "always": lambda tf: lambda x: tf.constant(True),
    "never": lambda tf: lambda x: tf.constant(False),
    "slices": lambda tf: lambda *x: tf.data.Dataset.from_tensor_slices(x if len(x) > 1 else x[0]),
    "zip with itself": lambda tf: lambda data: tf.data.Dataset.zip((data, data)),
    "one": lambda tf: lambda: tf.constant(1.0),
    "two": lambda tf: lambda: tf.constant([2.0, 2.0]),
    "three": lambda tf: lambda: tf.constant(3, tf.int32),
    "np square": lambda tf: lambda x: x * x,
    "np float64": lambda tf: lambda x: np.asarray(x, np.float64),
    "np list": lambda tf: lambda x: [1, 2],
    "np text": lambda tf: lambda x: "text",
    "np bytes": lambda tf: lambda x: b"bytes",
    "np None": lambda tf: lambda x: None,
    "np dict": lambda tf: lambda x: {"a": 1},
    "np pair": lambda tf: lambda x: (x, x),
    "np object": lambda tf: lambda x: np.array([None, {}], dtype=object),
    "np texts": lambda tf: lambda x: np.array(["a", "bc"]),
    "np raises": lambda tf: lambda x: [][1],
}


def numpy_array(tf: Any, dtype: str, shape: Sequence[int], values: Sequence[Any]) -> np.ndarray:
    """The array that a description stands for; complex numbers are written as pairs."""
    if dtype == "string":
        return np.array([each.encode() for each in values], dtype=object).reshape(shape)
    if dtype.startswith("complex"):
        parts = np.array(values, np.float64).reshape(-1, 2)
        whole = np.empty(len(parts), np.complex128)
        whole.real, whole.imag = parts[:, 0], parts[:, 1]
    else:
        whole = np.array(values, np.float64 if "float" in dtype else None)
    with np.errstate(all="ignore"):
        return whole.astype(getattr(tf, dtype).as_numpy_dtype).reshape(shape)


class Built:
    """A call in the default graph.

    Attributes:
        outputs: The flattened outputs: tensors, operations, other things.
        failure: The outcome if the call raised.
        left_something: Whether the call raised and left another `state()` than it found.
    """

    def __init__(
        self, call: Sequence[Any], tf: Any, scope: str, state: Callable[[], Any] | None = None
    ) -> None:
        self._tf = tf
        self._only = call[3] if len(call) > 3 else None
        self.outputs: list[Any] = []
        self.failure: list[Any] | None = None
        self.left_something = False
        self._feeds: dict[Any, Any] = {}
        self._variables: list[Any] = []
        function = function_of(tf, call[0])
        marks = [len(tf.get_collection(key)) for key in self._keys()]
        try:
            with tf.name_scope(f"{scope}_in"):
                args = [self._argument(each) for each in call[1]]
                kwargs = {key: self._argument(value) for key, value in call[2].items()}
            with tf.name_scope(scope):
                before = state() if state else None
                try:
                    self.outputs = list(_leaves(function(*args, **kwargs)))
                except Exception:
                    self.left_something = state is not None and state() != before
                    raise
        except Exception as error:
            self.failure = _failed("build", error)
        self._scope = scope
        self._first = [tf.get_collection(key)[mark:] for key, mark in zip(self._keys(), marks, strict=True)]

    def _keys(self) -> list[str]:
        keys = self._tf.GraphKeys
        return [FIRST, keys.GLOBAL_VARIABLES, keys.LOCAL_VARIABLES]

    def _argument(self, given: Any) -> Any:
        tf = self._tf
        if isinstance(given, list):
            return [self._argument(each) for each in given]
        if not isinstance(given, dict):
            return given
        ((kind, what),) = given.items()
        if kind == "c":
            return tf.constant(numpy_array(tf, *what))
        if kind == "p":
            tensor = tf.placeholder(getattr(tf, what[0]), what[3])
            self._feeds[tensor] = numpy_array(tf, *what[:3])
            return tensor
        if kind == "v":
            self._variables.append(tf.Variable(numpy_array(tf, *what)))
            return self._variables[-1]
        if kind == "n":
            return numpy_array(tf, *what)
        if kind == "d":
            return getattr(tf, what)
        if kind == "s":
            return tf.SparseTensor(*(self._argument(each) for each in what))
        if kind == "f":
            args = [self._argument(each) for each in what[1]]
            options = {key: self._argument(value) for key, value in what[2].items()}
            return function_of(tf, what[0])(*args, **options)
        if kind == "t":
            return tuple(self._argument(each) for each in what)
        return FUNCTIONS[what](tf)

    def run(self, session: Any) -> list[Any]:
        """The call's outcome."""
        tf = self._tf
        if self.failure is not None:
            return self.failure
        fetched = [each for each in self.outputs if isinstance(each, (tf.Tensor, tf.Operation, tf.Variable))]
        try:
            first = [each.initializer for each in [*self._variables, *self._first[1], *self._first[2]]]
            if first or self._first[0]:
                session.run([*first, *self._first[0]], self._feeds)
            if self._only == "again":
                return ["gives", self._again(session, fetched)]
            if self._only == "turns":
                values = iter([session.run(each, self._feeds) for each in fetched])
            else:
                values = iter(session.run(fetched, self._feeds) if fetched else ())
        except Exception as error:
            return _failed("run", error)
        return ["gives", [self._output(each, values) for each in self.outputs]]

    def _again(self, session: Any, fetched: list[Any]) -> list[Any]:
        outputs: list[Any] = []
        for _ in range(MOST_RUNS):
            try:
                values = iter(session.run(fetched, self._feeds))
            except Exception as error:
                return [*outputs, ["is", type(error).__name__]]
            outputs += [self._output(each, values) for each in self.outputs]
        return outputs

    def _output(self, output: Any, values: Any) -> list[Any]:
        tf = self._tf
        if isinstance(output, tf.Operation):
            next(values)
            return [self._named(output)]
        if not isinstance(output, (tf.Tensor, tf.Variable)):
            return ["is", str(output)]
        value = next(values)
        shape = output.shape
        dims = None if shape.ndims is None else shape.as_list()
        name, dtype = self._named(output.op), output.dtype.base_dtype.name
        found = list(np.shape(value))
        actual = np.asarray(value).dtype.name
        # A value of another dtype than the tensor's is different, whatever it is.
        fits = actual == dtype or dtype == "string"
        kept = written(value, dtype, self._only) if fits else [f"{actual} values"]
        return [name, dtype, dims, found if found != dims else 0, kept]

    def _named(self, op: Any) -> str:
        return f"{op.name.removeprefix(self._scope).removeprefix('/')} {op.type}"


def written(value: Any, dtype: str, only: str | None = None) -> list[Any] | int:
    """The values of an output, as JSON has them."""
    if only == "shape":
        return 0
    flat = np.asarray(value).reshape(-1)
    flat = flat[:: math.ceil(flat.size / MOST_VALUES) or 1]
    if dtype == "string":
        return [each.decode("latin-1") if isinstance(each, bytes) else str(each) for each in flat.tolist()]
    if only == "abs":
        flat = np.abs(flat)
    if dtype.startswith("complex"):
        flat = np.stack([np.real(flat), np.imag(flat)], axis=-1).reshape(-1)
    if dtype in DIGITS:
        return [_rounded(each, DIGITS[dtype]) for each in flat.astype(np.float64).tolist()]
    return [int(each) for each in flat.tolist()]


def _rounded(number: float, digits: int) -> float | int:
    short = float(f"{number:.{digits}g}")
    whole = math.isfinite(short) and abs(short) < 1e6 and short == int(short) and str(short) != "-0.0"
    return int(short) if whole else short


def _leaves(made: Any) -> Iterable[Any]:
    if isinstance(made, dict):
        made = list(made.values())
    if hasattr(made, "dense_shape"):  # a sparse tensor, or slices
        made = [made.indices, made.values, made.dense_shape]
    if isinstance(made, (list, tuple)):
        return [leaf for each in made for leaf in _leaves(each)]
    return [] if made is None else [made]


def _failed(where: str, error: Exception) -> list[Any]:
    text = str(error)
    # TensorFlow puts the stack that built the node before the message.
    text = text.partition("\nNode: ")[2].partition("\n")[2] or text
    text = text.removeprefix("Graph execution error:").lstrip()
    return ["fails", where, type(error).__name__, text.split("\n")[0][:70]]


def outcomes(calls: Sequence[Any], tf: Any, session: Callable[[], Any]) -> list[Any]:
    """What comes of calls that are built in one graph and run in one session, one after the other."""
    with tf.Graph().as_default():
        built = [Built(call, tf, f"c{at}") for at, call in enumerate(calls)]
        with session() as running:
            return [each.run(running) for each in built]
