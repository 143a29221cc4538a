"""The room linearisation: say here what it holds."""
