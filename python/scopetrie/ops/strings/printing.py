"""`tf.print`: values written to a stream or a file, each time that it runs."""

from __future__ import annotations

import logging
import pprint
import sys
from typing import Any, Final

import numpy as np

from ... import dtypes
from ..._core import OpFunction
from ...file_errors import errors_of_files
from ...graph import Operation, Tensor
from ...public import v1
from ..control.trace import flat, packed
from ..declare import attr, tensor
from ..registry import define_op
from .format import format

__all__ = ["print_v2"]

_log = logging.getLogger("scopetrie")
_LEVELS: Final = {
    "log(info)": logging.INFO,
    "log(warning)": logging.WARNING,
    "log(error)": logging.ERROR,
}
# The functions of tf.logging that stand for a stream.
_FUNCTIONS: Final = {
    "info": "log(info)",
    "warn": "log(warning)",
    "warning": "log(warning)",
    "error": "log(error)",
}


def _print_kernel(xp: Any, state: Any, output_stream: str = "stderr", end: str = "\n") -> Any:
    def show(value: Any) -> Any:
        given: Any = np.asarray(value)[()]
        text = given.decode(errors="replace") + end
        if output_stream in ("stdout", "stderr"):
            stream = sys.stdout if output_stream == "stdout" else sys.stderr
            stream.write(text)
            stream.flush()
        elif output_stream in _LEVELS:
            _log.log(_LEVELS[output_stream], "%s", text.removesuffix("\n"))
        else:
            path = output_stream.removeprefix("file://")
            with errors_of_files(path), open(path, "a", encoding="utf-8") as file:
                file.write(text)
        return ()

    return show


_print: OpFunction[Operation] = define_op(
    "PrintV2", tensor("input", (dtypes.string,), attr=None, host=True),
    rule=lambda input, **attrs: [], kernel=_print_kernel, stateful=True,
    attributes=(attr("end", str), attr("output_stream", str)),
)  # fmt: skip


@v1("print")
def print_v2(*inputs: Any, **kwargs: Any) -> Operation:
    """Prints values, with tensors of them in any nest, each time that it runs.

    As in v1 it is an operation: it prints when a session runs it, or something that has it as a control
    dependency.

    Args:
        *inputs: Texts, tensors, lists, tuples and dicts of tensors, and anything else, by its `repr`.
        **kwargs: `output_stream`: `sys.stderr` by default, `sys.stdout`, one of `tf.logging`'s `info`,
            `warning` and `error`, or a text "file://PATH", to whose end it writes. `summarize`: how many of
            the first and last entries of each axis are written; 3 by default, -1 for all. `sep`: what stands
            between the inputs, " " by default. `end`: what stands behind them, a new line by default. `name`:
            the operation's name.

    Returns:
        The operation.

    Raises:
        ValueError: If the stream is another one, or an argument has another name.
        OpError: When it runs, if the file cannot be written, of v1's class.

    >>> import sys
    >>> import scopetrie as tf
    >>> x = tf.constant([[1, 2], [3, 4]])
    >>> shown = tf.print("x:", x, {"half": x / 2}, output_stream=sys.stdout)
    >>> with tf.Session() as session, tf.get_default_graph().control_dependencies([shown]):
    ...     y = session.run(tf.reduce_sum(x))
    x: [[1 2]
     [3 4]] {'half': [[0.5 1]
     [1.5 2]]}
    """
    stream = _stream_name(kwargs.pop("output_stream", sys.stderr))
    name = kwargs.pop("name", None)
    summarize = kwargs.pop("summarize", 3)
    between, end = kwargs.pop("sep", " "), kwargs.pop("end", "\n")
    if kwargs:
        raise ValueError(f"Unrecognized keyword arguments for tf.print: {kwargs}")
    if not isinstance(summarize, (int, np.integer)):
        raise TypeError(f"Expected int for argument 'summarize' not {summarize!r}.")
    only: Any = inputs[0] if len(inputs) == 1 else None
    if isinstance(only, Tensor) and only.dtype is dtypes.string and only.shape.ndims == 0:
        return _print(only, output_stream=stream, end=end, name=name)
    place = _placeholder(inputs)
    tensors: list[Any] = []
    template = between.join(_template(each, place, tensors) for each in inputs)
    text = format(template, tensors, place, int(summarize), name=f"{name}_format" if name else None)
    return _print(text, output_stream=stream, end=end, name=name)


def _template(given: Any, place: str, tensors: list[Any]) -> str:
    """The text of an input, with a placeholder for each of its tensors, which are added to a list."""
    if isinstance(given, str):
        return given

    def leaf(each: Any) -> Any:
        if type(each).__name__ == "SparseTensor":  # a floor above
            tensors.extend([each.indices, each.values, each.dense_shape])
            return f"SparseTensor(indices={place}, values={place}, shape={place})"
        if isinstance(each, Tensor) or hasattr(each, "_as_graph_element"):
            tensors.append(each)
            return place
        return each

    leaves = [leaf(each) for each in flat(given, False)]
    return pprint.pformat(packed(given, leaves, False)).replace(f"'{place}'", place)


def _placeholder(inputs: Any) -> str:
    """A text that no input has: "{}" where that can be."""
    texts = [str(each) for given in inputs for each in flat(given, False) if not isinstance(each, Tensor)]
    place, count = "{}", 0
    while any(place in each for each in texts):
        place = f"{{{count}}}"
        count += 1
    return place


def _stream_name(given: Any) -> str:
    """A stream as the operation names it."""
    if given is sys.stdout or given is sys.__stdout__:
        return "stdout"
    if given is sys.stderr or given is sys.__stderr__:
        return "stderr"
    if isinstance(given, str) and given.startswith("file://"):
        return given
    if callable(given):
        at = getattr(given, "__module__", ""), getattr(given, "__name__", "")
        if at[0].endswith(".logging") and at[1] in _FUNCTIONS:
            return _FUNCTIONS[at[1]]
    if given in _LEVELS:
        return str(given)
    raise ValueError(
        f"Unsupported output stream, logging level, or file.{given}. Supported streams are sys.stdout, "
        "sys.stderr, tf.logging.info, tf.logging.warning, tf.logging.error. File needs to be in the form of "
        "'file://<filepath>'."
    )
