"""Scopes in which layers make variables under contrib's names and in its collections."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from ...graph import GraphKeys
from ...scopes import variable_scope
from .aliases import collect_named_outputs

__all__ = ["KERNEL_NAMES", "collected", "layer_scope"]

# How contrib calls what layers call kernel and bias.
KERNEL_NAMES = {"kernel": "weights", "bias": "biases"}


def _in(collections: Any, name: str) -> list[Any]:
    """The collections of a variable of this name."""
    if isinstance(collections, Mapping):
        collections = collections.get(name)
    keys = [collections] if isinstance(collections, str) else list(collections or ())
    for key in keys:
        # A tensor as a key would keep its graph.
        if not isinstance(key, str):
            raise TypeError(f"A collection's key must be a text, not {key!r}")
    return keys


def _getter(names: Mapping[str, str], collections: Any) -> Callable[..., Any]:
    def getter(getter: Callable[..., Any], name: str, *args: Any, **kwargs: Any) -> Any:
        owner, slash, last = name.rpartition("/")
        last = names.get(last, last)
        listed = [
            *(kwargs.pop("collections", None) or []), GraphKeys.GLOBAL_VARIABLES, GraphKeys.MODEL_VARIABLES,
            *_in(collections, last),
        ]  # fmt: skip
        return getter(owner + slash + last, *args, collections=list(dict.fromkeys(listed)), **kwargs)

    return getter


def layer_scope(
    scope: Any, default: str, inputs: Any, reuse: Any, collections: Any = None,
    names: Mapping[str, str] = KERNEL_NAMES,
) -> AbstractContextManager[Any]:  # fmt: skip
    """Opens the variable scope of a layer.

    Args:
        scope: The scope, its name, or None.
        default: The name if there is none.
        inputs: The layer's inputs.
        reuse: Whether the variables are there already.
        collections: More collections of its variables.
        names: How variables are called that are made in it under other names.
    """
    block: AbstractContextManager[Any] = variable_scope(
        scope, default, [inputs], reuse=reuse, custom_getter=_getter(names, collections)
    )
    return block


def collected(collections: Any, name: str, value: Any) -> Any:
    """A result, after it has been added to collections.

    Args:
        collections: The collections.
        name: What the result is of, its name in `convert_collection_to_dict`.
        value: The result.
    """
    return collect_named_outputs(_in(collections, name), name, value)
