"""Gradients of ops of sparse tensors."""
