"""Calls of every public name and member, made from their signatures: sensible, odd and wrong ones.

Nothing here knows what a call is for, so most are refused. That is wanted: there are many ways out of a
failed call, and each of them has to give back what it took.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Iterator
from typing import Any

import scopetrie as tf

# What leaves the process in another state than it was, or may not come back.
PROCESS_WIDE = {
    "app.run": "reads the command line, and ends the process",
    **dict.fromkeys(
        (
            *("app.flags.DEFINE_bool", "app.flags.DEFINE_boolean", "app.flags.DEFINE_enum"),
            *("app.flags.DEFINE_float", "app.flags.DEFINE_integer", "app.flags.DEFINE_list"),
            *("app.flags.DEFINE_multi_integer", "app.flags.DEFINE_multi_string", "app.flags.DEFINE_string"),
            *("app.flags.mark_flag_as_required", "app.flags.mark_flags_as_required", "app.flags.FLAGS"),
        ),
        "flags are never forgotten",
    ),
    "contrib.training.evaluate_repeatedly": "may wait for ever",
    "contrib.training.wait_for_new_checkpoint": "may wait for ever",
    "disable_v2_behavior": "a switch of the process",
    "errors.Payloads": "a type alias",
    "keras.backend.clear_session": "takes the default graph away from the tests",
    **dict.fromkeys(
        (f"keras.backend.set_{each}" for each in ("epsilon", "floatx", "image_data_format", "session")),
        "a setting of the process",
    ),
    "InteractiveSession": "stays the default session until it is closed",
    "logging.log_every_n": "counts for ever",
    "logging.log_first_n": "counts for ever",
    "logging.set_verbosity": "a setting of the process",
    "io.TFRecordWriter": "writes a file",
    "register_op": "op types are never forgotten",
    "register_tensor_conversion_function": "conversions are never forgotten",
    "test.main": "ends the process",
    "reset_default_graph": "takes the default graph away from the tests",
}

Thunk = Callable[[], Any]


def public_names(namespace: Any = tf, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every public callable once, under the first name it has."""
    seen: set[int] = set()

    def walk(module: Any, prefix: str) -> Iterator[tuple[str, Any]]:
        for name in module.__all__:
            value = getattr(module, name)
            if isinstance(value, types.ModuleType):
                yield from walk(value, f"{prefix}{name}.")
            elif callable(value) and id(value) not in seen:
                seen.add(id(value))
                yield prefix + name, value

    yield from walk(namespace, prefix)


def samples() -> dict[str, Any]:
    """Things to call with, made in the default graph."""
    x = tf.placeholder(tf.float32, [2, 2], name="x")
    with tf.variable_scope("sample") as scope:
        v = tf.get_variable("v", [2, 2], initializer=tf.zeros_initializer())
    return {
        "tensor": x,
        "variable": v,
        "operation": x.op,
        "scope": scope,
        "graph": tf.get_default_graph(),
        "dtype": tf.float32,
        "shape": tf.TensorShape([2, 2]),
        "text": "text",
        "number": 1,
        "numbers": [1, 1],
        "tensors": [x, x],
        "floats": [[1.0, 2.0], [3.0, 4.0]],
        "function": lambda *args, **kwargs: x,
        "none": None,
        "object": object(),
    }


def _attempt(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Calls, entering and leaving what comes back if it is a block; what is raised is dropped."""
    try:
        made = function(*args, **kwargs)
        if hasattr(made, "__enter__"):
            with made:
                pass
        return made
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return None


def calls(function: Callable[..., Any], given: dict[str, Any]) -> Iterator[Thunk]:
    """Calls of `function`: each sample for all that it requires, then each keyword with something wrong."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # a C function: one, two and three arguments
        required, optional = 0, ["name"]
    else:
        positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        required = sum(p.default is p.empty for p in positional)
        optional = [
            p.name for p in parameters if p.default is not p.empty and p.kind is not p.POSITIONAL_ONLY
        ]
    counts = [required] if required else [0, 1, 2, 3]
    for value in given.values():
        for count in counts:
            yield lambda value=value, count=count: _attempt(function, *[value] * count)
    for name in optional:
        for kind in ("text", "object", "tensors"):
            for count in counts[:2]:
                yield lambda name=name, kind=kind, count=count: _attempt(
                    function, *[given["tensor"]] * count, **{name: given[kind]}
                )
    yield lambda: _attempt(function, given["tensor"], no_such_argument=1)


def member_calls(value: Any, given: dict[str, Any]) -> Iterator[Thunk]:
    """Reads of every public attribute and special method of an object, and calls of what is callable."""
    for name in dir(type(value)):
        if (name.startswith("_") and not name.startswith("__")) or name in _NOT_FOR_CALLING:
            continue
        yield lambda name=name: _attempt(getattr, value, name)
        member = _attempt(getattr, value, name)
        if callable(member):
            yield from calls(member, given)


# Of every Python object, and nothing of ours; or what copies and pickles, which calls into other modules.
_NOT_FOR_CALLING = set(dir(type)) | {
    "__reduce__",
    "__reduce_ex__",
    "__class_getitem__",
    "__subclasshook__",
} - {
    "__call__",
    "__eq__",
    "__hash__",
    "__repr__",
    "__str__",
}
