"""The second look at closed forms: numbers from the right-hand side alone, nothing of the derivation."""
