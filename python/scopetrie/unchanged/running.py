"""Running a program of TensorFlow 1 as it is: `python -m scopetrie run script.py`."""

from __future__ import annotations

import os
import runpy
import sys
from collections.abc import Sequence

from .importing import as_tensorflow

__all__ = ["run_program"]


def run_program(program: str, arguments: Sequence[str], is_module: bool = False) -> None:
    """Runs a program in this process, in which `import tensorflow` gives this package.

    Args:
        program: The path of a script; or the name of a module.
        arguments: Its command line.
        is_module: Whether `program` names a module, as with `python -m`.

    Raises:
        OSError: If there is no such script.
        SystemExit: As the program ends.
    """
    sys.argv[:] = [program, *arguments]
    as_tensorflow()
    if is_module:
        sys.path.insert(0, os.getcwd())
        runpy.run_module(program, run_name="__main__", alter_sys=True)
    else:
        sys.path[0] = os.path.dirname(os.path.abspath(program))
        runpy.run_path(program, run_name="__main__")
