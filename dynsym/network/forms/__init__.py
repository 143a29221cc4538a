"""Networks from and to matrices, edge lists, networkx graphs and files."""
