"""Ops that write tensors to a checkpoint and read them: what a Saver adds to a graph."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from ...bundles import Bundle, Part, Slice, open_bundle, parse_slice, write_bundle
from ...dtypes import DType, string
from ...errors import InvalidArgumentError, NotFoundError
from ...file_errors import errors_of_files
from ...graph import Operation
from ..checks import on_host
from ..declare import attr, mixed, tensor
from ..folding import constant_value
from ..node_text import Dims, dims_text
from ..registry import define_op

__all__ = ["check_stored", "restore_v2", "save_v2"]

# The names of dtypes in v1's messages.
_RUNTIME_NAMES = {"float16": "half", "float32": "float", "float64": "double"}
_PATHS = [
    tensor(name, (string,), attr=None, host=True) for name in ("prefix", "tensor_names", "shape_and_slices")
]


def _text(value: Any) -> str:
    text: Any = np.asarray(value)[()]
    return os.fsdecode(text)


def _places(names: Any, slices: Any) -> list[tuple[str, Slice | None]]:
    """Which variables, or parts of them, are meant.

    Raises:
        InvalidArgumentError: If a text says no part.
    """
    found = []
    for name, text in zip(names.ravel().tolist(), slices.ravel().tolist(), strict=True):
        try:
            found.append((name.decode(), parse_slice(text.decode()) if text else None))
        except ValueError as error:
            raise InvalidArgumentError(
                None,
                None,
                f"Could not parse the shape and slice {text.decode()!r} of {name.decode()!r}: {error}",
            ) from None
    return found


def _save_kernel(xp: Any, state: Any, dtypes: Any) -> Any:
    def save(prefix: Any, names: Any, slices: Any, *tensors: Any) -> tuple[()]:
        path = _text(prefix)
        places = _places(names, slices)
        for (name, place), array in zip(places, tensors, strict=True):
            if place is not None and tuple(array.shape) != place.shape:
                raise InvalidArgumentError(
                    None,
                    None,
                    f"The part of {name} that is saved has shape {dims_text(tuple(array.shape))}, and its "
                    f"slice {dims_text(place.shape)}",
                )
        parts = (
            Part(name, on_host(state, array), place)
            for (name, place), array in zip(places, tensors, strict=True)
        )
        with errors_of_files(path):
            with suppress(OSError):  # then the file cannot be written, either, and its error names it
                os.makedirs(os.path.dirname(path), exist_ok=True)
            write_bundle(path, parts)
        return ()

    return save


_save = define_op(
    "SaveV2", *_PATHS, mixed("tensors"),
    rule=lambda *inputs, **attrs: [], kernel=_save_kernel, stateful=True,
    attributes=(attr("dtypes", object),),
)  # fmt: skip


def save_v2(
    prefix: Any, tensor_names: Sequence[str], shape_and_slices: Sequence[str], tensors: Sequence[Any]
) -> Operation:
    """Makes an operation that writes tensors to a checkpoint.

    Args:
        prefix: The path of the checkpoint: a tensor, or text.
        tensor_names: The names of the variables.
        shape_and_slices: For each "", or which part of the whole the tensor is, as in v1: "4 3 2,2:0,3".
        tensors: The values.
    """
    dtypes = [each.dtype.base_dtype for each in tensors]
    made: Any = _save(
        prefix, list(tensor_names), list(shape_and_slices), list(tensors), dtypes=dtypes, name="SaveV2"
    )
    operation: Operation = made
    return operation


def check_stored(
    bundle: Bundle, wanted: Sequence[tuple[str, Slice | None, DType, Dims]], reshape: bool = False
) -> None:
    """Refuses what a checkpoint does not have, or has otherwise: all of it in one error.

    Args:
        bundle: The checkpoint.
        wanted: For each variable, or part of one, its name, which part it is, its dtype and its shape.
        reshape: Whether another shape with as many elements will do.

    Raises:
        NotFoundError: If names are missing.
        InvalidArgumentError: If dtypes or shapes differ.
    """
    missing = [name for name, *_ in wanted if name not in bundle.entries]
    if missing:
        raise NotFoundError(
            None, None, _and_more([f"Key {name} not found in checkpoint" for name in missing])
        )
    faults = []
    for name, place, dtype, dims in wanted:
        entry = bundle.entries[name]
        if entry.dtype is not dtype:
            faults.append(
                f"tensor_name = {name}; expected dtype {_runtime_name(dtype)} does not equal original dtype "
                f"{_runtime_name(entry.dtype)}"
            )
        elif place is not None and place.full_shape != entry.shape:
            faults.append(
                f"tensor_name = {name}; shape in shape_and_slice spec {dims_text(place.full_shape)} does not "
                f"match the shape stored in checkpoint: {dims_text(entry.shape)}"
            )
        elif place is not None or dims is None or _fits(dims, entry.shape, reshape):
            continue
        elif reshape:
            counts = [math.prod(each or 0 for each in sizes) for sizes in (entry.shape, dims)]
            faults.append(
                f"Input to reshape is a tensor with {counts[0]} values, but the requested shape has "
                f"{counts[1]} ({name})"
            )
        else:
            text = "Assign requires shapes of both tensors to match."
            faults.append(f"{text} lhs shape= {dims_text(dims)} rhs shape= {dims_text(entry.shape)} ({name})")
    if faults:
        raise InvalidArgumentError(None, None, _and_more(faults))


def _runtime_name(dtype: DType) -> str:
    return _RUNTIME_NAMES.get(dtype.name, dtype.name)


def _fits(dims: tuple[int | None, ...], shape: tuple[int, ...], reshape: bool) -> bool:
    if reshape:
        return None in dims or math.prod(each or 0 for each in dims) == math.prod(shape)
    return len(dims) == len(shape) and all(a is None or a == b for a, b in zip(dims, shape, strict=True))


def _and_more(lines: list[str], most: int = 20) -> str:
    more = len(lines) - most
    return "\n".join(lines[:most]) + (f"\nand {more} more" if more > 0 else "")


def _restore_kernel(xp: Any, state: Any, dtypes: Any) -> Any:
    backend = state.backend

    def restore(prefix: Any, names: Any, slices: Any) -> Any:
        places = _places(names, slices)
        path = _text(prefix)
        with errors_of_files(path):
            bundle = open_bundle(path)
            check_stored(
                bundle,
                [(name, place, dtype, None) for (name, place), dtype in zip(places, dtypes, strict=True)],
            )
            # Read as a whole before the first is handed on: nothing is assigned if one is damaged.
            arrays = [bundle.array(name, place) for name, place in places]
        made = [each if each.dtype.hasobject else backend.from_host(each) for each in arrays]
        return tuple(made) if len(made) != 1 else made[0]

    return restore


def _restore_rule(prefix: Any, names: Any, slices: Any, dtypes: Sequence[DType]) -> list[tuple[DType, Dims]]:
    known = constant_value(slices)
    texts = [b""] * len(dtypes) if known is None else known.ravel().tolist()
    return [
        (dtype, parse_slice(text.decode()).shape if text else None)
        for dtype, text in zip(dtypes, texts, strict=True)
    ]


_restore = define_op(
    "RestoreV2", *_PATHS, rule=_restore_rule, kernel=_restore_kernel, stateful=True, host_outputs=True,
    attributes=(attr("dtypes", object),),
)  # fmt: skip


def restore_v2(
    prefix: Any,
    tensor_names: Sequence[str],
    shape_and_slices: Sequence[str],
    dtypes: Sequence[DType],
    name: str = "RestoreV2",
) -> list[Any]:
    """Makes an operation that reads tensors from a checkpoint.

    Args:
        prefix: The path of the checkpoint: a tensor, or text.
        tensor_names: The names of the variables.
        shape_and_slices: For each "", or which part of it is wanted: see `save_v2`.
        dtypes: The dtypes of the variables.
        name: The operation's name.

    Returns:
        The tensors.
    """
    made: Any = _restore(prefix, list(tensor_names), list(shape_and_slices), dtypes=list(dtypes), name=name)
    return made if isinstance(made, list) else [made]
