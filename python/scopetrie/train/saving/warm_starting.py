"""`tf.train.warm_start`: variables that begin with the values of another model."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from typing import Any

from ...graph import Graph, GraphKeys, get_default_graph
from ...public import v1, whole
from ...variables import PartitionedVariable, Variable
from .initializing import init_from_checkpoint

__all__ = ["warm_start"]

_log = logging.getLogger("scopetrie")


@v1("train.warm_start")
@whole
def warm_start(
    ckpt_to_initialize_from: str | os.PathLike[str],
    vars_to_warm_start: Any = ".*",
    var_name_to_vocab_info: Mapping[str, Any] | None = None,
    var_name_to_prev_var_name: Mapping[str, str] | None = None,
) -> None:
    """Lets variables begin with the values of a checkpoint of another model.

    Args:
        ckpt_to_initialize_from: The checkpoint, or a folder, for the latest in it.
        vars_to_warm_start: Which variables: a regular expression, which chooses among those that are
            trained; a list of such expressions, which choose among all; a list of variables; or None for no
            variable.
        var_name_to_vocab_info: Only None: rows are not sorted anew by vocabularies.
        var_name_to_prev_var_name: Names in the checkpoint, by names of variables, where they differ.

    Raises:
        ValueError: If `vars_to_warm_start` is something else, a name is of no variable that is chosen, the
            checkpoint does not have a variable, or vocabularies are given. Nothing is changed then.

    >>> import scopetrie as tf
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     w = tf.get_variable("layer/w", initializer=[1.0, 2.0])
    ...     session.run(w.initializer)
    ...     path = tf.train.Saver().save(session, "model.ckpt")
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     w, v = tf.get_variable("layer/w", [2]), tf.get_variable("v", initializer=3.0)
    ...     tf.train.warm_start("model.ckpt", "layer/.*")
    ...     session.run(tf.global_variables_initializer())
    ...     print(session.run([w, v]))
    [array([1., 2.], dtype=float32), np.float32(3.0)]
    """
    if var_name_to_vocab_info:
        raise ValueError(
            f"warm_start: var_name_to_vocab_info is given for {sorted(var_name_to_vocab_info)}, but "
            f"scopetrie "
            "does not sort rows anew by vocabularies. Do it with NumPy: train.load_variable reads the old "
            "rows, and a scaffold's init_fn loads the new ones."
        )
    renamed = dict(var_name_to_prev_var_name or {})
    chosen = _by_name(_chosen(vars_to_warm_start))
    unused = set(renamed) - set(chosen)
    if unused:
        raise ValueError(
            "You provided the following variables in var_name_to_prev_var_name that were not used: "
            f"{unused}.  Perhaps you misspelled them?  Here is the list of viable variable names: "
            f"{chosen.keys()}"
        )
    if not vars_to_warm_start:
        return
    graph = get_default_graph()
    assert isinstance(graph, Graph)
    with graph.transaction():
        pairs = [(renamed.get(name) or name, parts) for name, parts in chosen.items()]
        init_from_checkpoint(ckpt_to_initialize_from, pairs)
    _log.info("Warm-started %d variables.", len(chosen))


def _chosen(which: Any) -> list[Any]:
    graph = get_default_graph()
    if which is None or isinstance(which, str):
        _log.info("Warm-starting variables only in TRAINABLE_VARIABLES.")
        return list(graph.get_collection(GraphKeys.TRAINABLE_VARIABLES, which))
    if not isinstance(which, list):
        raise ValueError(f"`vars_to_warm_start must be a `list` or `str`.  Given type is {type(which)}")
    if all(isinstance(each, str) for each in which):
        return [found for each in which for found in graph.get_collection(GraphKeys.GLOBAL_VARIABLES, each)]
    if all(isinstance(each, (Variable, PartitionedVariable)) for each in which):
        return which
    raise ValueError(
        "If `vars_to_warm_start` is a list, it must be all `Variable` or all `str`.  Given types are "
        f"{[type(each) for each in which]}"
    )


def _by_name(variables: list[Any]) -> dict[str, Any]:
    """The variables by their names, those in parts by the whole one's."""
    found: dict[str, list[Any]] = {}
    for each in variables:
        for part in each if isinstance(each, PartitionedVariable) else [each]:
            place = part._get_save_slice_info()
            parts = found.setdefault(part.op.name if place is None else place.full_name, [])
            if not any(part is other for other in parts):
                parts.append(part)
    return {name: parts[0] if len(parts) == 1 else parts for name, parts in found.items()}
