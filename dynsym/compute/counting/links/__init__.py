"""Counting where the equations are linear plus one-variable links."""
