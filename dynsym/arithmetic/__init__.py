"""The room arithmetic: say here what it holds."""
