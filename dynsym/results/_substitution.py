"""Numbers and activations put into a condition that was derived for symbols."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import sympy
from sympy import Basic, Expr, Symbol
from sympy.logic.boolalg import Boolean

from dynsym._expressions import Jet, Slope, exact
from dynsym.errors import ParameterError
from dynsym.results.symbolic import decisive, orientation, settled_sign

__all__ = ["with_activation", "with_values"]

_EXPRESSIONS = ("equation", "solution", "nondegeneracy", "transversality", "coefficient", "frequency")
_ASSUMPTIONS = ("positive", "nonnegative", "negative", "nonzero", "integer", "real")


def with_values(condition: Any, values: Mapping[str, Any]) -> Any:
    """See `BifurcationCondition.with_values`."""
    taken = next((name for name in (condition.parameter, *condition.others) if name in values), None)
    if taken is not None:
        raise ParameterError(
            f"{taken!r} is a parameter that this condition determines; it takes values of the others. "
            "To evaluate at one value, substitute into condition.equation."
        )
    numbers = {name: exact(value, name=name) for name, value in values.items()}
    replacements = {}
    symbols = _symbols(condition)
    for slope in symbols:
        if isinstance(slope, Slope) and str(slope) in numbers.keys() - {s.name for s in symbols}:
            raise ParameterError(
                f"{str(slope)!r} was given a value, and no parameter of the condition is called so: it is shown for "
                f"{slope.name}, a derivative of the activation. Try condition.with_activation(…), or "
                f"with_values({{{slope.name!r}: …}})."
            )
    for symbol in symbols:
        if symbol.name in numbers:
            replacements[symbol] = numbers[symbol.name]
            _check_assumptions(symbol, numbers[symbol.name])
    return _mapped(condition, lambda expression: _put(expression, replacements))


def _put(expression: Any, values: Mapping[Any, Expr]) -> Any:
    try:
        found = expression.subs(values)
    except TypeError:  # a relation between numbers that are not real
        if isinstance(expression, sympy.Rel):
            return sympy.false
        raise
    if isinstance(expression, Expr) and found.has(sympy.nan, sympy.zoo) and not expression.has(sympy.nan, sympy.zoo):
        return _in_lowest_terms(expression).subs(values)
    return found


def _in_lowest_terms(expression: Expr) -> Expr:
    """Without factors that cancel over the square root of pi, and over roots of rational numbers."""
    root = sympy.Dummy("root", positive=True)
    return sympy.cancel(expression.subs(sympy.pi, root**2), extension=True).subs(root, sympy.sqrt(sympy.pi))


def with_activation(condition: Any, activation: Any) -> Any:
    """See `BifurcationCondition.with_activation`."""
    at_zero = {symbol: symbol.order for symbol in _symbols(condition) if isinstance(symbol, Slope)}
    derived_for_odd = at_zero and not any(order % 2 == 0 for order in at_zero.values())
    parities = {jet.args[1].name for part in _parts(condition) for jet in part.atoms(Jet)}
    if (derived_for_odd or "odd" in parities) and activation.parity != "odd":
        raise ParameterError(
            f"{activation!r} is not odd, and the condition was derived for an odd activation. "
            "Derive the condition for this activation: build the system with it, or with AnySigmoid(parity='none')."
        )
    values = {symbol: activation.derivative(sympy.S.Zero, order) for symbol, order in at_zero.items()}

    def replaced(expression: Any) -> Any:
        jets = {jet: activation.derivative(jet.point, jet.order) for jet in expression.atoms(Jet)}
        return expression.subs(values).xreplace(jets)

    return dataclasses.replace(
        _mapped(condition, replaced), assumptions=(*condition.assumptions, f"activation {activation!r}")
    )


def _parts(condition: Any) -> list[Basic]:
    parts = [getattr(condition, name) for name in _EXPRESSIONS]
    parts += [*condition.at.values(), *condition.constraints, *(condition.mode or {}).values(), condition.multiplicity]
    parts += [*condition.coefficients.values(), *condition.others.values(), *condition.further_equations]
    return [part for part in parts if isinstance(part, Basic)]


def _symbols(condition: Any) -> set[Symbol]:
    return {symbol for part in _parts(condition) for symbol in part.free_symbols if isinstance(symbol, Symbol)}


def _check_assumptions(symbol: Symbol, value: Expr) -> None:
    for name in _ASSUMPTIONS:
        if getattr(symbol, f"is_{name}") and getattr(value, f"is_{name}") is False:
            raise ParameterError(
                f"{symbol.name} = {value} was given, but the condition was derived for {name} {symbol.name}. "
                "Derive it again without this assumption."
            )


def _mapped(condition: Any, change: Callable[[Any], Any]) -> Any:
    """The condition with every expression changed, and what follows from the changed ones."""

    def changed(value: Any) -> Any:
        return change(value) if isinstance(value, Basic) else value

    parts: dict[str, Any] = {name: changed(getattr(condition, name)) for name in _EXPRESSIONS}
    for mapping in ("at", "coefficients", "others"):
        parts[mapping] = {name: changed(value) for name, value in getattr(condition, mapping).items()}
    parts["further_equations"] = tuple(changed(value) for value in condition.further_equations)
    if condition.mode is not None:
        parts["mode"] = {name: changed(value) for name, value in condition.mode.items()}
    parts["multiplicity"] = changed(condition.multiplicity)
    parts["value"] = _number(parts["solution"])
    _orient(condition, parts)
    parts["coefficient_value"] = _number(parts["coefficient"])
    own = decisive(dataclasses.replace(condition, **parts))
    sign = _number(own)
    if own is not None and sign is None and condition.criticality == "depends":
        sign = settled_sign(own, tuple(changed(constraint) for constraint in condition.constraints))
    if own is not None and sign is not None:
        parts["criticality"] = "degenerate" if own.is_zero else "supercritical" if sign < 0 else "subcritical"

    constraints = [changed(constraint) for constraint in condition.constraints]
    kept = tuple(constraint for constraint in constraints if constraint not in (sympy.true, 0))
    parts["constraints"] = kept
    if _is_broken(condition, parts, kept):
        parts["verdict"] = "vacuous"
    elif any(
        isinstance(part, Expr) and part.has(sympy.nan, sympy.zoo) for part in (*parts.values(), *parts["at"].values())
    ):
        parts["verdict"] = "undecided"
    return dataclasses.replace(condition, **parts)


def _orient(condition: Any, parts: dict[str, Any]) -> None:
    """Turn the critical mode so that its largest entry is positive, where numbers tell which one that is."""
    parts["positive_entry"] = condition.positive_entry
    found = [_number(value) for value in parts.get("mode", condition.mode or {}).values()]
    numbers = [number for number in found if number is not None]
    if condition.positive_entry is None or not numbers or len(numbers) < len(found):
        return
    if max(numbers, key=abs) < 0:
        parts["mode"] = {name: -value for name, value in parts["mode"].items()}
        for name in ("coefficient", "nondegeneracy") + (("transversality",) if condition.kind == "fold" else ()):
            parts[name] = None if parts[name] is None else -parts[name]
    before = orientation(condition.positive_entry)
    parts["normalisation"] = condition.normalisation.replace(before, orientation(""))
    parts["positive_entry"] = ""


def _is_broken(condition: Any, parts: dict[str, Any], constraints: tuple[Any, ...]) -> bool:
    """Whether a constraint fails, the solution put in, or the solution is no real number."""
    solution = parts["solution"]
    if solution is not None and (solution.is_real is False or solution.is_infinite):
        return True
    here = {symbol: solution for symbol in _symbols(condition) if symbol.name == condition.parameter}
    for constraint in constraints:
        value = constraint.subs(here) if isinstance(constraint, Basic) and solution is not None else constraint
        if value == sympy.false or (
            not isinstance(value, (Boolean, str)) and value.is_zero is False and value.is_number
        ):
            return True
    return False


def _number(value: Any) -> float | None:
    """The float of a real number without symbols."""
    if not isinstance(value, Expr) or value.free_symbols or value.atoms(Jet):
        return None
    number = value.evalf(30)
    return float(number) if number.is_real and number.is_finite else None
