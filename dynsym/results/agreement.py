"""Closed-form points beside located points."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass
from typing import Any

from dynsym.results.branch import SpecialPoint
from dynsym.results.condition import BifurcationCondition
from dynsym.results.content import to_finite
from dynsym.results.diagram import Diagram

__all__ = ["Agreement", "compare_points"]

AGREES = 1e-7
_ALSO = {
    "pitchfork": ("branch_point",),
    "transcritical": ("branch_point",),
    "branch_point": ("pitchfork", "transcritical"),
}


@dataclass(frozen=True)
class Agreement:
    """One bifurcation, in closed form and as it was located.

    Parameters
    ----------
    kind : str
    parameter : str
    condition : BifurcationCondition or None
        None where no closed form is known.
    point : SpecialPoint or None
        None where nothing was located.

    Examples
    --------
    >>> Agreement("fold", parameter="g", condition=None, point=None).agrees is None
    True
    """

    kind: str
    _: KW_ONLY
    parameter: str
    condition: BifurcationCondition | None
    point: SpecialPoint | None

    @property
    def exact_value(self) -> float | None:
        """The parameter by the closed form."""
        return None if self.condition is None else self.condition.value

    @property
    def located_value(self) -> float | None:
        """The parameter as located."""
        return None if self.point is None else self.point.parameters[self.parameter]

    @property
    def difference(self) -> float | None:
        """Distance of the two values, where both are known."""
        if self.exact_value is None or self.located_value is None:
            return None
        return abs(self.exact_value - self.located_value)

    @property
    def agrees(self) -> bool | None:
        """Whether the two values are equal to 1e-7 (relative); None where one is missing."""
        if self.difference is None or self.exact_value is None:
            return None
        return self.difference <= AGREES * (1 + abs(self.exact_value))

    def to_json(self) -> dict[str, Any]:
        """The row as a JSON object."""
        return {
            "kind": self.kind,
            "parameter": self.parameter,
            "label": None if self.point is None else self.point.label,
            "closed_form": None if self.condition is None else str(self.condition.solution),
            "value": to_finite(self.exact_value),
            "located": to_finite(self.located_value),
            "difference": to_finite(self.difference),
            "coefficient": None if self.condition is None else to_finite(self.condition.coefficient_value),
            "coefficient_located": None if self.point is None else to_finite(self.point.normal_form_coefficient),
        }


def compare_points(
    conditions: Iterable[BifurcationCondition], diagram: Diagram, *, tolerance: float = 1e-4
) -> tuple[Agreement, ...]:
    """Closed forms and located points side by side, by ascending parameter.

    Parameters
    ----------
    conditions : iterable of BifurcationCondition
        Those without a number, or outside the range of the diagram, are left out.
    tolerance : float
        A point further than this (relative) from a closed form, in the parameter or in a state, is another one.

    Returns
    -------
    tuple of Agreement
        Points and closed forms that have no partner are rows too; neutral saddles are no bifurcations and are left out.

    Examples
    --------
    >>> from sympy import Integer, Symbol
    >>> from dynsym.results import Branch
    >>> fold = SpecialPoint("", kind="pitchfork", parameters={"g": 1 + 1e-12}, state={"x": 0})
    >>> branch = Branch(0, parameter="g", parameter_values=[0, 2], states=[[0], [0]], state_names=("x",),
    ...                 stable=[True, False], unstable_dimension=[0, 1], special=[fold])
    >>> condition = BifurcationCondition("pitchfork", parameter="g", at={"x": Integer(0)}, equation=Symbol("g") - 1,
    ...                                  solution=Integer(1), value=1.0)
    >>> (row,) = compare_points([condition], Diagram("g", branches=(branch,)))
    >>> row.point.label, row.difference < 1e-11
    ('pitchfork:1', True)
    """
    parameter = diagram.parameter
    values = [value for branch in diagram for value in (branch.parameter_values.min(), branch.parameter_values.max())]
    low, high = (min(values), max(values)) if values else (0.0, 0.0)
    left = [point for point in diagram.special if point.kind != "neutral_saddle"]
    rows = []
    for condition in conditions:
        if condition.value is None or not low <= condition.value <= high:
            continue
        near = [point for point in left if _is_near(condition, point, parameter, tolerance)]
        point = min(near, key=lambda point: abs(point.parameters[parameter] - (condition.value or 0.0)), default=None)
        if point is not None:
            left.remove(point)
        rows.append(Agreement(condition.kind, parameter=parameter, condition=condition, point=point))
    rows += [Agreement(point.kind, parameter=parameter, condition=None, point=point) for point in left]
    return tuple(sorted(rows, key=_place))


def _place(row: Agreement) -> float:
    place = row.exact_value if row.located_value is None else row.located_value
    return 0.0 if place is None else place


def _is_near(condition: BifurcationCondition, point: SpecialPoint, parameter: str, tolerance: float) -> bool:
    if point.kind != condition.kind and point.kind not in _ALSO.get(condition.kind, ()):
        return False
    here = condition.value or 0.0
    if abs(here - point.parameters[parameter]) > tolerance * (1 + abs(here)):
        return False
    for name, value in condition.at.items():
        at = value if value.is_number else value.subs({s: here for s in value.free_symbols if s.name == parameter})
        if at.is_number and name in point.state:
            number = float(at)
            if abs(number - point.state[name]) > tolerance * (1 + abs(number)):
                return False
    return True
