"""Exponentials rewritten as functions that cannot overflow."""

from __future__ import annotations

import sympy
from sympy import Expr

from dynsym.functions.logistic import logistic
from dynsym.functions.softplus import softplus

__all__ = ["overflow_free"]


def overflow_free(expression: Expr) -> Expr:
    """Rewrite 1/(1 + exp(-u)), log(1 + exp(u)) and their kin as `logistic` and `softplus`, which cannot overflow."""
    if not expression.has(sympy.exp):
        return expression
    written = expression.replace(_is_sum_with_exp, _as_logistic)
    written = written.replace(_is_log_of_sum, _as_softplus)
    return written.replace(lambda e: e.is_Mul and e.has(logistic), _joined)


def _split(base: Expr) -> tuple[Expr, Expr, Expr] | None:
    """a, c, w with base = a + c exp(w) and a, c > 0 free of exponentials, or None."""
    if not (base.is_Add and len(base.args) == 2):
        return None
    for rest, term in (base.args, base.args[::-1]):
        factors = sympy.Mul.make_args(term)
        exponentials = [f for f in factors if isinstance(f, sympy.exp)]
        if len(exponentials) == 1 and rest.is_positive and not rest.has(sympy.exp):
            factor = sympy.Mul(*[f for f in factors if f is not exponentials[0]])
            if factor.is_positive and not factor.has(sympy.exp):
                return rest, factor, exponentials[0].args[0]
    return None


def _is_sum_with_exp(e: Expr) -> bool:
    return e.is_Pow and e.exp.is_Integer and e.exp < 0 and _split(e.base) is not None


def _as_logistic(e: Expr) -> Expr:
    """(a + c exp(w))**-n = (logistic(-w - log(c/a))/a)**n."""
    parts = _split(e.base)
    assert parts is not None
    rest, factor, argument = parts
    return (logistic(-argument - sympy.log(factor / rest)) / rest) ** (-e.exp)


def _is_log_of_sum(e: Expr) -> bool:
    return isinstance(e, sympy.log) and _split(e.args[0]) is not None


def _as_softplus(e: Expr) -> Expr:
    parts = _split(e.args[0])
    assert parts is not None
    rest, factor, argument = parts
    return sympy.log(rest) + softplus(argument + sympy.log(factor / rest))


def _joined(product: Expr) -> Expr:
    """exp(k u) logistic(-u + c)**n = (exp(c) logistic(u - c))**k logistic(-u + c)**(n - k) for 0 < k <= n."""
    factors = list(product.args)
    for place, exponential in enumerate(factors):
        if not isinstance(exponential, sympy.exp):
            continue
        for other, factor in enumerate(factors):
            base, power = factor.as_base_exp()
            if not (isinstance(base, logistic) and power.is_Integer and power > 0):
                continue
            for k in range(int(power), 0, -1):
                shift = sympy.expand(exponential.args[0] / k + base.args[0])
                if not (shift.free_symbols & exponential.args[0].free_symbols):
                    left = [f for q, f in enumerate(factors) if q not in (place, other)]
                    joined = (sympy.exp(shift) * logistic(-base.args[0])) ** k * base ** (power - k)
                    return sympy.Mul(joined, *left)
    return product
