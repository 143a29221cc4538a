"""The room normal_forms: say here what it holds."""
