"""Generations of a store on a cluster: a file for each shard, and a manifest that is written last.

A manifest is JSON. Files have a random word in their names, so that no two saves share one: a generation is
the files that its manifest names, or nothing.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from ..dtypes import as_dtype
from ..files import write_whole
from .routing import Cut, Slice

__all__ = ["Manifest", "generations", "keep_latest", "read_manifest", "write_manifest"]

_NAME: Final = "generation-{:08d}.json"
_PATTERN: Final = re.compile(r"generation-(\d{8,})\.json")
_FILE: Final = re.compile(r"generation-\d{8,}-[0-9a-f]{12}-(whole|\d+-of-\d+)\.safetensors")
_VERSION: Final = 1


class Manifest(NamedTuple):
    """What a generation consists of.

    Attributes:
        generation: Its number.
        seed: The seed of the store.
        shards: The file of each shard, in order, and its size.
        whole: The file of the variables that are not in parts, and its size.
        variables: How the variables are cut: by name, (shape, dtype, cut, trainable).
    """

    generation: int
    seed: int
    shards: list[tuple[str, int]]
    whole: tuple[str, int]
    variables: dict[str, tuple[tuple[int, ...], np.dtype[Any], Cut, bool]]


def generations(folder: str | os.PathLike[str]) -> list[int]:
    """The numbers of the generations in a folder, in order.

    >>> generations(".")
    []
    """
    found = []
    with suppress(FileNotFoundError):
        for each in os.listdir(folder):
            match = _PATTERN.fullmatch(each)
            if match is not None:
                found.append(int(match[1]))
    return sorted(found)


def file_names(folder: str, generation: int, word: str, shards: int) -> tuple[list[str], str]:
    """The paths of the files of a generation: of the shards, and of what is not in parts."""
    first = os.path.join(folder, f"generation-{generation:08d}-{word}-")
    return [f"{first}{at}-of-{shards}.safetensors" for at in range(shards)], f"{first}whole.safetensors"


def write_manifest(folder: str, manifest: Manifest) -> None:
    """Writes a manifest: from then on, there is the generation."""
    variables = {
        name: {
            "shape": list(shape),
            "dtype": as_dtype(dtype).name,
            "axis": cut.axis,
            "parts": [[part.path, list(part.offset), list(part.sizes)] for part in cut.parts],
            "trainable": trainable,
        }
        for name, (shape, dtype, cut, trainable) in manifest.variables.items()
    }
    text = json.dumps(
        {
            "version": _VERSION,
            "generation": manifest.generation,
            "seed": manifest.seed,
            "shards": [[os.path.basename(file), size] for file, size in manifest.shards],
            "whole": [os.path.basename(manifest.whole[0]), manifest.whole[1]],
            "variables": variables,
        },
        indent=1,
    )
    with write_whole(os.path.join(folder, _NAME.format(manifest.generation))) as part:
        Path(part).write_text(text, encoding="utf-8")


def read_manifest(call: str, folder: str | os.PathLike[str], generation: int | None = None) -> Manifest:
    """Reads a manifest, and checks that its files are there.

    Args:
        call: The public function, for errors.
        folder: The folder.
        generation: The number; None for the last one.

    Raises:
        FileNotFoundError: If there is no such generation.
        ValueError: If the manifest is damaged, or one of its files is missing or of another size.
        OSError: If it cannot be read.
    """
    folder = os.fsdecode(folder)
    known = generations(folder)
    if not known or (generation is not None and generation not in known):
        asked = "no generation" if generation is None else f"no generation {generation}"
        raise FileNotFoundError(f"{call}: there is {asked} in {folder!r}; there are {known}")
    path = os.path.join(folder, _NAME.format(known[-1] if generation is None else generation))
    try:
        with open(path, encoding="utf-8") as file:
            given = json.load(file)
        if given["version"] != _VERSION:
            raise ValueError(f"it is of another version of scopetrie, {given['version']!r}")
        variables = {}
        for name, facts in given["variables"].items():
            parts = [Slice(part, tuple(offset), tuple(sizes)) for part, offset, sizes in facts["parts"]]
            dtype = np.dtype(as_dtype(facts["dtype"]).as_numpy_dtype)
            variables[name] = (
                tuple(facts["shape"]),
                dtype,
                Cut(facts["axis"], tuple(parts)),
                facts["trainable"],
            )
        files = [(os.path.join(folder, os.path.basename(file)), size) for file, size in given["shards"]]
        whole = os.path.join(folder, os.path.basename(given["whole"][0])), given["whole"][1]
        manifest = Manifest(given["generation"], given["seed"], files, whole, variables)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError(f"{call}: {path!r} is damaged: {error}") from None
    for name, size in (*manifest.shards, manifest.whole):
        found = os.path.getsize(name) if os.path.exists(name) else None
        if found != size:
            state = "missing" if found is None else f"{found:,} bytes long, not {size:,}"
            raise ValueError(f"{call}: generation {manifest.generation} is not whole: {name!r} is {state}")
    return manifest


def keep_latest(folder: str, count: int) -> None:
    """Removes all generations but the latest, and the files that no manifest names.

    Manifests go first, so that what is left of a process that ends meanwhile is no generation.
    """
    for number in generations(folder)[:-count]:
        os.unlink(os.path.join(folder, _NAME.format(number)))
    kept = set()
    for number in generations(folder):
        with open(os.path.join(folder, _NAME.format(number)), encoding="utf-8") as file:
            given = json.load(file)
        kept |= {given["whole"][0], *(name for name, _ in given["shards"])}
    for each in os.listdir(folder):
        if _FILE.fullmatch(each) and each not in kept:
            with suppress(FileNotFoundError):
                os.unlink(os.path.join(folder, each))
