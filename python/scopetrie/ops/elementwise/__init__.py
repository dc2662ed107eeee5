"""Arithmetic, comparisons, logic, bits and special functions, element by element."""
