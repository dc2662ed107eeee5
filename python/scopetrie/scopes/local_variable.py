"""Variables that are neither trained nor saved, and a regularizer that does nothing."""

from __future__ import annotations

from typing import Any

from .. import _core
from ..graph import GraphKeys
from ..public import v1


@v1("get_local_variable")
def get_local_variable(
    name: str, shape: Any = None, dtype: Any = None, initializer: Any = None, regularizer: Any = None,
    trainable: bool = False, collections: Any = None, caching_device: Any = None, partitioner: Any = None,
    validate_shape: bool = True, use_resource: bool | None = None, custom_getter: Any = None,
    constraint: Any = None, synchronization: Any = None, aggregation: Any = None,
) -> Any:  # fmt: skip
    """Gets or makes a variable that is not trained nor saved: it joins GraphKeys.LOCAL_VARIABLES.

    The arguments, the result and the errors are those of `tf.get_variable`; `collections` are joined besides
    GraphKeys.LOCAL_VARIABLES, and the caller's list stays as it is.
    """
    keys = [*(collections or []), GraphKeys.LOCAL_VARIABLES]
    return _core.get_variable(
        name, shape, dtype, initializer, regularizer, False, keys, caching_device, partitioner,
        validate_shape, use_resource, custom_getter, constraint, synchronization, aggregation,
    )  # fmt: skip


@v1("no_regularizer")
def no_regularizer(_: Any) -> None:
    """A regularizer that gives no loss: keeps a variable from the scope's regularizer."""
    return None
