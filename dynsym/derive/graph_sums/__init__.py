"""Normal form coefficients as sums over the nodes and plastic edges of a graph."""
