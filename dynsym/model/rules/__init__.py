"""The room rules: say here what it holds."""
