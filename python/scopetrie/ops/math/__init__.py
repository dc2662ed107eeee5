"""Reductions, orders, sequences, masks, transforms: what is made of several elements."""
