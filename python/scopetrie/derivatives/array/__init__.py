"""Gradients of ops that move, pick and join elements."""
