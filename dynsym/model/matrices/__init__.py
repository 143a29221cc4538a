"""Systems given by matrix rules with symbolic sizes."""
