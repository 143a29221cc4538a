"""Gradient structure: curl, potentials, metrics, and conserved quantities."""
