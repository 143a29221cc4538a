"""The room gradients: say here what it holds."""
