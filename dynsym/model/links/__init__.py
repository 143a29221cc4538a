"""Equilibrium equations as linear maps of one-variable links: recognised in templates and in equations."""
