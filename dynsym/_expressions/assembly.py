"""From the tree of an expression to sympy, node by node; nothing is evaluated as text.

Besides its expression each part carries what its growth is judged by: the size of its tree, how deep calls are nested,
and the degree that nested powers multiply up to. All are checked before sympy builds the next part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sympy import Add, Expr, Integer, Mul, Pow, Rational, S

from dynsym._expressions.checks import (
    Source,
    check_bits,
    check_choices,
    check_magnitude,
    check_size,
    checked_real,
    division_by_zero,
)
from dynsym._expressions.limits import (
    MAX_BITS,
    MAX_DEGREE,
    MAX_DIGITS,
    MAX_EXPONENT,
    MAX_NESTED_CALLS,
)
from dynsym._expressions.names import did_you_mean, symbol
from dynsym._expressions.tree import Call, Name, Number, Power, Sum, SyntaxNode, SyntaxProduct, grow, names_of
from dynsym._expressions.vocabulary import (
    ALIASES,
    CONSTANTS,
    ELSEWHERE,
    FUNCTIONS,
    LARGEST_ARGUMENT,
    TIME,
    UNSUPPORTED,
    FunctionDefinition,
)
from dynsym.errors import DynsymError, LimitError, ModelNameError, ModelParseError, UnsupportedFeatureError

__all__ = ["Part", "Workshop"]

_LONGEST_SUM = 50
"""How many of the longest constants may stand in one sum, where their denominators multiply before they cancel."""


@dataclass(frozen=True)
class Part:
    """A built expression with the measures of its growth."""

    expression: Expr
    size: int = 1
    degree: int = 0
    calls: int = 0


class Workshop:
    """Builds the expressions of one text and of the functions it calls."""

    def __init__(self, scope: Mapping[str, Expr], functions: Mapping[str, FunctionDefinition], declare: bool) -> None:
        self.scope = scope
        self.functions = functions
        self.declare = declare
        self._bodies: dict[str, SyntaxNode] = {}

    def build(self, text: str, where: str) -> Part:
        """Return the expression of a text."""
        return _Builder(self, Source(text, where), {}, ()).part(grow(text, where))

    def apply(self, name: str, arguments: Sequence[Part], chain: tuple[str, ...]) -> Part:
        """Return one of the file's own functions at its arguments, which beat all other names in its expression."""
        definition = self.functions[name]
        where = f"function {name}"
        if name not in self._bodies:
            self._bodies[name] = grow(definition.expression, where)
        bound = dict(zip(definition.arguments, arguments, strict=True))
        builder = _Builder(self, Source(definition.expression, where), bound, (*chain, name))
        return builder.part(self._bodies[name])


class _Builder:
    """Builds the tree of one text: `bound` are the arguments of the function that the text belongs to."""

    def __init__(self, workshop: Workshop, source: Source, bound: Mapping[str, Part], chain: tuple[str, ...]) -> None:
        self.workshop = workshop
        self.source = source
        self.bound = bound
        self.chain = chain

    def part(self, node: SyntaxNode) -> Part:
        match node:
            case Number():
                return Part(self.number(node))
            case Name():
                return self.name(node)
            case Call():
                return self.call(node)
            case Power():
                return self.power(node)
            case SyntaxProduct():
                return self.product(node)
            case Sum():
                return self.sum(node)
        raise TypeError(f"no such node: {node!r}")

    def number(self, node: Number) -> Rational:
        mantissa, _, exponent = node.text.lower().partition("e")
        whole, _, decimals = mantissa.partition(".")
        digits = (whole + decimals).lstrip("0")
        power = exponent.lstrip("+-").lstrip("0")
        if len(digits) > MAX_DIGITS or len(power) > 6 or int(power or "0") > MAX_DIGITS:
            shown = self.source.excerpt(node)
            raise self.source.fault(
                LimitError,
                node,
                f"the number {shown} has more than {MAX_DIGITS} digits, or places before or after its point.",
                "Rescale the variables, or use a parameter.",
            )
        shift = (-1 if exponent.startswith("-") else 1) * int(power or "0") - len(decimals)
        value = Integer(int(digits or "0"))
        return value * Integer(10) ** shift

    def name(self, node: Name) -> Part:
        name, scope = node.name, self.workshop.scope
        if name in self.bound:
            return self.bound[name]
        if name in scope:
            return Part(scope[name], degree=1)
        if name == "pi":
            return Part(S.Pi)
        functions = self.function_names()
        if name in functions:
            raise self.source.fault(
                ModelNameError,
                node,
                f"{name} is a function, and stands here without its argument.",
                f"Write {name}(...), or declare a parameter of that name.",
            )
        if self.workshop.declare:
            return Part(symbol(name), degree=1)
        if name in TIME:
            raise self.source.fault(
                UnsupportedFeatureError,
                node,
                f"{name} is not declared, and time does not stand in an equation: systems are autonomous.",
                f"Declare {name} if it is a parameter; for driven systems use JiTCODE, or add states for the drive.",
            )
        known = [*self.bound, *scope]
        guess = did_you_mean(name, known)
        remedy = "Names do not start with two underscores." if name.startswith("__") else CONSTANTS.get(name)
        declared = f"Declared here: {_listed(known)}." if known else "Nothing is declared here."
        raise self.source.fault(
            ModelNameError,
            node,
            f"{name} is not declared{guess or '.'}",
            remedy or f"{declared} Declare {name} as a state or a parameter, or correct the spelling.",
        )

    def function_names(self) -> set[str]:
        return {*FUNCTIONS, *ALIASES, *self.workshop.functions}

    def call(self, node: Call) -> Part:
        own = node.name in self.workshop.functions
        name = node.name if own else ALIASES.get(node.name, node.name)
        if not own and name not in FUNCTIONS:
            raise self.unknown_function(node)
        if own and name in self.chain:
            cycle = " -> ".join([*self.chain[self.chain.index(name) :], name])
            raise self.source.fault(
                ModelParseError,
                node,
                f"the functions call one another in a cycle: {cycle}.",
                "Write one of them without the others.",
            )
        self.check_arity(node, name, own)
        arguments = [self.part(argument) for argument in node.arguments]
        calls = 1 + max((argument.calls for argument in arguments), default=0)
        if calls > MAX_NESTED_CALLS or len(self.chain) > MAX_NESTED_CALLS:
            raise self.source.fault(
                LimitError,
                node,
                f"calls are nested more than {MAX_NESTED_CALLS} deep.",
                "Introduce a state or a parameter for an inner part.",
            )
        if own:
            part = self.workshop.apply(name, arguments, self.chain)
            check_size(self.source, node, part.size)
            return part
        if name in {"min", "max"}:
            check_choices(self.source, node, [argument.expression for argument in arguments])
        for argument in arguments:
            check_magnitude(self.source, node, argument.expression, LARGEST_ARGUMENT.get(name, MAX_DIGITS))
        size = 1 + sum(argument.size for argument in arguments)
        check_size(self.source, node, size)
        expression = FUNCTIONS[name](*(argument.expression for argument in arguments))
        degree = max(1, *(argument.degree for argument in arguments))
        return Part(checked_real(self.source, node, expression), size, degree, calls)

    def check_arity(self, node: Call, name: str, own: bool) -> None:
        given = len(node.arguments)
        if own:
            wanted = self.workshop.functions[name].arguments
            right, needed = given == len(wanted), f"{len(wanted)} ({', '.join(wanted)})"
            form = f"{name}({', '.join(wanted)})"
        elif name in {"min", "max"}:
            right, needed, form = given >= 2, "at least 2", f"{name}(a, b)"
        else:
            right, needed, form = given == 1, "1", f"{name}(u)"
        if not right:
            raise self.source.fault(
                ModelParseError,
                node,
                f"{name} is called with {given} argument{'' if given == 1 else 's'}; it takes {needed}.",
                f"Write {form}.",
            )

    def unknown_function(self, node: Call) -> DynsymError:
        times = {name for argument in node.arguments for name in names_of(argument)} & TIME
        if node.name in UNSUPPORTED or times:
            return self.source.fault(
                UnsupportedFeatureError,
                node,
                f"{self.source.excerpt(node)} is {UNSUPPORTED.get(node.name, 'a function of time')}, "
                "and systems here are autonomous ordinary differential equations.",
                "Write states without an argument; for delays use JiTCDDE, for noise Brian2, for drives JiTCODE.",
            )
        if node.name in self.bound or node.name in self.workshop.scope:
            return self.source.fault(
                ModelParseError,
                node,
                f"{node.name} is a value, and is called like a function here.",
                f"For a product write {node.name}*(...).",
            )
        neighbour = ELSEWHERE.get(node.name)
        guess = f"; did you mean {neighbour}?" if neighbour else did_you_mean(node.name, self.function_names())
        return self.source.fault(
            ModelNameError,
            node,
            f"there is no function {node.name}{guess or '.'}",
            f"Known functions: {', '.join(sorted({*FUNCTIONS, *self.workshop.functions}))}.",
        )

    def power(self, node: Power) -> Part:
        base, exponent = self.part(node.base), self.part(node.exponent)
        size = 1 + base.size + exponent.size
        check_size(self.source, node, size)
        b, e = base.expression, exponent.expression
        degree = max(base.degree, exponent.degree)
        if e.is_Rational:
            if max(abs(e.p), e.q) > MAX_EXPONENT:
                raise self.source.fault(
                    LimitError,
                    node.exponent,
                    f"the exponent is larger than {MAX_EXPONENT}.",
                    "Use exp, or rescale the variables.",
                )
            degree = base.degree * max(1, abs(e.p))
            if degree > MAX_DEGREE:
                raise self.source.fault(
                    LimitError,
                    node,
                    f"nested powers multiply up to the degree {degree}; at most {MAX_DEGREE} is allowed.",
                    "Use lower exponents.",
                )
            check_bits(self.source, node, [b] * abs(e.p))
        else:
            check_magnitude(self.source, node.exponent, e, 3)
        if b.is_zero and e.is_negative:
            raise division_by_zero(self.source, node.base)
        return Part(checked_real(self.source, node, Pow(b, e)), size, degree, max(base.calls, exponent.calls))

    def product(self, node: SyntaxProduct) -> Part:
        factors = [(divides, factor, self.part(factor)) for divides, factor in node.factors]
        parts = [part for _, _, part in factors]
        size = 1 + sum(part.size for part in parts)
        check_size(self.source, node, size)
        degree = sum(part.degree for part in parts)
        if degree > MAX_DEGREE:
            raise self.source.fault(
                LimitError,
                node,
                f"the product has the degree {degree}; at most {MAX_DEGREE} is allowed.",
                "Use lower exponents.",
            )
        check_bits(self.source, node, [part.expression for part in parts])
        for divides, factor, part in factors:
            if divides and part.expression.is_zero:
                raise division_by_zero(self.source, factor)
        expression = Mul(*(Pow(part.expression, -1) if divides else part.expression for divides, _, part in factors))
        return Part(expression, size, degree, max(part.calls for part in parts))

    def sum(self, node: Sum) -> Part:
        parts = [(subtracted, self.part(term)) for subtracted, term in node.terms]
        size = 1 + sum(part.size for _, part in parts)
        check_size(self.source, node, size)
        constants = [part.expression for _, part in parts if part.expression.is_Rational]
        check_bits(self.source, node, constants, _LONGEST_SUM * MAX_BITS)
        expression = Add(*(-part.expression if subtracted else part.expression for subtracted, part in parts))
        check_bits(self.source, node, [expression.as_coeff_Add()[0]])
        degree, calls = (max(getattr(part, what) for _, part in parts) for what in ("degree", "calls"))
        return Part(expression, size, degree, calls)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:12])
    return shown if len(names) <= 12 else f"{shown}, ... ({len(names)} names)"
