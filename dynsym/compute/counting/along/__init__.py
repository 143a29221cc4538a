"""The room along: say here what it holds."""
