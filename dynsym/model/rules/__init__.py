"""Activations, node rules and synapse rules: what happens at one node and at one edge."""
