"""`tf.flags`: command-line flags, by the package absl, which v1's were made of in the end.

    flags.DEFINE_integer("batch_size", 32, "Examples of a batch.")
    print(flags.FLAGS.batch_size)

As in v1, `FLAGS` reads the command line when a flag is first asked for, unless `app.run` has.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, Final

__all__ = [
    "FLAGS",
    "DEFINE_bool",
    "DEFINE_boolean",
    "DEFINE_enum",
    "DEFINE_float",
    "DEFINE_integer",
    "DEFINE_list",
    "DEFINE_multi_integer",
    "DEFINE_multi_string",
    "DEFINE_string",
    "mark_flag_as_required",
    "mark_flags_as_required",
]

# What v1 called arguments before it took absl's names.
_OLD_NAMES: Final = {"flag_name": "name", "default_value": "default", "docstring": "help"}


def absl(module: str) -> Any:
    """Imports a module of absl.

    Raises:
        ImportError: If it is not installed.
    """
    try:
        return import_module(f"absl.{module}")
    except ImportError:
        raise ImportError(f"tf.{module} needs the package absl-py: install it, or scopetrie[tf1]") from None


class Flags:
    """The values of the flags: `FLAGS.batch_size`."""

    def __getattr__(self, name: str) -> Any:
        values = absl("flags").FLAGS
        if name.startswith("__"):
            raise AttributeError(name)
        if name == "_parse_flags":  # of v1 before 1.5
            return lambda args=None: values(
                sys.argv if args is None else [sys.argv[0], *args], known_only=True
            )
        if not values.is_parsed():
            values(sys.argv, known_only=True)
        return getattr(values, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(absl("flags").FLAGS, name, value)

    def __delattr__(self, name: str) -> None:
        delattr(absl("flags").FLAGS, name)

    def __dir__(self) -> list[str]:
        return dir(absl("flags").FLAGS)

    def __getitem__(self, name: str) -> Any:
        return absl("flags").FLAGS[name]

    def __contains__(self, name: object) -> bool:
        return name in absl("flags").FLAGS

    def __iter__(self) -> Any:
        return iter(absl("flags").FLAGS)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return absl("flags").FLAGS(*args, **kwargs)


FLAGS: Final = Flags()


def _define(name: str, what: str) -> Callable[..., Any]:
    def define(*args: Any, **kwargs: Any) -> Any:
        renamed = {_OLD_NAMES.get(key, key): value for key, value in kwargs.items()}
        flags = absl("flags")
        flags.disclaim_key_flags()  # the flag is the caller's, not this module's
        return getattr(flags, name)(*args, **renamed)

    define.__name__ = define.__qualname__ = name
    define.__doc__ = f"Defines a flag whose value is {what}: name, default, help."
    return define


DEFINE_bool = _define("DEFINE_bool", "True or False")
DEFINE_boolean = _define("DEFINE_boolean", "True or False")
DEFINE_enum = _define("DEFINE_enum", "one of some texts")
DEFINE_float = _define("DEFINE_float", "a float")
DEFINE_integer = _define("DEFINE_integer", "an int")
DEFINE_list = _define("DEFINE_list", "a list of texts, with commas between them")
DEFINE_multi_integer = _define("DEFINE_multi_integer", "a list of ints, each a flag of its own")
DEFINE_multi_string = _define("DEFINE_multi_string", "a list of texts, each a flag of its own")
DEFINE_string = _define("DEFINE_string", "a text")


def mark_flag_as_required(flag_name: str) -> None:
    """Makes it an error if the command line does not have a flag."""
    absl("flags").mark_flag_as_required(flag_name)


def mark_flags_as_required(flag_names: Sequence[str]) -> None:
    """Makes it an error if the command line does not have some flags."""
    absl("flags").mark_flags_as_required(flag_names)
