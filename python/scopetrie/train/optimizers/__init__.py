"""Optimizers: what changes variables by the gradients of a loss."""
