"""Counting for general fields, and the regions that hold all equilibria."""
