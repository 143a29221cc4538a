"""The room links: say here what it holds."""
