"""What makes a dataset of another one: the methods of `tf.data.Dataset`."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, Self

from .. import dtypes
from ..errors import InvalidArgumentError
from ..graph import Tensor
from ..ops.constant import convert_to_tensor
from ..ops.control.trace import check_alike
from ..ops.node_text import Dims
from ..ops.random.seed import get_seed
from ..public import whole
from . import sources
from .batching import Batching
from .derived import Derived, int64_tensor
from .functions import Functions
from .rows import Rows
from .sources import Source
from .structure import Component, Structure, nested


class Transformations(Functions, Batching):
    """The methods that make a dataset of another one."""

    @whole
    def shuffle(
        self, buffer_size: Any, seed: Any = None, reshuffle_each_iteration: bool | None = None
    ) -> Self:
        """Draws elements out of a buffer, which the next elements fill up again.

        The order comes from the seeds, of the graph and of this dataset, as that of random operations does.
        It is not TensorFlow's order for the same seeds.

        Args:
            buffer_size: The size of the buffer: with that of the dataset, all orders are equally likely.
            seed: The dataset's seed.
            reshuffle_each_iteration: Whether each pass has another order; it has by default.

        Returns:
            A dataset of the same elements.
        """
        size = int64_tensor(buffer_size, "buffer_size")
        seeds = _seeds(seed)
        again = reshuffle_each_iteration is None or bool(reshuffle_each_iteration)

        def make(state: Any, source: Source, n: Any, one: Any, two: Any) -> Source:
            return _shuffled(source, int(n), _Passes(int(one), int(two), again))

        return self._node("ShuffleDataset", [size, *seeds], make)

    @whole
    def repeat(self, count: Any = None) -> Self:
        """Repeats the dataset.

        Args:
            count: How often it is gone through; forever if it is None or -1.

        Returns:
            A dataset of the repeated elements.
        """
        times = int64_tensor(-1 if count is None else count, "count")
        return self._node("RepeatDataset", [times], lambda state, source, n: _repeated(source, int(n)))

    @whole
    def take(self, count: Any) -> Self:
        """Keeps the first elements.

        Args:
            count: How many; all if it is -1.

        Returns:
            A dataset of those elements.
        """

        def make(state: Any, source: Source, n: Any) -> Source:
            if isinstance(source, Rows) and n >= 0:
                return source.part(0, int(n))
            return sources.taken(source, int(n))

        return self._node("TakeDataset", [int64_tensor(count, "count")], make)

    @whole
    def skip(self, count: Any) -> Self:
        """Leaves out the first elements.

        Args:
            count: How many; all if it is -1.

        Returns:
            A dataset of the others.
        """

        def make(state: Any, source: Source, n: Any) -> Source:
            if isinstance(source, Rows) and n >= 0:
                return source.part(int(n), None)
            return sources.skipped(source, int(n))

        return self._node("SkipDataset", [int64_tensor(count, "count")], make)

    @whole
    def shard(self, num_shards: Any, index: Any) -> Self:
        """Keeps every element whose number leaves `index` when divided by `num_shards`.

        Args:
            num_shards: The number of shards.
            index: The shard.

        Returns:
            A dataset of those elements.
        """
        inputs = [int64_tensor(num_shards, "num_shards"), int64_tensor(index, "index")]
        return self._node(
            "ShardDataset", inputs, lambda state, source, n, at: sources.sharded(source, int(n), int(at))
        )

    @whole
    def concatenate(self, dataset: Self) -> Self:
        """Puts another dataset behind this one.

        Args:
            dataset: A dataset of elements of the same structure and dtypes.

        Returns:
            A dataset of the elements of both.

        Raises:
            TypeError: If the elements are of other dtypes or another structure.
        """
        one, other = self._structure, dataset._structure
        try:
            check_alike(one.types, other.types)
        except ValueError:
            raise _unlike(one, other) from None
        if [each.dtype for each in one.components] != [each.dtype for each in other.components]:
            raise _unlike(one, other)
        pairs = zip(one.components, other.components, strict=True)
        out = tuple(a._replace(dims=_common(a.dims, b.dims)) for a, b in pairs)
        node = self._node(
            "ConcatenateDataset",
            [dataset._variant_tensor],
            lambda state, *both: sources.concatenated(*both),
        )
        return self._like(node._variant_tensor, Structure(one.nest, out))

    @whole
    def enumerate(self, start: Any = 0) -> Self:
        """Puts its number before each element.

        Args:
            start: The number of the first.

        Returns:
            A dataset of pairs.

        >>> import scopetrie as tf
        >>> dataset = tf.data.Dataset.from_tensor_slices(["a", "b"]).enumerate(5)
        >>> element = dataset.make_one_shot_iterator().get_next()
        >>> with tf.Session() as session:
        ...     print(session.run(element))
        (np.int64(5), b'a')
        """
        number = Structure(0, (Component(dtypes.int64, ()),))
        first = int64_tensor(start, "start")
        node = self._node(
            "EnumerateDataset", [first], lambda state, source, n: sources.counted(source, int(n))
        )
        return self._like(node._variant_tensor, nested([number, self._structure]))

    @whole
    def cache(self, filename: Any = "") -> Self:
        """Keeps the elements in memory once they have all been computed, until the iterator starts anew.

        Args:
            filename: Only the empty string: elements are kept in memory.

        Returns:
            A dataset of the same elements.

        Raises:
            ValueError: If a file is named.
        """
        if filename != "":
            raise ValueError(
                f"Dataset.cache(filename={filename!r}): scopetrie keeps elements in memory. Leave out "
                "`filename`, or write the elements to a TFRecord file of your own."
            )
        name = convert_to_tensor("", dtypes.string, name="filename")
        return self._node("CacheDataset", [name], lambda state, source, _: sources.Cached(source))

    @whole
    def prefetch(self, buffer_size: Any = None) -> Self:
        """Returns the same elements: nothing is computed ahead of time, and no thread is started.

        Args:
            buffer_size: Accepted for v1's sake.

        Returns:
            A dataset of the same elements.
        """
        size = int64_tensor(-1 if buffer_size is None else buffer_size, "buffer_size")
        return self._node("PrefetchDataset", [size], lambda state, source, _: source)

    def apply(self, transformation_func: Callable[[Any], Any]) -> Any:
        """Calls a function with this dataset.

        Args:
            transformation_func: The function; it returns a dataset.

        Returns:
            That dataset.

        Raises:
            TypeError: If it returns something else.
        """
        made = transformation_func(self)
        if not isinstance(made, Derived):
            raise TypeError(
                f"`transformation_func` must return a `tf.data.Dataset` object. Got {type(made)}."
            )
        return made


def _common(one: Dims, other: Dims) -> Dims:
    if one is None or other is None or len(one) != len(other):
        return None
    return tuple(a if a == b else None for a, b in zip(one, other, strict=True))


def _unlike(one: Structure, other: Structure) -> TypeError:
    return TypeError(
        f"Incompatible dataset elements:\n  {one.types} with shapes {one.shapes} vs.   {other.types} with "
        f"shapes {other.shapes}"
    )


def _seeds(seed: Any) -> list[Tensor]:
    if isinstance(seed, Tensor):
        return [int64_tensor(0, "seed"), convert_to_tensor(seed, dtypes.int64, name="seed2")]
    one, two = get_seed(seed)
    return [int64_tensor(one or 0, "seed"), int64_tensor(two or 0, "seed2")]


class _Passes:
    """The random numbers of each pass over a dataset."""

    def __init__(self, one: int, two: int, again: bool) -> None:
        self._seeds = random.Random(f"{one} {two}") if one or two else random.Random()
        self._seed = None if again else self._seeds.getrandbits(64)

    def __call__(self) -> random.Random:
        return random.Random(self._seeds.getrandbits(64) if self._seed is None else self._seed)


def _shuffled(source: Source, size: int, passes: _Passes) -> Source:
    if size < 1:
        raise InvalidArgumentError(None, None, "buffer_size must be greater than zero or UNKNOWN_CARDINALITY")
    return (
        source.shuffled(size, passes) if isinstance(source, Rows) else sources.shuffled(source, size, passes)
    )


def _repeated(source: Source, count: int) -> Source:
    return source.repeated(count) if isinstance(source, Rows) else sources.repeated(source, count)
