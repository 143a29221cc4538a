"""The room graph_sums: say here what it holds."""
