"""Gradients of ops of images."""
