"""tf.train.init_from_checkpoint: variables whose first values are those of a checkpoint."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...graph import Graph, device, get_default_graph
from ...ops.state.checkpoint import restore_v2
from ...ops.state.variable import assign
from ...public import v1
from ...variables import PartitionedVariable, Variable, take_note
from .checkpoint_reader import checkpoint_path, load_checkpoint

__all__ = ["init_from_checkpoint"]


@v1("train.init_from_checkpoint", "contrib.framework.init_from_checkpoint")
def init_from_checkpoint(
    ckpt_dir_or_file: str | os.PathLike[str], assignment_map: Mapping[str, Any] | Iterable[tuple[str, Any]]
) -> None:
    """Lets variables begin with the values of a checkpoint: their initializers read it.

    Args:
        ckpt_dir_or_file: The path of the checkpoint, without the endings of its files; or a folder, for the
            latest one in it.
        assignment_map: What becomes of what. `{"name": "name"}` for one variable, where the second may be the
            variable itself, also one in parts, or a list of its parts; `{"scope/": "scope/"}` for all that
            `get_variable` has made in a scope; "/" is the root. In the order of the first names.

    Raises:
        ValueError: If there is no such checkpoint in the folder; if it does not have a variable, or has it in
            another shape; if a scope stands for a variable. Nothing is changed then.
        NotFoundError: If there is no checkpoint of the path.
        TypeError: If something is neither a variable nor a name.
        ImportError: If the package protobuf is not installed (`scopetrie[checkpoints]`).

    >>> import scopetrie as tf
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     w = tf.get_variable("old/w", initializer=[1.0, 2.0])
    ...     session.run(w.initializer)
    ...     path = tf.train.Saver().save(session, "model.ckpt")
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     w, v = tf.get_variable("new/w", [2]), tf.get_variable("v", initializer=3.0)
    ...     tf.train.init_from_checkpoint("model.ckpt", {"old/": "new/"})
    ...     session.run(tf.global_variables_initializer())
    ...     print(session.run([w, v]))
    [array([1., 2.], dtype=float32), np.float32(3.0)]
    """
    given = assignment_map.items() if isinstance(assignment_map, Mapping) else assignment_map
    shapes = load_checkpoint(ckpt_dir_or_file).get_variable_to_shape_map()
    path = checkpoint_path(ckpt_dir_or_file)
    graph = get_default_graph()
    assert isinstance(graph, Graph)
    with graph.transaction():
        for stored, target in sorted(given, key=lambda pair: pair[0]):
            for name, variable in _targets(graph, ckpt_dir_or_file, shapes, stored, target):
                _restore(graph, path, name, shapes[name], variable)


def _targets(
    graph: Graph, source: Any, shapes: Mapping[str, Any], stored: str, target: Any
) -> list[tuple[str, list[Any]]]:
    """Names in the checkpoint, and the variables, or parts of one, that begin with their values."""
    found = _given(target) if not isinstance(target, str) else _find(graph, target)
    if found:
        if stored not in shapes:
            raise ValueError(f"Tensor {stored} is not found in {source} checkpoint {dict(shapes)}")
        return [(stored, found)]
    scope = target.rpartition("/")[0]
    if not stored.endswith("/"):
        raise ValueError(
            f"Assignment map with scope only name {scope} should map to scope only {stored}. Should be "
            "'scope/': 'other_scope/'."
        )
    made = []
    for name in sorted({_whole(each) for each in graph._variables() if _is_shared(graph, each)}):
        if scope and not name.startswith(f"{scope}/"):
            continue
        inner = name[len(scope) + 1 :] if scope else name
        full = inner if stored == "/" else stored + inner
        if full not in shapes:
            raise ValueError(f"Tensor {full} ({inner} in {stored}) is not found in {source} checkpoint")
        made.append((full, _find(graph, name)))
    return made


def _given(target: Any) -> list[Any]:
    """The variable that was given, or the parts of one."""
    parts = list(target) if isinstance(target, (PartitionedVariable, list, tuple)) else [target]
    for each in parts:
        if not isinstance(each, Variable):
            raise TypeError(f"init_from_checkpoint: {each!r} is neither a variable nor the name of one")
    return parts


def _find(graph: Graph, name: str) -> list[Any]:
    """The variable of a name, or the parts of one; none if there is none."""
    variable = graph._find_variable(name)
    if variable is not None:
        return [variable]
    found: list[Any] = []
    while (part := graph._find_variable(f"{name}/part_{len(found)}")) is not None:
        found.append(part)
    return found


def _is_shared(graph: Graph, variable: Any) -> bool:
    """Whether `get_variable` has made a variable."""
    return graph._find_variable(variable.op.name) is not None


def _whole(variable: Any) -> str:
    """The name of a variable; of a part, that of the whole."""
    place = variable._get_save_slice_info()
    return str(variable.op.name if place is None else place.full_name)


def _restore(graph: Graph, path: str, name: str, shape: Sequence[int], variables: list[Any]) -> None:
    """Lets a variable, or the parts of one, begin with a value of the checkpoint."""
    for variable in variables:
        place = variable._get_save_slice_info()
        wanted = variable.get_shape() if place is None or len(variables) == 1 else place.full_shape
        whole = place is None or variable.get_shape().as_list() == list(shape)
        fits = variable.get_shape().is_compatible_with(shape) if whole else list(wanted) == list(shape)
        if not fits:
            own = variable.get_shape() if whole else tuple(wanted)
            raise ValueError(
                f"Shape of variable {variable.name} ({own}) doesn't match with shape of tensor {name} "
                f"({list(shape)}) from checkpoint reader."
            )
        with device(variable.device), device("/device:CPU:0"):
            dtype = variable.dtype.base_dtype
            spec = "" if whole else place.spec
            (value,) = restore_v2(path, [name], [spec], [dtype], name="checkpoint_initializer")
        initializer = assign(variable, value, validate_shape=variable.get_shape().is_fully_defined()).op
        take_note(variable, restored=(initializer._id, value._id))
