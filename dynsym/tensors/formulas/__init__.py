"""The room formulas: say here what it holds."""
