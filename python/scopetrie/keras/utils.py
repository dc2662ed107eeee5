"""`tf.keras.utils` and `tf.keras.preprocessing.sequence`: functions of arrays for what is fed."""

from __future__ import annotations

from collections import abc
from typing import TYPE_CHECKING, Any

import numpy as np

from ..namespaces import namespace
from ..public import v1


@v1("keras.utils.to_categorical")
def to_categorical(y: Any, num_classes: int | None = None, dtype: Any = "float32") -> Any:
    """Returns a 1 at the place of each class, and 0 elsewhere.

    Args:
        y: The classes: ints from 0 on.
        num_classes: How many there are; one more than the largest by default.
        dtype: The dtype of the result.

    Returns:
        An array with one dimension more; a last dimension of size 1 is replaced.

    Raises:
        IndexError: If a class is not below the number of classes.

    >>> import scopetrie as tf
    >>> tf.keras.utils.to_categorical([0, 2]).tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    classes = np.array(y, dtype="int")
    shape = classes.shape[:-1] if classes.ndim > 1 and classes.shape[-1] == 1 else classes.shape
    flat = classes.ravel()
    count = num_classes or int(np.max(flat)) + 1
    made = np.zeros((flat.shape[0], count), dtype=dtype)
    made[np.arange(flat.shape[0]), flat] = 1
    return made.reshape((*shape, count))


@v1("keras.utils.normalize")
def normalize(x: Any, axis: int = -1, order: int = 2) -> Any:
    """Returns an array with each row divided by its norm.

    Args:
        x: An array.
        axis: Along which axis.
        order: Which norm.

    >>> import scopetrie as tf
    >>> tf.keras.utils.normalize([[3.0, 4.0]]).tolist()
    [[0.6, 0.8]]
    """
    norms = np.atleast_1d(np.linalg.norm(x, order, axis))
    norms[norms == 0] = 1
    return np.asarray(x) / np.expand_dims(norms, axis)


@v1("keras.utils.pad_sequences", "keras.preprocessing.sequence.pad_sequences")
def pad_sequences(
    sequences: abc.Sequence[Any], maxlen: int | None = None, dtype: Any = "int32", padding: str = "pre",
    truncating: str = "pre", value: Any = 0.0,
) -> Any:  # fmt: skip
    """Returns sequences as rows of one length.

    Args:
        sequences: Lists of numbers, or of arrays of one shape.
        maxlen: The length; that of the longest by default.
        dtype: The dtype of the result.
        padding: Where a shorter one is filled: "pre" or "post".
        truncating: Where a longer one is cut: "pre" or "post".
        value: What fills.

    Raises:
        ValueError: If an argument is another one, or shapes of elements differ.

    >>> import scopetrie as tf
    >>> tf.keras.preprocessing.sequence.pad_sequences([[1], [2, 3, 4]], maxlen=2).tolist()
    [[0, 1], [3, 4]]
    """
    for name, given in (("padding", padding), ("truncating", truncating)):
        if given not in ("pre", "post"):
            raise ValueError(f'{name.capitalize()} type "{given}" not understood. Use "pre" or "post".')
    lengths = [len(each) for each in sequences]
    length = max(lengths, default=0) if maxlen is None else maxlen
    sample = next((np.asarray(each).shape[1:] for each in sequences if len(each)), ())
    made = np.full((len(sequences), length, *sample), value, dtype=dtype)
    for row, each in enumerate(sequences):
        if not len(each):
            continue
        kept = each[-length:] if truncating == "pre" else each[:length]
        array = np.asarray(kept if length else each[:0], dtype=dtype).reshape((-1, *np.shape(each)[1:]))
        if array.shape[1:] != sample:
            raise ValueError(
                f"Shape of sample {array.shape[1:]} of sequence at position {row} is different from expected "
                f"shape {sample}"
            )
        if padding == "post":
            made[row, : len(array)] = array
        elif len(array):
            made[row, -len(array) :] = array
    return made


if not TYPE_CHECKING:
    __getattr__, __dir__, __all__ = namespace("keras.utils")
