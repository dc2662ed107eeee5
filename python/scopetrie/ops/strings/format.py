"""Values written into text: format."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import dtypes
from ..._core import OpFunction
from ...graph import Tensor
from ...public import v1
from ..checks import element_text
from ..constant import convert_to_tensor
from ..declare import attr, mixed
from ..registry import define_op


def shown(array: Any, summarize: int, deep: int = 0) -> str:
    """An array as v1's `tf.print` writes it: the first and last entries of each axis, in rows."""
    values = np.asarray(array)
    if not values.ndim:
        text = element_text(values[()])
        quoted = isinstance(values[()], (bytes, str))
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' if quoted else text
    entries = [shown(each, summarize, deep + 1) for each in values]
    if summarize >= 0 and len(entries) > 2 * summarize:
        entries = [*entries[:summarize], "...", *entries[len(entries) - summarize :]]
    between = " " if values.ndim == 1 else "\n" * (values.ndim - 1) + " " * (deep + 1)
    return f"[{between.join(entries)}]"


def _format_kernel(xp: Any, template: str, placeholder: str, summarize: int) -> Any:
    texts = template.split(placeholder)

    def fill(*arrays: Any) -> Any:
        parts = [texts[0]]
        for each, text in zip(arrays, texts[1:], strict=True):
            parts += [shown(each, summarize), text]
        made = np.empty((), dtype=object)
        made[()] = "".join(parts).encode("utf-8", "surrogateescape")
        return made

    return fill


_format: OpFunction[Tensor] = define_op(
    "StringFormat", mixed("inputs", host=True), rule=lambda *inputs, **attrs: (dtypes.string, ()),
    kernel=_format_kernel,
    attributes=(attr("placeholder", str), attr("summarize", int), attr("template", str)), host_outputs=True,
)  # fmt: skip


@v1("strings.format")
def format(
    template: str, inputs: Any, placeholder: str = "{}", summarize: int = 3, name: str | None = None
) -> Tensor:
    """Writes the values of tensors into a text.

    Args:
        template: The text.
        inputs: A tensor, or a list of them.
        placeholder: What stands in the text where the values belong.
        summarize: How many of the first and the last entries of each axis are written; -1 for all.
        name: The operation's name.

    Returns:
        A scalar.

    Raises:
        ValueError: If there are more or fewer placeholders than tensors.

    >>> import scopetrie as tf
    >>> with tf.Session() as session:
    ...     print(session.run(tf.strings.format("loss: {}", tf.constant([0.5, 1.0]))).decode())
    loss: [0.5 1]
    """
    given = [inputs] if isinstance(inputs, Tensor) else list(inputs)
    found = template.count(placeholder)
    if found != len(given):
        raise ValueError(
            f"The template expects {found} tensors, but the inputs only has {len(given)}. Please ensure the "
            "number of placeholders in template matches inputs length."
        )
    tensors = [convert_to_tensor(each) for each in given]
    return _format(tensors, placeholder=placeholder, summarize=summarize, template=template, name=name)
