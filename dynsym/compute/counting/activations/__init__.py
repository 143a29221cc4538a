"""The room activations: say here what it holds."""
