"""Matrices: products, decompositions, diagonals, systems of equations."""
