"""The room search: say here what it holds."""
