"""Interval matrices: inverses, singularity, signs of spectra, elimination."""
