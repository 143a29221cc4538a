"""The room polynomials: say here what it holds."""
