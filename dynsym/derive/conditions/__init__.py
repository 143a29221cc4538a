"""The room conditions: say here what it holds."""
