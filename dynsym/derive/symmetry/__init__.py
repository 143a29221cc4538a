"""The room symmetry: say here what it holds."""
