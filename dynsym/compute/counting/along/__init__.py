"""Counts for a whole interval of a parameter."""
