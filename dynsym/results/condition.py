"""A bifurcation in closed form."""

from __future__ import annotations

import dataclasses
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

import numpy as np
import sympy
from sympy import Expr

from dynsym._expressions import told_apart
from dynsym.results._condition_numbers import array_function, evaluated, residual
from dynsym.results._substitution import with_activation, with_values
from dynsym.results.content import frozen_mapping, one_of, record
from dynsym.results.rows import (
    OPERATIONS_SHOWN,
    Row,
    SymbolicResult,
    constraint_rows,
    expression_latex,
    state_rows,
    symbol_latex,
    words,
)
from dynsym.results.symbolic import CRITICALITIES

__all__ = ["VERDICTS", "BifurcationCondition"]

WORDS_A_ROW = 80
VERDICTS = ("proved", "refuted", "supported", "undecided", "vacuous")


@dataclass(frozen=True, eq=False)
class BifurcationCondition(SymbolicResult):
    """One bifurcation in closed form: degeneracy, non-degeneracy, transversality.

    Parameters
    ----------
    kind : str
        ``"fold"``, ``"transcritical"``, ``"pitchfork"``, ``"hopf"``, …
    parameter : str
        The parameter that is solved for.
    at : mapping of state name to Expr
        The equilibrium.
    equation : Expr
        Vanishes at the bifurcation.
    constraints : tuple of Expr
        Hold besides: expressions that vanish, or relations.
    solution : Expr or None
        The parameter at the bifurcation.
    value : float or None
        Its number, where nothing is left free.
    nondegeneracy, transversality : Expr or None
        Must not vanish.
    coefficient : Expr or None
        Normal form coefficient; `coefficient_value` is its number.
    coefficients : mapping of name to Expr
        All of them, where there are several.
    others : mapping of parameter name to Expr
        The other parameters at a bifurcation of codimension two.
    further_equations : tuple of Expr
        Vanish there too.
    normalisation : str
        What makes the coefficient a number.
    criticality : {"supercritical", "subcritical", "degenerate", "depends"} or None
    frequency : Expr or None
        Angular frequency at a Hopf point.
    mode : mapping of state name to Expr, or None
        The critical right eigenvector.
    multiplicity : int, Expr or None
        How often the critical eigenvalue is one; None where that was not counted.
    positive_entry : str or None
        The state whose entry of the mode is positive, ``""`` for the largest entry, None where no sign is chosen.
    copies_agree : bool
        False where copies of a node differ in the critical mode.
    assumptions, reductions : tuple of str
        What was assumed, and which exact reductions were used.
    verdict : {"proved", "refuted", "supported", "undecided", "vacuous"}

    Examples
    --------
    >>> from sympy import Integer, Symbol
    >>> g = Symbol("g", real=True)
    >>> origin = {"x": Integer(0)}
    >>> BifurcationCondition("pitchfork", parameter="g", at=origin, equation=g - 1, solution=Integer(1), value=1.0)
    BifurcationCondition(pitchfork: g = 1, undecided)
    """

    kind: str
    _: KW_ONLY
    parameter: str
    at: Mapping[str, Expr]
    equation: Expr
    constraints: tuple[Any, ...] = ()
    solution: Expr | None = None
    value: float | None = None
    nondegeneracy: Expr | None = None
    transversality: Expr | None = None
    coefficient: Expr | None = None
    coefficient_value: float | None = None
    normalisation: str = ""
    criticality: str | None = None
    frequency: Expr | None = None
    mode: Mapping[str, Expr] | None = None
    assumptions: tuple[str, ...] = ()
    reductions: tuple[str, ...] = ()
    verdict: str = "undecided"
    coefficients: Mapping[str, Expr] = field(default_factory=dict)
    others: Mapping[str, Expr] = field(default_factory=dict)
    further_equations: tuple[Expr, ...] = ()
    multiplicity: int | Expr | None = 1
    positive_entry: str | None = None
    copies_agree: bool = True

    def __post_init__(self) -> None:
        one_of(self.verdict, VERDICTS, "The verdict")
        if self.criticality is not None:
            one_of(self.criticality, CRITICALITIES, "The criticality")
        put = object.__setattr__
        put(self, "at", frozen_mapping(self.at))
        put(self, "mode", None if self.mode is None else frozen_mapping(self.mode))
        for name in ("coefficients", "others"):
            put(self, name, frozen_mapping(getattr(self, name)))
        for name in ("constraints", "assumptions", "reductions", "further_equations"):
            put(self, name, tuple(getattr(self, name)))
        if isinstance(self.multiplicity, sympy.Integer):
            put(self, "multiplicity", int(self.multiplicity))
        for name in ("value", "coefficient_value"):
            number = getattr(self, name)
            put(self, name, None if number is None else float(number))

    def __hash__(self) -> int:
        return hash((self.kind, self.parameter, self.equation, self.solution, tuple(self.at.items())))

    def __repr__(self) -> str:
        own = self.told_apart()
        solved = f"{self.value:.9g}" if own.solution is None and self.value is not None else own.solution
        where = f"{_short(own.equation)} = 0" if solved is None else f"{self.parameter} = {_short(solved)}"
        where = ", ".join([where, *(f"{name} = {_short(value)}" for name, value in own.others.items())])
        words = [word for word in (self.criticality, self.verdict) if word]
        return f"BifurcationCondition({self.kind}: {where}, {', '.join(words)})"

    def told_apart(self, *, identifiers: bool = False) -> BifurcationCondition:
        """With the slopes of an activation written out, or renamed, that would be read as a symbol of the model."""
        given = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        shown = told_apart(given, identifiers=identifiers)
        return dataclasses.replace(self, **shown) if shown != given else self

    def latex_rows(self, *, operations: int | None = OPERATIONS_SHOWN) -> list[Row]:
        """Kind and verdict, where it happens, what must hold besides, and the normal form coefficient."""

        def shown(value: Any) -> str:
            return f"= {expression_latex(value, limit=operations)}"

        head = (self.kind.replace("_", " "), self.criticality, self.verdict)
        rows: list[Row] = [("", words(", ".join(word for word in head if word)))]
        solved = self.solution is not None
        rows.append((symbol_latex(self.parameter), shown(self.solution)) if solved else ("0", shown(self.equation)))
        rows += [(symbol_latex(name), shown(value)) for name, value in self.others.items()]
        rows += [(words("at ") + left, right) for left, right in state_rows(self.at, operations)]
        rows += constraint_rows(self.constraints, operations)
        rows += [] if self.frequency is None else [(r"\omega", shown(self.frequency))]
        rows += [(symbol_latex(name), shown(value)) for name, value in self.coefficients.items()]
        if self.coefficient is not None and not self.coefficients:
            rows.append((words("coefficient"), shown(self.coefficient)))
        for name in ("nondegeneracy", "transversality"):
            value = getattr(self, name)
            if value is not None and value != self.coefficient:
                rows.append((words(name), rf"{shown(value)} \neq 0"))
        rows += [("", words(part)) for part in textwrap.wrap(self.normalisation, WORDS_A_ROW)]
        return rows

    def with_values(self, values: Mapping[str, Any] | None = None, /, **named: Any) -> BifurcationCondition:
        """The same condition with numbers or expressions for some of its parameters.

        Parameters
        ----------
        values : mapping of name to number, text or Expr, optional
        **named
            The same, by keyword. Names that do not occur in the condition change nothing.

        Returns
        -------
        BifurcationCondition
            Values, criticality and verdict follow; the verdict is ``"vacuous"`` where a constraint is broken.

        Raises
        ------
        ParameterError
            If a value contradicts the assumption of its symbol, or is given to the parameter of the condition.

        Examples
        --------
        >>> from sympy import Integer, symbols
        >>> g, w = symbols("g w", positive=True)
        >>> fold = BifurcationCondition("fold", parameter="g", at={"x": Integer(0)}, equation=g*w - 1, solution=1/w)
        >>> fold.with_values(w=4).value
        0.25
        """
        return with_values(self, {**(values or {}), **named})

    def evaluate(self, values: Mapping[str, Any] | None = None, /, **named: Any) -> dict[str, float | bool | None]:
        """The condition in numbers, with values as for `with_values`.

        Returns
        -------
        dict
            The parameter, the others at codimension two, ``coefficient``, ``frequency``, ``nondegeneracy`` and
            ``transversality``, each a float, or None where it does not exist or a symbol is left; and ``holds``,
            whether the constraints do.

        Examples
        --------
        >>> from sympy import Integer, symbols
        >>> g, w = symbols("g w", positive=True)
        >>> fold = BifurcationCondition("fold", parameter="g", at={"x": Integer(0)}, equation=g*w - 1, solution=1/w)
        >>> fold.evaluate(w=4)["g"]
        0.25
        """
        return evaluated(self, {**(values or {}), **named})

    def residual(self, values: Mapping[str, Any] | None = None, /, **named: Any) -> float:
        """The left-hand side of the equation at values as for `with_values`, the parameter of the condition included.

        Returns
        -------
        float
            Zero on the condition; its sign tells the two sides apart.

        Raises
        ------
        ParameterError
            If a symbol of the equation has no value.

        Examples
        --------
        >>> from sympy import Integer, symbols
        >>> g, w = symbols("g w", positive=True)
        >>> fold = BifurcationCondition("fold", parameter="g", at={"x": Integer(0)}, equation=g*w - 1, solution=1/w)
        >>> fold.residual(g="1/2", w=4)
        1.0
        """
        return residual(self, {**(values or {}), **named})

    def lambdify(self, *arguments: str, quantity: str = "solution") -> Callable[..., np.ndarray]:
        """A numpy function of some parameters.

        Parameters
        ----------
        *arguments : str
            Names of parameters, in the order in which the function takes them. Every symbol of the quantity must be
            among them.
        quantity : str
            What the function returns: ``"solution"``, ``"coefficient"``, ``"frequency"``, ``"equation"``, or the name
            of another parameter or coefficient.

        Returns
        -------
        callable
            Takes floats or arrays, returns an array; nan where a constraint is broken.

        Raises
        ------
        ParameterError
            If there is no such quantity, or a symbol in it is no argument.
        ModelNameError
            If an argument does not occur in the condition.

        Examples
        --------
        >>> from sympy import Integer, symbols
        >>> g, w = symbols("g w", positive=True)
        >>> fold = BifurcationCondition("fold", parameter="g", at={"x": Integer(0)}, equation=g*w - 1, solution=1/w)
        >>> fold.lambdify("w")([1, 2, 4]).tolist()
        [1.0, 0.5, 0.25]
        """
        return array_function(self, arguments, quantity)

    def with_activation(self, activation: Any) -> BifurcationCondition:
        """The same condition for one activation, where it was derived for any.

        Parameters
        ----------
        activation : Activation
            Its derivatives take the place of those of φ, and of their values at zero, s1, s3, ….

        Raises
        ------
        ParameterError
            If the condition was derived for an odd activation and this one is not odd.

        Examples
        --------
        >>> import dynsym as ds
        >>> from sympy import Integer, Symbol
        >>> s1 = ds.AnySigmoid().derivative(Integer(0), 1)
        >>> g = Symbol("g", real=True)
        >>> general = BifurcationCondition("pitchfork", parameter="g", at={"x": Integer(0)}, equation=g*s1 - 1,
        ...                                solution=1/s1)
        >>> general.with_activation(ds.Tanh(gain=2)).value
        0.5
        """
        return with_activation(self, activation)

    def to_json(self) -> dict[str, Any]:
        """One entry of the JSON of ``dynsym conditions``."""
        return record(self.told_apart(identifiers=True))


def _short(expression: Any, limit: int = 100) -> str:
    text = str(expression)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
