"""The system of differential equations that every derivation and every computation starts from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import sympy
from sympy import Expr, Symbol

from dynsym._expressions import did_you_mean, exact
from dynsym.errors import ModelError, ModelNameError, ParameterError
from dynsym.functions import Activation, AnySigmoid
from dynsym.functions.smoothness import derivative, one_spelling
from dynsym.model.fingerprint import content_of, digest
from dynsym.model.template.template import Template
from dynsym.model.template.views import placed_equations, placed_jacobian
from dynsym.network import Edge, Network

__all__ = ["SymbolicSystem"]

SHARED = {"rhs", "equations", "state_names", "weight_names", "_state_of_name", "_jacobian_entries", "derived"}
"""What a copy with other values can take over."""

ROWS_SHOWN = 12
TERMS_SHOWN = 12
LARGE = 200
WRITTEN_UP_TO = 600
"""Above this many states or edges systems with templates are compared by these, and no equations are written."""


@dataclass(frozen=True, eq=False, repr=False)
class SymbolicSystem:
    """An autonomous system x' = f(x, p) with named states and parameters.

    Made by `build_system` (a network and local rules) or `system_from_equations` (any equations).

    Parameters
    ----------
    name : str
    states : tuple of Symbol
    parameters : mapping of name to Symbol
    values : mapping of name to Expr
        Exact default values, kept beside the symbols; a parameter without one stays symbolic.
    template : Template, optional
        The graph and the rules, where the system was built from them.
    right_hand_side : tuple of Expr, optional
        The equations, where it was not.
    classes : Template, optional
        Where a state stands for many copies that agree: the nodes with their numbers of copies.

    Raises
    ------
    ModelNameError
        If a name is declared twice.

    Examples
    --------
    >>> import dynsym as ds
    >>> system = ds.system_from_equations({"x": "m + x - x^3"}, parameters={"m": None})
    >>> system.equations
    {'x': m - x**3 + x}
    """

    name: str
    states: tuple[Symbol, ...]
    parameters: Mapping[str, Symbol]
    values: Mapping[str, Expr] = field(default_factory=dict)
    template: Template | None = None
    right_hand_side: tuple[Expr, ...] | None = None
    classes: Template | None = None

    def __post_init__(self) -> None:
        clash = sorted(set(self.state_names) & set(self.parameters))
        if clash:
            raise ModelNameError(
                f"The name {clash[0]!r} is declared twice: as a state and as a parameter. Rename one of them."
            )
        twice = sorted(name for name, times in Counter(self.state_names).items() if times > 1)
        if twice:
            raise ModelNameError(f"The state {twice[0]!r} is declared twice. Give every state a name of its own.")

    # ---- what it says

    @cached_property
    def state_names(self) -> tuple[str, ...]:
        return tuple(state.name for state in self.states)

    @property
    def dimension(self) -> int:
        return len(self.states)

    @property
    def network(self) -> Network | None:
        """The network it was built from, or None."""
        return None if self.template is None else self.template.network

    @cached_property
    def weight_names(self) -> tuple[str, ...]:
        """The states that are plastic weights."""
        template = self.classes or self.template
        if template is None:
            return ()
        return tuple(self.state_names[k] for k in template.weight_positions)

    @cached_property
    def rhs(self) -> tuple[Expr, ...]:
        """The right-hand side f, in the order of `states`, parameters as symbols, rectifiers in one spelling."""
        if self.right_hand_side is not None:
            return tuple(map(one_spelling, self.right_hand_side))
        assert self.template is not None
        return placed_equations(self.template)

    @cached_property
    def equations(self) -> dict[str, Expr]:
        """The right-hand side by state name, as it was written."""
        return dict(zip(self.state_names, self.right_hand_side or self.rhs, strict=True))

    @cached_property
    def _jacobian_entries(self) -> dict[tuple[int, int], Expr]:
        if self.template is not None:
            return placed_jacobian(self.template)
        position = {state: k for k, state in enumerate(self.states)}
        entries = {}
        for i, expression in enumerate(self.rhs):
            for state in sorted(expression.free_symbols & set(self.states), key=position.__getitem__):
                entry = derivative(expression, state).value
                if entry != 0:
                    entries[i, position[state]] = entry
        return entries

    def jacobian_entries(self) -> dict[tuple[int, int], Expr]:
        """The nonzero entries of the Jacobian, ``{(row, column): expression}``, with parameters as symbols.

        Examples
        --------
        >>> import dynsym as ds
        >>> ds.system_from_equations({"x": "y", "y": "m*x"}, ["m"]).jacobian_entries()
        {(0, 1): 1, (1, 0): m}
        """
        return dict(self._jacobian_entries)

    @cached_property
    def derived(self) -> dict[str, Any]:
        """What was worked out from the equations and does not depend on values; copies with other values share it."""
        return {}

    # ---- names

    @cached_property
    def _state_of_name(self) -> dict[str, Symbol]:
        return dict(zip(self.state_names, self.states, strict=True))

    def __getitem__(self, name: str) -> Symbol:
        if name in self.parameters:
            return self.parameters[name]
        if name in self._state_of_name:
            return self._state_of_name[name]
        raise ModelNameError(self._unknown(name, [*self.parameters, *self.state_names]))

    def parameter(self, name: str | Symbol) -> Symbol:
        """The symbol of a parameter, by name or symbol; a state or an unknown name is an error."""
        text = name.name if isinstance(name, Symbol) else name
        if text not in self.parameters:
            raise ModelNameError(self._unknown(text, list(self.parameters), what="parameter"))
        return self.parameters[text]

    def _unknown(self, name: Any, known: list[str], what: str = "parameter or state") -> str:
        hint = did_you_mean(str(name), known) or f"; known: {', '.join(known[:20]) or 'none'}."
        return f"{str(name)!r} is not a {what} of {self.name!r}{hint}"

    # ---- values

    def substitution(
        self, values: Mapping[str, Any] | None = None, free: Iterable[str | Symbol] = ()
    ) -> dict[Symbol, Expr]:
        """Exact values by symbol: the defaults, overridden by `values`, without the names in `free`.

        Raises
        ------
        ModelNameError
            If a name is no parameter.
        ParameterError
            If a value is not a finite real number, or not what the parameter is declared to be.

        Examples
        --------
        >>> import dynsym as ds
        >>> system = ds.system_from_equations({"x": "a*x + b"}, {"a": 1, "b": 2})
        >>> system.substitution({"a": 3}, free=["b"])
        {a: 3}
        """
        given = dict(self.values)
        for name, value in (values or {}).items():
            parameter = self.parameter(name)
            given[parameter.name] = _value(parameter.name, value, parameter)
        left_out = {self.parameter(name).name for name in free}
        return {self.parameters[name]: value for name, value in given.items() if name not in left_out}

    def with_values(self, /, **values: Any) -> SymbolicSystem:
        """A copy in which parameters have these (exact) default values."""
        return self._with(self.substitution(values))

    def without_values(self, *names: str) -> SymbolicSystem:
        """A copy in which these parameters (all, if none is named) have no default value.

        Examples
        --------
        >>> import dynsym as ds
        >>> ds.system_from_equations({"x": "m - x"}, {"m": 1}).without_values("m").values
        {}
        """
        kept = self.substitution(free=names or tuple(self.parameters))
        return self._with(kept)

    def _with(self, values: Mapping[Symbol, Expr]) -> SymbolicSystem:
        """A copy with these values only; it shares what was derived and does not depend on values."""
        copy = replace(self, values={s.name: v for s, v in values.items()})
        copy.__dict__.update({name: self.__dict__[name] for name in SHARED & self.__dict__.keys()})
        return copy

    def with_activation(self, activation: Activation) -> SymbolicSystem:
        """A copy with another activation φ in every node rule.

        Raises
        ------
        ModelError
            If the system was not built from node rules with an activation.

        Examples
        --------
        >>> import dynsym as ds
        >>> system = ds.build_system(ds.motifs.bidirectional(nodes=("a", "b")), ds.LeakyRate(ds.AnySigmoid()))
        >>> system.equations["a"], system.with_activation(ds.Tanh()).equations["a"]
        (-a + w*phi(b), -a + w*tanh(b))
        """
        given = self.classes or self.template
        if given is None:
            raise ModelError(
                f"{self.name!r} was given as equations, and these have no activation to replace. "
                "Build it with build_system(network, node=LeakyRate(…)), or write the other equations."
            )
        if not isinstance(activation, Activation):
            raise ModelError(
                f"The activation was given as {activation!r:.60}. Give one, as in with_activation(ds.Tanh())."
            )
        rules = tuple(rule.with_activation(activation) for rule in given.rules)
        template = replace(given, rules=rules).with_one_symbol_a_name(self.parameters)
        names = {s.name: s for s in template.free_symbols()}
        ordered = {n: s for n, s in self.parameters.items() if n in names} | dict(sorted(names.items()))
        known = {n: v for n, v in self.values.items() if n in ordered}
        if self.classes is None:
            return replace(self, template=template, parameters=ordered, values=known)

        return replace(system_of_copies(template, self.name), parameters=ordered, values=known)

    # ---- how it looks, and when two are the same

    @cached_property
    def fingerprint(self) -> str:
        """A hash of the exact content, which the provenance of every result carries.

        It depends on the name, the states, the equations, the parameters with their assumptions and values, the
        activation and the numbers of copies; equal systems have equal ones, in every process. A system of more than
        600 edges is told by its rules and its weights: the same equations written out have another fingerprint.

        Examples
        --------
        >>> import dynsym as ds
        >>> system = ds.system_from_equations({"x": "m - x"}, {"m": 1})
        >>> system.with_values(m=2).fingerprint == system.fingerprint, len(system.fingerprint)
        (False, 32)
        """
        is_long = self.dimension > LARGE or (self.template is not None and len(self.template.onto) > WRITTEN_UP_TO)
        return self._digest(as_equations=self.template is None or not is_long)

    def _digest(self, *, as_equations: bool) -> str:
        said = f"content, {as_equations=}"
        if said not in self.derived:
            rules = () if self.template is None else self.template.rules
            sigmoids = [phi for rule in rules if isinstance(phi := rule.activation, AnySigmoid)]
            bounds = {s.name: s.bounds for s in sigmoids if s.bounds != AnySigmoid().bounds}
            content = self.rhs if as_equations or self.template is None else content_of(self.template)
            self.derived[said] = digest((content, bounds, _copies(self)))
        return digest((self.name, self.states, tuple(self.parameters.values()), self.values, self.derived[said]))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SymbolicSystem):
            return NotImplemented
        if self is other or self.fingerprint == other.fingerprint:
            return True
        one_is_written = (self.template is None) != (other.template is None)
        return one_is_written and self._digest(as_equations=True) == other._digest(as_equations=True)

    def __hash__(self) -> int:
        return hash((self.name, self.states, tuple(sorted(self.values.items(), key=lambda item: item[0]))))

    def __repr__(self) -> str:
        names = ", ".join(f"{n} = {self.values[n]}" if n in self.values else n for n in list(self.parameters)[:8])
        more = ", …" if len(self.parameters) > 8 else ""
        states = "1 state" if self.dimension == 1 else f"{self.dimension} states"
        return f"SymbolicSystem({self.name!r}: {states}, parameters: {names or 'none'}{more})"

    def _repr_latex_(self) -> str:
        shown = self.rhs if self.template is None else placed_equations(self.template, ROWS_SHOWN)
        rows = [
            rf"\dot{{{sympy.latex(state)}}} &= {sympy.latex(_shortened(rate), order='none')}"
            for state, rate in zip(self.states[:ROWS_SHOWN], shown[:ROWS_SHOWN], strict=True)
        ]
        if self.dimension > ROWS_SHOWN:
            rows.append(rf"&\;\;\vdots \quad ({self.dimension - ROWS_SHOWN}\text{{ more}})")
        return "$$\\begin{aligned}" + r"\\".join(rows) + "\\end{aligned}$$"


def _copies(system: SymbolicSystem) -> Any:
    """What the states are copies of, apart from what the equations say."""
    classes = system.classes
    if classes is None:
        return None
    arranged = getattr(classes.network, "shifts", None)
    return classes.counts, classes.copies, None if arranged is None else dict(arranged)


def _shortened(expression: Expr) -> Expr:
    """The expression with sums in their printing order, and long ones cut."""
    if not expression.args:
        return expression
    parts = list(expression.as_ordered_terms() if expression.is_Add else expression.args)
    cut = expression.is_Add and len(parts) > TERMS_SHOWN + 1
    if expression.is_Add:
        kept = [_shortened(part) for part in (parts[:TERMS_SHOWN] if cut else parts)]
        return sympy.Add(*kept, *([sympy.Symbol(r"\cdots")] if cut else []), evaluate=False)
    if any(part.has(sympy.Add) for part in parts):
        return expression.func(*map(_shortened, parts), evaluate=False) if expression.is_Mul else expression
    return expression


def _value(name: str, value: Any, parameter: Symbol) -> Expr:
    """An exact value that respects the assumptions of its parameter."""
    number = exact(value, name=name)
    if not number.is_number:
        raise ParameterError(f"The parameter {name!r} was given as {number}; a number is needed, as in {name}=1.")
    for fact, word in (
        ("is_positive", "positive"),
        ("is_negative", "negative"),
        ("is_nonnegative", "nonnegative"),
        ("is_nonzero", "nonzero"),
        ("is_integer", "an integer"),
    ):
        if getattr(parameter, fact) and getattr(number, fact) is False:
            raise ParameterError(
                f"The parameter {name!r} was given as {number}; it is declared {word}. Give a number that is {word}, "
                "or drop the assumption."
            )
    return number


def system_of_copies(classes: Template, name: str) -> SymbolicSystem:
    """The system in which all copies of a node agree, and so do all plastic weights that an edge stands for."""
    if len(classes.onto) > len(classes.network.edges):
        raise ModelError(
            "A strength matrix makes an edge plastic that the network of classes does not have. Give the network that "
            "edge, with weight 0, so that it is known how many copies it stands for."
        )
    found = {s.name: s for s in classes.free_symbols()}
    parameters = dict(sorted(found.items()))
    if len(classes.plastic):
        return SymbolicSystem(name, classes.states, parameters, {}, None, placed_equations(classes), classes)
    template = replace(classes, network=_agreeing(classes.network))
    return SymbolicSystem(name, classes.states, parameters, {}, template, None, classes)


def _agreeing(network: Network) -> Network:
    """One node for each class, with the total weights."""
    nodes = [replace(node, multiplicity=sympy.S.One, self_coupling=True) for node in network.nodes]
    weights = network.effective_weights()
    edges = [
        Edge(edge.source, edge.target, weight, group=edge.group)
        for edge, weight in zip(network.edges, weights, strict=True)
    ]
    return Network(nodes, edges, name=network.name, reference=network.reference)
