"""The small kernel: re-check stored arguments without any of the search that found them.

A formula arrives as nested lists together with its declarations. `Reader` says what each operation means; `Terms`
reads a formula as the finite sum of ``coefficient · deltas · entries`` that holds for all sizes, an `Interpretation`
evaluates it by plain loops at given sizes and integers. An index argument names, for every term, the labels its dummies
are to bear; the kernel contracts the deltas, renames, compares literally and adds the coefficients. Imported are flint,
the standard library and the error classes only.

``recheck(argument)`` dispatches on ``argument["kind"]``; other kinds are added by ``@register("kind")`` on a function
that takes the argument (a mapping as JSON reads it), returns what it establishes as one line, and raises `ProofError`.
"""

from dynsym.kernel.registry import recheck, register

__all__ = ["recheck", "register"]
