"""Strings sorted into buckets by their hashes."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from ... import dtypes
from ..._core import OpFunction
from ...graph import Tensor
from ...public import v1
from ..array.dims import renamed
from ..declare import Ints, attr, tensor
from ..registry import define_op
from .elements import each
from .hashes import fingerprint, murmur, siphash


def _kernel(hashed: Callable[..., int]) -> Any:
    def kernel(xp: Any, num_buckets: int, key: tuple[int, int] | None = None) -> Any:
        given = () if key is None else (key,)

        def bucket(value: bytes) -> int:
            if key is not None and len(key) != 2:
                raise ValueError("Key must have 2 elements")
            return hashed(value, *given) % num_buckets

        return each(bucket, np.int64)

    return kernel


def _define(type: str, input: str, hashed: Callable[..., int], keyed: bool = False) -> OpFunction[Tensor]:
    attributes = (attr("num_buckets", int),)
    return define_op(
        type, tensor(input, (dtypes.string,), None, host=True),
        rule=lambda x, **attrs: (dtypes.int64, x._dims),
        kernel=_kernel(hashed), attributes=(attr("key", Ints), *attributes) if keyed else attributes,
        host_outputs=True,
    )  # fmt: skip


_plain = _define("StringToHashBucket", "string_tensor", murmur)
_fast = _define("StringToHashBucketFast", "input", fingerprint)
_strong = _define("StringToHashBucketStrong", "input", siphash, keyed=True)


def _count(num_buckets: Any, type: str) -> int:
    try:
        count = operator.index(num_buckets)
    except TypeError:
        raise TypeError(f"Expected int for argument 'num_buckets' not {num_buckets!r}.") from None
    if count < 1:
        raise ValueError(f"Attr 'num_buckets' of '{type}' Op passed {count} less than minimum 1.")
    return count


@v1("strings.to_hash_bucket", "string_to_hash_bucket")
def to_hash_bucket(
    string_tensor: Any = None, num_buckets: Any = None, name: str | None = None, input: Any = None
) -> Tensor:
    """Sorts strings into buckets; `to_hash_bucket_fast` is the better function.

    Args:
        string_tensor: A tensor of strings.
        num_buckets: How many buckets there are.
        name: The operation's name.
        input: Another name of `string_tensor`.

    Returns:
        An int64 tensor of the numbers of buckets, in the shape of the strings.
    """
    given = renamed(string_tensor, "string_tensor", input, "input")
    return _plain(given, num_buckets=_count(num_buckets, "StringToHashBucket"), name=name)


@v1("strings.to_hash_bucket_fast", "string_to_hash_bucket_fast")
def to_hash_bucket_fast(input: Any, num_buckets: Any, name: str | None = None) -> Tensor:
    """Sorts strings into buckets, the same ones in any program and TensorFlow.

    Args:
        input: A tensor of strings.
        num_buckets: How many buckets there are.
        name: The operation's name.

    Returns:
        An int64 tensor of the numbers of buckets, in the shape of the strings.

    >>> import scopetrie as tf
    >>> with tf.Session() as session:
    ...     print(session.run(tf.strings.to_hash_bucket_fast(["Hello", "TensorFlow", "2.x"], 3)))
    [0 2 2]
    """
    return _fast(input, num_buckets=_count(num_buckets, "StringToHashBucketFast"), name=name)


@v1("strings.to_hash_bucket_strong", "string_to_hash_bucket_strong")
def to_hash_bucket_strong(input: Any, num_buckets: Any, key: Any, name: str | None = None) -> Tensor:
    """Sorts strings into buckets that nobody can foresee who does not know a key.

    Args:
        input: A tensor of strings.
        num_buckets: How many buckets there are.
        key: Two ints.
        name: The operation's name.

    Returns:
        An int64 tensor of the numbers of buckets, in the shape of the strings.
    """
    count = _count(num_buckets, "StringToHashBucketStrong")
    return _strong(input, num_buckets=count, key=tuple(map(operator.index, key)), name=name)
