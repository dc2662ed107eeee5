"""`tf.logging`: messages through Python's logging, under the logger "scopetrie".

As in v1, the initial level is WARN. The first message adds a handler that writes to stderr, unless the logger
or the root logger has a handler.

    >>> import scopetrie as tf
    >>> tf.logging.set_verbosity(tf.logging.INFO)
    >>> tf.logging.get_verbosity() == tf.logging.INFO
    True
    >>> tf.logging.set_verbosity(tf.logging.WARN)
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterator
from typing import Any, Final

from ..public import v1

__all__ = [
    "DEBUG",
    "ERROR",
    "FATAL",
    "INFO",
    "WARN",
    "debug",
    "error",
    "fatal",
    "flush",
    "get_verbosity",
    "info",
    "log",
    "log_every_n",
    "log_first_n",
    "log_if",
    "set_verbosity",
    "vlog",
    "warn",
    "warning",
]

DEBUG: Final = logging.DEBUG
INFO: Final = logging.INFO
WARN: Final = logging.WARNING
ERROR: Final = logging.ERROR
FATAL: Final = logging.CRITICAL

_logger: Final = logging.getLogger("scopetrie")
_logger.setLevel(WARN)
# Counts the calls of log_every_n and log_first_n for each message.
_counts: Final[dict[Any, Iterator[int]]] = {}


@v1("get_logger")
def get_logger() -> logging.Logger:
    """The logger of the messages."""
    if not _logger.handlers and not logging.getLogger().handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter(logging.BASIC_FORMAT))
        _logger.addHandler(handler)
    return _logger


def set_verbosity(v: int) -> None:
    """Sets the level below which messages are not shown.

    Args:
        v: DEBUG, INFO, WARN, ERROR or FATAL.
    """
    _logger.setLevel(v)


def get_verbosity() -> int:
    """The level below which messages are not shown."""
    return _logger.getEffectiveLevel()


def log(level: int, msg: str, *args: Any, **kwargs: Any) -> None:
    """Logs a message.

    Args:
        level: DEBUG, INFO, WARN, ERROR or FATAL.
        msg: The message, a format string for `%`.
        *args: The arguments.
        **kwargs: As in `logging.Logger.log`.
    """
    get_logger().log(level, msg, *args, **kwargs)


def debug(msg: str, *args: Any, **kwargs: Any) -> None:
    """Logs a message of level DEBUG; see `log`.

    Args:
        msg: The message.
        *args: The arguments.
        **kwargs: As in `logging.Logger.log`.
    """
    get_logger().debug(msg, *args, **kwargs)


def info(msg: str, *args: Any, **kwargs: Any) -> None:
    """Logs a message of level INFO; see `log`.

    Args:
        msg: The message.
        *args: The arguments.
        **kwargs: As in `logging.Logger.log`.
    """
    get_logger().info(msg, *args, **kwargs)


def warning(msg: str, *args: Any, **kwargs: Any) -> None:
    """Logs a message of level WARN; see `log`.

    Args:
        msg: The message.
        *args: The arguments.
        **kwargs: As in `logging.Logger.log`.
    """
    get_logger().warning(msg, *args, **kwargs)


warn = warning


def error(msg: str, *args: Any, **kwargs: Any) -> None:
    """Logs a message of level ERROR; see `log`.

    Args:
        msg: The message.
        *args: The arguments.
        **kwargs: As in `logging.Logger.log`.
    """
    get_logger().error(msg, *args, **kwargs)


def fatal(msg: str, *args: Any, **kwargs: Any) -> None:
    """Logs a message of level FATAL; see `log`. The program goes on, as in v1.

    Args:
        msg: The message.
        *args: The arguments.
        **kwargs: As in `logging.Logger.log`.
    """
    get_logger().critical(msg, *args, **kwargs)


def vlog(level: int, msg: str, *args: Any, **kwargs: Any) -> None:
    """Logs a message; see `log`.

    Args:
        level: DEBUG, INFO, WARN, ERROR or FATAL.
        msg: The message.
        *args: The arguments.
        **kwargs: As in `logging.Logger.log`.
    """
    log(level, msg, *args, **kwargs)


def log_if(level: int, msg: str, condition: object, *args: Any) -> None:
    """Logs a message if a condition holds.

    Args:
        level: DEBUG, INFO, WARN, ERROR or FATAL.
        msg: The message.
        condition: The condition.
        *args: The arguments.
    """
    if condition:
        log(level, msg, *args)


def log_every_n(level: int, msg: str, n: int, *args: Any) -> None:
    """Logs a message the first time and every n-th time after.

    Args:
        level: DEBUG, INFO, WARN, ERROR or FATAL.
        msg: The message; calls are counted by message and n.
        n: Log each n-th call.
        *args: The arguments.
    """
    log_if(level, msg, next(_counts.setdefault((msg, n), itertools.count())) % n == 0, *args)


def log_first_n(level: int, msg: str, n: int, *args: Any) -> None:
    """Logs a message the first n times.

    Args:
        level: DEBUG, INFO, WARN, ERROR or FATAL.
        msg: The message; calls are counted by message and n.
        n: Log this many calls.
        *args: The arguments.
    """
    log_if(level, msg, next(_counts.setdefault((msg, -n), itertools.count())) < n, *args)


def flush() -> None:
    """Flushes the handlers."""
    for handler in _logger.handlers:
        handler.flush()
