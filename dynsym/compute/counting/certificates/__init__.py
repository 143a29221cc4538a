"""The room certificates: say here what it holds."""
