"""The room two_parameters: say here what it holds."""
