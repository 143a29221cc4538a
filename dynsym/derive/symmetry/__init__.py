"""Symmetry groups of networks, block forms of the Jacobian, and which branches they force."""
