"""Determinants and characteristic polynomials of operators by blocks, for all sizes."""
