"""Order, branches, loops, assertions and calls into Python."""
