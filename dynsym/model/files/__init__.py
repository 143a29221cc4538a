"""Model files in TOML: read, checked, written."""
