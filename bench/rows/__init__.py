"""The rows of the benchmark, a module a subject."""
