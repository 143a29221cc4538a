"""The room characteristic: say here what it holds."""
