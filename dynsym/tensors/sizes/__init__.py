"""The room sizes: say here what it holds."""
