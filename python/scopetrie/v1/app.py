"""`tf.app`: running a program's `main` after its flags have been read, by the package absl."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from . import flags

__all__ = ["flags", "run"]


def run(main: Callable[[list[str]], Any] | None = None, argv: Sequence[str] | None = None) -> NoReturn:
    """Reads the flags, calls a function with what is left of the command line, and ends the program.

    Unknown flags are left to the program, as in v1.

    Args:
        main: The function; `main` of the program by default.
        argv: The command line, with the program's name; that of the process by default.

    Raises:
        SystemExit: With what the function returned.
        ImportError: If the package absl-py is not installed.
    """
    app = flags.absl("app")

    def parse(arguments: Any) -> Any:
        return flags.absl("flags").FLAGS(sys.argv if arguments is None else arguments, known_only=True)

    program: Any = sys.modules["__main__"]
    app.run(main or program.main, argv=argv, flags_parser=parse)
    raise AssertionError("absl has ended the program")
