"""Gradients of layers' ops."""
