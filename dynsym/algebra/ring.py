"""Polynomials over the integers whose generators stand for whatever a closed form is rational in.

A generator is a symbol, a root such as ``sqrt(mu)``, or the value of a function such as ``tanh(x)`` or ``phi'(x)``:
closed forms are rational in these. The arithmetic is python-flint's `fmpz_mpoly`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from math import factorial, lcm
from typing import Any

import flint
import sympy
from sympy import Expr, Integer, Rational, Symbol

from dynsym._budget import in_child
from dynsym.algebra.elimination.apart import from_line, to_line
from dynsym.algebra.sums import expanded_sum
from dynsym.errors import UnsupportedFeatureError

__all__ = ["Polynomial", "Ring", "factored", "generators_of"]

Polynomial = Any  # flint.fmpz_mpoly
Quotient = tuple[Polynomial, Polynomial]

MAX_POWER = 200
MANY_TERMS = 300
"""From this size on a factorisation may take longer than a copy of the process."""
LONG = 100_000
"""From this size on a resultant may take longer than a copy of the process."""


def factored(polynomial: Polynomial) -> tuple[int, list[tuple[Polynomial, int]]]:
    """Content and irreducible factors; long polynomials are factored where that can be ended."""
    if len(polynomial) < MANY_TERMS:
        return _factored(polynomial)
    context = polynomial.context()

    def said() -> str:
        content, factors = _factored(polynomial)
        return " ".join([str(content), *(f"{power}|{to_line(factor)}" for factor, power in factors)])

    content, *parts = in_child(said).split()
    pairs = [part.split("|") for part in parts]
    return int(content), [(from_line(line, context), int(power)) for power, line in pairs]


def _factored(polynomial: Polynomial) -> tuple[int, list[tuple[Polynomial, int]]]:
    """Content and factors; python-flint cannot sort factors that differ in a long coefficient only."""
    try:
        content, factors = polynomial.factor()
        return int(content), [(factor, int(power)) for factor, power in factors]
    except OverflowError:
        context = polynomial.context()
        rational: Any = flint.fmpq_mpoly_ctx.get(context.names(), context.ordering())
        pairs = rational.from_dict(polynomial.to_dict()).factor()[1]
        found, rest = [], polynomial
        for factor, power in pairs:
            scale = lcm(*(int(c.q) for c in factor.coeffs()))
            found.append((context.from_dict({m: int((c * scale).p) for m, c in factor.terms()}), int(power)))
            rest = rest / found[-1][0] ** int(power)
        return int(rest.leading_coefficient()), found


def generators_of(expressions: Iterable[Expr]) -> tuple[Expr, ...]:
    """The atoms in which expressions are rational, in a fixed order.

    Powers of exponentials share a generator (``exp(x)`` serves ``exp(-2*x)``); a root brings the generators of its
    base.
    """
    found: set[Expr] = set()
    exponents: dict[Expr, int] = {}
    seen: set[Expr] = set()
    waiting = list(expressions)
    while waiting:
        expression = waiting.pop()
        if expression in seen:
            continue
        seen.add(expression)
        if expression.is_Rational:
            continue
        if expression.is_Add or expression.is_Mul:
            waiting.extend(expression.args)
        elif isinstance(expression, sympy.exp):
            coefficient, rest = _exponent(expression)
            exponents[rest] = lcm(exponents.get(rest, 1), int(coefficient.q))
        elif expression.is_Pow and expression.exp.is_Rational:
            base, power = expression.args
            waiting.append(base)
            if power.q != 1:
                found.add(sympy.Pow(base, Rational(1, power.q)))
        else:
            found.add(expression)
    found |= {sympy.exp(rest / q) for rest, q in exponents.items()}
    return tuple(sorted(found, key=lambda g: (not g.is_Symbol, sympy.default_sort_key(g))))


def _exponent(expression: Expr) -> tuple[Rational, Expr]:
    coefficient, rest = expression.args[0].as_coeff_Mul()
    if not coefficient.is_Rational or rest is sympy.S.One:
        return Integer(1), expression.args[0]
    if rest.could_extract_minus_sign():
        return -coefficient, -rest
    return coefficient, rest


class Ring:
    """ZZ[generators], with conversion from and to sympy."""

    def __init__(self, generators: Sequence[Expr]) -> None:
        self.generators = tuple(generators)
        names = [f"t{k}" for k in range(len(self.generators))] or ["t"]
        self.context = flint.fmpz_mpoly_ctx.get(names, flint.Ordering.lex)
        self._position = {g: k for k, g in enumerate(self.generators)}
        self._flint_generators = self.context.gens()
        self.one: Polynomial = self.context.constant(1)
        self.zero: Polynomial = self.context.constant(0)
        self._known: dict[Expr, Quotient] = {}
        # Products of these never combine, as sqrt(x) and x would, so that terms can be put together as they are.
        self._are_plain = not any(isinstance(g, sympy.exp | sympy.Pow) for g in self.generators)

    def __contains__(self, generator: Expr) -> bool:
        return generator in self._position

    def index(self, generator: Expr) -> int:
        """Position of a generator."""
        return self._position[generator]

    def generator(self, generator: Expr) -> Polynomial:
        """A generator as a polynomial."""
        return self._flint_generators[self._position[generator]]

    # ---- from sympy

    def quotient(self, expression: Expr) -> Quotient:
        """Numerator and denominator, without a common factor."""
        if expression not in self._known:
            numerator, denominator = self._convert(expression)
            common = numerator.gcd(denominator)
            if not common.is_one():
                numerator, denominator = numerator / common, denominator / common
            if denominator.leading_coefficient() < 0:
                numerator, denominator = -numerator, -denominator
            self._known[expression] = (numerator, denominator)
        return self._known[expression]

    def polynomial(self, expression: Expr) -> Polynomial:
        """The numerator."""
        return self.quotient(expression)[0]

    def common_multiple(self, polynomials: Iterable[Polynomial]) -> Polynomial:
        """The least one."""
        return reduce(lambda common, each: common * (each / common.gcd(each)), polynomials, self.one)

    def _convert(self, expression: Expr) -> Quotient:
        if expression in self._position:
            return self.generator(expression), self.one
        if expression.is_Rational:
            return self.one * int(expression.p), self.one * int(expression.q)
        if expression.is_Add:
            return self._sum([self.quotient(part) for part in expression.args])
        if expression.is_Mul:
            parts = [self.quotient(part) for part in expression.args]
            return reduce(lambda a, b: (a[0] * b[0], a[1] * b[1]), parts)
        if isinstance(expression, sympy.exp):
            return self._exponential(expression)
        if expression.is_Pow and expression.exp.is_Rational:
            base, power = expression.args
            if power.q == 1 or sympy.Pow(base, Rational(1, power.q)) in self:
                return self._power(expression)
        raise UnsupportedFeatureError(
            f"{expression} is not rational in {', '.join(map(str, self.generators))}. Closed forms need "
            "expressions that "
            "are. Try a point at which it takes a value, or the numeric verbs."
        )

    def _sum(self, parts: list[Quotient]) -> Quotient:
        by_denominator: dict[str, Quotient] = {}
        for numerator, denominator in parts:
            key = str(denominator)
            other = by_denominator.get(key)
            by_denominator[key] = (numerator if other is None else other[0] + numerator, denominator)
        total = (self.zero, self.one)
        for numerator, denominator in by_denominator.values():
            common = total[1].gcd(denominator)
            left, right = total[1] / common, denominator / common
            total = (total[0] * right + numerator * left, left * denominator)
        return total

    def _power(self, expression: Expr) -> Quotient:
        base, exponent = expression.args
        power = int(exponent.p)
        if abs(power) > MAX_POWER:
            raise UnsupportedFeatureError(
                f"The power {expression} is too high for a polynomial ring (limit {MAX_POWER}). Lower it, or use the "
                "numeric verbs."
            )
        if exponent.q == 1:
            numerator, denominator = self.quotient(base)
        else:
            numerator, denominator = self.generator(sympy.Pow(base, Rational(1, exponent.q))), self.one
        if power < 0:
            numerator, denominator, power = denominator, numerator, -power
        return numerator**power, denominator**power

    def _exponential(self, expression: Expr) -> Quotient:
        coefficient, rest = _exponent(expression)
        for generator in self.generators:
            if isinstance(generator, sympy.exp):
                own, own_rest = _exponent(generator)
                ratio = coefficient / own
                if own_rest == rest and ratio.is_Integer and abs(int(ratio)) <= MAX_POWER:
                    power = self.generator(generator) ** abs(int(ratio))
                    return (power, self.one) if ratio > 0 else (self.one, power)
        raise UnsupportedFeatureError(f"{expression} is not rational in {', '.join(map(str, self.generators))}.")

    # ---- to sympy

    def expression(self, polynomial: Polynomial, named: Mapping[Expr, Expr] | None = None) -> Expr:
        """The expanded polynomial; generators in `named` are written as the symbols given there."""
        generators = self.generators if named is None else tuple(named.get(g, g) for g in self.generators)
        if self._are_plain:
            return expanded_sum(generators, polynomial.to_dict())
        terms = []
        for powers, coefficient in polynomial.to_dict().items():
            factors = [g**p for g, p in zip(generators, powers, strict=False) if p]
            terms.append(sympy.Mul(Integer(int(coefficient)), *factors))
        return sympy.Add(*terms)

    def factors(self, polynomial: Polynomial) -> tuple[int, list[tuple[Expr, int]]]:
        """Content and irreducible factors as expressions."""
        content, parts = factored(polynomial)
        return content, [(self.expression(part), power) for part, power in parts]

    # ---- one generator at a time

    def degree(self, polynomial: Polynomial, generator: Expr) -> int:
        """Degree in one generator; -1 for zero."""
        return -1 if polynomial.is_zero() else int(polynomial.degrees()[self._position[generator]])

    def occurring(self, polynomial: Polynomial) -> tuple[Expr, ...]:
        """The generators that occur."""
        if polynomial.is_zero():
            return ()
        return tuple(g for g, d in zip(self.generators, polynomial.degrees(), strict=False) if d)

    def coefficients(self, polynomial: Polynomial, generator: Expr) -> list[Polynomial]:
        """Coefficients of the powers of one generator, lowest first."""
        k = self._position[generator]
        rows: list[dict[tuple[int, ...], Any]] = [{} for _ in range(max(self.degree(polynomial, generator), 0) + 1)]
        for powers, coefficient in polynomial.to_dict().items():
            rows[powers[k]][(*powers[:k], 0, *powers[k + 1 :])] = coefficient
        return [self.context.from_dict(row) for row in rows]

    def leading_coefficient(self, polynomial: Polynomial, generator: Expr) -> Polynomial:
        """The coefficient of the highest power of a generator."""
        k, top = self._position[generator], self.degree(polynomial, generator)
        for _ in range(top):
            polynomial = polynomial.derivative(k)
        return polynomial / (self.one * factorial(top)) if top > 0 else polynomial

    def from_coefficients(self, coefficients: Sequence[Polynomial], generator: Expr) -> Polynomial:
        """The polynomial in one generator with these coefficients, lowest first."""
        x = self.generator(generator)
        return reduce(lambda total, c: total * x + c, reversed(coefficients), self.zero)

    def univariate(self, polynomial: Polynomial, generator: Expr) -> flint.fmpz_poly:
        """A polynomial in which no other generator occurs, as a univariate one."""
        return flint.fmpz_poly(
            [int(c.leading_coefficient()) if c else 0 for c in self.coefficients(polynomial, generator)]
        )

    def derivative(self, polynomial: Polynomial, generator: Expr) -> Polynomial:
        """Partial derivative by a generator, the others held."""
        return polynomial.derivative(self._position[generator])

    def resultant(self, left: Polynomial, right: Polynomial, generator: Expr) -> Polynomial:
        """Resultant with respect to a generator."""
        k = self._position[generator]
        degrees = self.degree(left, generator) + self.degree(right, generator)
        if len(left) * len(right) * degrees**2 < LONG:
            return left.resultant(right, k)
        return from_line(in_child(lambda: to_line(left.resultant(right, k))), self.context)

    def symbols(self) -> tuple[Symbol, ...]:
        """The generators that are plain symbols."""
        return tuple(g for g in self.generators if isinstance(g, Symbol))
