"""The room forms: say here what it holds."""
