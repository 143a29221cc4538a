"""The room equilibria: say here what it holds."""
