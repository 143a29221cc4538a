"""Limiting eigenvalue laws with an algebraic Cauchy transform."""
