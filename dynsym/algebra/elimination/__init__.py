"""Exact solution sets of polynomial systems over the rationals: basis, quotient algebra, linked roots."""
