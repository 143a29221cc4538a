"""Bifurcations of codimension two, solved for two parameters."""
