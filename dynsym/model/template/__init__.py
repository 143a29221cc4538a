"""The room template: say here what it holds."""
