"""`tf.train.summary_iterator`: the events of a file, one by one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from ..public import v1
from ..summary.messages import Event
from ..v1.records import tf_record_iterator


@v1("train.summary_iterator")
def summary_iterator(path: str | os.PathLike[str]) -> Iterator[Any]:
    """Reads a file of events, as `summary.FileWriter` writes it.

    Args:
        path: The file.

    Yields:
        `Event` messages, in the order of the file.

    Raises:
        NotFoundError: If there is no file.
        DataLossError: If it is no such file, or is cut.
        ImportError: If the extra `tensorboard` is not installed.

    >>> import glob
    >>> import scopetrie as tf
    >>> with tf.Graph().as_default(), tf.summary.FileWriter("events") as writer:
    ...     writer.add_summary(tf.Summary(value=[tf.Summary.Value(tag="loss", simple_value=0.5)]), 3)
    >>> for event in tf.train.summary_iterator(glob.glob("events/*")[0]):
    ...     for value in event.summary.value:
    ...         print(event.step, value.tag, value.simple_value)
    3 loss 0.5
    """
    for record in tf_record_iterator(os.fspath(path)):
        yield Event.FromString(record)
