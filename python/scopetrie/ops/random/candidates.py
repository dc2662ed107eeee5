"""Classes drawn as candidates: which ones, and how often each was to be expected."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from ... import dtypes
from ..._core import OpFunction
from ...errors import InvalidArgumentError
from ...graph import Tensor
from ...public import v1
from ..declare import attr, tensor
from ..node_text import Dims
from ..registry import Spec, define_op
from .seed import Generator, op_seeds

__all__ = [
    "all_candidate_sampler",
    "compute_accidental_hits",
    "fixed_unigram_candidate_sampler",
    "log_uniform_candidate_sampler",
    "uniform_candidate_sampler",
]

Array = np.ndarray[Any, Any]


class _Uniform:
    """All classes alike."""

    def __init__(self, count: int) -> None:
        self._count = count

    def chance(self, classes: Array) -> Array:
        """The probability of each class."""
        return np.full(classes.shape, 1.0 / self._count)

    def at(self, draws: Array) -> Array:
        """The classes for numbers in [0, 1)."""
        return np.minimum((draws * self._count).astype(np.int64), self._count - 1)


class _LogUniform:
    """Classes that are sorted by how often they are: (log(c + 2) - log(c + 1)) / log(count + 1)."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._log = np.log1p(count)

    def chance(self, classes: Array) -> Array:
        """The probability of each class."""
        return np.asarray((np.log(classes + 2.0) - np.log(classes + 1.0)) / self._log)

    def at(self, draws: Array) -> Array:
        """The classes for numbers in [0, 1)."""
        return np.asarray(np.exp(draws * self._log).astype(np.int64) - 1) % self._count


class _Weighted:
    """Classes by weights."""

    def __init__(self, weights: Array) -> None:
        self._ends = np.cumsum(weights)
        self._chances = weights / self._ends[-1]

    def chance(self, classes: Array) -> Array:
        """The probability of each class."""
        return np.asarray(self._chances[classes])

    def at(self, draws: Array) -> Array:
        """The classes for numbers in [0, 1)."""
        return np.asarray(np.searchsorted(self._ends, draws * self._ends[-1], side="right"), np.int64)


def _drawn(generator: Generator, classes: Any, count: int, unique: bool) -> tuple[Array, int]:
    """Classes, and how many drawings they took."""
    if not unique:
        return classes.at(generator.fill("uniform", np.empty(count, np.float64))), count
    seen = np.empty(0, np.int64)
    while True:
        more = classes.at(generator.fill("uniform", np.empty(2 * count + 16, np.float64)))
        seen = np.concatenate([seen, more])
        firsts = np.sort(np.unique(seen, return_index=True)[1])
        if len(firsts) >= count:
            kept = firsts[:count]
            return seen[kept], int(kept[-1]) + 1


def _expected(chances: Array, tries: int, count: int, unique: bool) -> Array:
    found = -np.expm1(tries * np.log1p(-chances)) if unique else chances * count
    return np.asarray(found, np.float32)


def _kernel(make: Callable[..., Any]) -> Any:
    def kernel(
        xp: Any, state: Any, num_true: int, num_sampled: int, unique: bool, range_max: int, seed: int, seed2:
            int,
        **more: Any,
    ) -> Any:  # fmt: skip
        generator = Generator(state, seed, seed2)
        classes = make(range_max, **more)

        def sample(true_classes: Any) -> Any:
            truth = np.asarray(true_classes)
            if truth.size and (truth.min() < 0 or truth.max() >= range_max):
                raise InvalidArgumentError(None, None, f"`true_candidate` out of range [0, {range_max})")
            drawn, tries = _drawn(generator, classes, num_sampled, unique)
            counts = (_expected(classes.chance(each), tries, num_sampled, unique) for each in (truth, drawn))
            return tuple(generator.placed(each) for each in (drawn, *counts))

        return sample

    return kernel


def _rule(true_classes: Tensor, num_true: int, num_sampled: int, **attrs: Any) -> list[Spec]:
    rows: Dims = true_classes._dims
    batch = rows[0] if rows else None
    return [
        (dtypes.int64, (num_sampled,)), (dtypes.float32, (batch, num_true)), (dtypes.float32, (num_sampled,)),
    ]  # fmt: skip


_COUNTS: Final = (attr("num_sampled", int), attr("num_true", int))
_ATTRIBUTES: Final = (
    *_COUNTS, attr("range_max", int), attr("seed", int), attr("seed2", int), attr("unique", bool),
)  # fmt: skip


def _define(type: str, make: Callable[..., Any]) -> OpFunction[list[Tensor]]:
    function: OpFunction[list[Tensor]] = define_op(
        type, tensor("true_classes", (dtypes.int64,), None, host=True), rule=_rule, kernel=_kernel(make),
        stateful=True, attributes=_ATTRIBUTES,
    )  # fmt: skip
    return function


_uniform = _define("UniformCandidateSampler", _Uniform)
_log_uniform = _define("LogUniformCandidateSampler", _LogUniform)
_fixed = _define("FixedUnigramCandidateSampler", lambda range_max, weights: _Weighted(np.asarray(weights)))


def _checked(num_sampled: int, unique: bool, range_max: int) -> None:
    if unique and num_sampled > range_max:
        raise ValueError(
            f"Sampler's range is too small: {num_sampled} different classes cannot be drawn from {range_max}."
        )


_DOC = """Draws classes that {how}.

    Args:
        true_classes: The numbers of the right classes, a tensor `[N, num_true]` of int64.
        num_true: How many right classes each example has.
        num_sampled: How many classes to draw.
        unique: Whether they are all different.
        range_max: How many classes there are.
        seed: The operation's seed.
        name: The operation's name.

    Returns:
        The classes, `[num_sampled]`; how often each right class was to be expected among them,
        `[N, num_true]`; and how often each of them was, `[num_sampled]`.

    Raises:
        ValueError: If there are not as many classes.
    """


@v1("nn.uniform_candidate_sampler", "random.uniform_candidate_sampler")
def uniform_candidate_sampler(
    true_classes: Any, num_true: int, num_sampled: int, unique: bool, range_max: int,
    seed: int | None = None, name: str | None = None,
) -> tuple[Tensor, ...]:  # fmt: skip
    """Draws classes; see below."""
    _checked(num_sampled, unique, range_max)
    return tuple(_uniform(
        true_classes, num_true=num_true, num_sampled=num_sampled, unique=unique, range_max=range_max,
        name=name,
        **op_seeds(seed),
    ))  # fmt: skip


@v1("nn.log_uniform_candidate_sampler", "random.log_uniform_candidate_sampler")
def log_uniform_candidate_sampler(
    true_classes: Any, num_true: int, num_sampled: int, unique: bool, range_max: int,
    seed: int | None = None, name: str | None = None,
) -> tuple[Tensor, ...]:  # fmt: skip
    """Draws classes; see below."""
    _checked(num_sampled, unique, range_max)
    return tuple(_log_uniform(
        true_classes, num_true=num_true, num_sampled=num_sampled, unique=unique, range_max=range_max,
        name=name,
        **op_seeds(seed),
    ))  # fmt: skip


uniform_candidate_sampler.__doc__ = _DOC.format(how="are all alike")
log_uniform_candidate_sampler.__doc__ = _DOC.format(
    how="are sorted by how often they are: class c has (log(c + 2) - log(c + 1)) / log(range_max + 1)"
)


@functools.lru_cache(maxsize=8)
def _weights(unigrams: tuple[float, ...], distortion: float, reserved: int) -> tuple[float, ...]:
    return (*(0.0,) * reserved, *(float(each) ** distortion for each in unigrams))


@v1("nn.fixed_unigram_candidate_sampler", "random.fixed_unigram_candidate_sampler")
def fixed_unigram_candidate_sampler(
    true_classes: Any, num_true: int, num_sampled: int, unique: bool, range_max: int, vocab_file: str = "",
    distortion: float = 1.0, num_reserved_ids: int = 0, num_shards: int = 1, shard: int = 0,
    unigrams: Sequence[float] = (), seed: int | None = None, name: str | None = None,
) -> tuple[Tensor, ...]:  # fmt: skip
    """Draws classes by given counts.

    Args:
        true_classes: The numbers of the right classes, a tensor `[N, num_true]` of int64.
        num_true: How many right classes each example has.
        num_sampled: How many classes to draw.
        unique: Whether they are all different.
        range_max: How many classes there are.
        vocab_file: A file whose lines end in a comma and a count; read now.
        distortion: The power to which counts are raised.
        num_reserved_ids: How many classes come first that are never drawn.
        num_shards: Must be 1.
        shard: Must be 0.
        unigrams: The counts, instead of a file.
        seed: The operation's seed.
        name: The operation's name.

    Returns:
        The classes, and how often right ones and they were to be expected; see `uniform_candidate_sampler`.

    Raises:
        ValueError: If there are not as many classes, or not one of a file and counts.
    """
    if bool(vocab_file) == bool(len(unigrams)):
        raise ValueError("Must provide one of vocab_file and unigrams.")
    if vocab_file:
        with open(vocab_file, encoding="utf-8") as lines:
            unigrams = [float(line.rpartition(",")[2]) for line in lines if line.strip()]
    if num_shards != 1 or shard:
        raise ValueError("fixed_unigram_candidate_sampler draws from all classes: num_shards must be 1")
    weights = _weights(tuple(unigrams), float(distortion), num_reserved_ids)
    if len(weights) != range_max:
        raise ValueError(f"There are {len(weights)} counts for {range_max} classes.")
    _checked(num_sampled, unique, sum(each > 0 for each in weights))
    return tuple(_fixed(
        true_classes, num_true=num_true, num_sampled=num_sampled, unique=unique, range_max=range_max,
        weights=weights, name=name, **op_seeds(seed),
    ))  # fmt: skip


def _all_kernel(xp: Any, num_true: int, num_sampled: int) -> Any:
    def sample(true_classes: Any) -> Any:
        rows = (np.asarray(true_classes).shape[0], num_true)
        found = np.arange(num_sampled), np.ones(rows, np.float32), np.ones(num_sampled, np.float32)
        return tuple(xp.asarray(each) for each in found)

    return sample


_all: OpFunction[list[Tensor]] = define_op(
    "AllCandidateSampler", tensor("true_classes", (dtypes.int64,), None, host=True), rule=_rule,
    kernel=_all_kernel, attributes=_COUNTS,
)  # fmt: skip


@v1("nn.all_candidate_sampler", "random.all_candidate_sampler")
def all_candidate_sampler(
    true_classes: Any, num_true: int, num_sampled: int, unique: bool, seed: int | None = None,
    name: str | None = None,
) -> tuple[Tensor, ...]:  # fmt: skip
    """Gives all classes.

    Args:
        true_classes: The numbers of the right classes, a tensor `[N, num_true]` of int64.
        num_true: How many right classes each example has.
        num_sampled: How many classes there are.
        unique: Accepted for v1's sake.
        seed: Accepted for v1's sake.
        name: The operation's name.

    Returns:
        The classes, and ones; see `uniform_candidate_sampler`.
    """
    return tuple(_all(true_classes, num_true=num_true, num_sampled=num_sampled, name=name))


def _hits_kernel(xp: Any, num_true: int) -> Any:
    def find(true_classes: Any, sampled_candidates: Any) -> Any:
        truth, drawn = np.asarray(true_classes), np.asarray(sampled_candidates)
        examples, _, places = np.nonzero(truth[:, :, None] == drawn)
        weights = np.full(len(examples), -np.finfo(np.float32).max, np.float32)
        found = examples.astype(np.int32), places.astype(np.int64), weights
        return tuple(xp.asarray(each) for each in found)

    return find


_hits: OpFunction[list[Tensor]] = define_op(
    "ComputeAccidentalHits", tensor("true_classes", (dtypes.int64,), None, host=True),
    tensor("sampled_candidates", (dtypes.int64,), None, host=True), kernel=_hits_kernel,
    rule=lambda true_classes, sampled_candidates, num_true: [
        (dtypes.int32, (None,)), (dtypes.int64, (None,)), (dtypes.float32, (None,)),
    ],
    attributes=(attr("num_true", int),),
)  # fmt: skip


@v1("nn.compute_accidental_hits")
def compute_accidental_hits(
    true_classes: Any, sampled_candidates: Any, num_true: int, seed: int | None = None,
    name: str | None = None,
) -> tuple[Tensor, ...]:  # fmt: skip
    """Finds drawn classes that are right ones.

    Args:
        true_classes: The numbers of the right classes, a tensor `[N, num_true]` of int64.
        sampled_candidates: The drawn classes, `[num_sampled]`.
        num_true: How many right classes each example has.
        seed: Accepted for v1's sake.
        name: The operation's name.

    Returns:
        The numbers of the examples, the places of the drawn classes, and the smallest float32 for each.
    """
    return tuple(_hits(true_classes, sampled_candidates, num_true=num_true, name=name))
