"""The room copies: say here what it holds."""
