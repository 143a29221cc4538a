"""A graph and its local rules, placed along the graph on demand."""
