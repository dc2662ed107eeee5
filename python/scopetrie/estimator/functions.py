"""The functions that a program gives an estimator: what they take, and what they return."""

from __future__ import annotations

import functools
import inspect
import logging
from collections.abc import Callable, Iterable
from typing import Any, Final

from ..data.dataset import Dataset
from ..graph import device
from ..train.sessions.file_hooks import CheckpointSaverListener
from ..train.sessions.hooks import SessionRunHook
from .checks import all_of
from .spec import EstimatorSpec

__all__ = [
    "arguments", "call_input_fn", "call_model_fn", "check_model_fn", "features_and_labels", "hooks_of",
    "listeners_of",
]  # fmt: skip

_log = logging.getLogger("scopetrie")
_TAKEN: Final = {"features", "labels", "mode", "params", "self", "config"}
_NAMED: Final = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


def arguments(function: Any) -> list[str]:
    """The names of a function's arguments, but for *args, **kwargs and what functools.partial has given."""
    given: set[str] = set()
    while isinstance(function, functools.partial):
        given.update(function.keywords)
        at = function.args
        if at:
            given.update([*inspect.signature(function.func).parameters][: len(at)])
        function = function.func
    found = inspect.signature(function).parameters.items()
    return [name for name, each in found if each.kind in _NAMED and name not in given]


def check_model_fn(model_fn: Any, params: Any) -> None:
    """Checks what a model function takes, in v1's words.

    Raises:
        ValueError: If it has no `features`, no `params` where there are some, or something else.
    """
    taken = arguments(model_fn)
    if "features" not in taken:
        raise ValueError(f"model_fn ({model_fn}) must include features argument.")
    if params is not None and "params" not in taken:
        raise ValueError(
            f"model_fn ({model_fn}) does not include params argument, but params ({params}) is passed to "
            "Estimator."
        )
    if params is None and "params" in taken:
        _log.warning(
            "Estimator's model_fn (%s) includes params argument, but params are not passed to Estimator.",
            model_fn,
        )
    others = [each for each in taken if each not in _TAKEN]
    if others:
        raise ValueError(f"model_fn ({model_fn}) has following not expected args: {others}")


def call_model_fn(
    model_fn: Callable[..., Any],
    features: Any,
    labels: Any,
    mode: str,
    params: Any,
    config: Any,
    like: Callable[..., Any] | None = None,
) -> EstimatorSpec:
    """Calls a model function with what it takes; or with what another one takes, which it calls.

    Raises:
        ValueError: If there are labels that it does not take, or it returns no EstimatorSpec.
    """
    taken = arguments(like or model_fn)
    given = {"labels": labels, "mode": mode, "params": params, "config": config}
    if "labels" not in taken and labels is not None:
        raise ValueError("model_fn does not take labels, but input_fn returns labels.")
    _log.info("Calling model_fn.")
    made = model_fn(features=features, **{name: each for name, each in given.items() if name in taken})
    _log.info("Done calling model_fn.")
    if not isinstance(made, EstimatorSpec):
        raise ValueError("model_fn should return an EstimatorSpec.")
    return made


def call_input_fn(input_fn: Any, mode: str, params: Any, config: Any) -> Any:
    """Calls an input function with those of mode, params and config that it takes.

    Raises:
        TypeError: If it is no function.
    """
    if not callable(input_fn):
        raise TypeError(f"input_fn must be callable, given: {input_fn}")
    taken = arguments(input_fn)
    given = {"mode": mode, "params": params, "config": config}
    with device("/cpu:0"):
        return input_fn(**{name: each for name, each in given.items() if name in taken})


class _Starts(SessionRunHook):
    """Starts the iterator of a dataset in each session."""

    def __init__(self, initializer: Any) -> None:
        self._initializer = initializer

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Runs the initializer."""
        session.run(self._initializer)


def features_and_labels(given: Any) -> tuple[Any, Any, list[SessionRunHook]]:
    """The features and labels of what an input function has returned, and the hooks that they need.

    Raises:
        ValueError: If it is a tuple of another length than two.
    """
    hooks: list[SessionRunHook] = []
    if isinstance(given, Dataset):
        iterator = given.make_initializable_iterator()
        hooks.append(_Starts(iterator.initializer))
        given = iterator.get_next()
    if isinstance(given, (list, tuple)):
        if len(given) != 2:
            raise ValueError("input_fn should return (features, labels) as a len 2 tuple.")
        return given[0], given[1], hooks
    return given, None, hooks


def hooks_of(given: Iterable[Any] | None) -> list[SessionRunHook]:
    """A list of hooks.

    Raises:
        TypeError: If one is none.
    """
    return list(all_of(given, SessionRunHook, "Hooks must be a SessionRunHook, given: "))


def listeners_of(given: Iterable[Any] | None) -> list[CheckpointSaverListener]:
    """A list of listeners.

    Raises:
        TypeError: If one is none.
    """
    words = "saving_listeners must be a list of CheckpointSaverListener, given: "
    return list(all_of(given, CheckpointSaverListener, words))
