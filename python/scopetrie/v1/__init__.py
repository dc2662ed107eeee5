"""Faces of v1's namespaces: thin modules that name what the floors below make."""
