"""Exact algebra: rings, fields of fractions, roots, signs, determinants."""
