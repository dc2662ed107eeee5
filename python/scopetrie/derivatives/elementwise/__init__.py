"""Gradients of arithmetic and of special functions, element by element."""
