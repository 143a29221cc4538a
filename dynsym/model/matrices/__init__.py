"""The room matrices: say here what it holds."""
