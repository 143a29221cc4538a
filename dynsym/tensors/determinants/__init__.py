"""The room determinants: say here what it holds."""
