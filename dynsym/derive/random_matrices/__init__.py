"""The room random_matrices: say here what it holds."""
