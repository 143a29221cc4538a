"""The room starts: say here what it holds."""
