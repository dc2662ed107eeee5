"""Gradients of reductions, scans and segments."""
