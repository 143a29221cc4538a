"""The room checks: say here what it holds."""
