"""Layers of neural nets: convolutions, poolings, normalizations, losses."""
