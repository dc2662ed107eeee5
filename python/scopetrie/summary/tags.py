"""Names of summaries, and the tags under which TensorBoard shows them."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from .._core import name_scope
from ..graph import GraphKeys, add_to_collection

__all__ = ["collect", "summary_scope"]

_ILLEGAL: Final = re.compile(r"[^-/\w\.]")


def clean_tag(name: str | None) -> str | None:
    """Returns a name as one that a scope can have.

    >>> clean_tag("/loss: train")
    'loss__train'
    """
    if name is None:
        return None
    made = _ILLEGAL.sub("_", name).lstrip("/")
    if made != name:
        logging.getLogger("scopetrie").info("Summary name %s is illegal; using %s instead.", name, made)
    return made


@contextmanager
def summary_scope(
    name: str, family: str | None = None, default_name: str | None = None, values: Any = None
) -> Iterator[tuple[str, str]]:
    """Opens the name scope of a summary.

    Args:
        name: The summary's name.
        family: What comes before the tag, so that TensorBoard shows summaries together.
        default_name: A name where `name` is None.
        values: The tensors that the summary takes.

    Yields:
        The tag, and the name of the summary's node.
    """
    cleaned, first = clean_tag(name), clean_tag(family)
    whole = cleaned if first is None else f"{first}/{cleaned}"
    with name_scope(whole, default_name, values) as scope:
        bare = str(scope).rstrip("/")
        yield bare if first is None else f"{first}/{bare}", str(scope)


def collect(summary: Any, collections: Any) -> Any:
    """Adds a summary to collections: GraphKeys.SUMMARIES by default; returns it."""
    for key in [GraphKeys.SUMMARIES] if collections is None else collections:
        add_to_collection(key, summary)
    return summary
