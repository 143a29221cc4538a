"""The room contraction: say here what it holds."""
