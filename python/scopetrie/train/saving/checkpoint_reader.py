"""Looking into checkpoints of TensorFlow's: which variables they have, and their values."""

from __future__ import annotations

import os
from typing import Any, final

import numpy as np

from ...bundles import Bundle, open_bundle
from ...dtypes import DType
from ...public import v1
from .checkpoint_state import latest_checkpoint

__all__ = ["CheckpointReader", "NewCheckpointReader", "list_variables", "load_checkpoint", "load_variable"]


@v1("train.CheckpointReader")
@final
class CheckpointReader:
    """What a checkpoint has: names, shapes, dtypes and values. Made by `load_checkpoint`.

    >>> import scopetrie as tf
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     w = tf.get_variable("layer/w", initializer=[1.0, 2.0])
    ...     session.run(w.initializer)
    ...     path = tf.train.Saver().save(session, "model.ckpt")
    >>> reader = tf.train.load_checkpoint("model.ckpt")
    >>> reader.get_variable_to_shape_map(), reader.get_variable_to_dtype_map()
    ({'layer/w': [2]}, {'layer/w': tf.float32})
    >>> reader.has_tensor("layer/w"), reader.get_tensor("layer/w")
    (True, array([1., 2.], dtype=float32))
    """

    __slots__ = ("_bundle",)

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle

    def get_variable_to_shape_map(self) -> dict[str, list[int]]:
        """Returns the shape of each variable; that of the whole where it is in parts."""
        return {name: list(entry.shape) for name, entry in self._bundle.entries.items()}

    def get_variable_to_dtype_map(self) -> dict[str, DType]:
        """Returns the dtype of each variable."""
        return {name: entry.dtype for name, entry in self._bundle.entries.items()}

    def has_tensor(self, tensor_str: str) -> bool:
        """Whether there is a variable of a name."""
        return tensor_str in self._bundle.entries

    def get_tensor(self, tensor_str: str) -> Any:
        """Returns the value of a variable; parts are put together.

        Args:
            tensor_str: Its name.

        Returns:
            An array of its own; a scalar for a variable of rank 0.

        Raises:
            NotFoundError: If there is no such variable, or a file of the checkpoint is missing.
            DataLossError: If the value is damaged.
            UnimplementedError: If NumPy has no such dtype.
        """
        array = self._bundle.array(tensor_str)
        return np.array(array)[()] if array.ndim else array[()]

    def debug_string(self) -> bytes:
        """Returns a line for each variable: its name, dtype and shape."""
        lines = []
        for name, entry in self._bundle.entries.items():
            sizes = ",".join(map(str, entry.shape))
            lines.append(f"{name} (DT_{_NAMES.get(entry.dtype.name, entry.dtype.name.upper())}) [{sizes}]\n")
        return "".join(lines).encode()


_NAMES = {"float16": "HALF", "float32": "FLOAT", "float64": "DOUBLE"}


@v1("train.NewCheckpointReader")
def NewCheckpointReader(filepattern: str | os.PathLike[str]) -> CheckpointReader:
    """Returns a reader of a checkpoint of a path.

    Args:
        filepattern: The path of the checkpoint, without the endings of its files.

    Raises:
        NotFoundError: If there is none.
        DataLossError: If it is damaged.
        ImportError: If the package protobuf is not installed (`scopetrie[checkpoints]`).
    """
    return CheckpointReader(open_bundle(filepattern))


@v1("train.load_checkpoint", "contrib.framework.load_checkpoint")
def load_checkpoint(ckpt_dir_or_file: str | os.PathLike[str]) -> CheckpointReader:
    """Returns a reader of a checkpoint.

    Args:
        ckpt_dir_or_file: The path of the checkpoint, without the endings of its files; or a folder, for the
            latest one in it.

    Raises:
        ValueError: If there is none in the folder.
        NotFoundError: If there is no checkpoint of the path.
        DataLossError: If it is damaged.
        ImportError: If the package protobuf is not installed (`scopetrie[checkpoints]`).
    """
    return NewCheckpointReader(checkpoint_path(ckpt_dir_or_file))


def checkpoint_path(ckpt_dir_or_file: str | os.PathLike[str]) -> str:
    """Returns the path of a checkpoint, or of the latest one in a folder.

    Raises:
        ValueError: If there is none in the folder.
    """
    path = os.fsdecode(ckpt_dir_or_file)
    if not os.path.isdir(path):
        return path
    found = latest_checkpoint(path)
    if found is None:
        raise ValueError(f"Couldn't find 'checkpoint' file or checkpoints in given directory {path}")
    return found


@v1("train.load_variable", "contrib.framework.load_variable")
def load_variable(ckpt_dir_or_file: str | os.PathLike[str], name: str) -> Any:
    """Returns the value of a variable in a checkpoint.

    Args:
        ckpt_dir_or_file: What `load_checkpoint` takes.
        name: The variable's name; ":0" at its end does no harm.

    Returns:
        An array.

    Raises:
        NotFoundError: If there is no such variable or checkpoint; and so on, see `load_checkpoint`.
    """
    return load_checkpoint(ckpt_dir_or_file).get_tensor(name.removesuffix(":0"))


@v1("train.list_variables", "contrib.framework.list_variables")
def list_variables(ckpt_dir_or_file: str | os.PathLike[str]) -> list[tuple[str, list[int]]]:
    """Returns the names and shapes of the variables in a checkpoint, in the order of the names.

    Args:
        ckpt_dir_or_file: What `load_checkpoint` takes.

    Raises:
        NotFoundError: If there is no such checkpoint; and so on, see `load_checkpoint`.
    """
    return sorted(load_checkpoint(ckpt_dir_or_file).get_variable_to_shape_map().items())
