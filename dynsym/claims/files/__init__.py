"""The room files: say here what it holds."""
