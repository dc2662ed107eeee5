"""Kernels that are made of several operations: element by element, in one pass over memory.

`trace` runs the kernels of operations with arrays that only note what is asked of them; `schedule` parts
what was noted into as few kernels as its reductions and shapes need; `emit` writes each as CUDA C++, by the
table in `expressions` and the types in `types`; `launch` gives them to CuPy. Imported at the first use.
"""

from __future__ import annotations
