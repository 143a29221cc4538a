"""Primitives of activations, and of terms of a field in one of its states."""

from __future__ import annotations

from collections.abc import Iterator

import sympy
from sympy import Expr, S, Symbol
from sympy.simplify.fu import TR8

from dynsym._expressions import symbol
from dynsym._expressions.registry import HEADS
from dynsym.derive.gradients.domains import has_one_sign, is_positive

__all__ = ["expanded", "primitive", "primitive_of"]

DEEPEST, LARGEST, LARGEST_POWER = 5, 80, 12
SIMPLER_SLOPE = (sympy.log, sympy.atan, sympy.erf)


def primitive(function: Expr, x: Symbol) -> Expr:
    """The integral of a function of x from 0 to x; left as an integral where no formula is known."""
    if function.is_polynomial(x):
        s = symbol("s")
        return sympy.integrate(function.xreplace({x: s}), (s, 0, x))
    coefficient, part = function.as_independent(x, as_Add=False)
    known = HEADS.get(type(part))
    if known is not None and known.primitive is not None:
        inner = part.args[0]
        slope = inner.diff(x)
        if not slope.free_symbols & {x}:
            ends = known.primitive(inner), known.primitive(inner.xreplace({x: S.Zero}))
            return coefficient * (ends[0] - ends[1]) / slope
    return coefficient * _integral(part, x)


def expanded(expression: Expr) -> Expr:
    """The terms of an expression; denominators and arguments of functions stay as they are."""

    def is_sum_to_a_power(e: Expr) -> bool:
        return bool(e.is_Pow and e.base.is_Add and e.exp.is_Integer and 1 < e.exp <= LARGEST_POWER)

    return sympy.expand_mul(expression.replace(is_sum_to_a_power, lambda e: sympy.expand_multinomial(e, deep=False)))


def primitive_of(expression: Expr, x: Symbol, depth: int = 0) -> Expr | None:
    """A primitive in x; other symbols are constants. None where the rules below find none."""
    groups: dict[frozenset[Expr], list[Expr]] = {}
    for term in sympy.Add.make_args(expanded(expression)):
        inner = frozenset(part for part in term.atoms(sympy.Function, sympy.Pow) if x in part.free_symbols)
        inner = frozenset(p.base if p.is_Pow and not isinstance(p, sympy.exp) else p for p in inner)
        groups.setdefault(inner - {x}, []).append(term)
    total = S.Zero
    for group in groups.values():
        found = _of_terms(group, x, depth)
        if found is None:
            return None
        total += found
    return total


def _of_terms(terms: list[Expr], x: Symbol, depth: int) -> Expr | None:
    """A primitive of each, or of their sum at once."""
    if depth > DEEPEST:
        return None
    whole = sympy.Add(*terms)
    if len(terms) > 1:
        for rule in (_of_polynomial_in_head, _substituted):
            if (found := rule(whole, x, depth)) is not None:
                return found
    found_terms = []
    for term in terms:
        found = _of_term(term, x, depth)
        if found is None:
            return None
        found_terms.append(found)
    return sympy.Add(*found_terms)


def _of_term(term: Expr, x: Symbol, depth: int) -> Expr | None:
    """The rules in turn; a constant factor aside."""
    coefficient, rest = term.as_independent(x, as_Add=False)
    if rest.has(sympy.Piecewise, sympy.Integral):
        return None
    for rule in (_tabulated, _one_over_a_square, _of_polynomial_in_head, _substituted, _by_parts, _respelt):
        found = rule(rest, x, depth)
        if found is not None:
            return coefficient * found
    return None


def _tabulated(f: Expr, x: Symbol, depth: int) -> Expr | None:
    if f == 1:
        return x
    base, power = f.as_base_exp()
    if not isinstance(f, sympy.exp) and base == x and power.is_Rational:
        return _logarithm(x) if power == -1 else x ** (power + 1) / (power + 1)
    known = HEADS.get(type(f))
    return known.primitive(x) if known is not None and known.primitive is not None and f.args[0] == x else None


def _one_over_a_square(f: Expr, x: Symbol, depth: int) -> Expr | None:
    """1/(a x² + b x + c) without a real pole."""
    base, power = f.as_base_exp()
    if power != -1 or not base.is_polynomial(x) or sympy.degree(base, x) != 2:
        return None
    a, b, c = sympy.Poly(base, x).all_coeffs()
    below = sympy.factor(4 * a * c - b**2)
    root = sympy.sqrt(below).replace(sympy.Abs, lambda u: u)
    return 2 * sympy.atan(sympy.cancel((2 * a * x + b) / root)) / root if has_one_sign(below) else None


def _logarithm(u: Expr) -> Expr:
    """A primitive of du/u on both sides of its pole."""
    return sympy.log(u) if has_one_sign(u) else sympy.log(u**2) / 2


def _substituted(f: Expr, x: Symbol, depth: int) -> Expr | None:
    """∫ g(u(x)) u'(x) dx = G(u), for an inner function u of f."""
    for u in _inner(f, x):
        s = sympy.Dummy("s", positive=is_positive(u) or None, nonnegative=has_one_sign(u) or None, real=True)
        slope = u.diff(x)
        quotient = f.xreplace({u: s}) / slope.xreplace({u: s})
        if x in quotient.free_symbols and x not in slope.free_symbols:
            quotient = quotient.xreplace({x: (s - u.xreplace({x: S.Zero})) / slope})
        elif x in quotient.free_symbols and quotient.count_ops() < LARGEST:
            quotient = sympy.cancel(quotient)
        if x not in quotient.free_symbols and (found := primitive_of(quotient, s, depth + 1)) is not None:
            return found.xreplace({s: u})
    return None


def _inner(f: Expr, x: Symbol) -> Iterator[Expr]:
    """Arguments of functions, bases of powers, and the functions themselves."""
    functions = [part for part in f.atoms(sympy.Function) if x in part.free_symbols]
    found = [part.args[0] for part in functions]
    found += [p.base for p in f.atoms(sympy.Pow) if x in p.base.free_symbols and p.exp.is_positive is not True]
    found += [p.base for p in f.atoms(sympy.Pow) if x in p.base.free_symbols and not p.exp.is_Integer]
    found += functions
    yield from dict.fromkeys(u for u in sorted(found, key=sympy.default_sort_key) if u not in (x, f))


def _of_polynomial_in_head(f: Expr, x: Symbol, depth: int) -> Expr | None:
    """Σ x^k q(t) where t = φ(x) and t' = p(t), as for tanh and logistic: with q = Q p + r, ∫ Q p dx = ∫ Q dt."""
    heads = [part for part in f.atoms(sympy.Function) if x in part.free_symbols]
    if len(heads) != 1 or heads[0].args[0] != x or type(heads[0]) not in HEADS:
        return None
    t = sympy.Dummy("t", real=True)
    slope = sympy.expand(heads[0].diff(x).xreplace({heads[0]: t}))
    form = f.xreplace({heads[0]: t})
    if x in slope.free_symbols or not slope.is_polynomial(t) or not form.is_polynomial(x, t):
        return None
    total = S.Zero
    for (k,), coefficient in sympy.Poly(form, x).terms():
        quotient, rest = sympy.div(sympy.Poly(coefficient, t), sympy.Poly(slope, t))
        whole = quotient.integrate(t).as_expr().xreplace({t: heads[0]})
        lower = _linear_in_head(rest, heads[0], x, k)
        within = S.Zero if k == 0 else primitive_of(k * x ** (k - 1) * whole, x, depth + 1)
        if lower is None or within is None:
            return None
        total += x**k * whole + lower - within
    return total


def _linear_in_head(rest: sympy.Poly, head: Expr, x: Symbol, k: int) -> Expr | None:
    """The integral of x^k (a + b φ(x)); known for b != 0 only where k = 0 and φ has a primitive."""
    form = rest.as_expr()
    (t,) = rest.gens
    slope, constant = form.coeff(t, 1), form.coeff(t, 0)
    if form.has(t) and (k or HEADS[type(head)].primitive is None or rest.degree() > 1):
        return None
    known = slope * HEADS[type(head)].primitive(x) if slope != 0 else S.Zero
    return known + constant * x ** (k + 1) / (k + 1)


def _by_parts(f: Expr, x: Symbol, depth: int) -> Expr | None:
    """∫ x^k h = x^k H - k ∫ x^(k-1) H; for log, atan and erf x^(k+1) h/(k+1) - ∫ x^(k+1) h'/(k+1)."""
    power = next((p for p in sympy.Mul.make_args(f) if p.as_base_exp()[0] == x), S.One)
    k, rest = (S.Zero if power == 1 else power.as_base_exp()[1]), f / power
    if rest == 1 or not (k.is_Integer and k >= 0):
        return None
    if isinstance(rest, SIMPLER_SLOPE) and rest.args[0].is_rational_function(x):
        whole = x ** (k + 1) / (k + 1)
        within = primitive_of(sympy.cancel(whole * rest.diff(x)), x, depth + 1)
        return None if within is None else whole * rest - within
    if k == 0 or f.is_rational_function(x):
        return None
    outer = primitive_of(rest, x, depth + 1)
    within = None if outer is None else primitive_of(k * x ** (k - 1) * outer, x, depth + 1)
    return None if outer is None or within is None else power * outer - within


def _respelt(f: Expr, x: Symbol, depth: int) -> Expr | None:
    """Products of sines as sums, products of hyperbolic functions as exponentials, fractions as partial fractions."""
    other = f
    if any(x in part.free_symbols for part in f.atoms(sympy.sin, sympy.cos)):
        other = sympy.expand(TR8(f), power_exp=False)
    elif any(x in part.free_symbols for part in f.atoms(sympy.sinh, sympy.cosh)):
        other = sympy.powsimp(expanded(f.rewrite((sympy.sinh, sympy.cosh), sympy.exp)))
    elif f.is_rational_function(x) and f.count_ops() < LARGEST:
        other = sympy.apart(f, x)
    return None if other == f else primitive_of(other, x, depth + 1)


def _integral(function: Expr, x: Symbol) -> Expr:
    s = symbol("s")
    return sympy.Integral(function.xreplace({x: s}), (s, 0, x))
