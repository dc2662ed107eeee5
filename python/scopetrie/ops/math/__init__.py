"""Arithmetic, comparisons, reductions and special functions."""
