"""Random tensors, choices and seeds."""
