"""What makes a dataset of another one: the methods of `tf.data.Dataset`."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any, Self

from .. import dtypes
from .._core import get_default_graph, name_scope
from ..errors import InvalidArgumentError
from ..graph import Tensor
from ..ops.constant import convert_to_tensor
from ..ops.control.trace import check_alike
from ..ops.folding import constant_value
from ..ops.node_text import Dims
from ..ops.random.seed import get_seed
from ..public import whole
from ..shapes import as_dims
from . import sources
from .batches import batched, padded, unbatched
from .nodes import Function, dataset_node, traced
from .rows import Rows
from .sources import Source
from .structure import Component, Structure, dataset_component, nested, shapes_like


class Transformations:
    """The methods that make a dataset of another one.

    Args:
        variant: The tensor of the dataset.
        structure: The structure of its elements.
    """

    def __init__(self, variant: Tensor, structure: Structure) -> None:
        self._variant_tensor = variant
        self._structure = structure

    def _like(self, variant: Tensor, structure: Structure | None = None) -> Self:
        return type(self)._of(variant, self._structure if structure is None else structure)

    @classmethod
    def _of(cls, variant: Tensor, structure: Structure) -> Self:
        raise NotImplementedError

    def _node(self, type: str, inputs: Sequence[Tensor], make: Callable[..., Source]) -> Self:
        return self._like(dataset_node(type, [self._variant_tensor, *inputs], make))

    def _traced(self, function: Any, argument: str = "func") -> Function:
        if not callable(function):
            raise ValueError(
                f"Argument `{argument}` must be a callable. Received {argument}={function} (of type "
                f"{type(function)})"
            )
        return traced(function, [self._structure], self._of)

    def _applied(
        self,
        type: str,
        function: Any,
        make: Callable[..., Source],
        inputs: Sequence[tuple[str, Any]] = (),
        check: Callable[[Function], Structure] = lambda found: found.structure,
        argument: str = "func",
    ) -> Self:
        """A node that runs a function of elements.

        Args:
            type: The node's type.
            function: The function.
            make: Called with the source, the compiled function and the values of `inputs`.
            inputs: Integers that the node takes, with their names.
            check: Refuses what the function returns, or gives the structure of the new elements.
            argument: What the public method calls the function.
        """
        graph = get_default_graph()
        with name_scope(None, type) as scope:
            found = self._traced(function, argument)
        structure = check(found)
        numbers = [_int64(value, name) for name, value in inputs]
        count, code = len(found.captured), found.code

        def build(state: Any, source: Source, *values: Any) -> Source:
            compiled = code.compiled(state, values[:count])
            return make(source, compiled, *(int(each) for each in values[count:]))

        with graph.control_dependencies(found.awaited):
            node = dataset_node(type, [self._variant_tensor, *found.captured, *numbers], build, name=scope)
        return self._like(node, structure)

    @whole
    def map(
        self, map_func: Callable[..., Any], num_parallel_calls: Any = None, deterministic: bool | None = None
    ) -> Self:
        """Applies a function to each element.

        The function is called once, with tensors that stand for an element: a tuple's components as several
        arguments. What it builds runs for each element; what it takes from outside has the value of the time
        when the iterator starts.

        Args:
            map_func: The function.
            num_parallel_calls: Accepted for v1's sake: elements are computed one after the other.
            deterministic: Accepted for v1's sake: their order is always that of the dataset.

        Returns:
            A dataset of what the function returns.

        Raises:
            ValueError: If `map_func` is no function.

        >>> import scopetrie as tf
        >>> dataset = tf.data.Dataset.range(3).map(lambda x: 10 * x)
        >>> element = dataset.make_one_shot_iterator().get_next()
        >>> with tf.Session() as session:
        ...     print([int(session.run(element)) for _ in range(3)])
        [0, 10, 20]
        """
        type, inputs = "MapDataset", []
        if num_parallel_calls is not None:
            type, inputs = "ParallelMapDatasetV2", [("num_parallel_calls", num_parallel_calls)]

        def make(source: Source, function: Any, *_: int) -> Source:
            return sources.mapped(source, function)

        return self._applied(type, map_func, make, inputs, argument="func")

    @whole
    def filter(self, predicate: Callable[..., Any]) -> Self:
        """Keeps the elements for which a function gives true.

        Args:
            predicate: A function of an element that builds a boolean scalar.

        Returns:
            A dataset of those elements.

        Raises:
            ValueError: If `predicate` is no function, or gives something else.
        """

        def check(found: Function) -> Structure:
            parts = found.structure.components
            if len(parts) != 1 or parts[0].dtype is not dtypes.bool or parts[0].dims:
                raise ValueError(
                    "Invalid `predicate`. `predicate` must return a `tf.bool` scalar tensor, but its return "
                    f"type is {found.structure.types} with shapes {found.structure.shapes}."
                )
            return self._structure

        return self._applied("FilterDataset", predicate, sources.filtered, check=check, argument="predicate")

    @whole
    def flat_map(self, map_func: Callable[..., Any]) -> Self:
        """Puts the datasets that a function makes of the elements one after the other.

        Args:
            map_func: A function of an element that returns a dataset.

        Returns:
            A dataset of their elements.

        Raises:
            ValueError: If `map_func` is no function.
            TypeError: If it returns something else.
        """

        def make(source: Source, function: Any) -> Source:
            return sources.in_turn(source, lambda element: function(element)[0][()])

        return self._applied("FlatMapDataset", map_func, make, check=_inner_of)

    @whole
    def interleave(
        self,
        map_func: Callable[..., Any],
        cycle_length: Any = None,
        block_length: Any = None,
        num_parallel_calls: Any = None,
        deterministic: bool | None = None,
    ) -> Self:
        """Takes turns between the datasets that a function makes of the elements.

        Args:
            map_func: A function of an element that returns a dataset.
            cycle_length: How many of them take turns; by default one, or `num_parallel_calls`.
            block_length: How many elements each gives in its turn; 1 by default.
            num_parallel_calls: Accepted for v1's sake: elements are computed one after the other.
            deterministic: Accepted for v1's sake: their order is always the same.

        Returns:
            A dataset of their elements.

        Raises:
            ValueError: If `map_func` is no function.
            TypeError: If it returns something else.
        """
        parallel = num_parallel_calls is not None
        if cycle_length is None or (isinstance(cycle_length, int) and cycle_length == -1):
            cycle_length = (
                num_parallel_calls if isinstance(num_parallel_calls, int) and num_parallel_calls > 0 else 1
            )
        inputs = [
            ("cycle_length", cycle_length),
            ("block_length", 1 if block_length is None else block_length),
        ]
        if parallel:
            inputs += [
                ("buffer_output_elements", -1),
                ("prefetch_input_elements", -1),
                ("num_parallel_calls", num_parallel_calls),
            ]

        def make(source: Source, function: Any, cycle: int, block: int, *_: int) -> Source:
            return sources.Interleaved(source, lambda element: function(element)[0][()], cycle, block)

        type = "ParallelInterleaveDatasetV4" if parallel else "InterleaveDataset"
        return self._applied(type, map_func, make, inputs, check=_inner_of)

    @whole
    def batch(
        self,
        batch_size: Any,
        drop_remainder: Any = False,
        num_parallel_calls: Any = None,
        deterministic: bool | None = None,
    ) -> Self:
        """Stacks consecutive elements.

        Args:
            batch_size: How many.
            drop_remainder: Whether fewer at the end are left out; then the size is known statically.
            num_parallel_calls: Accepted for v1's sake.
            deterministic: Accepted for v1's sake.

        Returns:
            A dataset of the stacks.

        >>> import scopetrie as tf
        >>> dataset = tf.data.Dataset.from_tensor_slices([1.0, 2.0, 3.0]).batch(2)
        >>> element = dataset.make_one_shot_iterator().get_next()
        >>> with tf.Session() as session:
        ...     print(session.run(element), session.run(element))
        [1. 2.] [3.]
        """
        size, drop = _int64(batch_size, "batch_size"), _bool(drop_remainder, "drop_remainder")
        first = _static(size) if constant_value(drop) else None
        made = self._node(
            "BatchDatasetV2", [size, drop], lambda state, source, n, d: batched(source, int(n), bool(d))
        )
        structure = self._structure.with_dims(lambda dims: None if dims is None else (first, *dims))
        return self._like(made._variant_tensor, structure)

    @whole
    def padded_batch(
        self,
        batch_size: Any,
        padded_shapes: Any = None,
        padding_values: Any = None,
        drop_remainder: Any = False,
    ) -> Self:
        """Stacks consecutive elements of different sizes, filled up to one shape.

        Args:
            batch_size: How many.
            padded_shapes: The shapes, in the elements' structure; where one has None, the largest element of
                the batch counts. By default the elements' static shapes.
            padding_values: What fills up, in the elements' structure or one for all; by default 0 or "".
            drop_remainder: Whether fewer at the end are left out.

        Returns:
            A dataset of the stacks.

        Raises:
            ValueError: If the shapes are nested in another way, or do not fit the elements'.
            TypeError: If a padding value has another dtype.

        >>> import scopetrie as tf
        >>> dataset = tf.data.Dataset.range(1, 4).map(lambda x: tf.fill([x], x)).padded_batch(3, [None])
        >>> element = dataset.make_one_shot_iterator().get_next()
        >>> with tf.Session() as session:
        ...     print(session.run(element))
        [[1 0 0]
         [2 2 0]
         [3 3 3]]
        """
        parts = self._structure.components
        shapes = [each.dims for each in parts]
        if padded_shapes is not None:
            given = shapes_like(self._structure.nest, padded_shapes)
            shapes = [_padded_dims(each, part) for each, part in zip(given, parts, strict=True)]
        elif None in shapes:
            raise ValueError(
                "You must provide `padded_shapes` argument because component of unknown rank found."
            )
        size = _int64(batch_size, "batch_size")
        wanted = [
            convert_to_tensor([-1 if n is None else n for n in dims or ()], dtypes.int64) for dims in shapes
        ]
        if padding_values is None or not isinstance(padding_values, (tuple, dict)):
            values: list[Any] = [padding_values] * len(parts)
        else:
            values = shapes_like(self._structure.nest, padding_values)
        fills = [_padding(value, part) for value, part in zip(values, parts, strict=True)]
        drop = _bool(drop_remainder, "drop_remainder")
        count = len(parts)

        def make(state: Any, source: Source, n: Any, *rest: Any) -> Source:
            fill = [each[()] for each in rest[count : 2 * count]]
            return padded(source, int(n), bool(rest[-1]), shapes, fill)

        node = self._node("PaddedBatchDatasetV2", [size, *wanted, *fills, drop], make)
        first = _static(size) if constant_value(drop) else None
        out = tuple(
            part._replace(dims=None if dims is None else (first, *dims))
            for part, dims in zip(parts, shapes, strict=True)
        )
        return self._like(node._variant_tensor, Structure(self._structure.nest, out))

    @whole
    def unbatch(self) -> Self:
        """Takes elements apart into their rows.

        Returns:
            A dataset of the rows.

        Raises:
            ValueError: If a component is a scalar.
        """
        if any(each.dims == () for each in self._structure.components):
            raise ValueError("Cannot unbatch an input with scalar components.")
        node = self._node("UnbatchDataset", [], lambda state, source: unbatched(source))
        return self._like(node._variant_tensor, self._structure.with_dims(lambda dims: dims and dims[1:]))

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
        size = _int64(buffer_size, "buffer_size")
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
        times = _int64(-1 if count is None else count, "count")
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

        return self._node("TakeDataset", [_int64(count, "count")], make)

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

        return self._node("SkipDataset", [_int64(count, "count")], make)

    @whole
    def shard(self, num_shards: Any, index: Any) -> Self:
        """Keeps every element whose number leaves `index` when divided by `num_shards`.

        Args:
            num_shards: The number of shards.
            index: The shard.

        Returns:
            A dataset of those elements.
        """
        inputs = [_int64(num_shards, "num_shards"), _int64(index, "index")]
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
        first = _int64(start, "start")
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
        size = _int64(-1 if buffer_size is None else buffer_size, "buffer_size")
        return self._node("PrefetchDataset", [size], lambda state, source, _: source)

    @whole
    def window(self, size: Any, shift: Any = None, stride: Any = 1, drop_remainder: Any = False) -> Self:
        """Puts consecutive elements into small datasets.

        Args:
            size: The number of elements of one.
            shift: How far the next one begins after it; `size` by default.
            stride: The distance of its elements.
            drop_remainder: Whether smaller ones at the end are left out.

        Returns:
            A dataset whose elements consist of datasets, one for each component.

        >>> import scopetrie as tf
        >>> windows = tf.data.Dataset.range(5).window(3, shift=1, drop_remainder=True)
        >>> element = windows.flat_map(lambda each: each.batch(3)).make_one_shot_iterator().get_next()
        >>> with tf.Session() as session:
        ...     print([session.run(element).tolist() for _ in range(3)])
        [[0, 1, 2], [1, 2, 3], [2, 3, 4]]
        """
        inputs = [
            _int64(size, "size"),
            _int64(size if shift is None else shift, "shift"),
            _int64(stride, "stride"),
            _bool(drop_remainder, "drop_remainder"),
        ]

        def make(state: Any, source: Source, n: Any, by: Any, step: Any, drop: Any) -> Source:
            return sources.windows(source, int(n), int(by), int(step), bool(drop))

        node = self._node("WindowDataset", inputs, make)
        parts = self._structure.components
        inner = tuple(dataset_component(Structure(0, (each,))) for each in parts)
        return self._like(node._variant_tensor, Structure(self._structure.nest, inner))

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
        if not isinstance(made, Transformations):
            raise TypeError(
                f"`transformation_func` must return a `tf.data.Dataset` object. Got {type(made)}."
            )
        return made


def _int64(value: Any, name: str) -> Tensor:
    return convert_to_tensor(value, dtypes.int64, name=name)


def _bool(value: Any, name: str) -> Tensor:
    return convert_to_tensor(value, dtypes.bool, name=name)


def _static(size: Tensor) -> int | None:
    value = constant_value(size)
    return None if value is None else int(value)


def _inner_of(found: Function) -> Structure:
    (first, *others) = found.structure.components
    if first.inner is None or others:
        raise TypeError(
            f"The `map_func` argument must return a `Dataset` object. Got tensors of {found.structure.types}."
        )
    return first.inner


def _padded_dims(given: Any, part: Component) -> Dims:
    if given is None or isinstance(given, Tensor):
        value = None if given is None else constant_value(given)
        dims: Dims = part.dims if value is None else tuple(None if n == -1 else int(n) for n in value)
    else:
        dims = as_dims(given)
        dims = None if dims is None else tuple(None if n == -1 else n for n in dims)
    if dims is not None and part.dims is not None:
        fits = len(dims) == len(part.dims) and all(
            room is None or size is None or size <= room for size, room in zip(part.dims, dims, strict=True)
        )
        if not fits:
            raise ValueError(
                f"The padded shape {dims} is not compatible with the shape {part.dims} of the corresponding "
                "input component."
            )
    return dims


def _padding(value: Any, part: Component) -> Tensor:
    if value is None:
        value = "" if part.dtype is dtypes.string else 0
    made = convert_to_tensor(value, None if isinstance(value, Tensor) else part.dtype, name="padding_value")
    if made.dtype.base_dtype is not part.dtype:
        raise TypeError(
            f"Invalid `padding_values`. `padding_values` values type {made.dtype.name} does not match type "
            f"{part.dtype.name} of the corresponding input component."
        )
    if made._dims:
        raise ValueError(
            f"Invalid `padding_values`. `padding_values` values should be scalars, but got {made.shape}."
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
        return [_int64(0, "seed"), convert_to_tensor(seed, dtypes.int64, name="seed2")]
    one, two = get_seed(seed)
    return [_int64(one or 0, "seed"), _int64(two or 0, "seed2")]


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
