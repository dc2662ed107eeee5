"""Gradients of matrices' ops."""
