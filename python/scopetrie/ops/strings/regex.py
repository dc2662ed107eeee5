"""Regular expressions over strings: regex_replace, regex_full_match.

Patterns are v1's (RE2's), which Python's cover but for what looks around or back; that is refused.
"""

from __future__ import annotations

import re
from typing import Any, Final

import numpy as np

from ... import dtypes
from ..._core import OpFunction
from ...graph import Tensor
from ...public import v1
from ..declare import attr, tensor
from ..registry import define_op
from .elements import as_bytes

_TEXT: Final = (dtypes.string,)
_CLASSES: Final = {
    "alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "upper": "A-Z", "lower": "a-z", "space": r"\s",
    "punct": r"!-/:-@\[-`{-~", "word": r"\w", "xdigit": "0-9a-fA-F", "blank": r"\t ",
}  # fmt: skip
# What RE2 has not: groups that look around or are conditional, and references to groups.
_FOREIGN: Final = re.compile(r"(?<!\\)(?:\\\\)*(?:\(\?(?:[=!>(#]|<[=!]|P=)|\\[1-9])")


def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of RE2's.

    Raises:
        ValueError: If it is none.
    """
    text = re.sub(r"\[:(\w+):\]", lambda found: _CLASSES.get(found[1], found[0]), pattern)
    text = text.replace(r"\z", r"\Z").replace(r"\C", r"[\s\S]")
    try:
        if _FOREIGN.search(text):
            raise ValueError("it looks around, or refers to a group")
        return re.compile(text, re.ASCII)
    except (re.error, ValueError) as error:
        raise ValueError(f"Invalid pattern: {pattern}, error: {error}") from None


def _expanded(match: re.Match[str], rewrite: str) -> str:
    def part(found: re.Match[str]) -> str:
        if found[1] == "\\":
            return "\\"
        return match[int(found[1])] or ""

    return re.sub(r"\\([0-9\\])", part, rewrite)


def replaced(pattern: re.Pattern[str], rewrite: str, text: str, everywhere: bool) -> str:
    """A text in which matches are replaced. As in v1, nothing is matched where the last match has ended."""
    parts = []
    at, end = 0, -1
    while at <= len(text):
        match = pattern.search(text, at)
        if match is None:
            break
        parts.append(text[at : match.start()])
        if match.end() == match.start() == end:
            parts.append(text[match.start() : match.start() + 1])
            at = match.start() + 1
            continue
        parts.append(_expanded(match, rewrite))
        at = end = match.end()
        if not everywhere:
            break
    return "".join([*parts, text[at:]])


def _decoded(value: Any) -> str:
    return as_bytes(value).decode("utf-8", "surrogateescape")


def _only(scalar: Any) -> str:
    return _decoded(np.asarray(scalar, dtype=object).item())


def _replace(x: Any, pattern: str, rewrite: str, replace_global: bool) -> Any:
    expression = compiled(pattern)
    highest = max((int(group) for group in re.findall(r"\\([0-9])", rewrite)), default=0)
    if highest > expression.groups:  # as v1, which says nothing
        return x
    values = np.asarray(x, dtype=object)
    made = np.empty(values.shape, dtype=object)
    for at in np.ndindex(values.shape):
        text = replaced(expression, rewrite, _decoded(values[at]), replace_global)
        made[at] = text.encode("utf-8", "surrogateescape")
    return made


_static_replace = define_op(
    "StaticRegexReplace", tensor("input", _TEXT, None, host=True), rule="same",
    kernel=lambda xp, pattern, rewrite, replace_global: (
        lambda x: _replace(x, pattern, rewrite, replace_global)
    ),
    attributes=(attr("pattern", str), attr("replace_global", bool), attr("rewrite", str)), host_outputs=True,
)  # fmt: skip
_dynamic_replace: OpFunction[Tensor] = define_op(
    "RegexReplace", tensor("input", _TEXT, None, host=True), tensor("pattern", _TEXT, None, host=True),
    tensor("rewrite", _TEXT, None, host=True), rule="same",
    kernel=lambda xp, replace_global: (
        lambda x, pattern, rewrite: _replace(x, _only(pattern), _only(rewrite), replace_global)
    ),
    attributes=(attr("replace_global", bool),), host_outputs=True,
)  # fmt: skip


@v1("strings.regex_replace", "regex_replace")
def regex_replace(
    input: Any, pattern: Any, rewrite: Any, replace_global: bool = True, name: str | None = None
) -> Tensor:
    r"""Replaces what matches a regular expression.

    Args:
        input: A tensor of strings.
        pattern: The expression: text, or a scalar of text.
        rewrite: What stands there instead; `\1` is the first group of the match, `\0` all of it.
        replace_global: Whether all matches are replaced, or the first one.
        name: The operation's name.

    Returns:
        A tensor of strings of the shape of `input`.

    >>> import scopetrie as tf
    >>> with tf.Session() as session:
    ...     print(session.run(tf.strings.regex_replace(["a1b22"], "[0-9]+", "#")))
    [b'a#b#']
    """
    if isinstance(pattern, (str, bytes)) and isinstance(rewrite, (str, bytes)):
        return _static_replace(
            input, pattern=_decoded(pattern), rewrite=_decoded(rewrite), replace_global=bool(replace_global),
            name=name,
        )  # fmt: skip
    return _dynamic_replace(input, pattern, rewrite, replace_global=bool(replace_global), name=name)


def _full_match(x: Any, pattern: str) -> Any:
    expression = compiled(pattern)
    values = np.asarray(x, dtype=object)
    made = np.empty(values.shape, dtype=np.bool_)
    for at in np.ndindex(values.shape):
        made[at] = expression.fullmatch(_decoded(values[at])) is not None
    return made


_static_match = define_op(
    "StaticRegexFullMatch", tensor("input", _TEXT, None, host=True),
    rule=lambda x, pattern: (dtypes.bool, x._dims),
    kernel=lambda xp, pattern: lambda x: _full_match(x, pattern), attributes=(attr("pattern", str),),
    host_outputs=True,
)  # fmt: skip
_dynamic_match: OpFunction[Tensor] = define_op(
    "RegexFullMatch", tensor("input", _TEXT, None, host=True), tensor("pattern", _TEXT, None, host=True),
    rule=lambda x, pattern: (dtypes.bool, x._dims),
    kernel=lambda xp: (
        lambda x, pattern: _full_match(x, _only(pattern))
    ), host_outputs=True,
)  # fmt: skip


@v1("strings.regex_full_match")
def regex_full_match(input: Any, pattern: Any, name: str | None = None) -> Tensor:
    """Whether strings match a regular expression, from end to end.

    Args:
        input: A tensor of strings.
        pattern: The expression: text, or a scalar of text.
        name: The operation's name.

    Returns:
        A boolean tensor of the shape of `input`.
    """
    if isinstance(pattern, (str, bytes)):
        return _static_match(input, pattern=_decoded(pattern), name=name)
    return _dynamic_match(input, pattern, name=name)
