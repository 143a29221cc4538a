"""Equilibria from many starts, certified one by one."""
