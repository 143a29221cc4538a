"""From the words of an expression to its tree, by recursive descent.

The grammar, loosest first; signs and powers bind as in Python (``-x^2`` is ``-(x^2)``, ``a^b^c`` is ``a^(b^c)``)::

    sum     = product (("+" | "-") product)*
    product = signed (("*" | "/") signed)*
    signed  = ("+" | "-") signed | power
    power   = atom (("^" | "**") signed)?
    atom    = number | name | name "(" sum ("," sum)* ")" | "(" sum ")"
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from dynsym._expressions.limits import MAX_ARGUMENTS, MAX_DEPTH, MAX_NODES
from dynsym._expressions.tokens import Token, fault, tokenize
from dynsym.errors import LimitError, ModelParseError

__all__ = ["Call", "Name", "Number", "Power", "Sum", "SyntaxNode", "SyntaxProduct", "grow", "names_of"]

_LOGIC = {"and", "or", "not", "if", "else", "in", "is"}


@dataclass(frozen=True)
class SyntaxNode:
    """A part of an expression, standing at ``text[start:stop]``."""

    start: int
    stop: int


@dataclass(frozen=True)
class Number(SyntaxNode):
    """A number as it is written."""

    text: str


@dataclass(frozen=True)
class Name(SyntaxNode):
    """A name that stands for a value."""

    name: str


@dataclass(frozen=True)
class Call(SyntaxNode):
    """A function applied to its arguments."""

    name: str
    arguments: tuple[SyntaxNode, ...]


@dataclass(frozen=True)
class Power(SyntaxNode):
    """A base raised to an exponent."""

    base: SyntaxNode
    exponent: SyntaxNode


@dataclass(frozen=True)
class SyntaxProduct(SyntaxNode):
    """Factors, each with whether it divides."""

    factors: tuple[tuple[bool, SyntaxNode], ...]


@dataclass(frozen=True)
class Sum(SyntaxNode):
    """Terms, each with whether it is subtracted."""

    terms: tuple[tuple[bool, SyntaxNode], ...]


def grow(text: str, where: str = "expression") -> SyntaxNode:
    """Return the tree of a text."""
    return _Grower(text, where).expression()


def names_of(node: SyntaxNode) -> tuple[str, ...]:
    """Return the names that stand for values in a tree, in order of appearance."""
    found: dict[str, None] = {}
    waiting = [node]
    while waiting:
        match waiting.pop():
            case Name(name=name):
                found[name] = None
            case Call(arguments=arguments):
                waiting.extend(reversed(arguments))
            case Power(base=base, exponent=exponent):
                waiting.extend((exponent, base))
            case SyntaxProduct(factors=parts) | Sum(terms=parts):
                waiting.extend(part for _, part in reversed(parts))
    return tuple(found)


class _Grower:
    """One pass over the words of a text."""

    def __init__(self, text: str, where: str) -> None:
        self.text = text
        self.where = where
        self.tokens = tokenize(text, where)
        if len(self.tokens) > 2 * MAX_NODES:
            raise LimitError(
                f"{where}: the text has {len(self.tokens) - 1} words; at most {2 * MAX_NODES} are read. "
                "Split it into several functions, or build the network from its matrix."
            )
        self.place = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.place]

    def advance(self) -> Token:
        token = self.token
        self.place += 1
        return token

    def at_operator(self, *operators: str) -> bool:
        return self.token.kind == "operator" and self.token.text in operators

    def expression(self) -> SyntaxNode:
        node = self.sum()
        if self.token.kind != "end":
            raise self.unexpected()
        return node

    def sum(self) -> SyntaxNode:
        self.descend()
        terms = [(False, self.product())]
        while self.at_operator("+", "-"):
            terms.append((self.advance().text == "-", self.product()))
        self.depth -= 1
        if len(terms) == 1:
            return terms[0][1]
        return Sum(terms[0][1].start, terms[-1][1].stop, tuple(terms))

    def product(self) -> SyntaxNode:
        factors = [(False, self.signed())]
        while self.at_operator("*", "/"):
            factors.append((self.advance().text == "/", self.signed()))
        if len(factors) == 1:
            return factors[0][1]
        return SyntaxProduct(factors[0][1].start, factors[-1][1].stop, tuple(factors))

    def signed(self) -> SyntaxNode:
        if not self.at_operator("+", "-"):
            return self.power()
        self.descend()
        sign = self.advance()
        node = self.signed()
        self.depth -= 1
        return Sum(sign.start, node.stop, ((sign.text == "-", node),))

    def power(self) -> SyntaxNode:
        base = self.atom()
        if not self.at_operator("^", "**"):
            return base
        self.advance()
        self.descend()
        exponent = self.signed()
        self.depth -= 1
        return Power(base.start, exponent.stop, base, exponent)

    def atom(self) -> SyntaxNode:
        token = self.token
        if token.kind == "number":
            self.advance()
            return Number(token.start, token.stop, token.text)
        if token.kind == "name":
            self.advance()
            return self.call(token) if self.at_operator("(") else Name(token.start, token.stop, token.text)
        if self.at_operator("("):
            self.advance()
            node = self.sum()
            return replace(node, start=token.start, stop=self.close(token).stop)
        raise self.missing_operand()

    def call(self, name: Token) -> SyntaxNode:
        opening = self.advance()
        arguments: list[SyntaxNode] = []
        if not self.at_operator(")"):
            arguments.append(self.sum())
            while self.at_operator(","):
                self.advance()
                arguments.append(self.sum())
        if len(arguments) > MAX_ARGUMENTS:
            raise LimitError(
                f"{self.where}: {name.text} is called with {len(arguments)} arguments; "
                f"at most {MAX_ARGUMENTS} are allowed. Introduce states for some of them."
            )
        closing = self.close(opening)
        return Call(name.start, closing.stop, name.text, tuple(arguments))

    def close(self, opening: Token) -> Token:
        if self.at_operator(")"):
            return self.advance()
        if self.token.kind == "end":
            raise fault(
                ModelParseError,
                self.where,
                self.text,
                opening.start,
                "this parenthesis is never closed.",
                "Add the missing ).",
            )
        raise self.unexpected()

    def descend(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise LimitError(
                f"{self.where}: parentheses, signs or powers are nested more than {MAX_DEPTH} deep "
                f"at column {self.token.start + 1}. Write the expression flatter, or split it into functions."
            )

    def missing_operand(self) -> ModelParseError:
        found = f"{self.token.text!r}" if self.token.kind != "end" else "the end of the text"
        before = self.tokens[self.place - 1].text if self.place else ""
        after = f" after {before!r}" if before else ""
        return self.fault(
            f"a number, a name or a parenthesis is needed{after}, and {found} stands here.",
            "Put the missing value here, or take the sign away.",
        )

    def unexpected(self) -> ModelParseError:
        """The error for a word after a complete operand."""
        before, token = self.tokens[self.place - 1], self.token
        if token.text in _LOGIC:
            return self.fault(
                f"{token.text!r} stands between two values, but logical operations are not expressions.",
                "Use + - * / ^, or min and max.",
            )
        if token.text == ")":
            return self.fault("this parenthesis was never opened.", "Take it away, or add the missing (.")
        if token.text == ",":
            return self.fault(
                "a comma stands outside the arguments of a function.",
                "A decimal point is written as a full stop: 0.5.",
            )
        if before.kind == "number" and token.kind == "name" and token.text in {"j", "J"}:
            return self.fault(
                f"{before.text}{token.text} is a complex number, and expressions are real.",
                "Write the real and imaginary parts as two states.",
            )
        return self.fault(
            f"an operator is missing between {before.text!r} and {token.text!r}.",
            f"For a product write {before.text}*{token.text}{'...)' if token.text == '(' else '.'}",
        )

    def fault(self, what: str, remedy: str) -> ModelParseError:
        return fault(ModelParseError, self.where, self.text, self.token.start, what, remedy)
