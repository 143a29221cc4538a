"""Numbers out of a condition: at one set of values, or as a function of arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import sympy
from sympy import Expr, Symbol

from dynsym._expressions import Jet, did_you_mean, exact
from dynsym.arithmetic.functions import generated
from dynsym.errors import ModelNameError, ParameterError

__all__ = ["array_function", "evaluated", "residual"]

QUANTITIES = ("solution", "coefficient", "frequency", "nondegeneracy", "transversality", "equation")
DIGITS = 30


def evaluated(condition: Any, values: Mapping[str, Any]) -> dict[str, float | bool | None]:
    """See `BifurcationCondition.evaluate`."""
    put = condition.with_values(values)
    numbers: dict[str, float | bool | None] = {condition.parameter: put.value}
    numbers.update({name: _number(value) for name, value in put.others.items()})
    numbers.update({name: _number(getattr(put, name)) for name in QUANTITIES[1:-1]})
    numbers["holds"] = _holds(put)
    return numbers


def _number(value: Any) -> float | None:
    if not isinstance(value, Expr) or value.free_symbols or value.atoms(Jet):
        return None
    number = value.evalf(DIGITS)
    return float(number) if number.is_real and number.is_finite else None


def _holds(condition: Any) -> bool | None:
    """Whether the constraints hold; None where symbols are left in them."""
    if condition.verdict == "vacuous":
        return False
    return None if any(getattr(c, "free_symbols", ()) for c in condition.constraints) else True


def residual(condition: Any, values: Mapping[str, Any]) -> float:
    """See `BifurcationCondition.residual`."""
    numbers = {name: exact(value, name=name) for name, value in values.items()}
    put = condition.equation.subs({s: numbers[s.name] for s in condition.equation.free_symbols if s.name in numbers})
    missing = sorted(s.name for s in put.free_symbols)
    if missing or put.atoms(Jet):
        what = missing[0] if missing else str(next(iter(put.atoms(Jet))))
        raise ParameterError(
            f"The equation {condition.equation} = 0 contains {what!r}, and no value was given for it. Give a "
            "number for every symbol, the parameter of the condition included."
        )
    return float(put.evalf(DIGITS))


def array_function(condition: Any, arguments: Sequence[str], quantity: str) -> Callable[..., np.ndarray]:
    """See `BifurcationCondition.lambdify`."""
    if quantity not in (*QUANTITIES, *condition.others, *condition.coefficients):
        known = ", ".join((*QUANTITIES, *condition.others, *condition.coefficients))
        raise ParameterError(f"A condition has no quantity {quantity!r}. It has {known}. Try 'solution'.")
    table = {**condition.others, **condition.coefficients}
    expression = table[quantity] if quantity in table else getattr(condition, quantity)
    if expression is None:
        raise ParameterError(
            f"The condition has no {quantity}: {condition!r}. Take 'equation', which every condition has."
        )
    if expression.atoms(Jet):
        raise ParameterError(
            f"The {quantity} contains {next(iter(expression.atoms(Jet)))}, and the activation is not given. Put one in "
            "first: condition.with_activation(…)."
        )
    relations = [c for c in condition.constraints if isinstance(c, sympy.Rel)] if quantity != "equation" else []
    inside = expression.free_symbols.union(*(r.free_symbols for r in relations))
    symbols = _arguments(condition, arguments, inside, quantity)
    own = {s: Symbol(f"a{k}", real=True) for k, s in enumerate(symbols)}
    numbers = {root: root.evalf(DIGITS) for part in (expression, *relations) for root in part.atoms(sympy.CRootOf)}
    conditions = [
        sympy.Ge(r.gts - r.lts, 0) if isinstance(r, (sympy.Ge, sympy.Le)) else sympy.Gt(r.gts - r.lts, 0)
        for r in relations
        if isinstance(r, (sympy.Gt, sympy.Ge, sympy.Lt, sympy.Le))
    ]
    written = [e.xreplace(numbers).xreplace(own) for e in (expression, *(c.lhs for c in conditions))]
    call = generated(list(own.values()), written, arrays=True)
    strict = [not isinstance(c, sympy.Ge) for c in conditions]

    def function(*arrays: Any) -> np.ndarray:
        given = np.broadcast_arrays(*[np.asarray(a, dtype=float) for a in arrays]) if arrays else []
        shape = given[0].shape if arrays else ()
        with np.errstate(all="ignore"):
            value, *sides = call(*given)
        result = np.array(np.broadcast_to(np.asarray(value), shape))
        result = np.where(np.isreal(result), result.real, np.nan) if np.iscomplexobj(result) else result.astype(float)
        for side, is_strict in zip(sides, strict, strict=True):
            outside = ~(np.broadcast_to(side, shape) > 0) if is_strict else ~(np.broadcast_to(side, shape) >= 0)
            result = np.where(outside, np.nan, result)
        return result

    return function


def _arguments(condition: Any, names: Sequence[str], inside: set[Any], quantity: str) -> list[Symbol]:
    by_name = {s.name: s for s in inside}
    symbols = []
    for name in names:
        if name not in by_name and name not in {s.name for s in condition.equation.free_symbols}:
            raise ModelNameError(
                f"{name!r} does not occur in the condition{did_you_mean(name, by_name)}. It is about "
                f"{', '.join(sorted(by_name)) or 'numbers alone'}."
            )
        symbols.append(by_name.get(name, Symbol(name, real=True)))
    missing = sorted(set(by_name) - set(names))
    if missing:
        raise ParameterError(
            f"The {quantity} contains {missing[0]!r}, which is no argument. Name it among the arguments, or give it a "
            "value first: condition.with_values(…)."
        )
    return symbols
