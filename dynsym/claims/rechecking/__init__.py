"""The room rechecking: say here what it holds."""
