"""The search for bifurcation conditions of one parameter, and for proofs that there are none."""
