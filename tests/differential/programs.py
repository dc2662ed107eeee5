"""Programs of more than one call, which the calls of calls.py name as `"~gradients"`.

Each is a function of the package and of the call's arguments; it gives the tensors to run. What must run
before them it adds to the collection FIRST.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, Final

FIRST: Final = "run first"


def function_of(tf: Any, name: str) -> Callable[..., Any]:
    """The function or class of a dotted name, or the program of a name that begins with `~`."""
    if name.startswith("~"):
        return functools.partial(PROGRAMS[name[1:]], tf)
    found: Callable[..., Any] = functools.reduce(getattr, name.split("."), tf)
    return found


def _tensors(tf: Any, given: Any) -> list[Any]:
    if isinstance(given, (list, tuple)):
        return [each for item in given for each in _tensors(tf, item)]
    return [given] if isinstance(given, (tf.Tensor, tf.Variable)) else []


def _gradients(tf: Any, name: str, args: Sequence[Any], options: Sequence[Any]) -> list[Any]:
    """The gradients of all floats that a call gives by its tensors; None as text."""
    made = _tensors(tf, function_of(tf, name)(*args, **dict(options)))
    by = _tensors(tf, args) + _tensors(tf, [value for _, value in options])
    found = tf.gradients([each for each in made if each.dtype.is_floating], by)
    return ["None" if each is None else tf.identity(tf.convert_to_tensor(each)) for each in found]


def _layer(tf: Any, name: str, x: Any, args: Sequence[Any], options: Sequence[Any]) -> list[Any]:
    """What a layer gives, its updates, and its variables after them."""
    graph = tf.get_default_graph()
    before = len(tf.get_collection(tf.GraphKeys.UPDATE_OPS)), len(tf.global_variables())
    with tf.variable_scope(graph.get_name_scope()):
        made = getattr(tf.layers, name)(x, *args, name="layer", **dict(options))
    updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)[before[0] :]
    variables = tf.global_variables()[before[1] :]
    return [made, *map(tf.identity, updates), *(tf.identity(each) for each in variables)]


def _metric(tf: Any, name: str, args: Sequence[Any], options: Sequence[Any]) -> list[Any]:
    """A metric's value and its update, one after the other."""
    value, update = getattr(tf.metrics, name)(*args, **dict(options))
    return [value, update, value, update, value]


def _distribution(tf: Any, name: str, method: str, *args: Any, **parameters: Any) -> Any:
    """What a method of a distribution gives."""
    return _of(getattr(tf.distributions, name)(**parameters), method, args)


def _of(made: Any, method: str, args: Sequence[Any]) -> Any:
    found = getattr(made, method)
    found = found(*args) if callable(found) else found
    return str(found) if hasattr(found, "ndims") and not hasattr(found, "op") else found


def _divergence(tf: Any, one: str, first: Sequence[Any], other: str, second: Sequence[Any]) -> Any:
    """The divergence of two distributions."""
    pair = [getattr(tf.distributions, name)(*args) for name, args in ((one, first), (other, second))]
    return tf.distributions.kl_divergence(*pair)


def _table(tf: Any, keys: Any, values: Any, default: Any, asked: Any, buckets: int | None = None) -> Any:
    """What a table gives for keys, and its size."""
    filled = tf.lookup.KeyValueTensorInitializer(keys, values)
    if buckets is None:
        table = tf.lookup.StaticHashTable(filled, default)
    else:
        table = tf.lookup.StaticVocabularyTable(filled, buckets)
    first = table.initializer
    tf.add_to_collection(FIRST, first)
    return [tf.identity(table.lookup(asked)), tf.identity(table.size())]


def _dataset(tf: Any, *steps: Any) -> Any:
    """The next element of a dataset that is made step by step."""
    data = tf.data.Dataset
    for method, args, options in steps:
        data = getattr(data, method)(*args, **dict(options))
    iterator = tf.data.make_initializable_iterator(data)
    tf.add_to_collection(FIRST, iterator.initializer)
    return iterator.get_next()


def _array(tf: Any, dtype: str, size: Any, steps: Sequence[Any], options: Sequence[Any]) -> list[Any]:
    """What is read of a TensorArray in steps."""
    array = tf.TensorArray(getattr(tf, dtype), size, **dict(options))
    read: list[Any] = []
    for method, *args in steps:
        made = getattr(array, method)(*args)
        if isinstance(made, tf.TensorArray):
            array = made
        else:
            read.append(made)
    return read


def _branches(tf: Any, predicate: Any, x: Any, y: Any, how: str) -> Any:
    """What branches give of tensors outside."""
    small = tf.constant(1, x.dtype)
    ways: dict[str, Callable[[], Any]] = {
        "outside": lambda: tf.cond(predicate, lambda: x, lambda: y),
        "inside": lambda: tf.cond(predicate, lambda: x + small, lambda: y * y),
        "pair": lambda: tf.cond(predicate, lambda: (x, y), lambda: (y, x)),
        "list and tuple": lambda: tf.cond(predicate, lambda: [x, y], lambda: (y, x)),
        "dict": lambda: tf.cond(predicate, lambda: {"a": x, "b": y}, lambda: {"a": y, "b": x}),
        "strict": lambda: tf.cond(predicate, lambda: [x], lambda: [y], strict=True),
        "one": lambda: tf.cond(predicate, lambda: [x], lambda: [y]),
        "none": lambda: tf.cond(predicate, lambda: None, lambda: None),
        "half": lambda: tf.cond(predicate, lambda: x, lambda: None),
        "numbers": lambda: tf.cond(predicate, lambda: 1, lambda: 2.0),
        "operations": lambda: tf.cond(predicate, lambda: tf.no_op(), lambda: tf.no_op()),
        "nested": lambda: tf.cond(
            predicate, lambda: tf.cond(tf.reduce_all(x < y), lambda: x, lambda: y), lambda: x - y
        ),
        "loop": lambda: tf.cond(
            predicate,
            lambda: tf.while_loop(lambda a: tf.reduce_sum(a) < 9, lambda a: a + a, [x], maximum_iterations=9),
            lambda: y,
        ),
        "case": lambda: tf.case([(predicate, lambda: x), (tf.constant(True), lambda: y)], exclusive=True),
        "switch": lambda: tf.switch_case(tf.cast(predicate, tf.int32), [lambda: x, lambda: y]),
    }
    return ways[how]()


def _loops(tf: Any, x: Any, y: Any, count: Any, how: str, options: Sequence[Any] = ()) -> Any:
    """What loops give."""

    def loop(test: Any, body: Any, start: Any, **more: Any) -> Any:
        return tf.while_loop(test, body, start, **more, **dict(options))

    unknown = tf.TensorShape(None)
    ways: dict[str, Callable[[], Any]] = {
        "powers": lambda: loop(lambda i, a: i < count, lambda i, a: (i + 1, a * y), [0, x]),
        "unused": lambda: loop(lambda i, a: i < count, lambda i, a: (i + 1, a), [0, x]),
        "replaced": lambda: loop(lambda i, a: i < count, lambda i, a: (i + 1, y), [0, x]),
        "swapped": lambda: loop(lambda i, a, b: i < count, lambda i, a, b: (i + 1, b, a), [0, x, y]),
        "growing": lambda: loop(
            lambda i, a: i < count, lambda i, a: (i + 1, tf.concat([a, a], 0)), [0, x],
            shape_invariants=[tf.TensorShape([]), unknown],
        ),
        "grows": lambda: loop(
            lambda i, a: i < count, lambda i, a: (i + 1, tf.concat([a, a], 0)), [0, x]
        ),
        "narrow": lambda: loop(
            lambda i, a: i < count, lambda i, a: (i + 1, a), [0, x],
            shape_invariants=[tf.TensorShape([]), tf.TensorShape([1])],
        ),
        "dtype": lambda: loop(
            lambda i, a: i < count, lambda i, a: (i + 1, tf.cast(a, tf.float64)), [0, x]
        ),
        "fewer": lambda: loop(lambda i, a: i < count, lambda i, a: i + 1, [0, x]),
        "dict": lambda: loop(
            lambda v: v["i"] < count, lambda v: [{"i": v["i"] + 1, "a": v["a"] + y}], [{"i": 0, "a": x}]
        ),
        "vector test": lambda: loop(lambda a: a > y, lambda a: a - y, [x]),
        "nested": lambda: loop(
            lambda i, a: i < count,
            lambda i, a: (i + 1, tf.while_loop(lambda j, b: j < 2, lambda j, b: (j + 1, b * y), [0, a])[1]),
            [0, x],
        ),
        "branch": lambda: loop(
            lambda i, a: i < count,
            lambda i, a: (i + 1, tf.cond(tf.equal(i % 2, 0), lambda: a + y, lambda: a * y)), [0, x],
        ),
        "array": lambda: loop(
            lambda i, a: i < count, lambda i, a: (i + 1, a.write(i, x + tf.cast(i, x.dtype))),
            [0, tf.TensorArray(x.dtype, count)],
        )[1].stack(),
        "map": lambda: tf.map_fn(lambda a: a * y, x, **dict(options)),
        "map pair": lambda: tf.map_fn(lambda a: a[0] + a[1], (x, y), dtype=x.dtype, **dict(options)),
        "map dtype": lambda: tf.map_fn(lambda a: tf.cast(a, tf.float64), x, **dict(options)),
        "scan": lambda: tf.scan(lambda a, b: a * b + y, x, **dict(options)),
        "scan from": lambda: tf.scan(lambda a, b: a * b, x, initializer=y, **dict(options)),
        "foldl": lambda: tf.foldl(lambda a, b: a * b + y, x, **dict(options)),
        "foldr": lambda: tf.foldr(lambda a, b: a * b + y, x, **dict(options)),
    }  # fmt: skip
    return ways[how]()


def _initial(tf: Any, name: str, shape: Sequence[int], dtype: Any, **options: Any) -> Any:
    """What an initializer gives."""
    return getattr(tf, name)(**options)(shape, dtype)


PROGRAMS: Final[dict[str, Callable[..., Any]]] = {
    "gradients": _gradients,
    "initial": _initial,
    "layer": _layer,
    "metric": _metric,
    "distribution": _distribution,
    "divergence": _divergence,
    "table": _table,
    "dataset": _dataset,
    "array": _array,
    "branches": _branches,
    "loops": _loops,
}
