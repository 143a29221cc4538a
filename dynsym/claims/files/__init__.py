"""Where claims come from: claim files and the catalogue of published ones."""
