"""The room crossings: say here what it holds."""
