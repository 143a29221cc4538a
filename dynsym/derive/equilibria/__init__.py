"""Equilibria in closed form, in families with at most one amplitude."""
