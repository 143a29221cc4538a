"""Expressions as presentation MathML, in the elements that browsers draw."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from html.entities import html5
from typing import Any

import sympy
from sympy.core.alphabets import greeks
from sympy.printing.conventions import split_super_sub
from sympy.printing.precedence import PRECEDENCE, precedence_traditional
from sympy.printing.printer import Printer

from dynsym._expressions import Jet, Slope
from dynsym._expressions.registry import NAMES

__all__ = ["display", "inline", "system_of_equations"]

OPERATIONS_SHOWN = 400
_GREEK = {name: html5[f"{name};"] for name in [*greeks, *(name.capitalize() for name in greeks)] if f"{name};" in html5}
_RELATIONS = {"==": "=", "!=": "≠", "<": "&lt;", "<=": "≤", ">": "&gt;", ">=": "≥"}
_TIMES = '<mo>&#x2062;</mo><mspace width="0.12em"/>'
_SHAPED = (Jet, sympy.exp, sympy.Abs, sympy.Piecewise)
"""Functions that are not written as a name before its arguments."""
_NAMES = {"asin": "arcsin", "acos": "arccos", "asinh": "arsinh", "acosh": "arcosh", "Max": "max", "Min": "min"}
_NAMES |= {name: known.glyph for name, known in NAMES.items() if known.glyph}


def inline(value: Any) -> str:
    """An expression as a formula in a line of text."""
    return f"<math>{_body(value)}</math>"


def display(value: Any) -> str:
    """An expression as a formula of its own."""
    return f'<math display="block">{_body(value)}</math>'


def system_of_equations(equations: Mapping[str, Any]) -> str:
    """Derivatives and their right-hand sides, aligned at the equals sign."""
    rows = []
    for name, value in equations.items():
        left = f"<msup>{_name(name)}<mo>′</mo></msup>"
        rows.append(
            f'<mtr><mtd style="text-align:right">{left}</mtd><mtd><mo>=</mo></mtd>'
            f'<mtd style="text-align:left">{_body(value)}</mtd></mtr>'
        )
    return f'<math display="block"><mtable>{"".join(rows)}</mtable></math>'


def _body(value: Any) -> str:
    if isinstance(value, str):
        return _name(value)
    if isinstance(value, sympy.Basic) and (size := int(sympy.count_ops(value))) > OPERATIONS_SHOWN:
        return f"<mtext>an expression of {size} operations</mtext>"
    return _Presentation().doprint(value)


def _row(*parts: str) -> str:
    return f"<mrow>{''.join(parts)}</mrow>"


def _operator(sign: str) -> str:
    return f"<mo>{sign}</mo>"


def _fenced(body: str, left: str = "(", right: str = ")") -> str:
    return _row(f'<mo fence="true">{left}</mo>', body, f'<mo fence="true">{right}</mo>')


def _name(name: str) -> str:
    """A name with its indices; Greek letters as such."""
    stem, upper, lower = split_super_sub(name)
    body = _word(stem)
    if lower:
        body = f"<msub>{body}{_row(_operator(',').join(map(_word, lower)))}</msub>"
    return f"<msup>{body}{_row(*(_word(part) for part in upper))}</msup>" if upper else body


def _word(text: str) -> str:
    if text.isdigit():
        return f"<mn>{text}</mn>"
    return f"<mi>{escape(_GREEK.get(text, text))}</mi>"


class _Presentation(Printer):
    """One method a kind of expression, each returning one MathML element."""

    printmethod = "_dynsym_mathml"

    def parenthesize(self, item: Any, level: float, *, strict: bool = False) -> str:
        """In parentheses if it binds more weakly than `level`."""
        rank = precedence_traditional(item)
        body = self._print(item)
        return _fenced(body) if rank < level or (not strict and rank <= level) else body

    def _print_Symbol(self, symbol: sympy.Symbol) -> str:
        return _name(symbol.name)

    _print_Dummy = _print_Symbol

    def _print_Integer(self, number: sympy.Integer) -> str:
        return _row(_operator("−"), f"<mn>{-number}</mn>") if number < 0 else f"<mn>{number}</mn>"

    def _print_int(self, number: int) -> str:
        return self._print_Integer(sympy.Integer(number))

    def _print_Rational(self, number: sympy.Rational) -> str:
        fraction = f"<mfrac><mn>{abs(number.p)}</mn><mn>{number.q}</mn></mfrac>"
        return _row(_operator("−"), fraction) if number < 0 else fraction

    def _print_Float(self, number: sympy.Float) -> str:
        mantissa, _, exponent = f"{float(number):.10g}".partition("e")
        sign = _operator("−") if mantissa.startswith("-") else ""
        body = f"<mn>{mantissa.lstrip('-')}</mn>"
        if exponent:
            body += _operator("·") + f"<msup><mn>10</mn>{self._print_int(int(exponent))}</msup>"
        return _row(sign, body)

    def _print_float(self, number: float) -> str:
        return self._print_Float(sympy.Float(number))

    def _print_Pi(self, _: Any) -> str:
        return "<mi>π</mi>"

    def _print_Exp1(self, _: Any) -> str:
        return "<mi>e</mi>"

    def _print_ImaginaryUnit(self, _: Any) -> str:
        return "<mi>i</mi>"

    def _print_Infinity(self, _: Any) -> str:
        return "<mi>∞</mi>"

    def _print_NegativeInfinity(self, _: Any) -> str:
        return _row(_operator("−"), "<mi>∞</mi>")

    def _print_BooleanTrue(self, _: Any) -> str:
        return "<mtext>true</mtext>"

    def _print_BooleanFalse(self, _: Any) -> str:
        return "<mtext>false</mtext>"

    def _print_Add(self, total: sympy.Add) -> str:
        parts = []
        for position, term in enumerate(total.as_ordered_terms()):
            negative = term.could_extract_minus_sign()
            if negative or position:
                parts.append(_operator("−" if negative else "+"))
            parts.append(self.parenthesize(-term if negative else term, PRECEDENCE["Add"]))
        return _row(*parts)

    def _print_Mul(self, product: sympy.Mul) -> str:
        if product.could_extract_minus_sign():
            return _row(_operator("−"), self.parenthesize(-product, PRECEDENCE["Add"]))
        upper, lower = sympy.fraction(product, exact=True)
        if lower != 1:
            return f"<mfrac>{self._print(upper)}{self._print(lower)}</mfrac>"
        factors = product.as_ordered_factors()
        level = PRECEDENCE["Mul"]
        return _row(_TIMES.join(self.parenthesize(factor, level, strict=True) for factor in factors))

    def _print_Pow(self, power: sympy.Pow) -> str:
        base, exponent = power.base, power.exp
        if exponent.could_extract_minus_sign():
            return f"<mfrac><mn>1</mn>{self._print(base**-exponent)}</mfrac>"
        if exponent == sympy.S.Half:
            return f"<msqrt>{self._print(base)}</msqrt>"
        if exponent.is_Rational and exponent.p == 1:
            return f"<mroot>{self._print(base)}<mn>{exponent.q}</mn></mroot>"
        if isinstance(base, sympy.Function) and exponent.is_Integer and not isinstance(base, _SHAPED):
            return self._call(base, f"<msup>{self._head(base)}{self._print(exponent)}</msup>")
        return f"<msup>{self.parenthesize(base, PRECEDENCE['Pow'])}{self._print(exponent)}</msup>"

    def _print_exp(self, call: sympy.Function) -> str:
        return f"<msup><mi>e</mi>{self._print(call.args[0])}</msup>"

    def _print_ExpBase(self, call: sympy.Function) -> str:
        return self._print_exp(call)

    def _print_Abs(self, call: sympy.Function) -> str:
        return _fenced(self._print(call.args[0]), "|", "|")

    def _print_Jet(self, jet: sympy.Function) -> str:
        return self._derivative(jet.args[0].name, jet.order, jet.point)

    def _print_Slope(self, slope: Slope) -> str:
        return self._derivative(slope.function, slope.order, sympy.S.Zero)

    def _derivative(self, function: str, order: int, point: sympy.Expr) -> str:
        head = _name(function)
        if order > 3:
            head = f"<msup>{head}{_fenced(f'<mn>{order}</mn>')}</msup>"
        elif order:
            head = f"<msup>{head}<mo>{'′' * order}</mo></msup>"
        return _row(head, "<mo>&#x2061;</mo>", _fenced(self._print(point)))

    def _print_Function(self, call: sympy.Function) -> str:
        return self._call(call, self._head(call))

    def _head(self, call: sympy.Function) -> str:
        name = type(call).__name__
        return f"<mi>{escape(_NAMES.get(name, name))}</mi>"

    def _call(self, call: sympy.Function, head: str) -> str:
        arguments = _operator(",").join(self._print(argument) for argument in call.args)
        return _row(head, "<mo>&#x2061;</mo>", _fenced(arguments))

    def _print_MinMaxBase(self, call: sympy.Function) -> str:
        return self._call(call, self._head(call))

    def _print_Relational(self, relation: Any) -> str:
        sides = self._print(relation.lhs), self._print(relation.rhs)
        return _row(sides[0], _operator(_RELATIONS.get(relation.rel_op, escape(relation.rel_op))), sides[1])

    def _print_And(self, both: Any) -> str:
        parts = sorted(both.args, key=sympy.default_sort_key)
        return _row("<mtext>\u00a0and\u00a0</mtext>".join(self._print(part) for part in parts))

    def _print_Or(self, either: Any) -> str:
        parts = sorted(either.args, key=sympy.default_sort_key)
        return _row("<mtext>\u00a0or\u00a0</mtext>".join(self._print(part) for part in parts))

    def _print_Piecewise(self, pieces: sympy.Piecewise) -> str:
        rows = []
        for value, condition in pieces.args:
            when = (
                "<mtext>otherwise</mtext>"
                if condition == sympy.true
                else f"<mtext>if\u00a0</mtext>{self._print(condition)}"
            )
            rows.append(f"<mtr><mtd>{self._print(value)}</mtd><mtd>{_row(when)}</mtd></mtr>")
        return _row('<mo fence="true">{</mo>', f"<mtable>{''.join(rows)}</mtable>")

    def _print_ComplexRootOf(self, root: Any) -> str:
        words = f"<mtext>root {root.index + 1} of\u00a0</mtext>"
        return _row(words, self._print(root.poly.as_expr(sympy.Symbol("z"))))  # sympy does not keep the variable

    def _print_MatrixBase(self, matrix: Any) -> str:
        rows = ("".join(f"<mtd>{self._print(entry)}</mtd>" for entry in row) for row in matrix.tolist())
        return _fenced(f"<mtable>{''.join(f'<mtr>{row}</mtr>' for row in rows)}</mtable>", "[", "]")

    def emptyPrinter(self, expr: Any) -> str:
        """What has no method of its own, as text."""
        return f"<mtext>{escape(str(expr))}</mtext>"
