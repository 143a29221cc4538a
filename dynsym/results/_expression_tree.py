"""Closed forms as JSON trees and back, exactly, through a list of allowed heads: nothing is parsed or evaluated."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import sympy
from sympy.core.symbol import Str
from sympy.functions.elementary.piecewise import ExprCondPair
from sympy.polys.rootoftools import ComplexRootOf

from dynsym._expressions import Jet, Slope
from dynsym._expressions.registry import NAMES
from dynsym.errors import StorageError
from dynsym.results.condition import BifurcationCondition

__all__ = ["from_tree", "to_tree"]

_OTHERS = (
    "Add Mul Pow cot sech asin acos asinh acosh Min Max re im conjugate LambertW Piecewise And Or Not Tuple "
    "Eq Ne Lt Le Gt Ge"
)
_HEADS: dict[str, Any] = {name: getattr(sympy, name) for name in _OTHERS.split()}
_HEADS |= {"Jet": Jet, **{name: known.head for name, known in NAMES.items()}}
_NAMES: dict[Any, str] = {head: name for name, head in _HEADS.items()} | {ExprCondPair: "Tuple"}
_CONSTANTS: dict[str, Any] = {
    "pi": sympy.pi,
    "E": sympy.E,
    "I": sympy.I,
    "oo": sympy.oo,
    "-oo": -sympy.oo,
    "zoo": sympy.zoo,
    "nan": sympy.nan,
    "true": sympy.true,
    "false": sympy.false,
}


def to_tree(value: Any) -> dict[str, Any]:
    """A value, a closed form or a condition as a tree of lists, texts and numbers."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return {"value": value}
    if isinstance(value, BifurcationCondition):
        return {"condition": {field.name: to_tree(getattr(value, field.name)) for field in dataclasses.fields(value)}}
    if isinstance(value, Mapping):
        return {"mapping": [[key, to_tree(entry)] for key, entry in value.items()]}
    if isinstance(value, (tuple, list)):
        return {"sequence": [to_tree(entry) for entry in value]}
    for name, constant in _CONSTANTS.items():
        if value is constant:
            return {"constant": name}
    if isinstance(value, Slope):
        return {"slope": [value.function, value.order]}
    if isinstance(value, (sympy.Symbol, Str)):
        return _symbol_tree(value)
    if isinstance(value, sympy.Rational):
        return {"rational": [str(value.p), str(value.q)]}
    if isinstance(value, sympy.Float):
        return {"float": [[str(int(part)) for part in value._mpf_], value._prec]}
    if isinstance(value, ComplexRootOf):
        coefficients = [to_tree(coefficient) for coefficient in value.poly.all_coeffs()]
        return {"root": [coefficients, to_tree(value.poly.gen), value.index]}
    if type(value) in _NAMES:
        return {_NAMES[type(value)]: [to_tree(argument) for argument in value.args]}
    raise StorageError(
        f"A closed form holds {type(value).__name__}, which a file cannot keep; it keeps elementary functions. "
        "Save the diagram without this condition: dataclasses.replace(diagram, conditions=())."
    )


def from_tree(tree: Mapping[str, Any]) -> Any:
    """The way back from `to_tree`."""
    ((head, body),) = tree.items()
    if head == "value":
        return body
    if head == "condition":
        return BifurcationCondition(**{name: from_tree(entry) for name, entry in body.items()})
    if head == "mapping":
        return {key: from_tree(entry) for key, entry in body}
    if head == "sequence":
        return tuple(from_tree(entry) for entry in body)
    if head == "constant":
        return _CONSTANTS[body]
    if head == "slope":
        return Slope(str(body[0]), int(body[1]))
    if head == "symbol":
        return sympy.Symbol(body[0], **body[1])
    if head == "dummy":
        return sympy.Dummy(body[0], dummy_index=body[1], **body[2])
    if head == "word":
        return Str(body)
    if head == "rational":
        return sympy.Rational(int(body[0]), int(body[1]))
    if head == "float":
        sign, mantissa, exponent, bits = map(int, body[0])
        return sympy.Float._new((sign, sympy.external.gmpy.MPZ(mantissa), exponent, bits), body[1])
    if head == "root":
        coefficients = [from_tree(coefficient) for coefficient in body[0]]
        return sympy.CRootOf(sympy.PurePoly(coefficients, from_tree(body[1])), body[2], radicals=False)
    return _HEADS[head](*map(from_tree, body))


def _symbol_tree(value: sympy.Symbol | Str) -> dict[str, Any]:
    if isinstance(value, Str):
        return {"word": value.name}
    known = {name: truth for name, truth in value.assumptions0.items() if truth is not None}
    if isinstance(value, sympy.Dummy):
        return {"dummy": [value.name, value.dummy_index, known]}
    return {"symbol": [value.name, known]}
