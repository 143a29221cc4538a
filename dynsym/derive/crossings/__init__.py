"""Eigenvalues on the imaginary axis: where a polynomial in the parameter vanishes, and what crosses there."""
