"""What dynsym can do with each kind of goal: reducers to formulas, provers, refuters; registered by import."""

from dynsym.claims.provers import (
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

__all__: list[str] = []

_REGISTERED = (
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
