"""The room proving: say here what it holds."""
