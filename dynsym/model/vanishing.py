"""Whether an expression is zero identically, decided without open-ended simplification."""

from __future__ import annotations

import sympy
from sympy import Expr

from dynsym._expressions import Jet
from dynsym.arithmetic.sampling import Sampler

__all__ = ["vanishes"]

PROBES = 4
DIGITS = 40


def vanishes(expression: Expr) -> bool:
    """Whether an expression is identically zero.

    Expansion is tried first; random exact points then show most expressions that are not zero; what remains must cancel
    after it is written in exponentials.
    """
    if expression.is_zero or sympy.expand(expression) == 0:
        return True
    jets = sorted(expression.atoms(Jet), key=sympy.default_sort_key)
    expression = expression.xreplace({jet: sympy.Dummy(f"jet{k}", real=True) for k, jet in enumerate(jets)})
    if _is_nonzero_somewhere(expression):
        return False
    if not expression.free_symbols:
        return bool(expression.equals(0))
    return sympy.cancel(sympy.together(sympy.expand(expression.rewrite(sympy.exp)))) == 0


def _is_nonzero_somewhere(expression: Expr) -> bool:
    source = Sampler(1)
    symbols = sorted(expression.free_symbols, key=sympy.default_sort_key)
    for _ in range(PROBES):
        point = {s: sympy.Rational(source.number(s, (1, 1000), (499, 499))) for s in symbols}
        value = expression.xreplace(point).evalf(DIGITS, chop=False)
        if value.is_comparable and abs(value) > sympy.Float(10) ** (-DIGITS // 2):
            return True
    return False
