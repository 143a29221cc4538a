"""The room algebra: say here what it holds."""
