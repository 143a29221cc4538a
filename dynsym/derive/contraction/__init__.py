"""Contraction in weighted norms, from the ranges of slopes."""
