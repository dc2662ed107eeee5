"""`tf.data.Dataset`: datasets of tensors, generators, numbers and files, and iterators over them."""

from __future__ import annotations

import glob
from collections.abc import Callable
from typing import Any, NoReturn, Self

import numpy as np

from .. import dtypes
from .._core import get_default_graph, name_scope
from ..dtypes import as_dtype
from ..errors import InvalidArgumentError
from ..graph import Tensor
from ..ops.constant import convert_to_tensor
from ..ops.control.trace import check_alike, flat, packed
from ..ops.declare import mixed
from ..ops.registry import define_op, listed
from ..public import v1, whole
from . import iterators, sources
from .generated import Generated
from .iterators import Iterator
from .nodes import Code, dataset_node, traced
from .options import Options
from .rows import Rows
from .sources import Listed, Opened, Source
from .structure import Component, Structure, leaves_of, nested, of_tensors, of_types
from .transformations import Transformations


@v1("data.Dataset")
class Dataset(Transformations):
    """A sequence of elements, each a nest of tensors: tuples and dicts. A list is a tensor.

    A dataset is a description in the graph. Its elements are computed in a session, one after the other, when
    runs ask an iterator for them; no thread is started. Use `from_tensor_slices` and the like to make one.
    """

    @classmethod
    def _of(cls, variant: Tensor, structure: Structure) -> Dataset:
        return Dataset(variant, structure)

    def __repr__(self) -> str:
        return f"<tf.data.Dataset shapes: {self.output_shapes}, types: {self.output_types}>"

    def __iter__(self) -> NoReturn:
        raise RuntimeError(
            "`tf.data.Dataset` only supports Python-style iteration in eager mode or within tf.function."
        )

    def __bool__(self) -> bool:
        return True

    @staticmethod
    @whole
    def from_tensors(tensors: Any) -> Dataset:
        """Makes a dataset of one element.

        Args:
            tensors: The element: a tensor or a nest of them.

        Returns:
            The dataset.
        """
        nest, leaves = _element(tensors)
        made = dataset_node("TensorDataset", leaves, lambda state, *arrays: Listed([arrays]))
        return Dataset(made, of_tensors(nest, leaves))

    @staticmethod
    @whole
    def from_tensor_slices(tensors: Any) -> Dataset:
        """Makes a dataset of the rows of tensors, taken along their first dimension.

        Args:
            tensors: A tensor, or a nest of tensors of one length.

        Returns:
            The dataset.

        Raises:
            ValueError: If a tensor is a scalar, or they have different lengths.

        >>> import scopetrie as tf
        >>> dataset = tf.data.Dataset.from_tensor_slices({"x": [[1.0, 2.0], [3.0, 4.0]], "y": [0, 1]})
        >>> element = dataset.make_one_shot_iterator().get_next()
        >>> with tf.Session() as session:
        ...     print(session.run(element))
        {'x': array([1., 2.], dtype=float32), 'y': np.int32(0)}
        """
        nest, leaves = _element(tensors)
        if not leaves:
            raise ValueError("Invalid `tensors`. `tensors` should not be empty.")
        lengths = []
        for each in leaves:
            if each._dims == ():
                raise ValueError("Unbatching a tensor is only supported for rank >= 1")
            if each._dims is not None and each._dims[0] is not None:
                lengths.append(each._dims[0])
        if len(set(lengths)) > 1:
            other = next(each for each in lengths if each != lengths[0])
            raise ValueError(f"Dimensions {lengths[0]} and {other} are not compatible")

        def make(state: Any, *arrays: Any) -> Source:
            if len({len(each) for each in arrays}) > 1:
                raise InvalidArgumentError(
                    None, None, f"Components have different lengths: {[len(each) for each in arrays]}"
                )
            return Rows([_frozen(each) for each in arrays])

        made = dataset_node("TensorSliceDataset", leaves, make)
        return Dataset(made, of_tensors(nest, leaves).with_dims(lambda dims: dims and dims[1:]))

    @staticmethod
    @whole
    def from_generator(
        generator: Callable[..., Any], output_types: Any, output_shapes: Any = None, args: Any = None
    ) -> Dataset:
        """Makes a dataset of what a generator yields.

        Args:
            generator: A function that returns an iterable; called for each pass over the dataset.
            output_types: The dtypes of an element's components, in their nest.
            output_shapes: Their shapes; unknown by default.
            args: Tensors whose values the function gets, as NumPy arrays.

        Returns:
            The dataset.

        Raises:
            TypeError: If `generator` is no function.

        >>> import scopetrie as tf
        >>> def squares():
        ...     for number in range(3):
        ...         yield number, number**2
        >>> dataset = tf.data.Dataset.from_generator(squares, (tf.int32, tf.int32))
        >>> element = dataset.make_one_shot_iterator().get_next()
        >>> with tf.Session() as session:
        ...     print([tuple(map(int, session.run(element))) for _ in range(3)])
        [(0, 0), (1, 1), (2, 4)]
        """
        if not callable(generator):
            raise TypeError("`generator` must be a Python callable.")
        structure = of_types(output_types, output_shapes)
        given = [convert_to_tensor(each) for each in (args or ())]

        def make(state: Any, *arrays: Any) -> Source:
            return Opened(lambda: Generated(generator, [each[()] for each in arrays], structure))

        return Dataset(dataset_node("FlatMapDataset", given, make), structure)

    @staticmethod
    @whole
    def range(*args: Any, **kwargs: Any) -> Dataset:
        """Makes a dataset of consecutive numbers.

        Args:
            *args: What Python's `range` takes; tensors, too.
            **kwargs: `output_type`, the dtype of the numbers; int64 by default.

        Returns:
            The dataset.

        Raises:
            ValueError: If there are no arguments, or more than three.
        """
        kind = as_dtype(kwargs.pop("output_type", dtypes.int64))
        kwargs.pop("name", None)
        if kwargs:
            raise TypeError(f"Dataset.range() got an unexpected keyword argument {min(kwargs)!r}")
        if not 1 <= len(args) <= 3:
            raise ValueError(
                f"Invalid `args`. The length of `args` should be between 1 and 3 but was {len(args)}."
            )
        start, stop, step = (0, *args, 1) if len(args) == 1 else (*args, 1)[:3]
        named = (("start", start), ("stop", stop), ("step", step))
        inputs = [convert_to_tensor(value, dtypes.int64, name=name) for name, value in named]
        number: Any = np.dtype(kind.as_numpy_dtype).type
        made = dataset_node(
            "RangeDataset",
            inputs,
            lambda state, *bounds: sources.numbers([int(each) for each in bounds], number),
        )
        return Dataset(made, Structure(0, (Component(kind, ()),)))

    @staticmethod
    @whole
    def zip(*args: Any, datasets: Any = None) -> Dataset:
        """Puts datasets side by side: an element consists of one of each.

        Args:
            *args: A nest of datasets, or several.
            datasets: The same, by keyword.

        Returns:
            A dataset as long as the shortest.

        Raises:
            TypeError: If there is something else than datasets.
        """
        nest = datasets if datasets is not None else args[0] if len(args) == 1 else args
        if isinstance(nest, list):
            raise TypeError(
                "Invalid input to `zip`. Inputs are expected to be (nested) structures of `tf.data.Dataset` "
                "objects. Python `list` is not supported and you should use `tuple` instead."
            )
        leaves = flat(nest)
        if not leaves or not all(isinstance(each, Dataset) for each in leaves):
            raise TypeError(
                "Invalid input to `zip`. Inputs are expected to be (nested) structures of `tf.data.Dataset` "
                "objects."
            )
        made = dataset_node(
            "ZipDataset",
            [each._variant_tensor for each in leaves],
            lambda state, *parts: sources.zipped(*parts),
        )
        parts = nested([each._structure for each in leaves])
        return Dataset(made, Structure(packed(nest, parts.nest), parts.components))

    @staticmethod
    @whole
    def list_files(file_pattern: Any, shuffle: bool | None = None, seed: Any = None) -> Dataset:
        """Makes a dataset of the names of files.

        Args:
            file_pattern: A pattern, or several, as the shell's; a tensor, too.
            shuffle: Whether they come in random order; they do by default.
            seed: The seed of that order.

        Returns:
            A dataset of strings. An iterator raises `errors.InvalidArgumentError` if no file matches.
        """
        with name_scope("list_files"):
            pattern = convert_to_tensor(file_pattern, dtypes.string, name="file_pattern")
            made = dataset_node("TensorSliceDataset", [pattern], _matching)
            found = Dataset(made, Structure(b"", (Component(dtypes.string, ()),)))
            if shuffle is None or shuffle:
                found = found.shuffle(1 << 30, seed=seed)
        return found

    @whole
    def reduce(self, initial_state: Any, reduce_func: Callable[..., Any]) -> Any:
        """Makes a tensor of all elements, by a function of what it gave before and the next one.

        Args:
            initial_state: What the function gets first: a tensor or a nest of them.
            reduce_func: The function, of the state and an element; it returns the next state.

        Returns:
            The last state.

        Raises:
            TypeError: If the function returns another structure or other dtypes.

        >>> import scopetrie as tf
        >>> total = tf.data.Dataset.range(5).reduce(tf.constant(0, tf.int64), lambda state, x: state + x)
        >>> with tf.Session() as session:
        ...     print(session.run(total))
        10
        """
        with name_scope("initial_state"):
            nest, leaves = _element(initial_state)
        first = of_tensors(nest, leaves)
        with name_scope(None, "ReduceDataset") as scope:
            found = traced(reduce_func, [first, self._structure], Dataset._of, unpacked=False)
        kinds = [each.dtype for each in first.components]
        try:
            check_alike(nest, found.structure.nest)
        except ValueError as error:
            raise TypeError(str(error)) from None
        if [each.dtype for each in found.structure.components] != kinds:
            raise TypeError(
                f"The element types for the new state must match the initial state. Expected {first.types}; "
                f"got {found.structure.types}."
            )
        specs = [
            (each.dtype, each.dims if each.dims == after.dims else None)
            for each, after in zip(first.components, found.structure.components, strict=True)
        ]
        with get_default_graph().control_dependencies(found.awaited):
            made = reduce_dataset(
                [self._variant_tensor, *leaves, *found.captured],
                code=found.code, specs=specs, count=len(leaves), name=scope,
            )  # fmt: skip
        return packed(nest, listed(made))

    def make_one_shot_iterator(self) -> Iterator:
        """Makes an iterator that needs no initializer: it starts with the first run that takes an element.

        Returns:
            The iterator.

        Raises:
            ValueError: If the dataset depends on a variable or a placeholder.
        """
        return iterators.one_shot(self._variant_tensor, self._structure)

    def make_initializable_iterator(self, shared_name: str | None = None) -> Iterator:
        """Makes an iterator that the operation `initializer` starts, as often as it is run.

        Args:
            shared_name: A name by which iterators of one session share where they stand.

        Returns:
            The iterator.
        """
        return iterators.initializable(self._variant_tensor, self._structure, shared_name)

    @property
    def output_types(self) -> Any:
        """The dtypes of an element's components, in their nest."""
        return self._structure.types

    @property
    def output_shapes(self) -> Any:
        """The static shapes of an element's components, in their nest."""
        return self._structure.shapes

    @property
    def output_classes(self) -> Any:
        """The classes of an element's components, in their nest: `tf.Tensor`."""
        return self._structure.map(lambda each: Dataset if each.inner is not None else Tensor)

    def options(self) -> Any:
        """Returns the options of the dataset: see `tf.data.Options`."""
        return Options()

    def with_options(self, options: Any) -> Self:
        """Returns the dataset itself: options have no effect.

        Args:
            options: A `tf.data.Options`.
        """
        if not isinstance(options, Options):
            raise TypeError(f"`options` must be a tf.data.Options, but got {type(options).__name__!r}")
        return self


def _element(tensors: Any) -> tuple[Any, list[Tensor]]:
    """The nest of an element, and its tensors, which get v1's names."""
    with name_scope("normalize_element"):
        made = [convert_to_tensor(each, name=f"component_{at}") for at, each in enumerate(leaves_of(tensors))]
    return packed(_without_lists(tensors), made), made


def _without_lists(value: Any) -> Any:
    if isinstance(value, dict):
        return type(value)((key, _without_lists(each)) for key, each in value.items())
    if isinstance(value, tuple):
        parts = [_without_lists(each) for each in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return None


def _frozen(array: Any) -> Any:
    view = array.view()
    view.setflags(write=False)
    return view


def _matching(state: Any, patterns: Any) -> Source:
    given = [each.decode() for each in np.atleast_1d(patterns).tolist()]
    names = [name.encode() for each in given for name in sorted(glob.glob(each))]
    if not names:
        raise InvalidArgumentError(
            None, None, f"assertion failed: [No files matched pattern: {', '.join(given)}]"
        )
    rows = np.empty(len(names), object)
    rows[:] = names
    return Rows([rows])


def _reduce_kernel(xp: Any, state: Any, code: Code, specs: Any, count: int) -> Any:
    @whole
    def reduce(dataset: Any, *values: Any) -> list[Any]:
        current = tuple(values[:count])
        step = code.compiled(state, values[count:])
        for element in dataset[()].open():
            current = step((*current, *element))
        return list(current)

    return reduce


reduce_dataset = define_op(
    "ReduceDataset", mixed("inputs"), rule=lambda inputs, specs, **attrs: specs, kernel=_reduce_kernel,
    stateful=True,
)  # fmt: skip
