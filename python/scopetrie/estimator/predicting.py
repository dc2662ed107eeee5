"""How an estimator predicts: one graph, a session, and what each run gives, element by element."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ..errors import OutOfRangeError
from ..graph import Graph, GraphKeys
from ..train.sessions.hooks import SessionRunHook
from ..train.sessions.monitored import MonitoredSession
from ..train.sessions.scaffold import ChiefSessionCreator, Scaffold
from ..train.steps import create_global_step
from .run_config import RunConfig
from .spec import EstimatorSpec

__all__ = ["predictions"]

_log = logging.getLogger("scopetrie")


def predictions(
    graph: Graph,
    build: Callable[[], tuple[EstimatorSpec, list[SessionRunHook]]],
    config: RunConfig,
    hooks: Sequence[SessionRunHook],
    keys: Any,
    checkpoint_path: str | None,
    is_single: bool,
    before: Callable[[], None],
) -> Iterator[Any]:
    """What a model predicts.

    The graph is the default one while it is built and run, and not between two elements.

    Args:
        graph: The graph, which is empty.
        build: Makes the inputs and calls the model function; returns its spec, and the hooks of the inputs.
        config: The estimator's configuration.
        hooks: The caller's hooks.
        keys: Which of the predictions, or None for all.
        checkpoint_path: The checkpoint, or None: variables are initialized.
        is_single: Whether batches are taken apart.
        before: Called when the graph is built.
    """
    with graph.as_default():
        create_global_step(graph)
        spec, input_hooks = build()
        if not (input_hooks or graph.get_collection(GraphKeys.QUEUE_RUNNERS) or _has_iterator(graph)):
            _log.warning(
                "Input graph does not use tf.data.Dataset or contain a QueueRunner. That means predict "
                "yields "
                "forever. This is probably a mistake."
            )
        wanted = _chosen(spec.predictions, keys)
        before()
        creator = ChiefSessionCreator(
            Scaffold() if spec.scaffold is None else spec.scaffold,
            config=config.session_config,
            checkpoint_filename_with_path=checkpoint_path,
        )
        session = MonitoredSession(creator, [*input_hooks, *hooks, *spec.prediction_hooks])
    try:
        while not session.should_stop():
            with graph.as_default():
                found = _next(session, wanted)
            if found is None:
                break
            yield from _taken_apart(found) if is_single else [found]
    except GeneratorExit as error:
        session.__exit__(type(error), error, None)
        raise
    except BaseException as error:
        with graph.as_default():
            session.__exit__(type(error), error, error.__traceback__)
        raise
    with graph.as_default():
        session.__exit__(None, None, None)


def _next(session: MonitoredSession, wanted: Any) -> Any:
    """What the next run gives; None at the end of the input."""
    try:
        return session.run(wanted)
    except (OutOfRangeError, StopIteration):
        return None


def _has_iterator(graph: Graph) -> bool:
    return any(each.type == "IteratorGetNext" for each in graph.get_operations())


def _chosen(given: Any, keys: Any) -> Any:
    """The predictions of some names.

    Raises:
        ValueError: If none is of these names, or the predictions have none.
    """
    if not keys:
        return given
    if not isinstance(given, Mapping):
        raise ValueError("predict_keys argument is not valid in case of non-dict predictions.")
    found = {key: value for key, value in given.items() if key in keys}
    if not found:
        raise ValueError(f"Expected to run at least one output from {given.keys()}, provided {keys}.")
    return found


def _taken_apart(found: Any) -> Iterator[Any]:
    """The elements of a batch.

    Raises:
        ValueError: If what a dict has differs in length.
    """
    if not isinstance(found, dict):
        yield from found
        return
    length: int | None = None
    for key, value in found.items():
        if length is None:
            length = value.shape[0]
        elif length != value.shape[0]:
            raise ValueError(
                f"Batch length of predictions should be same. {key} has different batch length than others."
            )
    for at in range(length or 0):
        yield {key: value[at] for key, value in found.items()}
