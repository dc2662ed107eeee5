"""A simulated CuPy: it refuses what CuPy 14 refuses, and counts copies, waits and launches.

Written from CuPy's documentation; `record.py` records its names, parameters and loops. It computes with
NumPy, so it says nothing of CuPy's numbers and speed: only of what a program asks of the device, how often.
"""

from .counts import COUNTS, Counts, counted
from .module import installed
from .raw import COMPILER, NEEDS_COMPILER, compiled

__all__ = ["COMPILER", "COUNTS", "NEEDS_COMPILER", "Counts", "compiled", "counted", "installed"]
