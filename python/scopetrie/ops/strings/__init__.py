"""Ops on strings, which are bytes: their kernels run on the host, element by element."""
