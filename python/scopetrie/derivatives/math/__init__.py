"""Gradients of arithmetic and reductions."""
