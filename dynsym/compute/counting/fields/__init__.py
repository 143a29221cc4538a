"""The room fields: say here what it holds."""
