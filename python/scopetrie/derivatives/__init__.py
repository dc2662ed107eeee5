"""Derivatives: the reverse pass over a graph, and the gradient of each type of op.

The folders and files here mirror those of `ops`: `derivatives/math/reduce.py` has the gradients of the ops in
`ops/math/reduce.py`. They stand on a floor above all ops, so a gradient is built of public ops as a program
would build it, and they are imported when the first gradient is asked for, not with the package.
"""
