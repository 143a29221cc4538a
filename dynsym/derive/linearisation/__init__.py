"""Jacobians at equilibria, their spectra and signs, and fluctuations about them."""
