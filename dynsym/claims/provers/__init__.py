"""What dynsym can do with each kind of goal: restaters to formulas, provers, refuters; registered by import."""

from dynsym.claims.provers import (  # noqa: F401 - an import registers
    algebra,
    bifurcations,
    certificates,
    counts_along,
    dynamics,
    equilibria,
    formulas,
    invariants,
    iterations,
    logic,
    matrices,
    sizes,
    spectra,
)
