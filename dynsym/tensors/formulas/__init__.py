"""Matrix and index formulas over symbolic sizes: how they are declared, combined and printed."""
