"""Questions about formulas, answered for all sizes: identities, equivalences, gradients."""
