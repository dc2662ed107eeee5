"""Results by the names of their layers, and small functions that such layers are written with."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from ...graph import Tensor, add_to_collection, get_collection, get_collection_ref
from ...layers.choose import choose, known_bool
from ...public import v1, whole

__all__ = ["append_tensor_alias", "collect_named_outputs"]


@v1("contrib.layers.utils.append_tensor_alias")
def append_tensor_alias(tensor: Any, alias: str) -> Any:
    """Gives a tensor one more name; see `convert_collection_to_dict`.

    Args:
        tensor: The tensor.
        alias: The name.

    Returns:
        The tensor.
    """
    names = tensor.aliases if hasattr(tensor, "aliases") else []
    tensor.aliases = [*names, alias.removesuffix("/")]
    return tensor


@v1("contrib.layers.utils.collect_named_outputs")
@whole
def collect_named_outputs(collections: Any, alias: str, outputs: Any) -> Any:
    """Adds a result to collections, under a name.

    Args:
        collections: A collection's name, a list of them, or None.
        alias: The name.
        outputs: The result.

    Returns:
        The result.
    """
    keys = [collections] if isinstance(collections, str) else list(collections or ())
    if keys:
        append_tensor_alias(outputs, alias)
    for key in keys:
        add_to_collection(key, outputs)
    return outputs


@v1("contrib.layers.utils.get_tensor_aliases")
def get_tensor_aliases(tensor: Any) -> list[str]:
    """Returns the names that a tensor was given, or else its own.

    Args:
        tensor: The tensor.
    """
    if hasattr(tensor, "aliases"):
        return list(tensor.aliases)
    return [tensor.name.removesuffix(":0")]


@v1("contrib.layers.utils.gather_tensors_aliases")
def gather_tensors_aliases(tensors: Iterable[Any]) -> list[str]:
    """Returns the names that tensors were given.

    Args:
        tensors: The tensors.
    """
    return [name for each in tensors for name in get_tensor_aliases(each)]


@v1("contrib.layers.utils.convert_collection_to_dict")
def convert_collection_to_dict(collection: str, clear_collection: bool = False) -> OrderedDict[str, Any]:
    """Returns what is in a collection by the names that it was given: the results of layers by their scopes.

    Args:
        collection: The collection's name.
        clear_collection: Whether nothing is left in it.

    >>> import scopetrie as tf
    >>> slim = tf.contrib.slim
    >>> with tf.variable_scope("net"), slim.arg_scope([slim.conv2d], outputs_collections="ends"):
    ...     y = slim.conv2d(tf.zeros([1, 4, 4, 2]), 3, [1, 1], scope="conv1")
    >>> list(slim.utils.convert_collection_to_dict("ends"))
    ['net/conv1']
    """
    found = OrderedDict(
        (name, each) for each in get_collection(collection) for name in get_tensor_aliases(each)
    )
    if clear_collection:
        del get_collection_ref(collection)[:]
    return found


@v1("contrib.layers.utils.constant_value")
def constant_value(value_or_tensor_or_var: Any, dtype: Any = None) -> Any:
    """Returns a condition as a bool; None if only a session knows it.

    Args:
        value_or_tensor_or_var: A bool, or a boolean scalar.
        dtype: Accepted for v1's sake.
    """
    return known_bool(value_or_tensor_or_var)


@v1("contrib.layers.utils.smart_cond")
def smart_cond(pred: Any, fn1: Callable[[], Any], fn2: Callable[[], Any], name: str | None = None) -> Any:
    """Runs one of two branches: now, if the condition is known, else in the graph.

    Args:
        pred: A bool, or a boolean scalar.
        fn1: Builds what is given if it is true.
        fn2: Builds what is given otherwise.
        name: The operations' scope.
    """
    return choose(pred, fn1, fn2, name)


@v1("contrib.layers.utils.static_cond")
def static_cond(pred: bool, fn1: Callable[[], Any], fn2: Callable[[], Any]) -> Any:
    """Calls one of two functions.

    Args:
        pred: Which one: the first for True.
        fn1: The first.
        fn2: The second.
    """
    return fn1() if pred else fn2()


@v1("contrib.layers.utils.get_variable_collections")
def get_variable_collections(variables_collections: Any, name: str) -> Any:
    """Returns the collections of a variable.

    Args:
        variables_collections: A list of them, or such lists by a variable's name.
        name: The variable's name.
    """
    if isinstance(variables_collections, dict):
        return variables_collections.get(name)
    return variables_collections


def _size(value: Any, at: int, min_rank: int, which: str) -> Any:
    shape = value.get_shape() if isinstance(value, Tensor) else value
    if shape.ndims is None:
        raise ValueError("dims of shape must be known but is None")
    if shape.ndims < min_rank:
        raise ValueError(f"rank of shape must be at least {min_rank} not: {shape.ndims}")
    if shape[at].value is None:
        raise ValueError(f"{which} dimension shape must be known but is None")
    return shape[at].value


@v1("contrib.layers.utils.last_dimension")
def last_dimension(shape: Any, min_rank: int = 1) -> int:
    """Returns the last size of a shape.

    Args:
        shape: The shape, or a tensor.
        min_rank: The number of dimensions that it has at least.

    Raises:
        ValueError: If the size is not known, or there are too few dimensions.
    """
    found: int = _size(shape, -1, min_rank, "last")
    return found


@v1("contrib.layers.utils.channel_dimension")
def channel_dimension(shape: Any, data_format: str, min_rank: int = 1) -> int:
    """Returns the number of channels of a shape.

    Args:
        shape: The shape, or a tensor.
        data_format: "NCHW" if the channels come first.
        min_rank: The number of dimensions that it has at least.

    Raises:
        ValueError: If the size is not known, or there are too few dimensions.
    """
    found: int = _size(shape, 1 if data_format in ("NCHW", "NCDHW") else -1, min_rank, "channel")
    return found


@v1("contrib.layers.utils.n_positive_integers")
def n_positive_integers(n: int, value: Any) -> tuple[int, ...]:
    """Returns a tuple of positive integers.

    Args:
        n: How many.
        value: One for all, or a list of them.

    Raises:
        ValueError: If they are not as many, or not positive.

    >>> n_positive_integers(2, 3), n_positive_integers(2, [3, 4])
    ((3, 3), (3, 4))
    """
    try:
        made = (int(value),) * n
    except (TypeError, ValueError):
        made = tuple(int(each) for each in value)
    if len(made) != n or any(each < 1 for each in made):
        raise ValueError(f"Expected {n} positive integers, not {value}")
    return made


@v1("contrib.layers.utils.two_element_tuple")
def two_element_tuple(int_or_tuple: Any) -> tuple[int, ...]:
    """Returns two positive integers.

    Args:
        int_or_tuple: One for both, or a list of two.

    Raises:
        ValueError: If they are not two, or not positive.
    """
    return n_positive_integers(2, int_or_tuple)
