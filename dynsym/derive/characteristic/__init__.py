"""Characteristic polynomials, their factors, and the Hurwitz conditions."""
