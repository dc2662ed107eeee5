"""The command line: `python -m scopetrie demo`, `python -m scopetrie run script.py`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

import scopetrie


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line.

    Args:
        arguments: What follows the program's name; by default the process's own.

    Returns:
        The exit status.
    """
    parser = argparse.ArgumentParser(prog="python -m scopetrie", description=scopetrie.__doc__)
    parser.add_argument("--version", action="version", version=f"scopetrie {scopetrie.__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    demo = commands.add_parser(
        "demo",
        help="build and run a Siamese network whose towers share variables",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    demo.add_argument("--pairs", type=int, default=8, help="how many pairs of images")
    demo.add_argument("--size", type=int, default=28, help="height and width of the images in pixels")
    demo.add_argument("--seed", type=int, default=0, help="of the images and of the initial values")
    demo.add_argument("--logdir", help="folder of the TensorBoard log (default: a new one)")
    program = commands.add_parser(
        "run", help="run a program of TensorFlow 1 as it is: `import tensorflow` gives scopetrie"
    )
    program.add_argument("-m", dest="is_module", action="store_true", help="the program is a module's name")
    program.add_argument("program", help="the script, or the module")
    program.add_argument("arguments", nargs=argparse.REMAINDER, help="its arguments")
    chosen = parser.parse_args(arguments)

    if chosen.command == "run":
        from .unchanged.running import run_program

        if not chosen.is_module and not os.path.isfile(chosen.program):
            program.error(f"there is no script {chosen.program!r}")
        run_program(chosen.program, chosen.arguments, chosen.is_module)
        return 0
    # Imported here: --help and --version need no network.
    from . import demo as demonstration

    return demonstration.run(chosen.pairs, chosen.size, chosen.seed, chosen.logdir)


if __name__ == "__main__":
    sys.exit(main())
